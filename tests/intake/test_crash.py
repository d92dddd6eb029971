"""Workers are killed and Redis is emptied while events come in: every accepted one is accounted for exactly once.

Small here; `pytest --slow tests/intake/test_crash.py` takes 10,000 events.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone

from controltower.jobs.models import Job, JobState
from controltower.tenancy.context import acting_for
from exceptions.cases.models import OPEN_STATES, Case
from exceptions.intake.adapters.json_items import JsonItem
from exceptions.intake.bench_traffic import Sent, traffic
from exceptions.intake.models import Message, MessageState
from exceptions.intake.services import batch_accept
from exceptions.parties.models import Partner
from exceptions.shipments.models import Event

pytestmark = pytest.mark.django_db(transaction=True)
WORKER = ("-m", "celery", "-A", "controltower", "worker", "-Q", "intake", "-c", "1", "--loglevel", "ERROR")
WORKER += ("--without-gossip", "--without-mingle", "--without-heartbeat")


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start a process of the product against the test database; it is gone after the test."""

    def of_test(url: str) -> str:
        return urlunsplit(urlsplit(url)._replace(path=f"/{connection.settings_dict['NAME']}"))

    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "controltower.settings",
        "DATABASE_URL": of_test(settings.DATABASE_URL),
        "DATABASE_OWNER_URL": of_test(settings.DATABASE_OWNER_URL),
        "REDIS_URL": settings.REDIS_URL,
    }
    started: list[subprocess.Popen[bytes]] = []

    def run(*command: str) -> subprocess.Popen[bytes]:
        child = subprocess.Popen([sys.executable, *command], env=env, start_new_session=True)
        started.append(child)
        return child

    yield run
    for child in started:
        kill(child)


def kill(child: subprocess.Popen[bytes]) -> None:
    """SIGKILL for a process and its children, as where a machine loses its power."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def test_every_accepted_event_is_accounted_for_exactly_once(
    tms: Partner, start: Callable[..., subprocess.Popen[bytes]], request: pytest.FixtureRequest
) -> None:
    count, batch, kills = (10_000, 250, 12) if request.config.getoption("--slow") else (200, 40, 2)
    now, chance = timezone.now(), random.Random(3)
    events = list(traffic(count, now=now, name="C", seed=3))
    accepted = _send(tms, events, batch)
    start("manage.py", "sweeper")
    client = redis.Redis.from_url(settings.REDIS_URL)
    workers = [start(*WORKER, "-n", f"crash{number}") for number in range(2)]
    later = [Sent({**sent.value, "id": f"later-{sent.value['id']}"}) for sent in events[: count // 10]]
    for round_ in range(kills):
        _wait_until(lambda share=(round_ + 1) / (kills + 1): _settled(tms) >= share * len(accepted), 240)
        victim = chance.randrange(len(workers))
        kill(workers[victim])
        client.flushdb()
        _leases_over(tms)
        workers[victim] = start(*WORKER, "-n", f"crash{victim}-{round_}")
    accepted |= _send(tms, later, batch)
    _wait_until(lambda: _all_done(tms), 400)
    _account(tms, events, accepted)


def _send(partner: Partner, events: list[Sent], batch: int) -> set[int]:
    """Ids of the messages that were accepted."""
    accepted: set[int] = set()
    rest = iter(events)
    while some := list(islice(rest, batch)):
        items = [JsonItem(json.dumps(sent.value).encode(), "") for sent in some]
        with acting_for(partner.organisation_id):
            verdicts = batch_accept(partner, items, content_type="application/json", now=timezone.now())
        assert {verdict.status for verdict in verdicts} <= {"accepted", "duplicate"}
        accepted |= {verdict.message_id for verdict in verdicts}
    return accepted


def _settled(partner: Partner) -> int:
    with acting_for(partner.organisation_id):
        return Message.objects.exclude(state=MessageState.RECEIVED).count()


def _leases_over(partner: Partner) -> None:
    """A lease lasts for a minute; what the dead worker held is let go of now. So is what the living one works on: two
    workers then do the same, of which one is rolled back."""
    with acting_for(partner.organisation_id):
        Job.objects.filter(state=JobState.RUNNING).update(lease_until=timezone.now())


def _all_done(partner: Partner) -> bool:
    with acting_for(partner.organisation_id):
        Job.objects.filter(queue="intake", state=JobState.WAITING, run_after__gt=timezone.now()).update(
            run_after=timezone.now()
        )
        return not Job.objects.filter(queue="intake").exclude(state=JobState.DONE).exists()


def _account(partner: Partner, events: list[Sent], accepted: set[int]) -> None:
    with acting_for(partner.organisation_id):
        states = dict(Message.objects.values_list("pk", "state"))
        # Of the same news told twice, whichever is processed first is the event: a first telling that a killed worker
        # held may come after the second.
        told = Event.objects.values_list("sender_event_id", flat=True)
        recorded = Counter(name.removeprefix("later-") for name in told)
        open_cases = Counter(Case.objects.filter(state__in=OPEN_STATES).values_list("fingerprint", flat=True))
    assert set(states) == accepted
    wanted = {sent.value["id"] for sent in events}
    assert Counter(states.values())[MessageState.PROCESSED] == len(wanted)
    assert set(states.values()) <= {MessageState.PROCESSED, MessageState.DUPLICATE}
    assert recorded == Counter(dict.fromkeys(wanted, 1))
    in_trouble = {sent.trouble for sent in events if sent.trouble}
    assert set(open_cases.values()) == {1}
    assert len(open_cases) == len(in_trouble)


def _wait_until(over: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not over():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.1)
