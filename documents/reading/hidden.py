"""Text that the file holds but a person does not see. A fraud signal: kept as evidence, never read as content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PIL import Image

from documents.reading.doctext import TextSource, Visibility, Warned, Word

SMALLEST_READABLE = 4.0  # points
# A difference of luminance that ink makes on paper even when it is thin and antialiased, of 255.
_INK_CONTRAST = 24

_SENTENCES = {
    Visibility.INVISIBLE_MODE: "The page holds text drawn in invisible mode. It was kept as evidence and not read.",
    Visibility.NO_INK: "The page holds text that cannot be seen (painted in the colour of its ground, covered, or on a "
    "hidden layer). It was kept as evidence and not read.",
    Visibility.TOO_SMALL: "The page holds text too small to read (under 4 points). It was kept as evidence and not read.",
    Visibility.OFF_PAGE: "The file holds text outside the page. It was kept as evidence and not read.",
}


def classify(word: Word, width: float, height: float, picture: Image.Image, luminance: float) -> Word:
    """The word with its visibility decided; `picture` is the grey page, `luminance` of the ink (0 black, 1 white)."""
    if not word.is_visible or word.source is TextSource.OCR:
        return word
    if not (0 <= word.box.cx <= width and 0 <= word.box.cy <= height):
        return replace(word, visibility=Visibility.OFF_PAGE)
    if word.size < SMALLEST_READABLE:
        return replace(word, visibility=Visibility.TOO_SMALL)
    if not _has_ink(word, width, height, picture, luminance):
        return replace(word, visibility=Visibility.NO_INK)
    return word


def _has_ink(word: Word, width: float, height: float, picture: Image.Image, luminance: float) -> bool:
    """Whether anything stands out from the ground inside the word's box, and light ink stands on a darker ground."""
    across, down = picture.width / width, picture.height / height
    left, top = int(word.box.x0 * across), int(word.box.y0 * down)
    right, bottom = int(word.box.x1 * across) + 1, int(word.box.y1 * down) + 1
    crop = picture.crop((max(left, 0), max(top, 0), min(right, picture.width), min(bottom, picture.height)))
    if not crop.width or not crop.height:
        return False
    histogram = crop.histogram()
    used = [level for level, count in enumerate(histogram) if count]
    if used[-1] - used[0] < _INK_CONTRAST:
        return False
    if luminance >= 0.92:
        # White ink: a border or an underline gives contrast as well, so the ground itself has to be darker.
        dark = sum(histogram[: 255 - _INK_CONTRAST])
        return dark * 3 >= crop.width * crop.height
    return True


def warnings_for(page: int, words: Sequence[Word]) -> list[Warned]:
    """One warning per way of hiding on this page, with the hidden words as its quote (cut at 200 characters)."""
    warned = []
    for visibility, sentence in _SENTENCES.items():
        quote = " ".join(word.text for word in words if word.visibility is visibility)
        if any(char.isalnum() for char in quote):
            warned.append(Warned(f"hidden_{visibility.value}", sentence, page, quote[:200]))
    return warned
