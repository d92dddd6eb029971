"""Each update that a customer is owed is a promise of its own: missed, it stays missed when the next one is sent."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from controltower.audit import SYSTEM
from controltower.tenancy.viewer import Viewer
from exceptions.cases import services
from exceptions.cases.models import Case, Commitment, EntryKind, Escalation, Stake
from exceptions.cases.services.recording import timeline_add
from exceptions.cases.services.updates import heard_at
from exceptions.parties.models import Account
from exceptions.sla.models import ContractVersion
from tests.cases.conftest import HOUR, book, eta, make_term

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def case(customer: Account, now: datetime) -> Case:
    """The customer hears again within an hour, or is owed 500."""
    make_term(customer, "next_update", {"kind": "flat", "amount": "500", "currency": "USD"}, allowed_minutes=60)
    book("1", now, now + 40 * HOUR, customer=customer)
    (case,) = eta("1", now, now + 43 * HOUR)
    return services.case_price(case, now=now)


def told(case: Case, at: datetime) -> None:
    timeline_add(case, EntryKind.NOTICE, "Told", actor=SYSTEM, now=at, data=heard_at(at))


def states() -> list[str]:
    return list(Commitment.objects.filter(kind="next_update").order_by("due_at").values_list("state", flat=True))


def lost(case: Case, at: datetime) -> int:
    return services.case_price(case, now=at).lost


def test_every_missed_update_stays_lost_and_what_came_in_time_is_kept(case: Case, now: datetime) -> None:
    assert lost(case, now + 61 * MINUTE) == 500_00
    told(case, now + 90 * MINUTE)
    assert (lost(case, now + 90 * MINUTE), states()) == (500_00, ["broken", "open"])
    assert lost(case, now + 151 * MINUTE) == 1000_00
    told(case, now + 160 * MINUTE)
    lost(case, now + 160 * MINUTE)
    told(case, now + 200 * MINUTE)
    assert (lost(case, now + 200 * MINUTE), states()) == (1000_00, ["broken", "broken", "met", "open"])
    with CaptureQueriesContext(connection) as asked:
        lost(case, now + 200 * MINUTE)
    assert [query for query in asked if query["sql"].lstrip().startswith(("INSERT", "UPDATE"))] == []


def test_a_notice_that_told_nobody_anything_keeps_no_promise(case: Case, now: datetime) -> None:
    for text in ("Notice to Ada written, waiting for approval", "Notice called back before it was sent"):
        timeline_add(case, EntryKind.NOTICE, text, actor=SYSTEM, now=now + 30 * MINUTE)
    assert (lost(case, now + 61 * MINUTE), states()) == (500_00, ["broken"])


def test_an_update_that_came_late_is_missed_though_nobody_looked_meanwhile(case: Case, now: datetime) -> None:
    told(case, now + 90 * MINUTE)
    assert (lost(case, now + 91 * MINUTE), states()) == (500_00, ["broken", "open"])
    assert Escalation.objects.count() == 3


def test_the_first_of_two_updates_that_came_before_anybody_looked_kept_the_promise(case: Case, now: datetime) -> None:
    told(case, now + 30 * MINUTE)
    told(case, now + 80 * MINUTE)
    assert (lost(case, now + 81 * MINUTE), states()) == (0, ["met", "met", "open"])
    told(case, now + 100 * MINUTE)
    told(case, now + 170 * MINUTE)
    assert (lost(case, now + 171 * MINUTE), states()) == (500_00, ["met", "met", "met", "broken", "open"])
    assert lost(case, now + 172 * MINUTE) == 500_00 and Escalation.objects.count() == 3


def test_words_before_anything_was_promised_break_nothing(customer: Account, now: datetime) -> None:
    book("1", now, now + 40 * HOUR, customer=customer)
    (case,) = eta("1", now, now + 43 * HOUR)
    told(case, now + 90 * MINUTE)
    told(case, now + 300 * MINUTE)
    price = {"kind": "flat", "amount": "500", "currency": "USD"}
    make_term(customer, "next_update", price, allowed_minutes=60)
    assert (lost(case, now + 301 * MINUTE), states()) == (0, ["open"])


def test_the_second_missed_update_goes_up_as_the_first_did(case: Case, now: datetime) -> None:
    lost(case, now + 61 * MINUTE)
    told(case, now + 90 * MINUTE)
    lost(case, now + 151 * MINUTE)
    assert Escalation.objects.count() == 6
    lost(case, now + 152 * MINUTE)
    assert Escalation.objects.count() == 6


def test_only_a_false_alarm_takes_a_missed_update_back(case: Case, coordinator: Viewer, now: datetime) -> None:
    lost(case, now + 61 * MINUTE)
    told(case, now + 90 * MINUTE)
    lost(case, now + 90 * MINUTE)
    ContractVersion.objects.update(effective_to=(now + timedelta(days=1)).date())
    assert lost(case, now + 90 * HOUR) == 500_00, "the contract has run out since"
    services.case_mark_not_exception(case, actor=coordinator.actor, now=now + 90 * HOUR)
    assert lost(case, now + 90 * HOUR) == 0
    assert set(Stake.objects.filter(commitment__kind="next_update").values_list("state", flat=True)) == {"void"}


def test_what_the_house_promised_itself_is_no_loss_when_the_next_update_is_sent(
    customer: Account, now: datetime
) -> None:
    make_term(None, "next_update", {"kind": "flat", "amount": "500", "currency": "USD"}, allowed_minutes=60)
    book("1", now, now + 40 * HOUR, customer=customer)
    (case,) = eta("1", now, now + 43 * HOUR)
    for minutes in (0, 61, 62):
        assert lost(case, now + minutes * MINUTE) == 0
    told(case, now + 90 * MINUTE)
    assert [lost(case, now + minutes * MINUTE) for minutes in (90, 91, 92)] == [0, 0, 0]
    ContractVersion.objects.update(effective_to=(now + timedelta(days=1)).date())
    assert lost(case, now + 90 * HOUR) == 0
