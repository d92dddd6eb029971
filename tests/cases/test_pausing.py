"""Two clocks: the contract's, which an accepted cause stops, and the customer's, which nothing stops."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from controltower.audit import SYSTEM
from controltower.errors import Conflict, Forbidden, Invalid
from controltower.jobs.models import Job
from controltower.tenancy.viewer import Viewer
from exceptions.cases import services
from exceptions.cases.models import Case, CasePause, Commitment
from exceptions.cases.services.pausing import pause_accept, pause_end, pause_note, pause_told, pause_withdraw
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


def test_a_cause_that_was_accepted_wrongly_is_withdrawn_and_the_clock_runs_as_if_it_had_never_stopped(
    customer: Account, supervisor: Viewer, now: datetime
) -> None:
    make_term(customer, "delivery_window", FLAT, notice_minutes=600)
    before = late(customer, now)
    due = promised_window().due_at
    pause = pause_accept(noted(before, supervisor, now, told=now), actor=supervisor.actor, now=now)
    services.case_price(before, now=now)
    assert promised_window().is_paused
    assert Commitment.objects.get(key__startswith="told:").state == "met"
    pause_withdraw(pause, why="It was another road", actor=supervisor.actor, now=now)
    after = services.case_price(before, now=now)
    assert (promised_window().due_at, promised_window().is_paused) == (due, False)
    assert (after.at_risk, after.lost) == (before.at_risk, 0) and after.rank == pytest.approx(before.rank)
    assert Commitment.objects.get(key__startswith="told:").state == "void"
    kept = CasePause.objects.get()
    assert (kept.withdrawn_by_id, kept.withdrawn_at, kept.withdrawn_why) == (
        supervisor.member.pk, now, "It was another road",
    )  # fmt: skip
    assert kept.accepted_at == now, "what was done before stays on the record"


def test_what_is_overdue_without_the_withdrawn_cause_is_lost(
    customer: Account, supervisor: Viewer, now: datetime
) -> None:
    make_term(customer, "delivery_window", FLAT)
    case = late(customer, now)
    pause = pause_accept(noted(case, supervisor, now), actor=supervisor.actor, now=now)
    assert services.case_price(case, now=now + 9 * HOUR).lost == 0
    pause_withdraw(pause, why="Nobody had closed it", actor=supervisor.actor, now=now + 9 * HOUR)
    assert services.case_price(case, now=now + 9 * HOUR).lost == 8000_00
    assert (promised().state, promised().due_at) == ("broken", promised().felt_due_at)


def test_to_withdraw_takes_whom_accepting_takes_and_a_reason(
    customer: Account, coordinator: Viewer, supervisor: Viewer, now: datetime
) -> None:
    case = late(customer, now)
    pause = pause_accept(noted(case, supervisor, now), actor=supervisor.actor, now=now)
    with pytest.raises(Forbidden):
        pause_withdraw(pause, why="A mistake", actor=coordinator.actor, now=now)
    with pytest.raises(Forbidden):
        pause_withdraw(pause, why="A mistake", actor=SYSTEM, now=now)
    for why in (" ", "x" * 301):
        with pytest.raises(Invalid, match="reason for withdrawing"):
            pause_withdraw(pause, why=why, actor=supervisor.actor, now=now)
    assert CasePause.objects.get().withdrawn_at is None
    pause_withdraw(pause, why="A mistake", actor=supervisor.actor, now=now)
    pause_withdraw(pause, why="Once more", actor=supervisor.actor, now=now + HOUR)
    assert CasePause.objects.get().withdrawn_why == "A mistake", "once is enough"


def test_what_was_only_noted_is_withdrawn_by_whoever_works_and_makes_room_for_another(
    customer: Account, coordinator: Viewer, supervisor: Viewer, now: datetime
) -> None:
    case = late(customer, now)
    pause = pause_withdraw(noted(case, coordinator, now), why="Wrong case", actor=coordinator.actor, now=now)
    for act in (pause_accept, pause_told, pause_end):
        extra = {"pause_told": {"notified_at": now}, "pause_end": {"ended_at": now}}.get(act.__name__, {})
        with pytest.raises(Conflict, match="was withdrawn"):
            act(pause, actor=supervisor.actor, now=now, **extra)
    noted(case, coordinator, now)
    newest = case.timeline.order_by("-pk").values_list("text", flat=True)[1]
    assert newest.startswith("Withdrawn: ") and newest.endswith("nobody had accepted it. Wrong case")


def test_withdrawing_one_cause_leaves_what_was_told_of_the_other(
    customer: Account, supervisor: Viewer, now: datetime
) -> None:
    make_term(customer, "delivery_window", FLAT, notice_minutes=600)
    case = late(customer, now)
    first = pause_accept(noted(case, supervisor, now, hours=3), actor=supervisor.actor, now=now)
    pause_end(first, ended_at=now - 2 * HOUR, actor=supervisor.actor, now=now)
    second = pause_accept(noted(case, supervisor, now, told=now, hours=1), actor=supervisor.actor, now=now)
    services.case_price(case, now=now)
    pause_withdraw(first, why="A mistake", actor=supervisor.actor, now=now)
    services.case_price(case, now=now)
    states = dict(Commitment.objects.filter(key__startswith="told:").values_list("key", "state"))
    assert {key.split(":")[1]: state for key, state in states.items()} == {
        str(first.pk): "void", str(second.pk): "met",
    }  # fmt: skip


def test_a_cause_of_a_case_that_was_merged_is_withdrawn_where_it_counts(
    customer: Account, supervisor: Viewer, now: datetime
) -> None:
    make_term(customer, "delivery_window", FLAT)
    case = late(customer, now)
    pause = pause_accept(noted(case, supervisor, now), actor=supervisor.actor, now=now)
    book("P2", now, now + 60 * HOUR, customer=customer)
    (top,) = tell(EventType.SHIPMENT_DELAYED, "P2", now)
    services.case_merge(top, [case], actor=supervisor.actor, now=now)
    assert services.case_price(top, now=now + 9 * HOUR).lost == 0
    pause_withdraw(pause, why="A mistake", actor=supervisor.actor, now=now + 9 * HOUR)
    assert Job.objects.filter(kind="cases.price", payload__case=top.pk, state="waiting").exists()
    assert services.case_price(top, now=now + 9 * HOUR).lost == 8000_00
