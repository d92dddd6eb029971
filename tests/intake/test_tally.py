"""Signals are counted by the hour, and codes that no table knows are listed, in two statements however many there are."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from controltower.tenancy.models import Organisation
from exceptions.intake.models import Message, SignalHour, UnmappedCode
from exceptions.intake.services import tally
from exceptions.intake.services.tally import Outcome, outcomes_tally
from exceptions.parties.models import Partner
from exceptions.shipments.canonical import CanonicalEvent, EventType

pytestmark = pytest.mark.django_db


@pytest.fixture
def message(acting: Organisation, cloudevents: Partner, now: datetime) -> Message:
    return Message.objects.create(
        partner=cloudevents, channel="webhook", raw=b"{}", sha256="0" * 64, dedupe_key="k", received_at=now
    )


@pytest.fixture
def outcome(message: Message) -> Callable[..., Outcome]:
    def make(at: datetime = message.received_at, **changes: Any) -> Outcome:
        known = {"partner_id": message.partner_id, "message_id": message.pk, "received_at": at}
        return Outcome(**{**known, "refused": False, "repeated": False, **changes})

    return make


def said(now: datetime, unmapped: Any, text: str = "") -> CanonicalEvent:
    return CanonicalEvent(EventType.SHIPMENT_PROBLEM_REPORTED, now, data={"unmapped": unmapped}, source_text=text)


def test_messages_are_counted_in_the_hour_they_came_in(outcome: Callable[..., Outcome], now: datetime) -> None:
    before = now - timedelta(minutes=1)
    outcomes_tally([outcome(), outcome(before), outcome(refused=True)])
    outcomes_tally([outcome(now + timedelta(minutes=59), repeated=True)])
    counted = SignalHour.objects.order_by("hour").values_list("hour", "messages", "refused", "repeated")
    assert list(counted) == [(now - timedelta(hours=1), 1, 0, 0), (now, 3, 1, 1)]


def test_a_message_that_is_replayed_counts_once(outcome: Callable[..., Outcome]) -> None:
    outcomes_tally([outcome(refused=True)])
    outcomes_tally([outcome(first=False)])
    assert SignalHour.objects.values_list("messages", "refused").get() == (1, 1)


def test_unknown_codes_are_listed_once_with_how_often_and_when(
    outcome: Callable[..., Outcome], message: Message, now: datetime
) -> None:
    later = now + timedelta(hours=3)
    outcomes_tally([outcome(events=[said(now, "x12.1650.QQ", "first words"), said(now, "x12.1650.QQ", "words")])])
    outcomes_tally([outcome(later, events=[said(now, "x12.1650.QQ", "Held at gate")]), outcome(events=[said(now, "")])])
    (row,) = UnmappedCode.objects.all()
    assert (row.system, row.code, row.count, row.words) == ("x12.1650", "QQ", 3, "Held at gate")
    assert (row.first_seen, row.last_seen, row.example_id) == (now, later, message.pk)
    assert row.taken_for == EventType.SHIPMENT_PROBLEM_REPORTED


def test_texts_are_listed_in_the_form_that_mappings_name_them(outcome: Callable[..., Outcome], now: datetime) -> None:
    outcomes_tally([outcome(events=[said(now, "text", "  Gone FISHING!"), said(now, "text", "gone fishing")])])
    (row,) = UnmappedCode.objects.all()
    assert (row.system, row.code, row.count) == ("text", "gone fishing", 2)


def test_what_is_seen_again_after_it_was_mapped_is_open_again(outcome: Callable[..., Outcome], now: datetime) -> None:
    outcomes_tally([outcome(events=[said(now, "smdg.XYZ")])])
    UnmappedCode.objects.update(mapped_at=now)
    outcomes_tally([outcome(events=[said(now, "smdg.XYZ")])])
    assert UnmappedCode.objects.get().mapped_at is None


def test_a_sender_of_ever_new_texts_does_not_fill_the_table(
    outcome: Callable[..., Outcome], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tally, "MAX_CODES", 2)
    for text in ("one", "two", "three", "one"):
        outcomes_tally([outcome(events=[said(now, "text", text)])])
    assert list(UnmappedCode.objects.order_by("code").values_list("code", "count")) == [("one", 2), ("two", 1)]


def test_two_hundred_messages_take_two_statements(outcome: Callable[..., Outcome], now: datetime) -> None:
    many = [
        outcome(now - timedelta(minutes=n), events=[said(now, f"acme.{n % 40}"), said(now, True)]) for n in range(200)
    ]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        outcomes_tally(many)
    assert len(queries) == 2
    assert UnmappedCode.objects.count() == 40
