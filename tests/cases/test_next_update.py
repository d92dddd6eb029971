"""A person promises the customer the next word: a clock of its own, kept by the word, broken by silence, and never mended
by another promise."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from controltower.audit import SYSTEM
from controltower.audit.models import AuditEntry
from controltower.errors import Conflict, Forbidden, Invalid
from controltower.tenancy.viewer import Viewer
from exceptions.cases import services
from exceptions.cases.jobs import stakes
from exceptions.cases.models import Case, Commitment, EntryKind, Escalation, TimelineEntry
from exceptions.cases.services.recording import timeline_add
from exceptions.cases.services.updates import heard_at
from exceptions.parties.models import Account, AccountKind, Contact, ContactRole
from exceptions.sla.models import ContractVersion
from tests.cases.conftest import HOUR, book, eta, make_account, make_term

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
PRICE = {"kind": "flat", "amount": "500", "currency": "USD"}


@pytest.fixture
def case(customer: Account, now: datetime) -> Case:
    """No contract asks for updates."""
    book("1", now, now + 40 * HOUR, customer=customer)
    (case,) = eta("1", now, now + 43 * HOUR)
    return services.case_price(case, now=now)


@pytest.fixture
def by(coordinator: Viewer, now: datetime) -> dict[str, Any]:
    return {"actor": coordinator.actor, "now": now}


@pytest.fixture
def dispatch(customer: Account) -> Contact:
    return Contact.objects.create(account=customer, name="Ada", role=ContactRole.CUSTOMER_SERVICE, zone="UTC")


def updates() -> list[tuple[str, datetime]]:
    found = Commitment.objects.filter(kind="next_update").order_by("key", "pk")
    return list(found.values_list("state", "due_at"))


def sent(case: Case, at: datetime, told: datetime | None = None) -> None:
    """A notice went out to the customer."""
    timeline_add(case, EntryKind.NOTICE, "Notice sent", actor=SYSTEM, now=at, data=heard_at(at))
    services.update_heard(case, at=at, now=at, told=told)
    services.case_price(case, now=at)


def lines(case: Case, *words: str) -> list[str]:
    texts = TimelineEntry.objects.filter(case=case).order_by("pk").values_list("text", flat=True)
    return [text for text in texts if any(word in text for word in words)]


def test_a_promise_is_a_clock_of_the_case_at_once(case: Case, by: dict[str, Any], now: datetime) -> None:
    case = services.update_promise(case, by=now + 2 * HOUR + timedelta(seconds=40), version=case.version, **by)
    assert case.next_update_at == now + 2 * HOUR, "to the minute, as it is told"
    assert updates() == [("open", now + 2 * HOUR)] and case.next_change_at is not None
    assert case.next_change_at <= now + 2 * HOUR and case.touched_by_human
    assert lines(case, "Next update promised") == ["Next update promised: the customer hears by 03 Nov 11:00 CST"]
    entry = AuditEntry.objects.get(verb="update.promised")
    assert json.loads(entry.after) == {"next_update_at": (now + 2 * HOUR).isoformat()}


def test_a_newer_promise_replaces_the_older_one_and_a_second_click_does_nothing(
    case: Case, by: dict[str, Any], now: datetime
) -> None:
    case = services.update_promise(case, by=now + 2 * HOUR, **by)
    again = services.update_promise(case, by=now + 2 * HOUR, **by)
    assert again.version == case.version and AuditEntry.objects.filter(verb="update.promised").count() == 1
    services.update_promise(again, by=now + 3 * HOUR, **by)
    assert updates() == [("open", now + 3 * HOUR)]
    assert lines(case, "not by 03 Nov 11:00") != []
    assert services.update_withdraw(case, **by).next_update_at is None
    assert updates() == [("void", now + 3 * HOUR)]
    assert lines(case, "Promise withdrawn") == ["Promise withdrawn: an update by 03 Nov 12:00 CST"]


def test_silence_breaks_a_promise_that_no_contract_asked_for_and_it_goes_up(
    case: Case, by: dict[str, Any], now: datetime
) -> None:
    services.update_promise(case, by=now + 2 * HOUR, **by)
    assert stakes(now + 2 * HOUR + MINUTE) >= 1, "the sweep looks when the time has passed"
    assert updates() == [("broken", now + 2 * HOUR)]
    assert lines(case, "Broken") == ["Broken: Update promised to the customer, due 11:00"]
    assert set(Escalation.objects.values_list("step", flat=True)) == {"owner", "supervisor", "contact"}
    assert json.loads(AuditEntry.objects.get(verb="commitment.broken").after)["term"] is None
    services.case_price(case, now=now + 3 * HOUR)
    assert len(lines(case, "Broken")) == 1 and Case.objects.get(pk=case.pk).lost == 0


@pytest.mark.parametrize("with_contract", [False, True])
def test_what_was_missed_stays_missed_whatever_is_promised_after_it(
    case: Case, customer: Account, by: dict[str, Any], now: datetime, with_contract: bool
) -> None:
    if with_contract:
        make_term(customer, "next_update", PRICE, allowed_minutes=4 * 60)
    services.update_promise(case, by=now + HOUR, **by)
    missed = services.case_price(case, now=now + 90 * MINUTE)
    assert updates() == [("broken", now + HOUR)] and missed.lost == (500_00 if with_contract else 0)
    later = {**by, "now": now + 90 * MINUTE}
    for hours in (3, 6):
        again = services.update_promise(case, by=now + hours * HOUR, **later)
        assert updates() == [("broken", now + HOUR)] and again.lost == missed.lost
        assert again.next_change_at == now + hours * HOUR, "then that is no fact any more"
    gone = services.update_withdraw(case, **later)
    assert updates() == [("broken", now + HOUR)] and gone.lost == missed.lost
    sent(case, now + 100 * MINUTE)
    assert updates()[0] == ("broken", now + HOUR), "the word came late"
    assert len(lines(case, "Broken")) == 1 and Escalation.objects.count() == 3


def test_a_word_before_the_time_keeps_the_promise_and_it_counts_no_longer(
    case: Case, by: dict[str, Any], now: datetime
) -> None:
    services.update_promise(case, by=now + 2 * HOUR, **by)
    sent(case, now + HOUR)
    assert Case.objects.get(pk=case.pk).next_update_at is None and updates() == [("met", now + 2 * HOUR)]
    assert lines(case, "Promised update") == ["Promised update kept: the customer was to hear by 03 Nov 11:00 CST"]
    services.case_price(case, now=now + 5 * HOUR)
    assert updates() == [("met", now + 2 * HOUR)] and Escalation.objects.count() == 0


def test_a_late_word_settles_the_promise_and_says_so(case: Case, by: dict[str, Any], now: datetime) -> None:
    services.update_promise(case, by=now + HOUR, **by)
    sent(case, now + 2 * HOUR)  # before anybody looked
    assert updates() == [("broken", now + HOUR)] and len(lines(case, "Broken", "Promised update late")) == 2


def test_a_notice_that_tells_the_next_time_begins_the_promise_that_it_makes(
    case: Case, by: dict[str, Any], now: datetime
) -> None:
    services.update_promise(case, by=now + HOUR, **by)
    services.update_promise(case, by=now + 4 * HOUR, **by)
    sent(case, now + 30 * MINUTE, told=now + 4 * HOUR)
    assert updates() == [("met", now + 4 * HOUR), ("open", now + 4 * HOUR)]
    sent(case, now + 2 * HOUR)
    assert [state for state, _ in updates()] == ["met", "met"]


def test_a_promise_that_was_given_after_the_word_is_not_kept_by_it(
    case: Case, by: dict[str, Any], now: datetime
) -> None:
    """The job that tells of a sent notice comes after it was sent."""
    services.update_promise(case, by=now + 2 * HOUR, **by)
    assert not services.update_heard(case, at=now - MINUTE, now=now + MINUTE)
    assert Case.objects.get(pk=case.pk).next_update_at == now + 2 * HOUR


@pytest.mark.parametrize(("outcome", "kept"), [("reached", True), ("not_reached", False), ("left_message", False)])
def test_a_call_keeps_the_promise_when_it_reached_the_customer(
    case: Case, dispatch: Contact, by: dict[str, Any], now: datetime, outcome: str, kept: bool
) -> None:
    services.update_promise(case, by=now + 2 * HOUR, **by)
    at = now + HOUR
    services.interaction_log(case, channel="call", outcome=outcome, contact=dispatch, **{**by, "now": at})
    services.case_price(case, now=at)
    assert (Case.objects.get(pk=case.pk).next_update_at is None) is kept
    assert updates() == [("met" if kept else "open", now + 2 * HOUR)]


def test_what_was_promised_in_a_call_goes_on_when_the_call_is_logged_after_it(
    case: Case, dispatch: Contact, by: dict[str, Any], now: datetime
) -> None:
    services.update_promise(case, by=now + 2 * HOUR, **by)
    logged = {**by, "now": now + 5 * MINUTE}
    services.interaction_log(case, channel="call", outcome="reached", contact=dispatch, **logged)
    assert services.case_price(case, now=now + 6 * MINUTE).next_update_at == now + 2 * HOUR
    assert [state for state, _ in updates()] == ["met", "open"]


@pytest.mark.parametrize("minutes", [8, 12])
def test_a_call_keeps_a_promise_of_a_few_minutes(
    case: Case, dispatch: Contact, by: dict[str, Any], now: datetime, minutes: int
) -> None:
    """It is no promise that was given in that call."""
    services.update_promise(case, by=now + 10 * MINUTE, **by)
    at = now + minutes * MINUTE
    services.interaction_log(case, channel="call", outcome="reached", contact=dispatch, **{**by, "now": at})
    assert services.case_price(case, now=now + HOUR).next_update_at is None
    assert updates() == [("met" if minutes < 10 else "broken", now + 10 * MINUTE)]


def test_a_notice_that_goes_out_after_the_time_that_it_tells_leaves_nothing_standing(
    case: Case, by: dict[str, Any], now: datetime
) -> None:
    services.update_promise(case, by=now + HOUR, **by)
    sent(case, now + HOUR + MINUTE, told=now + HOUR)
    assert Case.objects.get(pk=case.pk).next_update_at is None and len(lines(case, "Promised update late")) == 1


def test_a_call_to_the_carrier_tells_the_customer_nothing(case: Case, by: dict[str, Any], now: datetime) -> None:
    desk = Contact.objects.create(
        account=make_account("RAIL", AccountKind.CARRIER), name="Rail", role=ContactRole.DISPATCH, zone="UTC"
    )
    services.update_promise(case, by=now + 2 * HOUR, **by)
    services.interaction_log(case, channel="call", outcome="reached", contact=desk, **{**by, "now": now + HOUR})
    assert Case.objects.get(pk=case.pk).next_update_at == now + 2 * HOUR


def test_the_earlier_of_contract_and_promise_counts(
    case: Case, customer: Account, by: dict[str, Any], now: datetime
) -> None:
    make_term(customer, "next_update", PRICE, allowed_minutes=4 * 60)
    services.update_promise(case, by=now + 9 * HOUR, **by)
    assert updates() == [("open", now + 4 * HOUR)], "a later word does not put the contract off"
    services.update_promise(case, by=now + 2 * HOUR, **by)
    assert updates() == [("open", now + 2 * HOUR)]
    services.update_withdraw(case, **by)
    assert updates() == [("open", now + 4 * HOUR)]


def test_a_promise_stands_although_the_contract_behind_it_has_no_price(
    case: Case, customer: Account, by: dict[str, Any], now: datetime
) -> None:
    make_term(customer, "next_update", {"kind": "percent", "percent": "3"}, allowed_minutes=60)
    priced = services.update_promise(case, by=now + 30 * MINUTE, **by)
    assert updates() == [("open", now + 30 * MINUTE)]
    assert any("is not priced" in line for line in priced.explanation["assumed"])
    sent(case, now + 10 * MINUTE)
    services.update_promise(case, by=now + 50 * MINUTE, **{**by, "now": now + 20 * MINUTE})
    assert updates() == [("met", now + 30 * MINUTE), ("open", now + 50 * MINUTE)], "after the first word too"


def test_a_kept_promise_stays_kept_when_the_contract_ends(
    case: Case, customer: Account, by: dict[str, Any], now: datetime
) -> None:
    make_term(customer, "next_update", PRICE, allowed_minutes=4 * 60)
    services.update_promise(case, by=now + HOUR, **by)
    sent(case, now + 30 * MINUTE)
    ContractVersion.objects.update(effective_to=(now + timedelta(days=1)).date())
    services.case_price(case, now=now + 90 * HOUR)
    assert updates()[0] == ("met", now + HOUR)


@pytest.mark.parametrize("again", [False, True])
def test_what_a_missed_promise_lost_stays_lost_when_the_contract_turns_out_to_have_ended_before(
    case: Case, customer: Account, by: dict[str, Any], now: datetime, again: bool
) -> None:
    make_term(customer, "next_update", PRICE, allowed_minutes=4 * 60)
    services.update_promise(case, by=now + HOUR, **by)
    assert lost(now + 2 * HOUR, case) == [500_00]
    if again:
        services.update_promise(case, by=now + 9 * HOUR, **{**by, "now": now + 2 * HOUR})
    ContractVersion.objects.update(effective_to=(now - timedelta(days=2)).date())
    assert lost(now + 3 * HOUR, case) == lost(now + 30 * HOUR, case) == [500_00]


@pytest.mark.parametrize("away", [timedelta(0), -HOUR, timedelta(seconds=30), timedelta(days=31, minutes=1)])
def test_a_time_that_passed_or_is_far_off_is_refused(
    case: Case, by: dict[str, Any], now: datetime, away: timedelta
) -> None:
    with pytest.raises(Invalid, match="Choose a time"):
        services.update_promise(case, by=now + away, **by)
    assert updates() == []


def test_who_looked_at_an_older_case_is_told_and_a_machine_promises_nothing(
    case: Case, by: dict[str, Any], supervisor: Viewer, now: datetime
) -> None:
    services.case_take(case, actor=supervisor.actor, now=now)
    with pytest.raises(Conflict, match="Sam changed"):
        services.update_promise(case, by=now + HOUR, version=case.version, **by)
    with pytest.raises(Forbidden):
        services.update_promise(case, by=now + HOUR, actor=SYSTEM, now=now)
    services.case_resolve(case, reason_unknown=True, **by)
    with pytest.raises(Conflict, match="not open"):
        services.update_promise(case, by=now + HOUR, **by)


def test_a_case_of_no_one_customer_promises_nothing(by: dict[str, Any], acting: object, now: datetime) -> None:
    book("1", now, now + 40 * HOUR)
    (case,) = eta("1", now, now + 43 * HOUR)
    with pytest.raises(Invalid, match="no one customer"):
        services.update_promise(case, by=now + HOUR, **by)


def test_the_earliest_promise_of_merged_cases_goes_on(
    case: Case, customer: Account, by: dict[str, Any], now: datetime
) -> None:
    book("2", now, now + 41 * HOUR, customer=customer)
    (other,) = eta("2", now, now + 44 * HOUR)
    services.update_promise(case, by=now + 3 * HOUR, **by)
    services.update_promise(other, by=now + 2 * HOUR, **by)
    merged = services.case_merge(case, [Case.objects.get(pk=other.pk)], **by)
    assert merged.next_update_at == now + 2 * HOUR
    services.case_price(case, now=now)
    sent(case, now + HOUR)
    assert not Commitment.objects.filter(case=case, kind="next_update", state__in=["open", "broken"]).exists()


def test_what_the_customer_hears_of_the_case_on_top_they_hear_of_each(
    case: Case, customer: Account, by: dict[str, Any], now: datetime
) -> None:
    make_term(customer, "next_update", PRICE, allowed_minutes=60)
    book("2", now, now + 41 * HOUR, customer=customer)
    (other,) = eta("2", now, now + 44 * HOUR)
    services.case_merge(case, [other], **by)
    services.case_price(case, now=now)
    for minutes in (50, 100, 150):
        sent(case, now + minutes * MINUTE)
    assert services.case_price(case, now=now + 155 * MINUTE).lost == 0


@pytest.fixture
def other(customer: Account, case: Case, now: datetime) -> Case:
    """Another one of the same customer."""
    book("2", now, now + 41 * HOUR, customer=customer)
    (made,) = eta("2", now, now + 44 * HOUR)
    return services.case_price(made, now=now)


def promised(*cases: Case) -> list[datetime | None]:
    return [Case.objects.values_list("next_update_at", flat=True).get(pk=case.pk) for case in cases]


def lost(now: datetime, *cases: Case) -> list[int]:
    return [services.case_price(case, now=now).lost for case in cases]


def test_each_has_its_own_promise_again_when_they_come_apart(
    case: Case, other: Case, by: dict[str, Any], now: datetime
) -> None:
    services.update_promise(case, by=now + 3 * HOUR, **by)
    services.update_promise(other, by=now + 2 * HOUR, **by)
    services.case_merge(case, [Case.objects.get(pk=other.pk)], **by)
    assert promised(case, other) == [now + 2 * HOUR, None]
    services.case_unmerge(Case.objects.get(pk=other.pk), **by)
    assert promised(case, other) == [now + 3 * HOUR, now + 2 * HOUR]
    services.case_merge(case, [Case.objects.get(pk=other.pk)], **by)
    sent(case, now + HOUR)
    services.case_unmerge(Case.objects.get(pk=other.pk), **{**by, "now": now + HOUR})
    assert promised(case, other) == [None, None], "the customer heard of both"


def test_what_one_customer_was_promised_is_not_told_to_another_when_they_come_apart(
    case: Case, by: dict[str, Any], now: datetime
) -> None:
    book("2", now, now + 41 * HOUR, customer=make_account("SOUTHGATE", AccountKind.CUSTOMER))
    (other,) = eta("2", now, now + 44 * HOUR)
    services.update_promise(other, by=now + 2 * HOUR, **by)
    services.case_merge(case, [Case.objects.get(pk=other.pk)], **by)
    services.case_unmerge(Case.objects.get(pk=other.pk), **by)
    assert promised(case, other) == [None, now + 2 * HOUR]


def test_a_missed_promise_is_lost_once_when_the_cases_come_apart(
    case: Case, other: Case, customer: Account, by: dict[str, Any], now: datetime
) -> None:
    make_term(customer, "next_update", PRICE, allowed_minutes=4 * 60)
    services.update_promise(other, by=now + HOUR, **by)
    assert lost(now + 2 * HOUR, case, other) == [0, 500_00]
    later = {**by, "now": now + 2 * HOUR}
    services.case_merge(Case.objects.get(pk=case.pk), [Case.objects.get(pk=other.pk)], **later)
    assert lost(now + 2 * HOUR, case) == [500_00]
    services.case_unmerge(Case.objects.get(pk=other.pk), **later)
    assert lost(now + 3 * HOUR, case, other) == [0, 500_00]
    assert lost(now + 5 * HOUR, case, other) == [500_00, 500_00], "now the contract's own time has passed here too"


def test_a_notice_of_a_merged_case_that_was_on_its_way_keeps_what_was_promised_there(
    case: Case, other: Case, by: dict[str, Any], now: datetime
) -> None:
    services.update_promise(other, by=now + 2 * HOUR, **by)
    services.case_merge(case, [Case.objects.get(pk=other.pk)], **by)
    sent(other, now + HOUR)
    assert promised(case, other) == [None, None] and len(lines(case, "Promised update kept")) == 1
