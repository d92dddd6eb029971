"""Words come out as a person sees them; what a person does not see is kept apart and said."""

import io
from collections.abc import Callable

import pytest
from pypdf import PdfWriter
from reportlab.pdfgen.canvas import Canvas

from documents.reading.clean import clean_text
from documents.reading.doctext import DocText, PageText, Visibility
from documents.reading.reader import page_pictures, read_document
from tests.documents.samples import Freight, labelled


def drawn(draw: Callable[[Canvas], None], size: tuple[float, float] = (612, 792)) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=size)
    canvas.setFont("Helvetica", 11)
    draw(canvas)
    canvas.save()
    return buffer.getvalue()


def first_page(content: bytes) -> PageText:
    found = read_document(content)
    assert found.is_read, found.sentence
    return found.text.pages[0]


def hidden(content: bytes) -> dict[str, str]:
    page = first_page(content)
    return {word.text: word.visibility.value for word in page.words if not word.is_visible}


def test_words_have_boxes_measured_from_the_top_left() -> None:
    page = first_page(drawn(lambda c: c.drawString(100, 700, "Kestrel Valley")))

    first, second = page.words
    assert (first.text, second.text) == ("Kestrel", "Valley")
    assert first.box.x0 == pytest.approx(100, abs=1) and first.box.y0 < 792 - 700 < first.box.y1
    assert first.box.x1 < second.box.x0 and first.size == pytest.approx(11)


def test_words_of_one_height_are_one_line_left_to_right_whatever_the_order_of_drawing() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(400, 700, "right")
        canvas.drawString(100, 600, "below")
        canvas.drawString(100, 700, "left")

    page = first_page(drawn(draw))

    assert [page.line_text(line) for line in page.lines] == ["left right", "below"]


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_turned_page_is_read_upright(rotation: int) -> None:
    writer = PdfWriter(clone_from=io.BytesIO(labelled(Freight())))
    writer.pages[0].rotate(rotation)
    writer.pages[0].transfer_rotation_to_content()
    out = io.BytesIO()
    writer.write(out)

    page = first_page(out.getvalue())

    assert page.visible_text().startswith("Bill of Lading\nB/L #: BL-7741902")


def test_hidden_text_is_kept_as_evidence_and_left_out_of_the_lines() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "Ten pallets")
        canvas.saveState()
        text = canvas.beginText(72, 650)
        text.setTextRenderMode(3)
        text.textLine("invisiblemode")
        canvas.drawText(text)
        canvas.restoreState()
        canvas.setFillGray(1)
        canvas.drawString(72, 600, "whiteonwhite")
        canvas.setFillGray(0)
        canvas.drawString(900, 600, "offpage")
        canvas.setFont("Helvetica", 2)
        canvas.drawString(72, 500, "tinywords")
        canvas.setFont("Helvetica", 11)
        canvas.drawString(72, 400, "coveredwords")
        canvas.setFillGray(1)
        canvas.rect(60, 390, 200, 30, stroke=0, fill=1)

    found = read_document(drawn(draw))

    assert found.text.pages[0].visible_text() == "Ten pallets"
    assert hidden(drawn(draw)) == {
        "invisiblemode": Visibility.INVISIBLE_MODE,
        "whiteonwhite": Visibility.NO_INK,
        "offpage": Visibility.OFF_PAGE,
        "tinywords": Visibility.TOO_SMALL,
        "coveredwords": Visibility.NO_INK,
    }
    assert {w.code: w.quote for w in found.warnings} == {
        "hidden_invisible_mode": "invisiblemode",
        "hidden_no_ink": "whiteonwhite coveredwords",
        "hidden_off_page": "offpage",
        "hidden_too_small": "tinywords",
    }


def test_white_words_on_a_black_bar_are_no_secret() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rect(60, 690, 300, 20, stroke=0, fill=1)
        canvas.setFillGray(1)
        canvas.drawString(150, 696, "SHIP FROM")

    found = read_document(drawn(draw))

    assert found.text.pages[0].visible_text() == "SHIP FROM" and not found.warnings


def test_an_invisible_layer_over_a_full_page_picture_is_a_scanners_text() -> None:
    from PIL import Image

    def draw(canvas: Canvas) -> None:
        canvas.drawInlineImage(Image.new("L", (60, 80), 200), 0, 0, 612, 792)
        text = canvas.beginText(72, 700)
        text.setTextRenderMode(3)
        text.textLine("Bill of lading BL-1")
        canvas.drawText(text)

    found = read_document(drawn(draw))

    assert found.text.pages[0].visible_text() == "Bill of lading BL-1"
    assert {word.source for word in found.text.visible_words()} == {"ocr"}
    assert [w.code for w in found.warnings] == ["ocr_layer"]


def test_filled_form_entries_are_read_with_the_page() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 706, "PRO Number:")
        canvas.acroForm.textfield(name="pro", value="448-2210937", x=160, y=700, width=120, height=18, borderWidth=0)

    assert "448-2210937" in first_page(drawn(draw)).visible_text()


def test_characters_that_nobody_sees_are_taken_out_and_counted() -> None:
    text, removed = clean_text("PO\u200b 45\u202e00\U000e0041\x07\u00adA\ufb01")

    assert text == "PO 4500-Afi"
    assert dict(removed) == {"zero_width": 1, "bidi": 1, "tag": 1, "control": 1}


def test_the_text_survives_its_way_through_json() -> None:
    found = read_document(labelled(Freight()))

    assert DocText.from_json(found.text.to_json()) == found.text


def test_pages_are_drawn_as_webp_and_a_page_that_is_not_there_is_left_out() -> None:
    pictures = page_pictures(labelled(Freight()), 3)

    assert list(pictures) == [1]
    assert pictures[1][:4] == b"RIFF" and pictures[1][8:12] == b"WEBP"
