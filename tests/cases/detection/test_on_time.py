"""Whether freight comes, leaves and is heard of in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from exceptions.cases.detection import (
    AT_RISK,
    BREACHED,
    DEFAULTS,
    AppointmentFacts,
    Finding,
    LegFacts,
    Setting,
    Settings,
    ShipmentHistory,
    StopFacts,
    SubjectRef,
)
from exceptions.cases.detection.history import ARRIVAL, HANDOVER
from exceptions.cases.detection.silence import worked
from exceptions.cases.taxonomy import Subject
from exceptions.shipments.canonical import EventType as E
from exceptions.shipments.projection import StopView
from tests.cases.detection.histories import (
    DELIVERY,
    DUE,
    FREIGHT,
    HOUR,
    LEG,
    MINUTE,
    NOON,
    PICKUP,
    STOP,
    at_stop,
    awaited,
    cleared,
    eta,
    events_of,
    finding,
    judged,
    said,
    told,
)

LATE_ETA = at_stop(DELIVERY, said(eta(NOON, DUE + 3.5 * HOUR, number=1)), estimated_arrival=DUE + 3.5 * HOUR)


def test_an_eta_beyond_the_window_puts_the_delivery_at_risk() -> None:
    found = finding("delivery_late", LATE_ETA)
    assert found is not None
    assert (found.subject, found.phase, found.shipments) == (STOP, AT_RISK, (7,))
    assert (found.summary, events_of(found)) == ("ETA 3 h 30 min past the window", [1])


def test_an_eta_at_a_port_on_the_way_says_nothing_about_the_delivery() -> None:
    port = told(E.SHIPMENT_ETA_CHANGED, NOON, estimated=(DUE + 99 * HOUR).isoformat(), unlocode="USSAV")
    assert finding("delivery_late", said(port)) is None
    assert finding("delivery_late", said(replace(port, data={**port.data, "unlocode": ""}))) is not None


def test_a_delay_that_is_told_after_the_eta_outweighs_it_until_the_next_one() -> None:
    planned = at_stop(DELIVERY, said(eta(NOON, DUE - HOUR, number=1)), planned_arrival=DUE - HOUR)
    fine = at_stop(DELIVERY, planned, estimated_arrival=DUE - HOUR)
    delayed = told(E.SHIPMENT_DELAYED, NOON + HOUR, stop=2, minutes=240, number=2)
    found = finding("delivery_late", said(delayed, history=fine))
    assert found is not None and (found.summary, events_of(found)) == ("ETA 3 h past the window", [2])
    named = told(E.SHIPMENT_DELAYED, NOON + HOUR, stop=2, estimated=(DUE + 2 * HOUR).isoformat(), number=3)
    assert events_of(finding("delivery_late", said(named, history=fine))) == [3]
    before = told(E.SHIPMENT_DELAYED, NOON - HOUR, stop=2, minutes=240, number=4)
    assert finding("delivery_late", said(before, history=fine)) is None, "the ETA knows of it"


def test_a_driver_who_is_ahead_of_the_plan_loses_that_first() -> None:
    planned = at_stop(DELIVERY, planned_arrival=DUE - HOUR)
    delayed = told(E.SHIPMENT_DELAYED, NOON + HOUR, stop=2, minutes=120)
    assert finding("delivery_late", said(delayed, history=planned)) is not None
    ahead = at_stop(DELIVERY, said(eta(NOON, DUE - 3 * HOUR), history=planned), estimated_arrival=DUE - 3 * HOUR)
    assert finding("delivery_late", said(delayed, history=ahead)) is None


def test_an_eta_within_the_tolerance_is_in_time() -> None:
    fine = at_stop(DELIVERY, said(eta(NOON, DUE + 15 * MINUTE)), estimated_arrival=DUE + 15 * MINUTE)
    assert cleared("delivery_late", fine) is not None and finding("delivery_late", fine) is None


def test_a_window_that_passes_without_arrival_is_breached_and_is_waited_for_until_then() -> None:
    expected = awaited("arrival", FREIGHT)
    assert expected is not None and expected.due_at == DUE + 15 * MINUTE
    found = finding("delivery_late", FREIGHT, now=expected.due_at)
    assert found is not None and (found.phase, found.summary) == (BREACHED, "The window passed without an arrival")
    assert [piece.expected for piece in found.evidence] == [expected]


def test_a_late_arrival_is_breached_and_stays_so_with_what_announced_it_as_evidence() -> None:
    arrival = told(E.SHIPMENT_ARRIVED, DUE + 2 * HOUR, number=2, stop=2)
    arrived = at_stop(DELIVERY, said(arrival, history=LATE_ETA, status="delivered"), actual_arrival=DUE + 2 * HOUR)
    found = finding("delivery_late", arrived, now=DUE + 90 * HOUR)
    assert found is not None
    assert (found.phase, found.summary, events_of(found)) == (BREACHED, "Arrived 2 h late", [1, 2])


def test_an_arrival_in_time_clears_whatever_was_feared() -> None:
    arrived = at_stop(DELIVERY, LATE_ETA, actual_arrival=DUE)
    assert cleared("delivery_late", arrived).summary == "Arrived in time"  # type: ignore[union-attr]


def test_an_attempt_at_the_door_in_time_is_no_late_delivery() -> None:
    attempted = said(told(E.SHIPMENT_DELIVERY_ATTEMPTED, DUE, stop=2))
    assert finding("delivery_late", attempted, now=DUE + 9 * HOUR) is None
    assert finding("delivery_attempt_failed", attempted, now=DUE + 9 * HOUR) is not None


def test_without_a_promise_nothing_is_late() -> None:
    unknown = replace(LATE_ETA, stops=(PICKUP, replace(DELIVERY, window_end=None)))
    assert finding("delivery_late", unknown) is None


def test_trouble_outweighs_an_eta_that_is_older_and_yields_to_one_that_is_newer() -> None:
    stuck = told(E.SHIPMENT_PROBLEM_REPORTED, NOON, text="Tractor broken down", reason="equipment_breakdown")
    older = at_stop(DELIVERY, said(eta(NOON - HOUR, DUE), stuck), estimated_arrival=DUE)
    older = replace(older, stops=(PICKUP, replace(older.stops[1], estimated_reported={"arrival": NOON - HOUR})))
    newer = at_stop(DELIVERY, said(stuck, eta(NOON + HOUR, DUE)), estimated_arrival=DUE)
    found = finding("delivery_late", older)
    assert found is not None and found.summary == "Tractor broken down"
    assert finding("delivery_late", newer) is None


def test_freight_that_is_out_for_delivery_is_over_its_trouble() -> None:
    stuck = told(E.SHIPMENT_PROBLEM_REPORTED, NOON - HOUR, reason="missed_connection")
    assert finding("delivery_late", said(stuck)) is not None
    assert finding("delivery_late", said(stuck, told(E.SHIPMENT_OUT_FOR_DELIVERY))) is None


def test_a_problem_without_a_reason_says_nothing_about_time() -> None:
    hint = told(E.SHIPMENT_PROBLEM_REPORTED, NOON - HOUR, text="Exception, see details")
    assert finding("delivery_late", said(hint)) is None
    assert finding("delivery_late", said(replace(hint, data={"reason": "weather"}))) is not None


def test_an_eta_counts_as_late_beyond_what_estimates_wander() -> None:
    def coming(minutes: int, at: datetime) -> ShipmentHistory:
        to = DUE + minutes * MINUTE
        coming = at_stop(DELIVERY, said(eta(at, to)), estimated_arrival=to)
        return replace(coming, stops=(PICKUP, replace(coming.stops[1], estimated_reported={"arrival": at})))

    far, near = DUE - 40 * HOUR, DUE - 2 * HOUR
    assert finding("delivery_late", coming(90, far), now=far) is None
    assert finding("delivery_late", coming(90, near), now=near) is not None
    assert finding("delivery_late", coming(180, far), now=far) is not None


def test_a_truck_whose_arrival_nobody_tells_was_there_before_it_was_unloaded() -> None:
    handed = at_stop(DELIVERY, replace(FREIGHT, status="delivered"), actual_delivery=DUE + HOUR)
    assert finding("delivery_late", handed, now=DUE + 2 * HOUR) is None
    assert finding("delivery_late", at_stop(DELIVERY, handed, actual_delivery=DUE + 90 * MINUTE)) is not None
    assert finding("delivery_late", at_stop(DELIVERY, handed, actual_arrival=DUE + HOUR)) is not None
    assert finding("delivery_late", replace(handed, mode="parcel")) is not None
    unseen = awaited("arrival", replace(FREIGHT, is_tracked=False))
    assert unseen is not None and unseen.due_at == DUE + 75 * MINUTE


def test_a_delay_in_minutes_counts_from_the_planned_arrival() -> None:
    planned = at_stop(DELIVERY, planned_arrival=DUE - HOUR)
    assert finding("delivery_late", said(told(E.SHIPMENT_DELAYED, minutes=30), history=planned)) is None
    late = finding("delivery_late", said(told(E.SHIPMENT_DELAYED, minutes=180), history=planned))
    assert late is not None and late.summary == "ETA 2 h past the window"


def test_an_appointment_that_holds_is_the_promise() -> None:
    slot = AppointmentFacts(90, "confirmed", "", DUE + 5 * HOUR, DUE + 6 * HOUR)
    moved = replace(LATE_ETA, stops=(PICKUP, replace(LATE_ETA.stops[1], appointment=slot)))
    assert finding("delivery_late", moved) is None


def test_every_delivery_stop_has_its_own_window() -> None:
    first = replace(DELIVERY, view=replace(DELIVERY.view, id=52, sequence=2), window_end=NOON - HOUR)
    last = replace(DELIVERY, view=replace(DELIVERY.view, sequence=3))
    found = finding("delivery_late", replace(FREIGHT, stops=(PICKUP, first, last)))
    assert found is not None and found.subject == SubjectRef(Subject.STOP, 52)


PICKUP_DUE = replace(PICKUP, window_end=NOON + HOUR)
BOOKED = replace(FREIGHT, status="booked", stops=(PICKUP_DUE, DELIVERY))


def test_nobody_at_the_pickup_by_the_end_of_its_window_is_a_late_pickup() -> None:
    expected = awaited("pickup", BOOKED)
    assert expected is not None and expected.due_at == NOON + 90 * MINUTE
    found = finding("pickup_late", BOOKED, now=expected.due_at)
    assert found is not None and (found.subject.id, found.phase) == (50, BREACHED)
    assert finding("pickup_late", at_stop(PICKUP_DUE, BOOKED, actual_arrival=NOON), now=DUE) is None
    assert finding("pickup_late", replace(BOOKED, status="in_transit"), now=DUE) is None


def test_a_late_pickup_that_is_told_afterwards_is_late_all_the_same() -> None:
    def fetched(at: datetime, **more: Any) -> ShipmentHistory:
        told_of = said(told(E.SHIPMENT_PICKED_UP, at, stop=1, number=5), history=BOOKED, status="in_transit", **more)
        return at_stop(PICKUP_DUE, told_of, actual_pickup=at)

    late = finding("pickup_late", fetched(NOON + 3 * HOUR), now=DUE)
    assert late is not None and (late.summary, late.phase) == ("Picked up 2 h late", BREACHED)
    assert events_of(late) == [5]
    assert finding("pickup_late", fetched(NOON + 90 * MINUTE), now=DUE) is None, "within the tolerance"
    gone = at_stop(PICKUP_DUE, replace(BOOKED, status="in_transit"), actual_departure=NOON + 3 * HOUR)
    assert finding("pickup_late", gone, now=DUE) is None, "when it left says nothing of when it was fetched"
    brought = fetched(NOON + 3 * HOUR, legs=(replace(LEG, cutoffs=(("gate", NOON),)),))
    assert finding("pickup_late", brought, now=DUE) is None


def test_a_container_that_is_gated_in_or_loaded_there_was_fetched() -> None:
    due = replace(PICKUP, window_end=NOON - 2 * HOUR)
    waiting = replace(FREIGHT, stops=(due, DELIVERY), status="booked")
    assert finding("pickup_late", waiting) is not None
    for code in ("gate_in", "loaded"):
        there = at_stop(due, waiting, **{f"actual_{code}": NOON - 3 * HOUR})
        assert finding("pickup_late", there) is None and cleared("pickup_late", there) is not None


def test_a_box_that_is_brought_for_a_cut_off_is_late_for_that_and_for_nothing_else() -> None:
    late = replace(FREIGHT, status="booked", stops=(replace(PICKUP, window_end=NOON - 3 * HOUR), DELIVERY))
    brought = replace(late, legs=(replace(LEG, cutoffs=(("gate", NOON - 3 * HOUR),)),))
    assert finding("pickup_late", late) is not None
    assert finding("pickup_late", brought) is None and finding("cutoff_at_risk", brought) is not None


def test_an_eta_for_the_pickup_beyond_its_window_puts_it_at_risk() -> None:
    coming = at_stop(PICKUP_DUE, BOOKED, estimated_arrival=NOON + 3 * HOUR)
    coming = said(told(E.SHIPMENT_ETA_CHANGED, stop=1, estimated=(NOON + 3 * HOUR).isoformat()), history=coming)
    found = finding("pickup_late", coming)
    assert found is not None and (found.phase, found.summary) == (AT_RISK, "ETA 2 h past the window")


HUB = StopFacts(StopView(55, 2, "terminal", "Hub", "Tulsa", "OK", "US"), times={("planned", "departure"): NOON})
BY_HUB = replace(FREIGHT, stops=(PICKUP, HUB, replace(DELIVERY, view=replace(DELIVERY.view, sequence=3))))


def test_a_planned_departure_that_nobody_reports_is_missed() -> None:
    found = finding("departure_missed", BY_HUB, now=NOON + 3 * HOUR)
    assert found is not None and found.subject == SubjectRef(Subject.STOP, 55)
    assert finding("departure_missed", at_stop(HUB, BY_HUB, actual_departure=NOON + HOUR), now=NOON + 3 * HOUR) is None
    assert finding("departure_missed", at_stop(BY_HUB.stops[2], BY_HUB, actual_arrival=NOON + HOUR), now=DUE) is None


def test_a_departure_before_the_pickup_is_not_missed_beside_it() -> None:
    plan = at_stop(PICKUP, replace(FREIGHT, status="booked"), planned_departure=NOON)
    assert finding("departure_missed", plan, now=NOON + 9 * HOUR) is None
    there = at_stop(PICKUP, plan, actual_arrival=NOON - HOUR)
    found = finding("departure_missed", there, now=NOON + 9 * HOUR)
    assert found is not None and found.subject == SubjectRef(Subject.LEG, 70)
    box = at_stop(PICKUP, plan, actual_gate_in=NOON - HOUR)
    assert finding("departure_missed", box, now=NOON + 9 * HOUR) is not None, "a gated container waits for its vessel"


def test_freight_whose_booking_was_rolled_does_not_miss_the_departure_as_well() -> None:
    vessel = replace(HUB, view=replace(HUB.view, kind="port"))
    sailing = LegFacts(72, 2, "ocean", 55, 51)
    plan = replace(BY_HUB, mode="ocean", stops=(PICKUP, vessel, BY_HUB.stops[2]), legs=(sailing,))
    late = NOON + 3 * HOUR
    assert finding("departure_missed", plan, now=late) is not None
    rolled = said(told(E.SHIPMENT_ROLLED, NOON - HOUR, text="Vessel full"), history=plan)
    assert finding("departure_missed", rolled, now=late) is None
    assert finding("booking_rolled", rolled, now=late) is not None
    assert cleared("departure_missed", rolled, now=late).summary == "Continues as a rolled booking"  # type: ignore[union-attr]
    anew = said(told(E.SHIPMENT_BOOKED, NOON), history=rolled)
    assert finding("departure_missed", anew, now=late) is not None, "booked anew, and missed again"
    other = replace(rolled, legs=(LegFacts(71, 1, "ocean", 50, 55), replace(sailing, mode="road")))
    assert finding("departure_missed", other, now=late) is not None, "of another leg than the rolled one"


def with_slot(state: str) -> StopFacts:
    return replace(DELIVERY, appointment=AppointmentFacts(90, state, "D-1"))


def test_a_missed_appointment_is_a_problem_until_there_is_another() -> None:
    missed = told(E.APPOINTMENT_MISSED, stop=2, number=3)
    found = finding("appointment_problem", said(missed, stops=(PICKUP, with_slot("missed"))))
    assert found is not None and found.subject == SubjectRef(Subject.APPOINTMENT, 90)
    assert events_of(found) == [3]
    anew = said(missed, told(E.APPOINTMENT_RESCHEDULED, NOON + HOUR, stop=2), stops=(PICKUP, with_slot("rescheduled")))
    assert finding("appointment_problem", anew) is None


def test_an_appointment_that_nobody_confirms_is_a_problem_a_day_before() -> None:
    asked = replace(FREIGHT, stops=(PICKUP, with_slot("requested")))
    early = DUE - 30 * HOUR
    expected = awaited("appointment", asked, now=early)
    assert expected is not None and expected.due_at == DUE - 26 * HOUR
    assert finding("appointment_problem", asked, now=early) is None
    assert finding("appointment_problem", asked, now=expected.due_at) is not None


def test_a_place_that_takes_freight_by_appointment_only_wants_one() -> None:
    assert finding("appointment_problem", FREIGHT) is None
    strict = replace(FREIGHT, stops=(PICKUP, replace(DELIVERY, needs_appointment=True)))
    assert finding("appointment_problem", strict).subject == STOP  # type: ignore[union-attr]


def test_a_truck_that_is_kept_beyond_its_free_time_dwells() -> None:
    arrived = at_stop(DELIVERY, actual_arrival=DUE - 2 * HOUR)
    assert finding("stop_dwell", arrived, now=DUE - HOUR) is None
    found = finding("stop_dwell", arrived, now=DUE)
    assert found is not None and found.summary == "At Chicago for more than 2 h"
    assert finding("stop_dwell", at_stop(DELIVERY, arrived, actual_delivery=DUE), now=DUE + HOUR) is None
    assert finding("stop_dwell", replace(arrived, mode="ocean"), now=DUE) is None


def test_the_clock_waits_for_the_word_of_the_hand_over_as_long_as_it_takes_here() -> None:
    arrived = at_stop(DELIVERY, actual_arrival=DUE - 2 * HOUR)
    by_file = replace(arrived, lags={HANDOVER: 9 * HOUR, ARRIVAL: MINUTE})
    assert finding("stop_dwell", by_file, now=DUE + 8 * HOUR) is None
    assert finding("stop_dwell", by_file, now=DUE + 9 * HOUR) is not None


def test_freight_that_was_counted_is_off_the_truck_whose_hand_over_nobody_told_yet() -> None:
    arrived = at_stop(DELIVERY, actual_arrival=DUE - 2 * HOUR)
    counted = said(told(E.SHIPMENT_COUNTED, DUE - HOUR, stop=2, counted=6, expected=6), history=arrived)
    assert finding("stop_dwell", counted, now=DUE + HOUR) is None
    assert cleared("stop_dwell", counted, now=DUE + HOUR).summary == "Unloaded"  # type: ignore[union-attr]
    before = said(told(E.SHIPMENT_COUNTED, DUE - 5 * HOUR, stop=2, counted=6, expected=6), history=arrived)
    assert finding("stop_dwell", before, now=DUE + HOUR) is not None, "counted on the way, or by another clock"
    loading = said(told(E.SHIPMENT_COUNTED, DUE - HOUR, stop=1, counted=6, expected=6), history=arrived)
    assert finding("stop_dwell", loading, now=DUE + HOUR) is not None, "of the other end"
    released = said(told(E.SHIPMENT_DELIVERED, DUE + 4 * HOUR, stop=2), history=counted)
    kept = finding("stop_dwell", at_stop(DELIVERY, released, actual_delivery=DUE + 4 * HOUR), now=DUE + 5 * HOUR)
    assert kept is not None and kept.phase == BREACHED, "the hand-over has the last word"


def test_a_truck_that_was_kept_an_hour_beyond_its_free_time_is_a_case_when_we_hear_of_it() -> None:
    def left(at: datetime) -> Finding | None:
        told_of = said(told(E.SHIPMENT_DELIVERED, at, stop=2, number=4))
        return finding("stop_dwell", at_stop(DELIVERY, told_of, actual_arrival=DUE - 2 * HOUR, actual_delivery=at))

    assert left(DUE + 59 * MINUTE) is None, "clocks differ by as much"
    kept = left(DUE + 3 * HOUR)
    assert kept is not None and (kept.summary, kept.phase) == ("Kept 5 h at Chicago, 2 h are free", BREACHED)
    assert events_of(kept) == [4]


def test_a_truck_that_is_turned_away_is_not_kept_by_the_dock() -> None:
    arrived = at_stop(DELIVERY, actual_arrival=DUE - 2 * HOUR)
    for word in (E.SHIPMENT_REFUSED, E.SHIPMENT_DELIVERY_ATTEMPTED):
        assert finding("stop_dwell", said(told(word, DUE - HOUR, stop=2), history=arrived), now=DUE + HOUR) is None
    late = said(told(E.SHIPMENT_REFUSED, DUE + 2 * HOUR, stop=2), history=arrived)
    assert finding("stop_dwell", late, now=DUE + 9 * HOUR).summary == "Kept 4 h at Chicago, 2 h are free"  # type: ignore[union-attr]


def test_a_truck_that_came_early_waits_on_its_own_time() -> None:
    early = at_stop(DELIVERY, actual_arrival=DUE - 9 * HOUR)
    assert finding("stop_dwell", early, now=DUE - HOUR) is None
    assert finding("stop_dwell", early, now=DUE) is not None


SILENT = replace(FREIGHT, heard_at=NOON, heard=1, gap=2 * HOUR)


def test_a_container_that_stands_at_a_terminal_to_be_fetched_is_not_silent() -> None:
    port = replace(HUB, view=replace(HUB.view, kind="port"), times={("actual", "discharge"): NOON - 5 * HOUR})
    box = replace(SILENT, mode="ocean", stops=(PICKUP, port, DELIVERY))
    later = NOON + 3 * HOUR
    assert finding("tracking_silent", box, now=later) is not None
    ready = at_stop(port, box, actual_available=NOON)
    assert finding("tracking_silent", ready, now=later) is None
    assert cleared("tracking_silent", ready, now=later).summary == "Waits to be fetched"  # type: ignore[union-attr]
    fetched = at_stop(port, ready, actual_gate_out=NOON + HOUR)
    assert finding("tracking_silent", fetched, now=later) is not None, "on its way again"
    strict = Settings({**DEFAULTS, "tracking_silent": Setting(threshold=HOUR)})
    assert finding("tracking_silent", ready, now=later, settings=strict) is not None, "a fixed limit outweighs it"


def test_who_speaks_only_at_the_ends_is_silent_until_the_later_slot_that_the_receiver_gave() -> None:
    slot = AppointmentFacts(90, "rescheduled", starts_at=DUE + 8 * HOUR, ends_at=DUE + 10 * HOUR)
    moved = replace(SILENT, stops=(PICKUP, replace(DELIVERY, appointment=slot)), gap=5 * HOUR)
    assert finding("tracking_silent", moved, now=NOON + 14 * HOUR) is None
    assert awaited("", moved).due_at == NOON + 15 * HOUR  # type: ignore[union-attr]
    booked = replace(moved, stops=(PICKUP, replace(DELIVERY, appointment=replace(slot, state="confirmed"))))
    assert awaited("", booked).due_at == NOON + 5 * HOUR, "agreed from the first"  # type: ignore[union-attr]
    often = replace(moved, gap=3 * HOUR)
    assert finding("tracking_silent", often, now=NOON + 3 * HOUR) is not None, "a tracker speaks on the way"
    sooner = replace(slot, ends_at=DUE - HOUR)
    early = replace(moved, stops=(PICKUP, replace(DELIVERY, appointment=sooner)))
    assert awaited("", early).due_at == NOON + 5 * HOUR  # type: ignore[union-attr]


def test_silence_is_a_case_when_the_usual_gap_is_over_and_any_word_ends_it() -> None:
    expected = awaited("", SILENT)
    assert expected is not None and expected.due_at == NOON + 2 * HOUR
    found = finding("tracking_silent", SILENT, now=NOON + 2 * HOUR)
    assert found is not None
    assert (found.subject, found.summary) == (SubjectRef(Subject.LEG, 70), "No signal since 03 Nov 12:00 UTC")
    heard = replace(SILENT, heard_at=NOON + HOUR)
    assert finding("tracking_silent", heard, now=NOON + 2 * HOUR) is None


def test_old_word_that_came_just_now_is_word() -> None:
    held_up = replace(told(E.SHIPMENT_PICKED_UP, NOON, number=1), recorded_at=NOON + HOUR)
    assert finding("tracking_silent", said(held_up, history=SILENT), now=NOON + 2.5 * HOUR) is None
    assert finding("tracking_silent", said(held_up, history=SILENT), now=NOON + 3 * HOUR) is not None


FRIDAY = datetime(2026, 11, 6, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "hours", "until"),
    [
        (FRIDAY, 6, FRIDAY + 6 * HOUR),
        (FRIDAY, 7, FRIDAY + 55 * HOUR),
        (FRIDAY + 20 * HOUR, 7, FRIDAY + 61 * HOUR),
        (FRIDAY, 6 + 5 * 24 + 1, FRIDAY + (48 + 48 + 6 + 5 * 24 + 1) * HOUR),
        (NOON, 20, NOON + 20 * HOUR),
    ],
)
def test_working_time_leaves_out_saturdays_and_sundays(since: datetime, hours: int, until: datetime) -> None:
    assert worked(since, hours * HOUR) == until


def test_networks_that_rest_on_weekends_may_be_silent_over_them() -> None:
    quiet = replace(SILENT, heard_at=FRIDAY, gap=24 * HOUR, stops=())
    assert finding("tracking_silent", quiet, now=FRIDAY + 24 * HOUR) is not None
    assert finding("tracking_silent", replace(quiet, mode="ltl"), now=FRIDAY + 71 * HOUR) is None
    assert finding("tracking_silent", replace(quiet, mode="ltl"), now=FRIDAY + 72 * HOUR) is not None


@pytest.mark.parametrize("status", ["booked", "delivered", "cancelled"])
def test_freight_that_does_not_move_may_be_silent(status: str) -> None:
    assert finding("tracking_silent", replace(SILENT, status=status), now=NOON + 99 * HOUR) is None


def test_freight_that_nobody_reports_on_between_its_ends_is_not_silent() -> None:
    assert finding("tracking_silent", replace(SILENT, is_tracked=False), now=NOON + 3 * HOUR) is None


def test_freight_that_stands_at_its_last_stop_is_not_silent() -> None:
    there = at_stop(DELIVERY, SILENT, actual_arrival=NOON)
    assert finding("tracking_silent", there, now=NOON + 9 * HOUR) is None
    assert finding("tracking_silent", at_stop(PICKUP, SILENT, actual_arrival=NOON), now=NOON + 2 * HOUR) is not None


def test_freight_that_was_refused_is_not_silent_besides() -> None:
    refused = said(told(E.SHIPMENT_REFUSED, NOON, stop=2), history=SILENT)
    assert finding("tracking_silent", refused, now=NOON + 9 * HOUR) is None
    assert finding("delivery_refused", refused, now=NOON + 9 * HOUR) is not None


def test_silence_closes_into_a_late_delivery() -> None:
    late = judged(SILENT, now=DUE + HOUR)
    assert {found.type for found in late.findings.values()} == {"delivery_late"}
    assert late.clears["tracking_silent:leg:70"].summary == "Continues as a late delivery"


def rider(number: int, *events: object, **more: object) -> object:
    stop = replace(DELIVERY, view=replace(DELIVERY.view, id=100 + number), window_end=NOON + number * HOUR)
    return said(*events, id=number, stops=(PICKUP, stop), legs=(), shared=frozenset({9}), **more)  # type: ignore[arg-type]


def test_a_trailer_in_trouble_is_one_finding_about_the_load_with_the_shipments_it_makes_late() -> None:
    down = told(E.LOAD_BROKEN_DOWN, load=9, number=4, description="Turbo failed")
    riders = [rider(number, down) for number in range(1, 5)]
    fine = at_stop(
        rider(5, down).stops[1], said(eta(NOON + HOUR, NOON), history=rider(5, down)), estimated_arrival=NOON
    )  # type: ignore[attr-defined, arg-type]
    found = finding(
        "delivery_late",
        *riders,
        replace(fine, stops=(PICKUP, replace(fine.stops[1], estimated_reported={"arrival": NOON + HOUR}))),
    )
    assert found is not None
    assert (found.subject, found.shipments) == (SubjectRef(Subject.LOAD, 9), (1, 2, 3, 4))
    assert (found.summary, events_of(found)) == ("Turbo failed", [4])


def test_a_truck_that_was_tracked_as_a_load_is_silent_as_one() -> None:
    position = told(E.SHIPMENT_POSITION_REPORTED, load=9, number=5)
    quiet = [rider(number, position, heard_at=NOON, heard=5, gap=HOUR / 2) for number in (3, 4)]
    found = finding("tracking_silent", *quiet, now=NOON + HOUR)
    assert found is not None and (found.subject, found.shipments) == (SubjectRef(Subject.LOAD, 9), (3, 4))


def test_freight_off_its_route_is_back_when_it_reaches_a_stop_of_its_plan() -> None:
    off = told(E.SHIPMENT_DEVIATED, text="Missorted")
    assert finding("route_deviation", said(off)).summary == "Missorted"  # type: ignore[union-attr]
    assert finding("route_deviation", said(off, told(E.SHIPMENT_ARRIVED, NOON + HOUR, stop=2))) is None
    assert finding("route_deviation", said(off, told(E.SHIPMENT_ARRIVED, NOON - HOUR, stop=1))) is not None


def test_what_may_still_be_under_way_to_us_is_not_missed_by_the_clock_yet() -> None:
    slow = replace(FREIGHT, lags={ARRIVAL: HOUR, HANDOVER: 9 * HOUR})
    assert finding("delivery_late", slow, now=DUE + HOUR) is None
    assert finding("delivery_late", slow, now=DUE + 75 * MINUTE) is not None
    said_late = replace(LATE_ETA, lags={ARRIVAL: HOUR})
    assert finding("delivery_late", said_late) is not None, "what is said waits for nothing"
    assert finding("delivery_late", said_late, now=DUE + 15 * MINUTE).phase == BREACHED  # type: ignore[union-attr]
