"""What becomes of the freight itself, its equipment, its papers and its money."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from exceptions.cases.detection import (
    AT_RISK,
    BREACHED,
    ChargeFacts,
    EquipmentFacts,
    LegFacts,
    Reading,
    ShipmentHistory,
    StopFacts,
    SubjectRef,
    Told,
    UnitFacts,
    time_outside,
)
from exceptions.cases.detection.history import DEPARTURE, RELEASE
from exceptions.cases.taxonomy import Subject
from exceptions.shipments.canonical import EventType as E
from exceptions.shipments.projection import StopView
from tests.cases.detection.histories import (
    DELIVERY,
    DUE,
    FREIGHT,
    HOUR,
    MINUTE,
    NOON,
    PICKUP,
    STOP,
    at_stop,
    awaited,
    cleared,
    events_of,
    finding,
    said,
    told,
)

ITSELF = SubjectRef(Subject.SHIPMENT, 7)


def test_a_failed_attempt_is_a_case_until_it_is_delivered_in_whatever_order_that_is_reported() -> None:
    attempt = told(E.SHIPMENT_DELIVERY_ATTEMPTED, text="Business closed")
    found = finding("delivery_attempt_failed", said(attempt))
    assert found is not None and (found.subject, found.summary) == (STOP, "Business closed")
    delivered = told(E.SHIPMENT_DELIVERED, NOON + HOUR)
    for order in ((attempt, delivered), (delivered, attempt)):
        assert cleared("delivery_attempt_failed", said(*order)).summary == "Delivered"  # type: ignore[union-attr]


def test_each_attempt_is_evidence_and_a_later_one_opens_it_again() -> None:
    attempts = [told(E.SHIPMENT_DELIVERY_ATTEMPTED, NOON + n * HOUR, number=n + 1) for n in range(3)]
    assert events_of(finding("delivery_attempt_failed", said(*attempts))) == [1, 2, 3]
    mistaken = told(E.SHIPMENT_DELIVERED, NOON + HOUR / 2)
    assert events_of(finding("delivery_attempt_failed", said(*attempts, mistaken))) == [1, 2, 3]


def test_a_parcel_without_a_plan_can_be_attempted_in_vain_too() -> None:
    found = finding("delivery_attempt_failed", said(told(E.SHIPMENT_DELIVERY_ATTEMPTED), history=ShipmentHistory(7)))
    assert found is not None and found.subject == ITSELF


def test_a_refusal_is_severe() -> None:
    found = finding("delivery_refused", said(told(E.SHIPMENT_REFUSED)))
    assert found is not None and found.severity == "S1"


def test_damage_is_about_the_handling_unit_where_one_is_named_and_nothing_undoes_it() -> None:
    units = {1: UnitFacts(3, 22)}
    damage = told(E.SHIPMENT_DAMAGED, unit=1, text="2 Paletten nass")
    delivered = told(E.SHIPMENT_DELIVERED, NOON + HOUR)
    assert finding("freight_damaged", said(damage, delivered, units=units)).subject.kind == Subject.HANDLING_UNIT  # type: ignore[union-attr]
    assert finding("freight_damaged", said(damage)).subject == ITSELF  # type: ignore[union-attr]


def test_damage_of_the_only_unit_is_one_finding_whether_a_report_names_it_or_not() -> None:
    reports = (told(E.SHIPMENT_DAMAGED, unit=1), told(E.SHIPMENT_DAMAGED, NOON + HOUR))
    found = finding("freight_damaged", said(*reports, units={1: UnitFacts(3, 22)}))
    assert found is not None and found.subject.id == 3 and len(found.evidence) == 2


def test_a_report_that_names_no_unit_is_about_the_unit_that_another_one_names() -> None:
    units = {1: UnitFacts(3, 22), 2: UnitFacts(4, 5)}
    both = said(
        told(E.SHIPMENT_DAMAGED, unit=2, number=1), told(E.SHIPMENT_DAMAGED, NOON + HOUR, number=2), units=units
    )
    found = finding("freight_damaged", both)
    assert found is not None and (found.subject.id, events_of(found)) == (4, [1, 2])
    only = finding("freight_damaged", said(told(E.SHIPMENT_DAMAGED), units={1: UnitFacts(3, 22)}))
    assert only is not None and only.subject.id == 3


def test_lost_freight_is_not_late_besides() -> None:
    lost = said(told(E.SHIPMENT_LOST))
    assert finding("delivery_late", lost, now=DUE + 9 * HOUR) is None
    assert cleared("delivery_late", lost, now=DUE + 9 * HOUR).summary == "Continues as lost freight"  # type: ignore[union-attr]


def counted(number: int, at: object = NOON, **more: object) -> Told:
    return told(E.SHIPMENT_COUNTED, at, unit=1, counted=number, **more)  # type: ignore[arg-type]


def test_the_last_count_says_whether_freight_is_short_or_over() -> None:
    units = {1: UnitFacts(3, 22)}
    short = finding("freight_short", said(counted(21), units=units))
    assert short is not None and (short.subject.id, short.summary) == (3, "21 of 22 counted")
    assert finding("freight_short", said(counted(21), counted(22, NOON + HOUR), units=units)) is None
    assert finding("freight_over", said(counted(23), units=units)) is not None
    assert finding("freight_over", said(counted(21, expected=20), units=units)) is not None
    assert finding("freight_short", said(counted(21))) is None, "nobody said how many there should be"


def test_pieces_signed_for_count_against_what_was_shipped() -> None:
    signed = told(E.SHIPMENT_DELIVERED, pieces=20)
    assert finding("freight_short", said(signed, units={1: UnitFacts(3, 12), 2: UnitFacts(4, 10)})) is not None
    assert finding("freight_short", said(signed, units={1: UnitFacts(3, 12), 2: UnitFacts(4)})) is None


def test_lost_freight_is_found_when_it_is_seen_again() -> None:
    lost = told(E.SHIPMENT_LOST)
    assert finding("freight_lost", said(lost)) is not None
    assert finding("freight_lost", said(lost, told(E.SHIPMENT_SCANNED, NOON - HOUR))) is not None
    assert finding("freight_lost", said(lost, told(E.SHIPMENT_SCANNED, NOON + HOUR))) is None


TRAILER = EquipmentFacts(4, "TRLU5521", "SL-7781")
SEALED = replace(FREIGHT, equipment=(TRAILER,))


@pytest.mark.parametrize(
    ("event", "summary"),
    [
        (told(E.EQUIPMENT_SEAL_CHECKED, found="SL-7718"), "Seal SL-7718 instead of SL-7781"),
        (told(E.EQUIPMENT_SEAL_CHECKED, found=""), "Seal SL-7781 is missing"),
        (told(E.EQUIPMENT_GATED_IN, seal="SL 9"), "Seal SL 9 instead of SL-7781"),
    ],
)
def test_another_seal_or_none_is_a_discrepancy(event: Told, summary: str) -> None:
    found = finding("seal_discrepancy", said(event, history=SEALED))
    assert found is not None and (found.subject, found.summary) == (SubjectRef(Subject.EQUIPMENT, 4), summary)


def test_a_later_look_at_the_right_seal_ends_it_and_a_gate_that_notes_none_has_not_looked() -> None:
    wrong, right = (
        told(E.EQUIPMENT_SEAL_CHECKED, NOON + n * HOUR, found=seal) for n, seal in enumerate(("X", "SL7781"))
    )
    assert finding("seal_discrepancy", said(wrong, right, history=SEALED)) is None
    assert finding("seal_discrepancy", said(told(E.EQUIPMENT_GATED_OUT, seal=""), history=SEALED)) is None


COLD = replace(FREIGHT, band=(34.0, 38.0), unit="F")


def reads(*minutes: int, value: float = 41, **more: object) -> list[Told]:
    return [
        told(E.SHIPMENT_TEMPERATURE_READ, NOON + n * MINUTE, number=n + 1, value=str(value), unit="F", **more)
        for n in minutes
    ]


def test_produce_too_warm_for_fifty_two_minutes_is_an_excursion_also_when_it_cools_down_again() -> None:
    cool = reads(60, value=36)
    found = finding("temperature_excursion", said(*reads(0, 20, 52), *cool, history=COLD))
    assert found is not None and found.summary == "41 degrees for 52 min outside 34 to 38"
    assert events_of(found) == [1, 21, 53]


def test_a_short_peak_is_none_and_neither_are_two_of_them() -> None:
    assert finding("temperature_excursion", said(*reads(0, 20), history=COLD)) is None
    two = [*reads(0, 20), *reads(30, value=36), *reads(40, 60)]
    assert finding("temperature_excursion", said(*two, history=COLD)) is None


def test_time_back_in_the_band_breaks_an_excursion() -> None:
    readings = [Reading(NOON + n * MINUTE, value) for n, value in ((0, 41), (20, 36), (40, 44), (50, 42))]
    assert time_outside(readings, (34, 38)) == (10 * MINUTE, 44)


def test_a_sensor_that_keeps_the_clock_itself_says_since_when() -> None:
    since = (NOON - 52 * MINUTE).isoformat()
    assert finding("temperature_excursion", said(*reads(0, since=since), history=COLD)) is not None


def test_a_reefer_that_is_set_wrong_is_an_excursion_at_once() -> None:
    found = finding("temperature_excursion", said(*reads(0, value=36, set_point="-10"), history=COLD))
    assert found is not None and found.summary == "Set to -10, outside 34 to 38"


@pytest.mark.parametrize("kind", ["customs", "exam", "documents"])
def test_a_hold_lasts_until_the_release(kind: str) -> None:
    held = told(E.SHIPMENT_HELD, kind=kind, text="Exam ordered")
    released = told(E.SHIPMENT_RELEASED, NOON + HOUR)
    later = NOON + 2 * HOUR
    assert finding("customs_hold", said(held), now=later).summary == "Exam ordered"  # type: ignore[union-attr]
    assert finding("customs_hold", said(released, held), now=later) is None


def test_a_hold_that_is_routine_may_stand_for_two_hours_and_an_exam_is_none() -> None:
    held = told(E.SHIPMENT_HELD, kind="documents", number=1)
    expected = awaited("release", said(held, lags={RELEASE: HOUR}))
    assert expected is not None and expected.due_at == NOON + 3 * HOUR, "and the word of its release is under way"
    assert finding("customs_hold", said(held)) is None
    assert events_of(finding("customs_hold", said(held), now=NOON + 2 * HOUR)) == [1]
    exam = told(E.SHIPMENT_HELD, NOON + HOUR, kind="exam", number=2)
    assert events_of(finding("customs_hold", said(held, exam), now=NOON + HOUR)) == [1, 2]


def test_freight_that_is_held_for_payment_is_no_matter_of_customs() -> None:
    held = said(told(E.SHIPMENT_HELD, kind="payment", text="COD"))
    assert finding("customs_hold", held) is None
    assert finding("quality_or_compliance_hold", held).summary == "Payment hold: COD"  # type: ignore[union-attr]


BOX = EquipmentFacts(4, "MSCU1234567", last_free_at=NOON + 100 * HOUR)
WITH_BOX = replace(FREIGHT, equipment=(BOX,))


def test_a_container_near_its_last_free_day_is_a_case_until_it_is_out() -> None:
    expected = awaited("gate_out", WITH_BOX)
    assert expected is not None and expected.due_at == NOON + 28 * HOUR
    found = finding("free_time_expiring", WITH_BOX, now=expected.due_at)
    assert found is not None and found.subject == SubjectRef(Subject.EQUIPMENT, 4)
    out = replace(WITH_BOX, equipment=(replace(BOX, gated_out_at=NOON),))
    assert finding("free_time_expiring", out, now=NOON + 90 * HOUR) is None


def test_an_empty_box_is_due_back_also_when_the_freight_was_delivered() -> None:
    out = replace(BOX, gated_out_at=NOON, return_by=NOON + 48 * HOUR)
    history = replace(WITH_BOX, equipment=(out,), status="delivered")
    assert awaited("empty_return", history).due_at == NOON + 36 * HOUR  # type: ignore[union-attr]
    assert finding("empty_return_late", history, now=NOON + 36 * HOUR) is not None
    back = replace(history, equipment=(replace(out, returned_at=NOON),))
    assert finding("empty_return_late", back, now=NOON + 36 * HOUR) is None


PORT = StopFacts(StopView(60, 1, "port", "Yantian", "Shenzhen", "", "CN"))
SAILING = replace(
    FREIGHT,
    mode="ocean",
    status="booked",
    stops=(PORT, DELIVERY),
    legs=(LegFacts(71, 1, "ocean", 60, 51, (("gate", DUE), ("si", DUE - 2 * HOUR))),),
)


def test_a_rolled_booking_is_about_the_leg_that_sails_until_it_is_booked_anew() -> None:
    rolled = told(E.SHIPMENT_ROLLED, text="Vessel full")
    found = finding("booking_rolled", said(rolled, history=SAILING))
    assert found is not None and found.subject == SubjectRef(Subject.LEG, 71)
    assert finding("booking_rolled", said(rolled, told(E.SHIPMENT_BOOKED, NOON + HOUR), history=SAILING)) is None
    assert finding("booking_rolled", said(rolled, told(E.SHIPMENT_BOOKED, NOON - HOUR), history=SAILING)) is not None


def test_a_cutoff_is_at_risk_when_it_is_near_and_missed_when_it_passes() -> None:
    assert finding("cutoff_at_risk", SAILING, now=NOON - 3 * HOUR) is None
    near = finding("cutoff_at_risk", SAILING, now=NOON)
    assert near is not None and (near.subject, near.phase) == (SubjectRef(Subject.LEG, 71), AT_RISK)
    missed = finding("cutoff_at_risk", SAILING, now=DUE - HOUR)
    assert missed is not None and (missed.phase, missed.summary) == (BREACHED, "SI cut-off 03 Nov 14:00 UTC passed")


def test_a_cutoff_is_near_when_word_of_what_keeps_it_would_be_here() -> None:
    box = replace(SAILING, legs=(LegFacts(71, 1, "ocean", 60, 51, (("gate", DUE),)),), lags={DEPARTURE: 40 * MINUTE})
    assert finding("cutoff_at_risk", box, now=NOON + 39 * MINUTE) is None
    assert finding("cutoff_at_risk", box, now=NOON + 40 * MINUTE) is not None
    slow = replace(box, lags={DEPARTURE: 9 * HOUR})
    assert finding("cutoff_at_risk", slow, now=NOON + 119 * MINUTE) is None
    assert finding("cutoff_at_risk", slow, now=NOON + 2 * HOUR) is not None, "half the lead is left to act in"
    papers = replace(box, legs=(LegFacts(71, 1, "ocean", 60, 51, (("si", DUE),)),))
    assert finding("cutoff_at_risk", papers, now=NOON) is not None, "documents do not travel by the gate"


def test_what_keeps_a_cutoff_clears_it() -> None:
    with_si = said(told(E.DOCUMENT_RECEIVED, kind="SI"), history=SAILING)
    kept = at_stop(PORT, with_si, actual_gate_in=NOON)
    assert finding("cutoff_at_risk", kept, now=DUE + HOUR) is None
    assert finding("cutoff_at_risk", at_stop(PORT, SAILING, actual_gate_in=NOON), now=DUE) is not None, "no SI"
    assert finding("cutoff_at_risk", at_stop(PORT, SAILING, actual_departure=DUE), now=DUE + HOUR) is None


def test_a_required_document_is_missing_half_a_day_before_its_cut_off() -> None:
    wanting = replace(FREIGHT, documents=(("certificate", DUE), ("commercial_invoice", DUE + 48 * HOUR)))
    found = finding("document_missing", wanting)
    assert found is not None and found.summary == "Certificate is missing, needed by 03 Nov 16:00 UTC"
    assert finding("document_missing", said(told(E.DOCUMENT_RECEIVED, kind="Certificate"), history=wanting)) is None


def test_a_proof_of_delivery_is_missed_where_the_plan_wants_one() -> None:
    delivered = at_stop(DELIVERY, replace(FREIGHT, status="delivered"), actual_delivery=NOON)
    assert finding("pod_missing", delivered, now=NOON + 900 * HOUR) is None
    wanting = replace(delivered, documents=(("pod", DUE),))
    assert finding("pod_missing", wanting) is None
    assert finding("pod_missing", wanting, now=DUE).summary == "Delivered 03 Nov 12:00 UTC, no proof of delivery"  # type: ignore[union-attr]
    assert finding("pod_missing", said(told(E.DOCUMENT_RECEIVED, kind="POD"), history=wanting), now=DUE) is None


LINEHAUL = ChargeFacts(30, "INV-1", "freight", "invoiced", Decimal(1900), Decimal(1900), "USD", 1, "Linehaul")


def invoice(at: object = NOON, amount: str = "2150.00") -> Told:
    data = {"number": "INV-1", "amount": {"amount": amount, "currency": "USD"}}
    return replace(told(E.INVOICE_ISSUED, at), data=data)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("charge", "why"),
    [
        (replace(LINEHAUL, amount=Decimal(2000)), "Linehaul is 100.00 USD more than agreed"),
        (
            replace(LINEHAUL, kind="accessorial", agreed=None, amount=Decimal(250), description="Detention"),
            "Detention of 250.00 USD was not approved",
        ),
        (replace(LINEHAUL, elsewhere="SH-10002"), "the same number is on SH-10002"),
    ],
)
def test_a_charge_that_is_not_as_agreed_is_a_discrepancy_until_it_is_approved(charge: ChargeFacts, why: str) -> None:
    found = finding("invoice_discrepancy", said(invoice(), charges=[charge]))
    assert found is not None and (found.subject.id, found.summary) == (30, f"Invoice INV-1: {why}")
    assert finding("invoice_discrepancy", said(invoice(), charges=[replace(charge, state="approved")])) is None


@pytest.mark.parametrize(
    ("agreed", "asked", "is_wrong"),
    [(80, "80.99", False), (80, "81.01", True), (1900, "1919", False), (1900, "1920", True), (9000, "9026", True)],
)
def test_rounding_is_no_discrepancy(agreed: int, asked: str, is_wrong: bool) -> None:
    charge = replace(LINEHAUL, agreed=Decimal(agreed), amount=Decimal(asked))
    assert (finding("invoice_discrepancy", said(invoice(), charges=[charge])) is not None) == is_wrong


def test_an_invoice_as_agreed_is_none_and_the_same_number_with_another_amount_is_one() -> None:
    assert finding("invoice_discrepancy", said(invoice(), invoice(NOON + HOUR), charges=[LINEHAUL])) is None
    twice = said(invoice(), invoice(NOON + HOUR, "2300.00"), charges=[LINEHAUL])
    assert "issued again with another amount" in finding("invoice_discrepancy", twice).summary  # type: ignore[union-attr]


def test_a_change_that_the_customer_wants_waits_for_a_person() -> None:
    asked = told(E.CUSTOMER_REQUESTED_CHANGE, kind="reschedule", wanted_at=DUE.isoformat(), detail="dock closed")
    found = finding("customer_change_requested", said(asked))
    assert found is not None and found.summary == "Reschedule to 03 Nov 16:00 UTC: dock closed"
    assert finding("customer_change_requested", said(asked, told(E.SHIPMENT_DELIVERED, DUE))) is None


def test_a_plan_that_delivers_before_it_picks_up_cannot_be() -> None:
    late_pickup = replace(PICKUP, window_start=DUE + HOUR, window_end=DUE + 2 * HOUR)
    wrong = said(told(E.SHIPMENT_BOOKED, number=8), stops=(late_pickup, DELIVERY))
    assert events_of(finding("reference_data_invalid", wrong)) == [8]
    assert finding("reference_data_invalid", said(told(E.SHIPMENT_BOOKED))) is None


def test_a_delivery_before_the_pickup_and_a_report_from_the_future_cannot_be() -> None:
    swapped = at_stop(PICKUP, at_stop(DELIVERY, actual_delivery=NOON), actual_pickup=NOON + HOUR)
    assert finding("reference_data_invalid", said(told(E.SHIPMENT_DELIVERED), history=swapped)) is not None
    ahead = replace(told(E.SHIPMENT_ARRIVED, NOON + 30 * HOUR, stop=2), recorded_at=NOON)
    assert finding("reference_data_invalid", said(ahead)) is not None
    assert finding("reference_data_invalid", said(replace(ahead, at=NOON + 14 * HOUR))) is None, "a zone that is off"
