"""A tracker that sends one reading at a time is thinned like one that sends a day's readings at once."""

import json
from datetime import datetime
from typing import Any

import pytest

from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from exceptions.intake.models import Message, MessageState
from exceptions.intake.services import message_accept, messages_process
from exceptions.parties.models import Account, Channel, Partner, SignatureScheme
from exceptions.shipments.models import Event

pytestmark = pytest.mark.django_db(transaction=True)
START = 1773306000000  # 2026-03-12 09:00 UTC


@pytest.fixture
def trackers(organisation: Organisation, carrier: Account) -> Partner:
    with acting_for(organisation):
        return Partner.objects.create(
            account=carrier,
            slug="trackers",
            name="Trackers",
            channel=Channel.WEBHOOK,
            adapter="tive",
            signature=SignatureScheme.BEARER,
            mapping={"telemetry": {"min": 2, "max": 8}},
            sandbox=False,
        )


def send(partner: Partner, minute: int, value: float, now: datetime, device: str = "A10001") -> str:
    """One reading, accepted and processed by itself; the message's state."""
    entry: dict[str, Any] = {
        "DeviceName": device,
        "EntryTimeEpoch": START + minute * 60_000,
        "Temperature": {"Celsius": value},
    }
    with acting_for(partner.organisation_id):
        accepted = message_accept(
            partner, body=json.dumps(entry).encode(), headers={}, content_type="application/json", now=now
        )
        messages_process([accepted.message_id], now=now)
        return Message.objects.get(pk=accepted.message_id).state


def recorded(partner: Partner) -> list[tuple[int, str]]:
    with acting_for(partner.organisation_id):
        rows = Event.objects.filter(partner=partner).order_by("occurred_at")
        return [(int(row.occurred_at.timestamp() - START / 1000) // 60, row.data["value"]) for row in rows]


def test_only_crossings_what_is_due_and_the_sign_of_life_are_recorded(trackers: Partner, now: datetime) -> None:
    values = {0: 5.0, 10: 5.1, 20: 9.0, 22: 9.1, 26: 9.1, 30: 5.0, 40: 5.0, 95: 5.0}
    states = {send(trackers, minute, value, now) for minute, value in values.items()}
    assert states == {MessageState.PROCESSED}, "every message is understood, whether or not it says news"
    assert recorded(trackers) == [(0, "5.00"), (20, "9.00"), (26, "9.10"), (30, "5.00"), (95, "5.00")]


def test_what_comes_late_is_kept_as_nobody_knows_its_neighbours(trackers: Partner, now: datetime) -> None:
    for minute in (60, 30, 61):
        send(trackers, minute, 5.0, now)
    assert [minute for minute, _ in recorded(trackers)] == [30, 60]


def test_devices_do_not_speak_for_each_other(trackers: Partner, now: datetime) -> None:
    send(trackers, 0, 5.0, now)
    send(trackers, 1, 5.0, now, "A10002")
    assert len(recorded(trackers)) == 2
