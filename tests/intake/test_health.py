"""How a partner is doing is read from counters, in as many queries for fifty partners as for one."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer
from exceptions.intake.models import Message, SignalHour
from exceptions.intake.selectors import health_by_partner
from exceptions.intake.selectors.health import longest_pause, silent_for
from exceptions.parties.models import Partner

HOUR = timedelta(hours=1)


@pytest.mark.django_db
def test_health_counts_a_day_by_the_hour(
    acting: Organisation, supervisor: Viewer, cloudevents: Partner, easypost: Partner, now: datetime
) -> None:
    for back, messages, refused in ((0, 4, 1), (1, 6, 0), (23, 10, 0), (24, 99, 9)):
        SignalHour.objects.create(
            partner=cloudevents, hour=now - back * HOUR, messages=messages, refused=refused, repeated=2
        )
    for at, state in enumerate(("dead", "received", "received")):
        Message.objects.create(
            partner=cloudevents,
            channel="webhook",
            raw=b"{}",
            sha256="0" * 64,
            dedupe_key=str(at),
            received_at=now - at * HOUR,
            state=state,
            reason="why",
        )
    with CaptureQueriesContext(connection) as queries:
        found = health_by_partner(supervisor, [cloudevents, easypost], now=now + timedelta(minutes=30))
    assert len(queries) == 3
    health, idle = found[cloudevents.pk], found[easypost.pk]
    assert (health.messages, health.refused, health.repeated, health.lately) == (20, 1, 6, 10)
    assert (health.refused_percent, health.repeated_percent) == (5, 30)
    assert (health.dead, health.waiting, health.oldest_waiting) == (1, 2, now - 2 * HOUR)
    assert [hour.messages for hour in health.hours] == [10, *[0] * 21, 6, 4]
    assert [(bar.top, bar.height, bar.refused_height) for bar in health.bars][-1] == (12, 6, 2)
    assert (idle.messages, idle.refused_percent, idle.dead, idle.oldest_waiting) == (0, 0, 0, None)


def test_a_partner_is_silent_when_it_never_paused_so_long(now: datetime) -> None:
    office = [now.replace(hour=8) + timedelta(days=day) + hour * HOUR for day in range(5) for hour in range(9)]
    pause = longest_pause(office)
    assert pause == 16 * HOUR
    last = office[-1]
    assert silent_for(last, pause, last + 17 * HOUR) is None
    assert silent_for(last, pause, last + 18 * HOUR) == 18 * HOUR


def test_of_a_partner_that_is_hardly_known_nobody_says_it_is_silent(now: datetime) -> None:
    assert longest_pause([now - back * HOUR for back in range(5)]) is None
    assert silent_for(now, None, now + timedelta(days=9)) is None
    assert silent_for(None, HOUR, now) is None


def test_two_hours_are_no_silence(now: datetime) -> None:
    assert silent_for(now - 2 * HOUR, HOUR / 2, now) is None
