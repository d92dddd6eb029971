"""The rules, from a state and a signal to findings; no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions.cases.detection import (
    ARRIVAL,
    AT_RISK,
    BREACHED,
    DETECTED_TYPES,
    FREE_TIME,
    SILENCE,
    STATED,
    Clear,
    DeliveryState,
    EventView,
    ExpiredExpectation,
    Finding,
    Reading,
    ShipmentState,
    SubjectRef,
    SubjectState,
    detect,
    fingerprint,
    time_outside,
)
from exceptions.cases.taxonomy import Subject, case_type
from exceptions.shipments.canonical import EventType

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DUE = NOON + 4 * HOUR
SHIPMENT = ShipmentState(id=7, leg_id=70, delivery=DeliveryState(stop_id=51, promised=DUE))
STOP = SubjectRef(Subject.STOP, 51)


def with_delivery(shipment: ShipmentState = SHIPMENT, **known: object) -> ShipmentState:
    assert shipment.delivery is not None
    return replace(shipment, delivery=replace(shipment.delivery, **known))  # type: ignore[arg-type]


def event(type_: str, at: datetime = NOON, text: str = "", **data: object) -> EventView:
    return EventView(type_, at, text, data)


def verdicts(shipment: ShipmentState, signal: EventView | ExpiredExpectation) -> dict[str, Finding | Clear]:
    return {verdict.type: verdict for verdict in detect(SubjectState((shipment,)), signal)}


def test_an_eta_beyond_the_window_puts_the_delivery_at_risk() -> None:
    late = with_delivery(estimated=DUE + 3 * HOUR + HOUR / 2, estimated_reported_at=NOON)
    found = verdicts(late, event(EventType.SHIPMENT_ETA_CHANGED))["delivery_late"]
    assert isinstance(found, Finding)
    assert (found.subject, found.phase, found.shipments) == (STOP, AT_RISK, (7,))
    assert found.summary == "ETA 3 h 30 min past the window"


def test_an_eta_within_the_tolerance_is_in_time() -> None:
    fine = with_delivery(estimated=DUE + timedelta(minutes=15), estimated_reported_at=NOON)
    assert isinstance(verdicts(fine, event(EventType.SHIPMENT_ETA_CHANGED))["delivery_late"], Clear)


def test_a_window_that_passes_without_arrival_is_breached() -> None:
    passed = ExpiredExpectation(ARRIVAL, DUE + timedelta(minutes=15))
    found = verdicts(with_delivery(estimated=DUE, estimated_reported_at=NOON), passed)["delivery_late"]
    assert isinstance(found, Finding) and found.phase == BREACHED


def test_a_late_arrival_is_breached_and_stays_so() -> None:
    arrived = with_delivery(arrived=DUE + 2 * HOUR)
    found = verdicts(arrived, event(EventType.SHIPMENT_DELIVERED, DUE + 3 * HOUR))["delivery_late"]
    assert isinstance(found, Finding)
    assert (found.phase, found.summary) == (BREACHED, "Arrived 2 h late")


def test_an_arrival_in_time_clears_it() -> None:
    assert isinstance(verdicts(with_delivery(arrived=DUE), event(EventType.SHIPMENT_ARRIVED))["delivery_late"], Clear)


def test_without_a_promise_nothing_is_late() -> None:
    unknown = with_delivery(promised=None, estimated=DUE, estimated_reported_at=NOON)
    assert "delivery_late" not in verdicts(unknown, event(EventType.SHIPMENT_ETA_CHANGED))


def test_trouble_outweighs_an_eta_that_is_older_and_yields_to_one_that_is_newer() -> None:
    stuck = replace(SHIPMENT, trouble_at=NOON, trouble="Tractor broken down")
    older = with_delivery(stuck, estimated=DUE, estimated_reported_at=NOON - HOUR)
    newer = with_delivery(stuck, estimated=DUE, estimated_reported_at=NOON + HOUR)
    position = event(EventType.SHIPMENT_POSITION_REPORTED, NOON + HOUR)
    found = verdicts(older, position)["delivery_late"]
    assert isinstance(found, Finding) and found.summary == "Tractor broken down"
    assert isinstance(verdicts(newer, position)["delivery_late"], Clear)


def test_a_trailer_in_trouble_is_one_finding_about_the_load_with_the_shipments_it_makes_late() -> None:
    riders = tuple(
        ShipmentState(
            id=number,
            delivery=DeliveryState(100 + number, NOON + number * HOUR, NOON + 5 * HOUR, NOON),
            trouble_at=NOON,
        )
        for number in range(1, 15)
    )
    found = [
        v for v in detect(SubjectState(riders, load_id=9), event(EventType.LOAD_BROKEN_DOWN)) if isinstance(v, Finding)
    ]
    assert len(found) == 1
    assert (found[0].subject, found[0].shipments) == (SubjectRef(Subject.LOAD, 9), (1, 2, 3, 4))


def test_a_failed_attempt_is_a_case_until_it_is_delivered_in_whatever_order_that_is_reported() -> None:
    attempt = event(EventType.SHIPMENT_DELIVERY_ATTEMPTED, NOON, "Business closed")
    found = verdicts(SHIPMENT, attempt)["delivery_attempt_failed"]
    assert isinstance(found, Finding) and found.summary == "Business closed"
    delivered = replace(SHIPMENT, delivered_at=NOON + HOUR)
    assert isinstance(verdicts(delivered, attempt)["delivery_attempt_failed"], Clear)
    assert isinstance(verdicts(delivered, event(EventType.SHIPMENT_DELIVERED))["delivery_attempt_failed"], Clear)


def test_a_parcel_without_a_plan_can_be_attempted_in_vain_too() -> None:
    found = verdicts(ShipmentState(id=7), event(EventType.SHIPMENT_DELIVERY_ATTEMPTED))["delivery_attempt_failed"]
    assert found.subject == SubjectRef(Subject.SHIPMENT, 7)


def test_a_window_that_passes_after_a_failed_attempt_is_part_of_that_case() -> None:
    attempted = replace(SHIPMENT, covered=frozenset({"delivery_attempt_failed"}))
    assert "delivery_late" not in verdicts(attempted, ExpiredExpectation(ARRIVAL, DUE + HOUR))


def test_a_refusal_is_severe() -> None:
    found = verdicts(SHIPMENT, event(EventType.SHIPMENT_REFUSED))["delivery_refused"]
    assert isinstance(found, Finding) and found.severity == "S1"


def test_damage_is_about_the_handling_unit_where_one_is_named() -> None:
    damage = event(EventType.SHIPMENT_DAMAGED, text="2 Paletten nass")
    assert (
        verdicts(replace(SHIPMENT, handling_unit_id=3), damage)["freight_damaged"].subject.kind == Subject.HANDLING_UNIT
    )
    assert verdicts(SHIPMENT, damage)["freight_damaged"].subject == SubjectRef(Subject.SHIPMENT, 7)


def warm(minutes: list[int], value: float = 41) -> ShipmentState:
    return replace(
        SHIPMENT, band=(34, 38), readings=tuple(Reading(NOON + timedelta(minutes=minute), value) for minute in minutes)
    )


def test_produce_too_warm_for_fifty_two_minutes_is_an_excursion() -> None:
    found = verdicts(warm([0, 20, 52]), event(EventType.SHIPMENT_TEMPERATURE_READ))["temperature_excursion"]
    assert isinstance(found, Finding)
    assert found.summary == "41 degrees for 52 min outside 34 to 38"


def test_a_short_peak_is_none() -> None:
    assert "temperature_excursion" not in verdicts(warm([0, 20]), event(EventType.SHIPMENT_TEMPERATURE_READ))


def test_time_back_in_the_band_breaks_an_excursion() -> None:
    readings = [
        Reading(NOON + timedelta(minutes=minute), value) for minute, value in ((0, 41), (20, 36), (40, 44), (50, 42))
    ]
    outside, worst = time_outside(tuple(readings), (34, 38))
    assert outside == timedelta(minutes=10) and worst == 44


def test_a_container_near_its_last_free_day_is_a_case_until_it_is_out() -> None:
    waiting = replace(SHIPMENT, equipment_id=4, last_free_at=DUE)
    near = ExpiredExpectation(FREE_TIME, NOON)
    found = verdicts(waiting, near)["free_time_expiring"]
    assert isinstance(found, Finding) and found.subject == SubjectRef(Subject.EQUIPMENT, 4)
    out = replace(waiting, gated_out_at=NOON)
    assert isinstance(verdicts(out, event(EventType.EQUIPMENT_GATED_OUT))["free_time_expiring"], Clear)


def test_silence_is_a_case_and_any_word_ends_it() -> None:
    found = verdicts(replace(SHIPMENT, last_heard_at=NOON), ExpiredExpectation(SILENCE, DUE))["tracking_silent"]
    assert isinstance(found, Finding)
    assert (found.subject, found.summary) == (SubjectRef(Subject.LEG, 70), "No signal since 03 Nov 12:00 UTC")
    assert isinstance(verdicts(SHIPMENT, event(EventType.SHIPMENT_SCANNED))["tracking_silent"], Clear)


def test_silence_closes_into_a_late_delivery_and_is_not_found_beside_one() -> None:
    covered = replace(SHIPMENT, covered=frozenset({"delivery_late"}))
    assert "tracking_silent" not in verdicts(covered, ExpiredExpectation(SILENCE, DUE))
    passed = verdicts(SHIPMENT, ExpiredExpectation(ARRIVAL, DUE + HOUR))
    assert isinstance(passed["delivery_late"], Finding)
    silence = passed["tracking_silent"]
    assert isinstance(silence, Clear) and silence.summary == "Continues as a late delivery"


def test_a_hold_lasts_until_the_release() -> None:
    held = replace(SHIPMENT, held_at=NOON, hold_text="Exam ordered")
    found = verdicts(held, event(EventType.SHIPMENT_HELD))["customs_hold"]
    assert isinstance(found, Finding) and found.summary == "Exam ordered"
    released = replace(held, released_at=NOON + HOUR)
    assert isinstance(verdicts(released, event(EventType.SHIPMENT_RELEASED, NOON + HOUR))["customs_hold"], Clear)
    assert isinstance(verdicts(released, event(EventType.SHIPMENT_HELD))["customs_hold"], Clear)


@pytest.mark.parametrize("type_code", sorted(STATED))
def test_events_that_state_what_is_wrong_are_taken_at_their_word(type_code: str) -> None:
    says, takes_back = STATED[type_code]
    assert isinstance(verdicts(SHIPMENT, event(says))[type_code], Finding)
    assert all(isinstance(verdicts(SHIPMENT, event(other))[type_code], Clear) for other in takes_back)


def test_every_type_that_is_found_is_in_the_taxonomy() -> None:
    assert all(case_type(code) for code in DETECTED_TYPES)


@given(st.permutations([0, 1, 2]), st.booleans())
@settings(max_examples=30, deadline=None)
def test_one_verdict_per_fingerprint(order: list[int], load: bool) -> None:
    riders = tuple(
        replace(SHIPMENT, id=number, delivery=DeliveryState(number + 1, DUE, DUE + HOUR, NOON)) for number in order
    )
    found = detect(SubjectState(riders, load_id=1 if load else None), event(EventType.SHIPMENT_ETA_CHANGED))
    keys = [fingerprint(verdict.type, verdict.subject) for verdict in found]
    assert len(keys) == len(set(keys))


def test_the_verdict_on_a_state_does_not_depend_on_which_event_told_it_last() -> None:
    late = with_delivery(estimated=DUE + 3 * HOUR, estimated_reported_at=NOON)
    told = [
        event(EventType.SHIPMENT_ETA_CHANGED),
        event(EventType.SHIPMENT_SCANNED),
        event(EventType.SHIPMENT_DEPARTED),
    ]
    for order in permutations(told):
        assert all(isinstance(verdicts(late, signal)["delivery_late"], Finding) for signal in order)
