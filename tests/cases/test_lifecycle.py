"""What people do to a case, and what refuses them."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

import pytest
from guardian.shortcuts import assign_perm

from controltower.audit import SYSTEM
from controltower.audit.models import AuditEntry
from controltower.errors import Conflict, Forbidden, Invalid
from controltower.tenancy.models import Role
from controltower.tenancy.viewer import Viewer
from exceptions.cases import jobs, services, signals
from exceptions.cases.jobs import checks, wake
from exceptions.cases.models import Case, CaseState, NextCheck
from exceptions.parties.models import Account, Contact
from tests.cases.conftest import HOUR, book, eta
from tests.conftest import make_viewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(acting: Any, customer: Account, now: datetime) -> Case:
    book("482", now, now + 6 * HOUR, customer=customer)
    return eta("482", now, now + 9 * HOUR)[0]


def test_taking_a_case_answers_the_first_response_promise(case: Case, coordinator: Viewer, now: datetime) -> None:
    taken = services.case_take(case, actor=coordinator.actor, now=now + HOUR, version=case.version)
    assert (taken.state, taken.owner_id, taken.first_response_at) == (CaseState.OPEN, coordinator.member.pk, now + HOUR)
    assert taken.touched_by_human and taken.version == case.version + 1
    assert taken.timeline.order_by("-id")[0].text == "Taken by Cora"


def test_a_case_given_back_at_once_was_not_answered(case: Case, coordinator: Viewer, now: datetime) -> None:
    actor = coordinator.actor
    services.case_take(case, actor=actor, now=now)
    released = services.case_release(case, actor=actor, now=now + timedelta(seconds=20))
    assert released.owner is None and released.first_response_at is None
    services.case_take(case, actor=actor, now=now + HOUR)
    released = services.case_release(case, actor=actor, now=now + 2 * HOUR)
    assert released.first_response_at == now + HOUR, "somebody worked on it for an hour"
    case = services.case_take(released, actor=actor, now=now + 2 * HOUR)
    released = services.case_release(case, actor=actor, now=now)
    assert released.first_response_at == now + HOUR, "a clock that is set back takes no answer away"


def test_a_call_answers_however_soon_the_case_is_given_back(case: Case, coordinator: Viewer, now: datetime) -> None:
    actor = coordinator.actor
    services.case_take(case, actor=actor, now=now)
    services.interaction_log(case, channel="call", outcome="reached", with_whom="the dock", actor=actor, now=now)
    assert services.case_release(case, actor=actor, now=now + timedelta(seconds=20)).first_response_at == now


def test_two_people_cannot_take_it(case: Case, coordinator: Viewer, supervisor: Viewer, now: datetime) -> None:
    services.case_take(case, actor=coordinator.actor, now=now)
    with pytest.raises(Conflict, match="Cora has taken"):
        services.case_take(case, actor=supervisor.actor, now=now)


def test_an_old_version_is_told_who_changed_what(
    case: Case, coordinator: Viewer, supervisor: Viewer, now: datetime
) -> None:
    services.case_take(case, actor=coordinator.actor, now=now)
    with pytest.raises(Conflict) as refused:
        services.case_pin(case, actor=supervisor.actor, now=now, version=case.version)
    assert refused.value.code == "case_changed"
    assert refused.value.details["by"] == "Cora" and refused.value.details["what"] == "Taken by Cora"


def test_notes_and_calls_of_others_do_not_refuse_what_i_post(case: Case, coordinator: Viewer, now: datetime) -> None:
    version = services.case_take(case, actor=coordinator.actor, now=now).version
    services.case_note(case, text="Left word with the night shift", actor=coordinator.actor, now=now)
    services.case_pin(case, actor=coordinator.actor, now=now, version=version)


def test_every_step_is_undone_by_its_counterpart(case: Case, coordinator: Viewer, now: datetime) -> None:
    who = {"actor": coordinator.actor, "now": now}
    assert services.case_release(services.case_take(case, **who), **who).state == CaseState.NEW
    assert services.case_unsnooze(services.case_snooze(case, until=now + HOUR, **who), **who).snoozed_until is None
    assert not services.case_unpin(services.case_pin(case, **who), **who).pinned
    resolved = services.case_resolve(case, reason_unknown=True, **who)
    assert resolved.state == CaseState.RESOLVED and resolved.next_change_at is None
    assert services.case_reopen(resolved, **who).state == CaseState.NEW
    dismissed = services.case_mark_not_exception(case, why="Wrong window", **who)
    assert services.case_reopen(dismissed, **who).is_open


@pytest.mark.parametrize("end", ["resolve", "mark_not_exception"])
def test_taking_back_the_end_of_a_pinned_case_pins_it_as_it_was(
    case: Case, coordinator: Viewer, supervisor: Viewer, now: datetime, end: str
) -> None:
    services.case_pin(case, actor=supervisor.actor, now=now)
    by = {"actor": coordinator.actor, "now": now + HOUR}
    more = {"reason_unknown": True} if end == "resolve" else {}
    ended = getattr(services, f"case_{end}")(case, **by, **more)
    assert not ended.pinned
    again = services.case_reopen(ended, **by)
    assert (again.pinned, again.pinned_by, again.pinned_at) == (True, supervisor.member, now)
    services.case_unpin(again, **by)
    ended = getattr(services, f"case_{end}")(again, **by, **more)
    assert not services.case_reopen(ended, **by).pinned


def test_closing_needs_a_reason_or_saying_that_there_is_none(case: Case, coordinator: Viewer, now: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        services.case_resolve(case, actor=coordinator.actor, now=now)
    assert refused.value.code == "reason_needed"
    classify(case, coordinator, now)
    assert services.case_resolve(case, actor=coordinator.actor, now=now).state == CaseState.RESOLVED


def classify(case: Case, viewer: Viewer, now: datetime, **other: str) -> Case:
    codes = {
        "type": case.type,
        "reason": "equipment_breakdown",
        "responsible_party": "carrier",
        "excusable": "no",
        "severity": "S1",
    }
    return services.classification_set(case, **{**codes, **other}, actor=viewer.actor, now=now)


def test_a_classification_by_a_person_is_accepted_with_the_name(case: Case, coordinator: Viewer, now: datetime) -> None:
    found = classify(case, coordinator, now)
    assert (found.reason_accepted_by_id, found.severity) == (coordinator.member.pk, "S1")


def test_a_classification_by_the_system_is_not_accepted(case: Case, now: datetime) -> None:
    codes = {"responsible_party": "force_majeure", "excusable": "yes", "severity": "S2"}
    found = services.classification_set(case, type=case.type, reason="weather", **codes, actor=SYSTEM, now=now)
    assert found.reason_accepted_by_id is None


def test_codes_outside_the_taxonomy_are_refused(case: Case, coordinator: Viewer, now: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        classify(case, coordinator, now, reason="aliens", severity="S0")
    assert set(refused.value.details) == {"reason", "severity"}


def test_the_system_takes_no_cases(case: Case, now: datetime) -> None:
    with pytest.raises(Forbidden):
        services.case_take(case, actor=SYSTEM, now=now)


def test_a_call_that_found_nobody_counts_as_a_response(
    case: Case, carrier: Account, coordinator: Viewer, now: datetime
) -> None:
    desk = Contact.objects.create(account=carrier, name="Night desk", role="dispatch", phone="+1 555 0100")
    logged = services.interaction_log(
        case, channel="call", outcome="not_reached", contact=desk, actor=coordinator.actor, now=now
    )
    assert (logged.with_whom, logged.account_id) == ("Night desk", carrier.pk)
    assert Case.objects.get().first_response_at == now
    assert case.timeline.order_by("-id")[0].text == "Call: Night desk, nobody there"


def test_a_check_reminds_once_and_a_new_one_replaces_it(
    case: Case, coordinator: Viewer, now: datetime, organisation: Any
) -> None:
    services.next_check_set(case, due_at=now + HOUR, expecting="moving again", actor=coordinator.actor, now=now)
    check = services.next_check_set(
        case, due_at=now + 2 * HOUR, expecting="at the dock", actor=coordinator.actor, now=now
    )
    assert NextCheck.objects.filter(done_at=None).get() == check
    assert not services.next_check_remind(check, now=now + HOUR)
    assert services.next_check_remind(check, now=now + 2 * HOUR)
    assert not services.next_check_remind(check, now=now + 3 * HOUR)
    assert case.timeline.order_by("-id")[0].text == "Time to look again: at the dock"
    with pytest.raises(Invalid):
        services.next_check_set(case, due_at=now, actor=coordinator.actor, now=now)


def test_a_snoozed_case_wakes_when_it_gets_worse(case: Case, coordinator: Viewer, now: datetime) -> None:
    services.case_snooze(case, until=now + 20 * HOUR, actor=coordinator.actor, now=now)
    eta("482", now + HOUR, now + 10 * HOUR)
    assert Case.objects.get().snoozed_until is not None
    eta("482", now + 7 * HOUR, now + 12 * HOUR)
    assert (Case.objects.get().phase, Case.objects.get().snoozed_until) == ("breached", None)


def test_every_step_is_audited_and_told_to_the_layers_above(case: Case, coordinator: Viewer, now: datetime) -> None:
    heard: list[set[str]] = []

    def listen(sender: Any, changed: set[str], **_: Any) -> None:
        heard.append(changed)

    signals.case_changed.connect(listen)
    try:
        services.case_take(case, actor=coordinator.actor, now=now)
    finally:
        signals.case_changed.disconnect(listen)
    assert heard == [{"owner", "state", "first_response_at"}]
    entry = AuditEntry.objects.filter(subject=f"case:{case.pk}").order_by("-seq").first()
    assert entry is not None and entry.verb == "case.taken"


@pytest.mark.django_db(transaction=True)
def test_what_people_wrote_is_in_the_trail_as_a_digest_only(case: Case, coordinator: Viewer, now: datetime) -> None:
    """It may name somebody, and nothing in the trail can be erased."""
    said = "Agreed with Ina Berger, +49 170 5550123"
    services.case_resolve(case, resolution=said, reason_unknown=True, actor=coordinator.actor, now=now)
    entry = AuditEntry.objects.get(verb="case.resolved")
    assert "Berger" not in entry.after
    assert hashlib.sha256(said.encode()).hexdigest() in entry.after


def test_the_sweeps_wake_and_remind(organisation: Any, coordinator: Viewer, now: datetime) -> None:
    from controltower.tenancy.context import acting_for

    with acting_for(organisation):
        book("1", now, now + 6 * HOUR)
        (case,) = eta("1", now, now + 9 * HOUR)
        services.next_check_set(case, due_at=now + HOUR, actor=coordinator.actor, now=now)
        services.case_snooze(case, until=now + 2 * HOUR, actor=coordinator.actor, now=now)
    assert (wake(now + HOUR), checks(now + HOUR)) == (0, 1)
    assert (wake(now + 2 * HOUR), checks(now + 2 * HOUR)) == (1, 0)
    with acting_for(organisation):
        assert Case.objects.get().snoozed_until is None


def test_all_that_sleep_until_the_same_morning_wake_at_once(
    case: Case, customer: Account, coordinator: Viewer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BATCH", 2)
    for number in ("1", "2", "3", "4"):
        book(number, now, now + 6 * HOUR, customer=customer)
        (late,) = eta(number, now, now + 9 * HOUR)
        services.case_snooze(late, until=now + HOUR, actor=coordinator.actor, now=now)
    assert wake(now + HOUR) == 4
    assert not Case.objects.exclude(snoozed_until=None).exists()


def test_nobody_is_given_a_case_that_they_do_not_see(
    case: Case, customer: Account, coordinator: Viewer, organisation: Any, now: datetime
) -> None:
    dan = make_viewer(organisation, Role.COORDINATOR, "Dan", restricted=True)
    with pytest.raises(Invalid, match=f"Dan does not see {case.number}"):
        services.case_assign(case, to=dan.member, actor=coordinator.actor, now=now)
    assign_perm("parties.view_account", dan.user, customer)
    assert services.case_assign(case, to=dan.member, actor=coordinator.actor, now=now).owner == dan.member
