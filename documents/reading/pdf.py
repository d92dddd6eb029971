"""Reads and renders PDF pages with PDFium. Runs in the limited child process only: never import it from a worker."""

from __future__ import annotations

import ctypes
import io
import math
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image

from documents.reading import clean, hidden
from documents.reading.doctext import Box, DocText, PageText, Warned, Word
from documents.reading.words import Char, build_lines, build_words, mark_ocr_layer

MAX_PAGES = 200
MAX_CHARS_PER_PAGE = 60_000
MAX_CHARS = 1_500_000
MAX_RULES = 2_000
MAX_PIXELS = 4_000_000
_RULE_THICKNESS = 2.5
_RULE_LENGTH = 12.0


class Refused(Exception):
    """The file ends here, in a state that a person understands: `code` for programs, `sentence` for people."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class View:
    """How page coordinates (origin bottom left, unrotated) become those of the page as it is looked at."""

    left: float
    bottom: float
    right: float
    top: float
    rotation: int

    @property
    def size(self) -> tuple[float, float]:
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if self.rotation in (90, 270) else (width, height)

    def point(self, x: float, y: float) -> tuple[float, float]:
        if self.rotation == 90:
            return y - self.bottom, x - self.left
        if self.rotation == 180:
            return self.right - x, y - self.bottom
        if self.rotation == 270:
            return self.top - y, self.right - x
        return x - self.left, self.top - y

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        ax, ay = self.point(left, bottom)
        bx, by = self.point(right, top)
        return Box(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))


@contextmanager
def opened(content: bytes) -> Iterator[pdfium.PdfDocument]:
    """The document, or `Refused` with what is wrong with it."""
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
            raise Refused(
                "encrypted", "The file is protected by a password. Ask the sender for a copy without one."
            ) from error
        raise Refused("damaged", "The file is damaged and cannot be opened. Ask the sender for a new copy.") from error
    try:
        count = len(document)
        if count < 1:
            raise Refused("no_pages", "The file holds no page that can be shown. Ask the sender for a new copy.")
        if count > MAX_PAGES:
            raise Refused(
                "too_many_pages", f"The file has {count} pages; {MAX_PAGES} is the most that is read. Split it."
            )
        try:
            document.init_forms()
        except pdfium.PdfiumError:
            pass  # a broken form is no reason to lose the page under it
        yield document
    finally:
        document.close()


def read(content: bytes) -> DocText:
    """All pages as words. Raises `Refused` when the file as a whole cannot be read."""
    pages: list[PageText] = []
    warned: list[Warned] = []
    chars_left = MAX_CHARS
    with opened(content) as document:
        for index in range(len(document)):
            try:
                page, view = _upright_page(document, index)
                text, removed, chars = _read_page(page, view, index + 1, min(MAX_CHARS_PER_PAGE, chars_left))
            except pdfium.PdfiumError:
                warned.append(Warned("page_damaged", "This page is damaged and could not be read.", index + 1))
                continue
            chars_left -= chars
            pages.append(text)
            warned.extend(_page_warnings(text, removed, chars))
            page.close()
            if chars_left <= 0:
                warned.append(
                    Warned("text_cut", "The file holds more text than is read; the rest was left out.", index + 1)
                )
                break
    if not pages:
        raise Refused("damaged", "None of the file's pages can be read. Ask the sender for a new copy.")
    return DocText(tuple(pages), tuple(warned))


def render(content: bytes, numbers: list[int], width: int) -> dict[int, bytes]:
    """WebP pictures of the pages asked for, upright, about `width` pixels wide; a page that fails is left out."""
    pictures: dict[int, bytes] = {}
    with opened(content) as document:
        for number in numbers:
            if not 1 <= number <= len(document):
                continue
            try:
                page, view = _upright_page(document, number - 1)
                picture = _picture(page, view, width / max(view.size[0], 1.0), is_grey=False)
            except pdfium.PdfiumError:
                continue
            pictures[number] = to_webp(picture)
            page.close()
    return pictures


def to_webp(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "WEBP", quality=78, method=2)
    return out.getvalue()


def _upright_page(document: pdfium.PdfDocument, index: int) -> tuple[pdfium.PdfPage, View]:
    """The page with its form entries drawn in, turned so that most of its text stands upright."""
    page = document[index]
    if raw.FPDFPage_GetAnnotCount(page) > 0 and raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY) != raw.FLATTEN_FAIL:
        page.close()
        page = document[index]
    rotation = _text_rotation(page)
    if rotation is None:
        rotation = page.get_rotation()
    page.set_rotation(rotation)
    left, bottom, right, top = page.get_bbox()
    if not (right - left >= 1 and top - bottom >= 1):
        raise pdfium.PdfiumError("The page has no area.")
    return page, View(left, bottom, right, top, rotation)


def _text_rotation(page: pdfium.PdfPage) -> int | None:
    """Clockwise turn that makes most characters upright; None when the page has too few to tell."""
    textpage = page.get_textpage()
    votes: Counter[int] = Counter()
    matrix = raw.FS_MATRIX()
    count = textpage.count_chars()
    for index in range(0, count, max(1, count // 400)):
        if raw.FPDFText_IsGenerated(textpage, index) == 0 and raw.FPDFText_GetMatrix(textpage, index, matrix):
            votes[round(math.degrees(math.atan2(matrix.b, matrix.a)) / 90) % 4 * 90] += 1
    textpage.close()
    if sum(votes.values()) < 12:
        return None
    return votes.most_common(1)[0][0]


def _read_page(page: pdfium.PdfPage, view: View, number: int, limit: int) -> tuple[PageText, Counter[str], int]:
    width, height = view.size
    removed: Counter[str] = Counter()
    chars = list(_chars(page, view, limit, removed))
    image_share = _image_share(page, view)
    words, _ = mark_ocr_layer(build_words(chars), image_share)
    if words:
        light = _luminance_by_place(chars)
        picture = _picture(page, view, 1.5, is_grey=True)
        words = [hidden.classify(word, width, height, picture, _ink_of(word, light)) for word in words]
    text = PageText(
        number=number,
        width=width,
        height=height,
        words=tuple(words),
        lines=build_lines(words),
        rules=tuple(_rules(page, view)),
        rotation=view.rotation,
        image_share=image_share,
    )
    return text, removed, len(chars)


def _page_warnings(page: PageText, removed: Counter[str], chars: int) -> list[Warned]:
    warned = hidden.warnings_for(page.number, page.words)
    warned += [Warned(f"stripped_{kind}", clean.SENTENCES[kind], page.number) for kind in sorted(removed)]
    if any(word.source == "ocr" for word in page.words):
        sentence = "The text of this page was made by a scanner's text recognition; compare it with the picture."
        warned.append(Warned("ocr_layer", sentence, page.number))
    if chars >= MAX_CHARS_PER_PAGE:
        warned.append(Warned("text_cut", "This page holds more text than is read; the rest was left out.", page.number))
    return warned


def _chars(page: pdfium.PdfPage, view: View, limit: int, removed: Counter[str]) -> Iterator[Char]:
    textpage = page.get_textpage()
    matrix, loose = raw.FS_MATRIX(), raw.FS_RECTF()
    origin_x, origin_y = ctypes.c_double(), ctypes.c_double()
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    invisible_by_object: dict[int, bool] = {}
    try:
        for index in range(min(textpage.count_chars(), limit)):
            text = clean.clean_char(chr(_code_point(raw.FPDFText_GetUnicode(textpage, index))), removed)
            if raw.FPDFText_IsGenerated(textpage, index) == 1 or not text.strip():
                # What PDFium generates itself (blanks and line ends between runs) only ends a word.
                if text.strip() == "" and text:
                    yield Char(" ", 0, 0, 0, 0)
                continue
            if not raw.FPDFText_GetLooseCharBox(textpage, index, loose):
                continue
            raw.FPDFText_GetCharOrigin(textpage, index, origin_x, origin_y)
            raw.FPDFText_GetMatrix(textpage, index, matrix)
            raw.FPDFText_GetFillColor(textpage, index, red, green, blue, alpha)
            angle = round(math.degrees(math.atan2(matrix.b, matrix.a))) - view.rotation
            box = view.box(loose.left, loose.bottom, loose.right, loose.top)
            is_upright = min(angle % 360, -angle % 360) <= 20
            size = raw.FPDFText_GetFontSize(textpage, index) * math.hypot(matrix.c, matrix.d)
            if not is_upright or not math.isfinite(size) or size <= 0:
                size = min(box.width, box.height)
            baseline = view.point(origin_x.value, origin_y.value)[1] if is_upright else box.y1 - 0.2 * box.height
            invisible = _is_invisible(textpage, index, invisible_by_object)
            luminance = (0.299 * red.value + 0.587 * green.value + 0.114 * blue.value) / 255
            yield Char(text, box.x0, box.x1, baseline, size, is_upright, invisible or alpha.value == 0, luminance)
    finally:
        textpage.close()


def _code_point(value: int) -> int:
    return value if 0 <= value <= 0x10FFFF else 0xFFFD


def _is_invisible(textpage: pdfium.PdfTextPage, index: int, known: dict[int, bool]) -> bool:
    handle = raw.FPDFText_GetTextObject(textpage, index)
    if not handle:
        return False
    address = ctypes.cast(handle, ctypes.c_void_p).value or 0
    if address not in known:
        mode = raw.FPDFTextObj_GetTextRenderMode(handle)
        known[address] = mode in (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)
    return known[address]


def _luminance_by_place(chars: list[Char]) -> dict[tuple[int, int], float]:
    return {(round(char.x0), round(char.baseline)): char.luminance for char in chars if char.text.strip()}


def _ink_of(word: Word, light: dict[tuple[int, int], float]) -> float:
    """Luminance of the word's first character, found by where it stands."""
    baseline = word.box.y1 - 0.2 * word.size
    return light.get((round(word.box.x0), round(baseline)), 0.0)


def _picture(page: pdfium.PdfPage, view: View, scale: float, *, is_grey: bool) -> Image.Image:
    """The page as pixels, never more than `MAX_PIXELS` of them, whatever size the file claims."""
    width, height = view.size
    scale = min(scale, math.sqrt(MAX_PIXELS / (width * height)))
    if scale * max(width, height) > 20_000 or scale * min(width, height) < 1:
        raise pdfium.PdfiumError("The page is too large or too thin to draw.")
    return page.render(scale=scale, grayscale=is_grey, may_draw_forms=False).to_pil().convert("L" if is_grey else "RGB")


def _image_share(page: pdfium.PdfPage, view: View) -> float:
    """Largest share of the page that one picture covers."""
    width, height = view.size
    share = 0.0
    for count, item in enumerate(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)):
        if count > 200:
            break
        try:
            box = view.box(*item.get_bounds())
        except pdfium.PdfiumError:
            continue
        across = min(box.x1, width) - max(box.x0, 0)
        down = min(box.y1, height) - max(box.y0, 0)
        share = max(share, max(across, 0) * max(down, 0) / (width * height))
    return share


def _rules(page: pdfium.PdfPage, view: View) -> Iterator[Box]:
    """Straight horizontal and vertical lines, drawn as strokes or thin fills, and the edges of larger boxes."""
    found = 0
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=3):
        for rule in _rules_of(item, view):
            found += 1
            if found > MAX_RULES:
                return
            yield rule


def _rules_of(item: pdfium.PdfObject, view: View) -> Iterator[Box]:
    try:
        matrix = item.get_matrix()
        count = raw.FPDFPath_CountSegments(item)
        bounds = view.box(*item.get_bounds())
    except pdfium.PdfiumError:
        return
    if min(bounds.width, bounds.height) <= _RULE_THICKNESS:
        if max(bounds.width, bounds.height) >= _RULE_LENGTH:
            yield bounds
        return
    x, y = ctypes.c_float(), ctypes.c_float()
    start: tuple[float, float] | None = None
    last: tuple[float, float] | None = None
    for index in range(min(count, 400)):
        segment = raw.FPDFPath_GetPathSegment(item, index)
        kind = raw.FPDFPathSegment_GetType(segment)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        point = view.point(*matrix.on_point(x.value, y.value))
        if kind == raw.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == raw.FPDF_SEGMENT_LINETO and last is not None:
            yield from _edge(last, point)
        if raw.FPDFPathSegment_GetClose(segment) and start is not None:
            yield from _edge(point, start)
        last = point


def _edge(a: tuple[float, float], b: tuple[float, float]) -> Iterator[Box]:
    box = Box(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
    if min(box.width, box.height) <= 0.5 and max(box.width, box.height) >= _RULE_LENGTH:
        yield box
