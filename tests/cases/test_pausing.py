"""Two clocks: the contract's, which an accepted cause stops, and the customer's, which nothing stops."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from controltower.audit import SYSTEM
from controltower.errors import Conflict, Forbidden, Invalid
from controltower.tenancy.viewer import Viewer
from exceptions.cases import services
from exceptions.cases.models import Case, CasePause, Commitment
from exceptions.cases.services.pausing import pause_accept, pause_end, pause_note, pause_told
from exceptions.parties.models import Account
from exceptions.shipments.canonical import EventType
from tests.cases.conftest import book, make_term, tell

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
FLAT = {"kind": "flat", "amount": "8000", "currency": "USD"}


def late(customer: Account, now: datetime) -> Case:
    book("P1", now, now + 6 * HOUR, customer=customer)
    (case,) = tell(EventType.SHIPMENT_DELAYED, "P1", now)
    return services.case_price(case, now=now)


def promised() -> Commitment:
    return Commitment.objects.get(kind="delivery_window")


def noted(case: Case, who: Viewer, now: datetime, *, told: datetime | None = None, hours: int = 0) -> CasePause:
    return pause_note(
        case, reason="weather", evidence="Highway patrol closed I-40", started_at=now - hours * HOUR, notified_at=told,
        actor=who.actor, now=now,
    )  # fmt: skip


def test_a_cause_that_nobody_accepted_moves_nothing(customer: Account, coordinator: Viewer, now: datetime) -> None:
    make_term(customer, "delivery_window", FLAT)
    before = late(customer, now)
    noted(before, coordinator, now)
    after = services.case_price(before, now=now)
    assert (after.rank, after.at_risk, after.avoidable) == (before.rank, before.at_risk, before.avoidable)
    assert promised().due_at == promised().felt_due_at and not promised().is_paused


def test_an_accepted_cause_stops_the_contract_and_not_the_customer(
    customer: Account, supervisor: Viewer, now: datetime
) -> None:
    make_term(customer, "delivery_window", FLAT)
    case = late(customer, now)
    due = promised().due_at
    pause = pause_accept(noted(case, supervisor, now), actor=supervisor.actor, now=now)
    case = services.case_price(case, now=now + 2 * HOUR)
    assert promised().is_paused and promised().felt_due_at == due and case.at_risk < 8000_00
    pause_end(pause, ended_at=now + 3 * HOUR, actor=supervisor.actor, now=now + 3 * HOUR)
    case = services.case_price(case, now=now + 3 * HOUR)
    assert (promised().due_at, promised().felt_due_at) == (due + 3 * HOUR, due)
    assert not promised().is_paused and case.at_risk >= 8000_00


def test_an_excuse_told_too_late_does_not_count(customer: Account, supervisor: Viewer, now: datetime) -> None:
    make_term(customer, "delivery_window", FLAT, notice_minutes=60)
    case = late(customer, now)
    due = promised().due_at
    pause_accept(noted(case, supervisor, now, told=now, hours=2), actor=supervisor.actor, now=now)
    services.case_price(case, now=now)
    assert promised_window().due_at == due and not promised_window().is_paused


def test_an_excuse_that_can_still_be_told_has_a_deadline_of_its_own(
    customer: Account, supervisor: Viewer, now: datetime
) -> None:
    make_term(customer, "delivery_window", FLAT, notice_minutes=60)
    case = late(customer, now)
    pause_accept(noted(case, supervisor, now), actor=supervisor.actor, now=now)
    services.case_price(case, now=now)
    told = Commitment.objects.get(key__startswith="told:")
    assert told.due_at == now + HOUR
    assert [option["action"] for stake in told.stakes.all() for option in stake.options] == ["give_notice"]


def promised_window() -> Commitment:
    return Commitment.objects.get(key__startswith="delivery_window:")


def test_to_accept_takes_an_approver_and_a_program_notes_nothing(
    customer: Account, coordinator: Viewer, now: datetime
) -> None:
    case = late(customer, now)
    pause = noted(case, coordinator, now)
    with pytest.raises(Forbidden):
        pause_accept(pause, actor=coordinator.actor, now=now)
    with pytest.raises(Forbidden):
        pause_note(
            case, reason="weather", evidence="x", started_at=now, notified_at=None, actor=SYSTEM, now=now
        )  # fmt: skip


def test_one_cause_at_a_time_with_evidence_and_not_in_the_future(
    customer: Account, supervisor: Viewer, now: datetime
) -> None:
    case = late(customer, now)
    with pytest.raises(Invalid, match="Evidence"):
        pause_note(
            case, reason="weather", evidence=" ", started_at=now, notified_at=None, actor=supervisor.actor, now=now
        )  # fmt: skip
    with pytest.raises(Invalid, match="future"):
        noted(case, supervisor, now, hours=-1)
    pause = noted(case, supervisor, now)
    with pytest.raises(Conflict, match="noted already"):
        noted(case, supervisor, now)
    with pytest.raises(Invalid):
        pause_end(pause, ended_at=now + HOUR, actor=supervisor.actor, now=now)


def test_whoever_looked_at_an_older_version_is_told(customer: Account, supervisor: Viewer, now: datetime) -> None:
    case = late(customer, now)
    seen = case.version
    noted(case, supervisor, now)
    with pytest.raises(Conflict):
        pause_note(
            case, reason="weather", evidence="x", started_at=now, notified_at=None, actor=supervisor.actor, now=now,
            version=seen,
        )  # fmt: skip
    assert Decimal(Case.objects.get(pk=case.pk).version) == seen + 1


def test_saying_later_that_the_other_side_was_told_makes_the_excuse_count(
    customer: Account, supervisor: Viewer, coordinator: Viewer, now: datetime
) -> None:
    """It is worth as much as accepting was, so it takes the same person; before, anybody on the case says it."""
    make_term(customer, "delivery_window", FLAT, notice_minutes=60)
    case = late(customer, now)
    pause = pause_accept(noted(case, supervisor, now), actor=supervisor.actor, now=now)
    with pytest.raises(Forbidden):
        pause_told(pause, notified_at=now, actor=coordinator.actor, now=now)
    assert not promised_window().is_paused
    pause_told(pause, notified_at=now + HOUR / 2, actor=supervisor.actor, now=now + HOUR)
    services.case_price(case, now=now + HOUR)
    assert promised_window().is_paused
    pause_told(pause, notified_at=now, actor=supervisor.actor, now=now + HOUR)
    assert CasePause.objects.get().notified_at == now + HOUR / 2, "said once, it stays"


def test_who_works_on_the_case_says_of_a_noted_cause_that_it_was_told(
    customer: Account, coordinator: Viewer, now: datetime
) -> None:
    case = late(customer, now)
    pause = noted(case, coordinator, now)
    with pytest.raises(Invalid, match="future"):
        pause_told(pause, notified_at=now + HOUR, actor=coordinator.actor, now=now)
    pause_told(pause, notified_at=now, actor=coordinator.actor, now=now)
    assert CasePause.objects.get().notified_at == now


def test_a_cause_that_nobody_accepted_does_not_claim_to_have_stopped_anything(
    customer: Account, coordinator: Viewer, now: datetime
) -> None:
    case = late(customer, now)
    pause_end(noted(case, coordinator, now), ended_at=now, actor=coordinator.actor, now=now)
    newest = case.timeline.order_by("-pk").values_list("text", flat=True)[0]
    assert "moved nothing" in newest and "runs on" not in newest
