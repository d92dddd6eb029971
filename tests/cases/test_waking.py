"""Cases that sleep until the next milestone or a reply, and what wakes them."""

from datetime import datetime
from typing import Any

import pytest

from controltower.errors import Invalid
from controltower.tenancy.viewer import Viewer
from exceptions.cases import services
from exceptions.cases.jobs import wake
from exceptions.cases.models import Case, SnoozedFor
from exceptions.parties.models import Account
from exceptions.shipments.canonical import EventType
from tests.cases.conftest import HOUR, book, eta, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(acting: Any, customer: Account, now: datetime) -> Case:
    book("482", now, now + 6 * HOUR, customer=customer)
    return eta("482", now, now + 9 * HOUR)[0]


def sleep(case: Case, viewer: Viewer, now: datetime, wakes_on: str) -> Case:
    return services.case_snooze(case, until=now + 24 * HOUR, actor=viewer.actor, now=now, wakes_on=wakes_on)


def is_asleep(case: Case) -> bool:
    found = Case.objects.get(pk=case.pk)
    assert bool(found.snoozed_for) <= (found.snoozed_until is not None)
    return found.snoozed_until is not None


def test_the_next_milestone_of_its_shipment_wakes_it(case: Case, coordinator: Viewer, now: datetime) -> None:
    sleep(case, coordinator, now, SnoozedFor.MILESTONE)
    tell(EventType.SHIPMENT_DEPARTED, "482", now + HOUR, stop=1)
    assert not is_asleep(case)
    assert Case.objects.get().timeline.order_by("-id")[0].text == "Woken: Departed"
    assert (
        Case.objects.get().timeline.filter(text__startswith="Snoozed until the next milestone, at the latest").count()
    )


def test_what_is_only_expected_is_no_milestone(case: Case, coordinator: Viewer, now: datetime) -> None:
    sleep(case, coordinator, now, SnoozedFor.MILESTONE)
    eta("482", now + HOUR, now + 9 * HOUR)
    tell(EventType.SHIPMENT_POSITION_REPORTED, "482", now + HOUR)
    assert is_asleep(case)


def test_the_milestone_of_another_shipment_lets_it_sleep(case: Case, coordinator: Viewer, now: datetime) -> None:
    book("999", now, now + 6 * HOUR)
    eta("999", now, now + 9 * HOUR)
    sleep(case, coordinator, now, SnoozedFor.MILESTONE)
    tell(EventType.SHIPMENT_DEPARTED, "999", now + HOUR, stop=1)
    assert is_asleep(case)


def test_a_mail_about_its_shipment_is_the_reply_it_sleeps_for(case: Case, coordinator: Viewer, now: datetime) -> None:
    sleep(case, coordinator, now, SnoozedFor.REPLY)
    tell(EventType.SHIPMENT_DEPARTED, "482", now + HOUR, stop=1)
    assert is_asleep(case), "a milestone is no reply"
    tell(EventType.MAIL_RECEIVED, "482", now + HOUR, subject="Re: 482")
    assert not is_asleep(case)


def test_a_call_that_comes_in_is_a_reply_and_one_that_goes_out_is_none(
    case: Case, coordinator: Viewer, now: datetime
) -> None:
    sleep(case, coordinator, now, SnoozedFor.REPLY)
    said = {"channel": "call", "outcome": "reached", "with_whom": "Joe", "actor": coordinator.actor, "now": now + HOUR}
    services.interaction_log(case, **said)
    assert is_asleep(case)
    services.interaction_log(case, **said, inbound=True)
    assert not is_asleep(case)


def test_the_milestone_of_a_load_wakes_the_case_of_what_rides_on_it(
    acting: Any, customer: Account, coordinator: Viewer, now: datetime
) -> None:
    book("700", now, now + 6 * HOUR, customer=customer, load="L-7")
    (case,) = eta("700", now, now + 9 * HOUR)
    sleep(case, coordinator, now, SnoozedFor.MILESTONE)
    tell(EventType.SHIPMENT_DEPARTED, "L-7", now + HOUR, ref="load", stop=1)
    assert not is_asleep(case)


def test_nothing_sleeps_beyond_its_time(case: Case, coordinator: Viewer, now: datetime) -> None:
    sleep(case, coordinator, now, SnoozedFor.REPLY)
    assert wake(now + 25 * HOUR) == 1
    assert not is_asleep(case)


def test_closing_and_merging_wake_it_too(case: Case, coordinator: Viewer, now: datetime) -> None:
    sleep(case, coordinator, now, SnoozedFor.REPLY)
    services.case_resolve(case, actor=coordinator.actor, now=now, resolution="done", reason_unknown=True)
    assert not is_asleep(case)
    book("999", now, now + 6 * HOUR)
    (other,) = eta("999", now, now + 9 * HOUR)
    book("998", now, now + 6 * HOUR)
    (into,) = eta("998", now, now + 9 * HOUR)
    sleep(other, coordinator, now, SnoozedFor.REPLY)
    services.case_merge(into, [other], actor=coordinator.actor, now=now)
    assert not is_asleep(other)


def test_only_what_can_come_is_slept_for(case: Case, coordinator: Viewer, now: datetime) -> None:
    with pytest.raises(Invalid, match="sleeps until"):
        sleep(case, coordinator, now, "christmas")


def test_events_ask_nothing_more_while_nobody_sleeps_for_them(
    case: Case, now: datetime, django_assert_max_num_queries: Any
) -> None:
    from exceptions.cases.services.waking import sleepers_wake
    from exceptions.shipments.models import Event

    events = list(Event.objects.filter(type=EventType.SHIPMENT_ETA_CHANGED))
    with django_assert_max_num_queries(0):
        assert sleepers_wake(events, [case.pk], now=now) == []
    tell(EventType.SHIPMENT_DEPARTED, "482", now + HOUR, stop=1)
    departed = list(Event.objects.filter(type=EventType.SHIPMENT_DEPARTED))
    with django_assert_max_num_queries(1):
        assert sleepers_wake(departed, [case.pk], now=now) == []
