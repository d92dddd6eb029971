"""The demo's own bills of lading are readable papers: what was written comes out."""

from documents.reading.reader import read_document
from exceptions.demo.pdf import Address, BillOfLading, Line, bill_of_lading

SAID = BillOfLading(
    number="LRD-20418",
    date="03/14/2026",
    carrier="Sierra Norte Reefer (Lines)",
    scac="SNRL",
    shipper=Address("Huerta Verde Produce", "18 Mines Rd", "Laredo, TX 78045"),
    consignee=Address("Lakeshore Markets Café DC", "4200 W 38th St", "Chicago, IL 60632"),
    lines=(Line("PO-77120", 12, 480, 19840, "Tomatoes, 34-38 F"), Line("PO-77121", 10, 400, 16210, "Peppers")),
    pro="418-2207731",
    seal="UL7719034",
    terms="collect",
)


def test_a_demo_bill_of_lading_says_what_was_written() -> None:
    found = read_document(bill_of_lading(SAID))

    given = {field.key: field.normalised for field in found.extraction.fields if field.value}
    wanted = {
        "document_kind": "bill_of_lading",
        "bol_number": "LRD-20418",
        "pro_number": "418-2207731",
        "scac": "SNRL",
        "carrier_name": "Sierra Norte Reefer (Lines)",
        "shipper_name": "Huerta Verde Produce",
        "consignee_name": "Lakeshore Markets Café DC",
        "consignee_city": "Chicago",
        "ship_date": "2026-03-14",
        "pieces": "880",
        "handling_units": "22",
        "weight": "36050",
        "weight_unit": "LB",
        "freight_terms": "collect",
        "seal_number": "UL7719034",
    }
    assert {key: given.get(key) for key in wanted} == wanted
    assert found.extraction.values("po_number") == ["PO-77120", "PO-77121"]
    assert not found.warnings
