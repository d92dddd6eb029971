"""The rules reader over several layouts of the trade: what the paper says comes out, and nothing else."""

import pytest

from documents.extraction.fields import Evidence, Extraction, FieldState, evidence_holds
from documents.extraction.rules import read_fields
from documents.reading.doctext import Box, DocText, PageText, Visibility, Word
from documents.reading.reader import Reading, read_document
from documents.reading.words import build_lines
from tests.documents.samples import LAYOUTS, OTHERS, Freight


def expected(layout: str, freight: Freight) -> dict[str, str]:
    said = {
        "document_kind": "bill_of_lading",
        "bol_number": freight.bol,
        "shipper_name": freight.shipper.name,
        "shipper_address": freight.shipper.address,
        "consignee_name": freight.consignee.name,
        "consignee_address": freight.consignee.address,
        "consignee_city": freight.consignee.city,
        "consignee_region": freight.consignee.region,
        "consignee_postcode": freight.consignee.postcode,
        "ship_date": freight.iso_date,
        "pieces": str(freight.pieces),
        "weight": str(freight.weight),
        "seal_number": freight.seal,
    }
    if layout != "ocean":
        said |= {
            "pro_number": freight.pro,
            "scac": freight.scac,
            "carrier_name": freight.carrier,
            "freight_terms": freight.terms,
            "po_number": freight.pos[0],
        }
    if layout.startswith("vics"):
        said |= {
            "handling_units": str(sum(freight.handling_units)),
            "bill_to_name": freight.bill_to.name,
            "bill_to_address": freight.bill_to.address,
            "trailer_number": freight.trailer,
        }
    if layout == "ocean":
        said |= {"container_number": "CSQU3054383", "notify_name": freight.bill_to.name, "weight_unit": "KG"}
    if layout in ("boxed", "labelled"):
        said["weight_unit"] = "LB"
    return said


def reading(layout: str, freight: Freight) -> Reading:
    found = read_document(LAYOUTS[layout](freight))
    assert found.is_read, found.sentence
    return found


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("freight", OTHERS, ids=lambda freight: freight.bol)
def test_every_layout_gives_what_it_says(layout: str, freight: Freight) -> None:
    found = reading(layout, freight).extraction

    wanted = expected(layout, freight)
    given = {key: (field.normalised if (field := found.get(key)) else None) for key in wanted}

    assert given == wanted


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_value_stands_in_visible_words_of_its_page(layout: str) -> None:
    found = reading(layout, Freight())

    for field in found.extraction.fields:
        if field.state is FieldState.ABSENT:
            assert field.evidence is None and not field.value
            continue
        assert field.evidence is not None
        page = found.text.pages[field.evidence.page - 1]
        assert evidence_holds(field.evidence, page), field.key
        for box in field.evidence.boxes:
            assert 0 <= box.x0 < box.x1 <= page.width and 0 <= box.y0 < box.y1 <= page.height


def test_no_unit_is_guessed_where_none_is_printed() -> None:
    found = reading("vics_ruled", Freight()).extraction

    assert found.get("weight_unit") is None and found.get("weight") is not None


def test_lines_that_add_up_verify_the_total() -> None:
    found = reading("boxed", Freight()).extraction

    assert found.get("pieces").state is FieldState.VERIFIED  # type: ignore[union-attr]
    assert "the lines add up to the total" in found.get("weight").checks  # type: ignore[union-attr]


def test_a_container_with_a_right_check_digit_is_verified() -> None:
    found = reading("ocean", Freight()).extraction

    assert found.get("container_number").state is FieldState.VERIFIED  # type: ignore[union-attr]


def test_reading_twice_gives_the_same() -> None:
    assert reading("vics_ruled", Freight()).extraction == reading("vics_ruled", Freight()).extraction


def test_the_fields_survive_their_way_through_json() -> None:
    found = reading("boxed", Freight()).extraction

    assert Extraction.from_json(found.to_json()) == found


def page_of(rows: list[tuple[float, float, str]], **word: object) -> DocText:
    """A page of words set at (x, y), eight points wide per letter, without any file."""
    words = []
    for x, y, text in rows:
        for part in text.split(" "):
            words.append(Word(part, Box(x, y, x + 5 * len(part), y + 10), 10, **word))  # type: ignore[arg-type]
            x += 5 * len(part) + 3
    return DocText((PageText(1, 612, 792, tuple(words), build_lines(words)),))


def test_an_empty_label_takes_nothing_from_its_neighbours() -> None:
    rows = [(40, 40, "BILL OF LADING"), (40, 80, "Pro number:"), (40, 92, "Seal number(s):"), (40, 104, "Carrier:")]

    found = read_fields(page_of([*rows, (40, 116, "SCAC: KSTL")]))

    assert {field.key for field in found.fields if field.value} == {"document_kind", "scac"}


def test_a_sentence_that_mentions_the_carrier_is_no_label() -> None:
    found = read_fields(page_of([(40, 40, "BILL OF LADING"), (40, 80, "Carrier acknowledges receipt of 12 packages")]))

    assert found.get("carrier_name") is None and found.get("pieces") is None


def test_two_different_bol_numbers_are_a_conflict_and_both_are_kept() -> None:
    found = read_fields(
        page_of([(40, 40, "Straight bill"), (40, 80, "BOL #: BL-100200"), (300, 300, "BOL #: BL-999999")])
    ).get("bol_number")

    assert found is not None and found.state is FieldState.CONFLICT
    assert [candidate.value for candidate in found.alternatives] == ["BL-999999"]


def test_total_and_lines_that_disagree_are_a_conflict() -> None:
    rows = [(40, 40, "BILL OF LADING"), (60, 100, "Pieces"), (200, 100, "Weight"), (60, 115, "4"), (200, 115, "100")]
    rows += [(60, 130, "5"), (200, 130, "200"), (60, 145, "12"), (200, 145, "300"), (300, 145, "TOTAL")]

    found = read_fields(page_of(rows))

    assert (found.get("pieces").state, found.get("pieces").value) == (FieldState.CONFLICT, "12")  # type: ignore[union-attr]
    assert found.get("weight").state is FieldState.VERIFIED  # type: ignore[union-attr]


def test_day_and_month_that_could_be_swapped_are_said() -> None:
    found = read_fields(page_of([(40, 40, "BILL OF LADING"), (40, 80, "Ship date: 03/04/2026")])).get("ship_date")

    assert found is not None and found.state is FieldState.CONFLICT
    assert "could be swapped (2026-04-03)" in found.complaints[0]


def test_hidden_words_are_never_read() -> None:
    rows = [(40, 40, "BILL OF LADING"), (40, 80, "BOL #: BL-100200")]

    assert read_fields(page_of(rows, visibility=Visibility.NO_INK)).get("bol_number") is None


def test_nothing_but_remarks_makes_an_exception() -> None:
    clean = read_fields(page_of([(40, 40, "BILL OF LADING"), (40, 80, "Exceptions: none")]))
    torn = read_fields(page_of([(40, 40, "BILL OF LADING"), (40, 80, "Exceptions: 2 cartons torn")]))

    assert clean.get("exceptions_noted") is None
    assert torn.get("exceptions_noted").value == "2 cartons torn"  # type: ignore[union-attr]


def test_evidence_with_another_quote_or_hidden_words_does_not_hold() -> None:
    page = page_of([(40, 40, "BOL BL-100200")]).pages[0]
    hidden = page_of([(40, 40, "BOL BL-100200")], visibility=Visibility.OFF_PAGE).pages[0]
    box = page.words[1].box

    assert evidence_holds(Evidence(1, (1,), (box,), "BL-100200"), page)
    assert not evidence_holds(Evidence(1, (1,), (box,), "BL-100201"), page)
    assert not evidence_holds(Evidence(1, (9,), (box,), "BL-100200"), page)
    assert not evidence_holds(Evidence(2, (1,), (box,), "BL-100200"), page)
    assert not evidence_holds(Evidence(1, (1,), (box,), "BL-100200"), hidden)


def values(found: Extraction) -> dict[str, str]:
    return {field.key: field.normalised for field in found.fields if field.value}


def test_labels_in_a_column_have_their_values_to_the_right_without_colons() -> None:
    rows = [
        ("Bill of Lading #", "FB-11902"),
        ("Carrier", "Junction Freight"),
        ("Shipper", "Quarry Foods, 12 Ln, Madison, WI 53703"),
    ]
    rows += [("Total Pieces", "18"), ("Hazmat", "No"), ("Seal #", "none")]
    said = [(40.0, 80.0 + 14 * n, label) for n, (label, _) in enumerate(rows)]
    said += [(180.0, 80.0 + 14 * n, value) for n, (_, value) in enumerate(rows)]

    found = values(read_fields(page_of([(40, 40, "BILL OF LADING"), *said])))

    assert found["carrier_name"] == "Junction Freight" and found["shipper_name"] == "Quarry Foods"
    assert (found["pieces"], found["hazmat"], found["shipper_postcode"]) == ("18", "no", "53703")
    assert "seal_number" not in found


def test_a_numbered_cmr_with_european_numbers() -> None:
    rows = [
        "Frachtbrief / CMR Nr. DE-2026-004471",
        "1 Absender",
        "Kessler Armaturen GmbH",
        "20539 Hamburg, Deutschland",
        "",
    ]
    rows += [
        "2 Empfänger",
        "Zawory Sp. z o.o.",
        "61-485 Poznań, Polska",
        "",
        "16 Frachtführer: Odertrans",
        "Anzahl der Packstücke: 14",
    ]
    rows += ["Bruttogewicht: 6.240 kg", "Übernahme am: 11.03.2026", "Vorbehalte: 2 Paletten nass"]

    found = values(read_fields(page_of([(40.0, 40.0 + 13 * n, row) for n, row in enumerate(rows) if row])))

    wanted = {
        "document_kind": "cmr", "bol_number": "DE-2026-004471", "shipper_name": "Kessler Armaturen GmbH", "shipper_city": "Hamburg",
        "consignee_name": "Zawory Sp. z o.o.", "consignee_postcode": "61-485", "carrier_name": "Odertrans", "pieces": "14",
        "weight": "6240", "weight_unit": "KG", "ship_date": "2026-03-11", "exceptions_noted": "2 Paletten nass",
    }  # fmt: skip
    assert {key: found.get(key) for key in wanted} == wanted


def test_a_block_ends_where_another_label_begins() -> None:
    rows = [(40, 40, "BILL OF LADING"), (40, 80, "SHIP FROM:"), (40, 92, "DELGADO TILE"), (40, 104, "EL PASO TX 79901")]
    rows += [(40, 116, "CUST PO: 338812")]

    found = values(read_fields(page_of(rows)))

    assert found["shipper_address"] == "EL PASO TX 79901" and found["po_number"] == "338812"


def test_a_place_is_no_party_but_a_heading_over_an_address_is() -> None:
    place = read_fields(page_of([(40, 40, "Proof of delivery"), (40, 80, "Delivery location: Front Desk, Duluth MN")]))
    block = [
        (40, 40, "BILL OF LADING"),
        (40, 80, "Delivery Location"),
        (40, 92, "Cascade Supply"),
        (40, 104, "Boise, ID 83702"),
    ]

    assert place.get("consignee_name") is None
    assert values(read_fields(page_of(block)))["consignee_name"] == "Cascade Supply"


def test_a_carrier_number_is_no_carrier() -> None:
    assert read_fields(page_of([(40, 40, "BILL OF LADING"), (40, 80, "Carrier No. C-99")])).get("carrier_name") is None
