"""Loads as such, and orders with what they wait for."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from exceptions.cases.detection import LineFacts, LoadHistory, OrderHistory, SubjectRef, SupplyFacts, Told
from exceptions.cases.taxonomy import Subject
from exceptions.shipments.canonical import EventType as E
from tests.cases.detection.histories import DUE, HOUR, NOON, awaited, cleared, events_of, finding, told


def load(*events: Told) -> LoadHistory:
    return LoadHistory(9, "L-9", riders=(7,), events=events)


TENDERED = told(E.LOAD_TENDERED, NOON, respond_by=DUE.isoformat())
REJECTED = told(E.LOAD_REJECTED, NOON + HOUR, number=2, text="No capacity")


def test_a_declined_tender_is_a_case_about_the_load_until_it_is_tendered_anew_or_accepted() -> None:
    found = finding("tender_rejected", load(TENDERED, REJECTED))
    assert found is not None
    assert (found.subject, found.shipments, found.summary) == (SubjectRef(Subject.LOAD, 9), (7,), "No capacity")
    for later in (E.LOAD_TENDERED, E.LOAD_ACCEPTED, E.LOAD_CANCELLED):
        assert finding("tender_rejected", load(TENDERED, REJECTED, told(later, NOON + 2 * HOUR))) is None


def test_a_tender_that_nobody_answers_in_time_is_declined_too() -> None:
    assert awaited("answer", load(TENDERED)).due_at == DUE  # type: ignore[union-attr]
    assert finding("tender_rejected", load(TENDERED)) is None
    assert finding("tender_rejected", load(TENDERED), now=DUE).summary == "No answer to the tender by 03 Nov 16:00 UTC"  # type: ignore[union-attr]
    assert finding("tender_rejected", load(told(E.LOAD_TENDERED)), now=DUE + 99 * HOUR) is None


LINE = LineFacts(20, 1, "ROM-24", Decimal(1200), shipments=(7,))
ORDER = OrderHistory(10, "SO-1", need_by=DUE, lines=(LINE,), shipments=(7,))


def order(*events: Told, **more: object) -> OrderHistory:
    return replace(ORDER, events=events, **more)  # type: ignore[arg-type]


def test_a_short_line_names_what_is_there_instead() -> None:
    instead = [{"location": "RENO-DC", "quantity": "200", "available_at": DUE.isoformat()}]
    short = told(E.INVENTORY_SHORTFALL_DETECTED, line=1, sku="ROM-24", quantity="1080", short="120", alternates=instead)
    found = finding("inventory_shortfall", order(short))
    assert found is not None and (found.subject, found.orders) == (SubjectRef(Subject.ORDER_LINE, 20), (10,))
    assert found.summary == "Line 1 (ROM-24): 120 short; instead: 200 at RENO-DC from 03 Nov 16:00 UTC"
    allocated = told(E.INVENTORY_ALLOCATED, NOON + HOUR, line=1, quantity="1200")
    assert finding("inventory_shortfall", order(short, allocated)) is None
    partly = told(E.INVENTORY_ALLOCATED, NOON + HOUR, line=1, quantity="1180", short="20")
    assert finding("inventory_shortfall", order(short, partly)) is not None


def waiting(**known: object) -> OrderHistory:
    return order(lines=(replace(LINE, waits_for=SupplyFacts("4500-7", **known)),))  # type: ignore[arg-type]


def test_supply_that_comes_after_the_date_of_need_threatens_the_line() -> None:
    said = (told(E.SUPPLY_DELAYED, number=3, expected_at=(DUE + 5 * HOUR).isoformat()),)
    found = finding("inbound_supply_delayed", waiting(expected_at=DUE + 5 * HOUR, events=said))
    assert found is not None and found.subject == SubjectRef(Subject.ORDER_LINE, 20)
    assert (found.summary, events_of(found)) == ("PO 4500-7 comes 5 h too late", [3])
    assert finding("inbound_supply_delayed", waiting(expected_at=DUE)) is None
    assert finding("inbound_supply_delayed", waiting(expected_at=DUE + HOUR, received_at=NOON)) is None


def test_the_eta_of_the_shipment_that_brings_it_outweighs_the_suppliers_word() -> None:
    eta = told(E.SHIPMENT_ETA_CHANGED, number=4)
    late = waiting(expected_at=NOON, eta=DUE + 2 * HOUR, eta_event=eta)
    assert events_of(finding("inbound_supply_delayed", late)) == [4]
    assert finding("inbound_supply_delayed", waiting(expected_at=DUE + HOUR, eta=DUE, eta_event=eta)) is None


def test_supply_that_nobody_announces_two_days_before_it_is_needed_is_late() -> None:
    early = DUE - 50 * HOUR
    assert awaited("supply", waiting(), now=early).due_at == DUE - 48 * HOUR  # type: ignore[union-attr]
    assert finding("inbound_supply_delayed", waiting(), now=early) is None
    assert finding("inbound_supply_delayed", waiting()) is not None


@pytest.mark.parametrize("kind", ["quality", "sanctions", "dangerous_goods"])
def test_a_hold_that_is_urgent_by_itself_is_found_at_once(kind: str) -> None:
    held = told(E.ORDER_HELD, kind=kind, text="Lab result")
    far = order(held, ships_at=NOON + 900 * HOUR)
    assert finding("quality_or_compliance_hold", far).subject == SubjectRef(Subject.ORDER, 10)  # type: ignore[union-attr]
    assert finding("quality_or_compliance_hold", order(held, told(E.ORDER_RELEASED, NOON + HOUR))) is None


def test_a_credit_hold_is_found_a_day_before_it_should_ship() -> None:
    held = order(told(E.ORDER_HELD, kind="credit"), ships_at=NOON + 25 * HOUR)
    assert finding("quality_or_compliance_hold", held) is None
    assert awaited("release", held).due_at == NOON + HOUR  # type: ignore[union-attr]
    assert finding("quality_or_compliance_hold", held, now=NOON + HOUR) is not None
    assert finding("quality_or_compliance_hold", order(told(E.ORDER_HELD, kind="credit"))) is not None


def test_a_hold_of_our_own_is_no_case_of_its_own() -> None:
    assert finding("quality_or_compliance_hold", order(replace(told(E.ORDER_HELD, kind="other"), by_us=True))) is None


def test_a_change_to_an_order_is_over_when_the_order_is() -> None:
    asked = told(E.CUSTOMER_REQUESTED_CHANGE, kind="cancel")
    assert finding("customer_change_requested", order(asked)).orders == (10,)  # type: ignore[union-attr]
    assert cleared("customer_change_requested", order(asked, told(E.ORDER_CANCELLED, DUE))) is not None
