"""Orders and the supply they wait for, what is missing of them, what a plan requires, and what is asked to be paid."""

from decimal import Decimal

import pytest

from controltower.errors import Invalid
from exceptions.shipments.canonical import Ref, RefType
from exceptions.shipments.models import Charge, ChargeState, Leg, Load, Order, OrderLine, Shipment, Supply
from tests.shipments.conftest import Say, at, booking, iso, saying

ORDER, PO, LOAD = Ref(RefType.ORDER, "SO-88120"), Ref(RefType.PO, "4500-7"), Ref(RefType.LOAD, "L-2207")
INVOICE = {"number": "INV-3301", "amount": {"amount": "2150.00", "currency": "USD"}}
LINES = [
    {"code": "400", "description": "Linehaul", "amount": "1900.00", "agreed": "1900.00"},
    {"code": "DET", "kind": "accessorial", "amount": "250.00"},
]


def test_supply_is_what_the_supplier_said_last_of_the_purchase_order(say: Say) -> None:
    line = {"sku": "ROM-24", "quantity": "1200"}
    announced = say(saying("supply.announced", 0, refs=(PO,), expected_at=iso(10), lines=[line]))
    assert not announced.problem
    say(saying("supply.received", 21, refs=(PO,), lines=[{**line, "quantity": "1180", "ordered": "1200"}]))
    say(saying("supply.delayed", 5, refs=(PO,), expected_at=iso(20), detail="rain at harvest"))
    supply = Supply.objects.get()
    assert (supply.number, supply.number_key, supply.state) == ("4500-7", "45007", "received")
    assert (supply.announced_for, supply.expected_at, supply.received_at) == (at(10), at(20), at(21))
    assert supply.lines == [{"sku": "ROM-24", "expected": "1200", "ordered": "1200", "received": "1180"}]


def test_supply_of_no_purchase_order_is_refused(say: Say) -> None:
    with pytest.raises(Invalid, match="'po'"):
        say(saying("supply.delayed", refs=(ORDER,), expected_at=iso(20)))


def test_an_order_line_names_the_supply_it_waits_for(say: Say) -> None:
    line = {"line": 1, "sku": "ROM-24", "quantity": "1200", "waits_for": "4500 7"}
    say(saying("order.created", refs=(ORDER,), lines=[line]), by="tms")
    say(saying("supply.delayed", 5, refs=(PO,), expected_at=iso(20)))
    waiting = OrderLine.objects.filter(waits_for_key=Supply.objects.get().number_key)
    assert [line.order.number for line in waiting] == ["SO-88120"]


def test_what_is_missing_of_a_line_is_as_reported_last_with_the_stock_offered_instead(say: Say) -> None:
    say(saying("order.created", refs=(ORDER,), lines=[{"line": 1, "quantity": "1200"}]), by="tms")
    stock = [{"location": "RENO-DC", "quantity": "200"}]
    say(
        saying("inventory.shortfall_detected", 4, refs=(ORDER,), line=1, quantity="1080", short="120", alternates=stock)
    )
    say(saying("inventory.allocated", 3, refs=(ORDER,), line=1, quantity="1200"))
    line = OrderLine.objects.get()
    assert (line.released, line.short, line.alternates) == (1080, 120, stock)


def test_lines_that_left_the_order_go_unless_they_ride(say: Say) -> None:
    two = [{"line": number, "quantity": "5"} for number in (1, 2, 3)]
    say(saying("order.created", 0, refs=(ORDER,), lines=two), by="tms")
    say(saying("shipment.booked", 0, **booking()), by="tms")
    say(saying("order.changed", 1, refs=(ORDER,), lines=two[2:]), by="tms")
    assert [(line.line_number, line.ordered) for line in OrderLine.objects.order_by("line_number")] == [(1, 0), (3, 5)]


def test_a_hold_says_of_what_kind_it_is_until_it_ends(say: Say) -> None:
    say(saying("order.created", refs=(ORDER,)), by="tms")
    say(saying("order.held", 1, refs=(ORDER,), kind="sanctions", detail="screening"))
    assert (Order.objects.get().hold_kind, Order.objects.get().hold_reason) == ("sanctions", "screening")
    say(saying("order.released", 2, refs=(ORDER,)))
    assert (Order.objects.get().state, Order.objects.get().hold_kind) == ("released", "")


def test_a_plan_keeps_the_cut_offs_of_its_legs_and_the_documents_it_requires(say: Say) -> None:
    leg = {**booking()["legs"][0], "cutoffs": [{"kind": "gate", "at": iso(-2)}]}
    plan = booking(legs=[leg], documents=[{"kind": "certificate", "due_at": iso(-5)}])
    say(saying("shipment.booked", **plan), by="tms")
    assert Leg.objects.get().cutoffs == [{"kind": "gate", "at": "2026-03-02T10:00:00Z"}]
    assert Shipment.objects.get().documents == [{"kind": "certificate", "due_at": "2026-03-02T07:00:00Z"}]


def test_a_load_is_cancelled_and_says_until_when_its_tender_had_to_be_answered(say: Say) -> None:
    say(saying("load.planned", 0, refs=(LOAD,), carrier="ORBIT"), by="tms")
    say(saying("load.cancelled", 2, refs=(LOAD,)), by="tms")
    say(saying("load.tendered", 1, refs=(LOAD,), respond_by=iso(3)), by="tms")
    load = Load.objects.get()
    assert (load.state, load.state_at, load.respond_by) == ("cancelled", at(2), at(3))


def test_an_invoice_is_a_charge_for_each_line_and_its_correction_takes_their_place(say: Say) -> None:
    say(saying("shipment.booked", **booking()), by="tms")
    say(saying("invoice.issued", 50, **INVOICE, lines=LINES))
    assert [
        (row.line, row.code, row.amount, row.agreed_amount, row.kind) for row in Charge.objects.order_by("line")
    ] == [
        (1, "400", Decimal(1900), Decimal(1900), "freight"),
        (2, "DET", Decimal(250), None, "accessorial"),
    ]
    assert {row.payee.code for row in Charge.objects.all()} == {"ORBIT"}
    say(saying("invoice.issued", 51, **INVOICE))
    charge = Charge.objects.get()
    assert (charge.line, charge.amount, charge.state, charge.invoiced_at) == (0, Decimal(2150), "invoiced", at(51))
    say(saying("invoice.released", 52, **INVOICE))
    assert Charge.objects.get().state == ChargeState.RELEASED


def test_what_a_person_decided_about_is_not_changed_by_what_is_said_later(say: Say) -> None:
    say(saying("shipment.booked", **booking()), by="tms")
    say(saying("invoice.issued", 50, **INVOICE))
    Charge.objects.update(state=ChargeState.DISPUTED)
    say(saying("invoice.issued", 51, **{**INVOICE, "amount": {"amount": "1.00", "currency": "USD"}}))
    assert (Charge.objects.get().state, Charge.objects.get().amount) == ("disputed", Decimal(2150))


def test_the_same_invoice_on_two_shipments_stands_on_both_and_can_be_seen(say: Say) -> None:
    other = Ref(RefType.BOL, "BOL-9")
    say(saying("shipment.booked", **booking()), by="tms")
    say(saying("shipment.booked", refs=(other,), **booking(equipment=[])), by="tms")
    say(saying("invoice.issued", 50, **INVOICE))
    say(saying("invoice.issued", 50, refs=(other,), **INVOICE))
    assert Charge.objects.filter(invoice_number="INV-3301", payee__code="ORBIT").count() == 2


def test_an_invoice_of_a_load_is_charged_to_the_load(say: Say) -> None:
    say(saying("load.planned", 0, refs=(LOAD,), carrier="ORBIT"), by="tms")
    say(saying("invoice.issued", 50, refs=(LOAD,), **INVOICE, lines=[{"code": "DIS", "amount": "-50.00"}]))
    assert (Charge.objects.get().load.number, Charge.objects.get().amount) == ("L-2207", Decimal(-50))
