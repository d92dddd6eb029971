"""From real events to cases: one cause, one case."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from controltower.audit import SYSTEM
from controltower.tenancy.viewer import Viewer
from exceptions.cases.jobs import expectations as sweep_expectations
from exceptions.cases.models import Case, CaseState, Expectation, Occurrence
from exceptions.cases.services import case_take
from exceptions.parties.models import Account, AccountKind
from exceptions.shipments.canonical import EventType
from tests.cases.conftest import HOUR, book, eta, make_account, tell

pytestmark = pytest.mark.django_db


def the_case() -> Case:
    return Case.objects.get()


def test_an_eta_past_the_window_opens_one_case_with_its_headline(acting: Any, customer: Account, now: datetime) -> None:
    book("482913007", now, now + 6 * HOUR, customer=customer)
    (case,) = eta("482913007", now + HOUR, now + 9 * HOUR)
    assert (case.type, case.phase, case.severity, case.state) == ("delivery_late", "at_risk", "S2", CaseState.NEW)
    assert (case.reference, case.lane, case.account_id) == ("PRO 482913007", "Dallas > Chicago", customer.pk)
    assert case.number.startswith("EX-1") and case.subject is not None and case.subject_stop_id is not None
    assert case.case_shipments.count() == 1


def test_repetition_adds_to_the_case_and_the_same_event_adds_nothing(
    acting: Any, customer: Account, now: datetime
) -> None:
    book("1", now, now + 6 * HOUR, customer=customer)
    eta("1", now + HOUR, now + 9 * HOUR)
    eta("1", now + HOUR, now + 9 * HOUR)
    assert Occurrence.objects.count() == 1
    eta("1", now + 2 * HOUR, now + 11 * HOUR)
    assert the_case().occurrences.count() == 2
    assert the_case().summary == "ETA 5 h past the window"


def test_a_recovery_closes_a_case_that_nobody_touched(acting: Any, now: datetime) -> None:
    book("1", now, now + 6 * HOUR)
    eta("1", now + HOUR, now + 9 * HOUR)
    eta("1", now + 2 * HOUR, now + 5 * HOUR)
    assert the_case().state == CaseState.RESOLVED
    assert the_case().resolution == "recovered: ETA within the window"


def test_a_recovery_of_a_case_in_hand_is_only_said(acting: Any, coordinator: Viewer, now: datetime) -> None:
    book("1", now, now + 6 * HOUR)
    (case,) = eta("1", now + HOUR, now + 9 * HOUR)
    case_take(case, actor=coordinator.actor, now=now)
    eta("1", now + 2 * HOUR, now + 5 * HOUR)
    eta("1", now + 3 * HOUR, now + 5 * HOUR)
    assert the_case().state == CaseState.OPEN
    told = [entry.text for entry in the_case().timeline.all() if "Looks recovered" in entry.text]
    assert told == ["Looks recovered: ETA within the window. Resolve it if you agree"]


def test_what_fails_again_within_the_flap_window_is_the_same_case(acting: Any, now: datetime) -> None:
    book("1", now, now + 6 * HOUR)
    eta("1", now + HOUR, now + 9 * HOUR)
    eta("1", now + 2 * HOUR, now + 5 * HOUR)
    eta("1", now + 3 * HOUR, now + 8 * HOUR)
    assert the_case().state == CaseState.NEW
    assert [entry.text for entry in the_case().timeline.order_by("id")][-2:] != []


def test_after_the_flap_window_it_is_a_new_case(acting: Any, now: datetime) -> None:
    book("1", now, now + 60 * HOUR)
    tell(EventType.SHIPMENT_HELD, "1", now + HOUR, kind="exam")
    tell(EventType.SHIPMENT_RELEASED, "1", now + 2 * HOUR)
    tell(EventType.SHIPMENT_HELD, "1", now + 15 * HOUR, kind="exam")
    assert sorted(Case.objects.values_list("state", flat=True)) == [CaseState.NEW, CaseState.RESOLVED]


def test_a_delivery_is_late_once_and_goes_on_as_the_same_case_however_much_later(acting: Any, now: datetime) -> None:
    book("1", now, now + 60 * HOUR)
    eta("1", now + HOUR, now + 69 * HOUR)
    eta("1", now + 2 * HOUR, now + 50 * HOUR)
    assert the_case().state == CaseState.RESOLVED
    eta("1", now + 15 * HOUR, now + 70 * HOUR)
    assert the_case().state == CaseState.NEW


def test_a_broken_down_trailer_is_one_case_with_all_its_shipments(
    acting: Any, customer: Account, now: datetime
) -> None:
    for number in range(1, 5):
        book(str(number), now, now + 6 * HOUR, customer=customer, load="L-88")
    (case,) = tell(EventType.LOAD_BROKEN_DOWN, "L-88", now + HOUR, ref="load", description="Turbo failed")
    assert case.subject_load_id is not None and case.case_shipments.count() == 4
    assert (case.summary, case.reference, case.place) == ("Turbo failed", "Load L-88", "4 shipments")
    (same,) = eta("2", now + 2 * HOUR, now + 9 * HOUR)
    assert same.pk == case.pk and Case.objects.count() == 1


def test_a_load_that_turns_out_to_carry_freight_of_two_customers_is_neithers(
    acting: Any, customer: Account, now: datetime
) -> None:
    """Who may see one of them only must not come to see the other's freight by a case that began as theirs."""
    for number in ("1", "2"):
        book(number, now, now + 6 * HOUR, customer=customer, load="L-88")
    (case,) = tell(EventType.LOAD_BROKEN_DOWN, "L-88", now + HOUR, ref="load")
    assert case.account_id == customer.pk
    other = make_account("OTHER", AccountKind.CUSTOMER)
    book("3", now + HOUR, now + 6 * HOUR, customer=other, load="L-88")
    tell(EventType.LOAD_BROKEN_DOWN, "L-88", now + 2 * HOUR, ref="load")
    case.refresh_from_db()
    assert case.case_shipments.filter(shipment__customer=other).exists()
    assert case.account_id is None


def test_a_troubled_load_recovers_when_the_last_of_its_shipments_does(acting: Any, now: datetime) -> None:
    for number in ("1", "2"):
        book(number, now, now + 6 * HOUR, load="L-88")
    tell(EventType.LOAD_BROKEN_DOWN, "L-88", now + HOUR, ref="load")
    eta("1", now + 2 * HOUR, now + 5 * HOUR)
    assert the_case().state == CaseState.NEW
    eta("2", now + 2 * HOUR, now + 5 * HOUR)
    assert the_case().state == CaseState.RESOLVED


def test_an_attempt_reported_after_the_delivery_opens_nothing(acting: Any, now: datetime) -> None:
    book("1", now, now + 30 * HOUR)
    tell(EventType.SHIPMENT_DELIVERED, "1", now + 5 * HOUR, stop=2)
    tell(EventType.SHIPMENT_DELIVERY_ATTEMPTED, "1", now + 4 * HOUR, now=now + 6 * HOUR, stop=2)
    assert not Case.objects.exists()


def test_damage_and_refusal_of_one_shipment_are_two_cases(acting: Any, now: datetime) -> None:
    book("1", now, now + 30 * HOUR)
    tell(EventType.SHIPMENT_DAMAGED, "1", now + HOUR, stop=2, description="2 Paletten nass")
    tell(EventType.SHIPMENT_REFUSED, "1", now + 2 * HOUR, stop=2)
    assert set(Case.objects.values_list("type", flat=True)) == {"freight_damaged", "delivery_refused"}
    assert Case.objects.get(type="freight_damaged").summary == "2 Paletten nass"


def test_a_reefer_at_41_for_52_minutes_is_an_excursion(acting: Any, now: datetime) -> None:
    book("1", now, now + 30 * HOUR, temperature={"min": "34", "max": "38", "unit": "F"})
    since = (now + HOUR - timedelta(minutes=52)).isoformat()
    (case,) = tell(EventType.SHIPMENT_TEMPERATURE_READ, "1", now + HOUR, value="41", unit="F", since=since)
    assert case.summary == "41 degrees for 52 min outside 34 to 38"


def expire(now: datetime, run_jobs: Any) -> None:
    """Run the sweep and what it enqueues as if it were `now` in an organisation of its own transaction."""
    sweep_expectations(now)
    run_jobs()


@pytest.mark.django_db(transaction=True)
def test_silence_becomes_a_case_and_a_word_ends_it(organisation: Any, now: datetime, run_jobs: Any) -> None:
    from controltower.tenancy.context import acting_for

    with acting_for(organisation):
        book("1", now, now + 48 * HOUR)
        tell(EventType.SHIPMENT_PICKED_UP, "1", now + HOUR, stop=1)
        tell(EventType.SHIPMENT_SCANNED, "1", now + HOUR / 2)
        tell(EventType.SHIPMENT_POSITION_REPORTED, "1", now + HOUR)
    expire(now + 4 * HOUR, run_jobs)
    with acting_for(organisation):
        assert not Case.objects.exists()
    expire(now + 6 * HOUR, run_jobs)
    with acting_for(organisation):
        assert the_case().type == "tracking_silent"
        assert Expectation.objects.filter(kind="signal", expired_at__isnull=False).count() == 1
        tell(EventType.SHIPMENT_SCANNED, "1", now + 7 * HOUR)
        assert the_case().state == CaseState.RESOLVED
        assert Expectation.objects.get(kind="signal", expired_at=None).due_at == now + 11 * HOUR


@pytest.mark.django_db(transaction=True)
def test_a_window_that_passes_in_silence_is_one_late_delivery(organisation: Any, now: datetime, run_jobs: Any) -> None:
    from controltower.tenancy.context import acting_for

    with acting_for(organisation):
        book("1", now, now + 6 * HOUR)
        tell(EventType.SHIPMENT_PICKED_UP, "1", now + HOUR, stop=1)
        tell(EventType.SHIPMENT_POSITION_REPORTED, "1", now + HOUR)
    expire(now + 5.6 * HOUR, run_jobs)
    with acting_for(organisation):
        silent = the_case()
        assert silent.type == "tracking_silent"
    expire(now + 9 * HOUR, run_jobs)
    with acting_for(organisation):
        late = the_case()
        assert late.number == silent.number, "one cause, one case: silence was the first sign of it"
        assert (late.type, late.phase, late.state) == ("delivery_late", "breached", CaseState.NEW)
        assert late.severity == "S2" and late.subject_leg is None and late.subject_stop is not None
        assert late.fingerprint == f"delivery_late:stop:{late.subject_stop.pk}"
        said = [entry.text for entry in late.timeline.order_by("id")]
        assert any("goes on as" in text for text in said), said
        assert SYSTEM.name == late.timeline.order_by("id")[0].actor_name
