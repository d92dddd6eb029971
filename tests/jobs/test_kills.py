"""Real worker and sweeper processes that die, and a Redis that forgets: nothing is lost, nothing is done twice."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis
from django.conf import settings
from django.db import connection

import tests.jobs.kinds  # noqa: F401  # registers the kinds
from controltower.audit.models import AuditEntry
from controltower.jobs import enqueue
from controltower.jobs.models import Job
from controltower.tenancy.context import acting_for

pytestmark = pytest.mark.django_db(transaction=True)


def _of_test(url: str) -> str:
    """The same server and role, the test's database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{connection.settings_dict['NAME']}"))


@pytest.fixture
def process() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start a process of the product against the test database; it is gone after the test."""
    started: list[subprocess.Popen[bytes]] = []
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "controltower.settings",
        "DATABASE_URL": _of_test(settings.DATABASE_URL),
        "DATABASE_OWNER_URL": _of_test(settings.DATABASE_OWNER_URL),
        "REDIS_URL": settings.REDIS_URL,
    }

    def start(*command: str) -> subprocess.Popen[bytes]:
        child = subprocess.Popen([sys.executable, *command], env=env, start_new_session=True)
        started.append(child)
        return child

    yield start
    for child in started:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


WORKER = ("-m", "celery", "-A", "controltower", "worker", "-Q", "default", "-c", "1", "--loglevel", "ERROR")
WORKER += ("--include", "tests.jobs.kinds", "--without-gossip", "--without-mingle", "--without-heartbeat")
SWEEPER = ("manage.py", "sweeper")
PATIENCE = 240  # seconds: a busy machine is no reason to fail


def wait_for(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.2)


def counts(organisation) -> dict[str, int]:
    with acting_for(organisation):
        found = AuditEntry.objects.filter(organisation_id=organisation.pk, verb__startswith="test.")
        subjects = list(found.values_list("verb", "subject"))
    return {f"{verb} {subject}": subjects.count((verb, subject)) for verb, subject in subjects}


def all_done(organisation) -> bool:
    with acting_for(organisation):
        return not Job.objects.exclude(state="done").exists()


def test_a_worker_killed_in_the_middle_of_a_job_loses_nothing_and_doubles_nothing(organisation, process):
    with acting_for(organisation):
        enqueue("tests.killer", {"n": 0, "deaths": 1})
        for number in range(1, 30):
            enqueue("tests.note", {"n": number})
        Job.objects.update(lease_until=None)
    process(*SWEEPER)
    process(*WORKER)
    with acting_for(organisation):
        assert Job.objects.count() == 30

    def shorten() -> bool:
        # The lease of the job that killed its worker would hold for a quarter of a minute: let it run out now.
        with acting_for(organisation):
            Job.objects.filter(kind="tests.killer", state="running").update(lease_until="2020-01-01T00:00Z")
        return all_done(organisation)

    wait_for(shorten, PATIENCE)
    found = counts(organisation)
    assert set(found.values()) == {1}
    assert len(found) == 30
    with acting_for(organisation):
        assert Job.objects.get(kind="tests.killer").crashes == 1


def test_a_flushed_redis_loses_no_job(organisation, process):
    process(*WORKER)
    with acting_for(organisation):
        for number in range(40):
            enqueue("tests.note", {"n": number})
    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    process(*SWEEPER)
    wait_for(lambda: all_done(organisation), PATIENCE)
    assert set(counts(organisation).values()) == {1}
    assert len(counts(organisation)) == 40


def test_without_any_worker_or_redis_the_sweeper_does_the_work(organisation, process):
    with acting_for(organisation):
        for number in range(5):
            enqueue("tests.note", {"n": number})
    code = (
        "import os; os.environ['REDIS_URL'] = 'redis://127.0.0.1:1/0'; import django; django.setup();"
        "import tests.jobs.kinds; from controltower.jobs.sweeper import Sweeper; Sweeper().run()"
    )
    process("-c", code)
    wait_for(lambda: all_done(organisation), PATIENCE)
    assert set(counts(organisation).values()) == {1}
