"""Invoices, bills of lading, ship notices and receipts: 210, 211, 856, 861 and 944."""

import pytest

from exceptions.intake.mapping.shapes import mapping_problems
from exceptions.shipments.canonical import EventType as E
from tests.intake.x12.samples import (
    INVOICE,
    LADING,
    NOTICE,
    RECEIPT,
    STOCK,
    a_set,
    events,
    named,
    only,
    refused,
)


def test_an_invoice_has_its_lines_with_their_kinds() -> None:
    invoice = only(INVOICE)
    assert (invoice.type, invoice.data["number"]) == (E.INVOICE_ISSUED, "INV-3301")
    assert invoice.data["amount"] == {"amount": "2150.00", "currency": "USD"}
    assert invoice.data["lines"] == [
        {"kind": "freight", "amount": "1900.00", "code": "400", "description": "Linehaul"},
        {"kind": "accessorial", "amount": "250.00", "code": "DTU", "description": "Detention at consignee"},
    ]
    assert named(invoice, "bol") == ["BOL-9031"] and named(invoice, "pro") == ["4471902"]


def test_amounts_have_two_decimals_unless_a_point_is_written() -> None:
    assert only(INVOICE.replace("*215000**", "*2150.5**")).data["amount"]["amount"] == "2150.50"


def test_lines_that_do_not_come_to_the_amount_are_said() -> None:
    wrong = INVOICE.replace("*25000*", "*30000*").replace("*20260507*", "*20260504*")
    assert only(wrong).data["detail"] == "the lines come to 2200.00"


def test_the_currency_is_the_invoices_then_the_partners_then_the_dollar() -> None:
    silent = INVOICE.replace("C3*USD\n", "").replace("SE*15", "SE*14")
    assert only(silent, {"currency": "CAD"}).data["amount"]["currency"] == "CAD"
    assert only(silent).data["amount"]["currency"] == "USD"
    assert "currency" in refused(INVOICE.replace("C3*USD", "C3*$$")).reason


def test_demurrage_is_free_time_and_a_credit_is_refused() -> None:
    only_demurrage = INVOICE.replace("****400", "****DEM").replace("****DTU", "****DEM")
    assert only(only_demurrage).data["kind"] == "free_time"
    assert "credit" in refused(INVOICE.replace("*215000**", "*-215000**")).reason
    assert refused(INVOICE.replace("B3**INV-3301", "B3**")).where == "segment 4 (B3), element 2"


def test_a_bill_of_lading_books_the_shipment_with_labels_and_windows() -> None:
    booked = only(LADING)
    assert (booked.type, booked.occurred_at.isoformat()) == (E.SHIPMENT_BOOKED, "2026-05-04T20:15:00+00:00")
    assert named(booked, "bol") == ["BOL-9032"] and named(booked, "pro") == ["4471903"]
    assert named(booked, "po") == ["4500-78", "4500-79"]
    pickup, delivery = booked.data["stops"]
    assert (pickup["zone"], delivery["zone"]) == ("America/Chicago", "America/New_York")
    assert delivery["window_end"] == "2026-05-07T20:00:00+00:00"
    assert [unit["label"] for unit in booked.data["units"]][2] == "00340000000000000035"
    assert (booked.data["mode"], booked.data["freight_terms"]) == ("ltl", "collect")


def test_a_cancelled_bill_of_lading_cancels() -> None:
    assert only(LADING.replace("B2A*00", "B2A*01")).type == E.SHIPMENT_CANCELLED


def test_a_ship_notice_announces_the_supply_of_each_order_and_the_shipment() -> None:
    romaine, spinach, shipment = events(NOTICE)
    assert romaine.type == spinach.type == E.SUPPLY_ANNOUNCED
    assert (named(romaine, "po"), named(spinach, "po")) == (["4500-7"], ["4500-8"])
    assert romaine.data["lines"] == [{"sku": "ROM-24", "quantity": "1200", "ordered": "1250"}]
    assert romaine.data["expected_at"] == "2026-05-06T20:00:00+00:00"
    assert shipment.type == E.SHIPMENT_ANNOUNCED
    assert (named(shipment, "bol"), named(shipment, "pro")) == (["BOL-9040"], ["4471910"])
    assert named(shipment, "po") == ["4500-7", "4500-8"]


def test_a_partner_whose_notice_is_the_plan_says_so() -> None:
    booked = events(NOTICE, {"ship_notice": "booking"})[-1]
    assert booked.type == E.SHIPMENT_BOOKED
    assert booked.data["stops"][1]["planned_arrival"] == "2026-05-06T20:00:00+00:00"
    assert booked.data["units"] == [{"sequence": 1, "kind": "carton", "shipped": 1, "label": "00340000000000000042"}]


def test_a_cancelled_notice_takes_back_what_it_announced() -> None:
    said = events(NOTICE)
    (taken,) = events(a_set("856", "BSN*01*ASN-771*20260505*0800", "HL*1**S", "REF*BM*BOL-9040"))
    assert taken.type == E.EVENT_RETRACTED
    assert {event.event_id for event in said} == {taken.data["event_id"]}


def test_a_date_that_is_none_takes_no_notice_along() -> None:
    romaine = events(NOTICE.replace("DTM*011*20260504*0930*MT", "DTM*011*200"))[0]
    assert romaine.data["expected_at"] == "2026-05-06T20:00:00+00:00"


def test_levels_that_hang_in_a_circle_end() -> None:
    circle = a_set("856", "BSN*00*A*20260504*0930", "HL*1*2*O", "HL*2*1*I", "LIN**PO*P-1*BP*X", "SN1**5*EA")
    assert named(events(circle)[0], "po") == ["P-1"]


def test_a_receipt_is_supply_a_count_and_a_damage() -> None:
    romaine, spinach, count, damage = events(RECEIPT)
    assert romaine.type == spinach.type == E.SUPPLY_RECEIVED
    assert romaine.data["lines"] == [{"quantity": "1180", "sku": "ROM-24", "ordered": "1250"}]
    assert (count.type, count.data["counted"], count.data["expected"]) == (E.SHIPMENT_COUNTED, 1480, 1550)
    assert (damage.type, damage.data["pieces"]) == (E.SHIPMENT_DAMAGED, 20)
    assert damage.data["description"] == "20 CA ROM-24 damaged"
    assert romaine.occurred_at.isoformat() == "2026-05-06T20:10:00+00:00"


def test_a_shortage_without_the_ordered_quantity_tells_it() -> None:
    said = events(RECEIPT.replace("SN1**1250*CA\n", "").replace("SE*15", "SE*14"))
    assert said[0].data["lines"][0]["ordered"] == "1230"


@pytest.mark.parametrize(("code", "wanted"), [("08", E.SHIPMENT_REFUSED), ("05", E.SHIPMENT_PROBLEM_REPORTED)])
def test_other_findings_are_what_they_are(code: str, wanted: str) -> None:
    assert events(RECEIPT.replace("20*CA*01", f"20*CA*{code}"))[-1].type == wanted


def test_a_condition_on_no_list_is_flagged() -> None:
    assert events(RECEIPT.replace("20*CA*01", "20*CA*77"))[-1].data["unmapped"] == "x12.412.77"


def test_a_receipt_that_names_no_order_or_shipment_stands_under_its_own_number() -> None:
    bare = a_set("861", "BRA*RCV-88*20260506*00*1", "RCD******1*EA*09", "LIN**BP*ROM-24")
    event = only(bare)
    assert (event.type, named(event, "customer")) == (E.SHIPMENT_PROBLEM_REPORTED, ["RCV-88"])


def test_a_warehouse_receipt_is_supply_and_its_damage() -> None:
    supply, count, damage = events(STOCK)
    assert (supply.type, named(supply, "po")) == (E.SUPPLY_RECEIVED, ["4500-7"])
    assert supply.data["lines"] == [{"quantity": "1180", "sku": "ROM-24"}]
    assert (count.type, count.data["counted"]) == (E.SHIPMENT_COUNTED, 1180)
    assert (damage.type, damage.data["pieces"]) == (E.SHIPMENT_DAMAGED, 12)


def test_a_tax_is_a_duty() -> None:
    assert only(INVOICE.replace("****DTU", "****GST")).data["lines"][1]["kind"] == "duty"


def test_an_order_of_the_whole_notice_stands_once_among_the_shipments_numbers() -> None:
    doubled = NOTICE.replace("REF*CN*4471910", "REF*PO*4500-OLD")
    assert named(events(doubled)[-1], "po") == ["4500-7", "4500-8"]


def test_a_plan_without_labels_has_the_notices_counts() -> None:
    plain = NOTICE.replace("MAN*GM*00340000000000000042", "REF*ZZ*1")
    booked = events(plain, {"ship_notice": "booking"})[-1]
    assert booked.data["units"] == [{"sequence": 1, "kind": "pallet", "shipped": 4, "weight_shipped": "1632.933"}]


def test_lines_of_different_units_are_not_added_up() -> None:
    mixed = events(RECEIPT.replace("RCD*2*300*CA", "RCD*2*300*EA"))
    assert E.SHIPMENT_COUNTED not in [event.type for event in mixed]


def test_what_the_form_offers_for_a_partner_is_what_is_read() -> None:
    mapping = {"currency": "CAD", "ship_notice": "booking", "customer": "HALVORSEN", "references": {"CR": "order"}}
    assert mapping_problems("x12", mapping) == []
    assert mapping_problems("x12", {"ship_notice": "plan"}) != []
    assert events(NOTICE, mapping)[-1].data["customer"] == "HALVORSEN"
