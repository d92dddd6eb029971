"""Health for machines and for people: what is degraded is said, and signals count more than comfort."""

from datetime import timedelta

import pytest
from django.utils import timezone

from controltower.jobs.models import Heartbeat, Job
from controltower.jobs.registry import QUEUES
from controltower.ops import readiness
from controltower.ops.readiness import State
from controltower.tenancy.context import acting_for


@pytest.fixture
def everybody_lives(db):
    """A sweeper and a worker for each queue, seen just now."""
    now = timezone.now()
    Heartbeat.objects.create(name="s", role="sweeper", beat_at=now)
    for queue in QUEUES:
        Heartbeat.objects.create(name=f"w:{queue}", role="worker", queue=queue, beat_at=now)


def check(name):
    return next(check for check in readiness.look(timezone.now()).checks if check.name == name)


def test_alive_needs_no_database(client):
    answer = client.get("/healthz")  # no database fixture: a query would fail this test
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_ready_when_everything_works(client, everybody_lives):
    answer = client.get("/readyz")
    body = answer.json()
    assert (answer.status_code, body["status"], body["accepts_signals"], body["degraded"]) == (200, "ok", True, [])
    assert set(body["checks"]) == {"database", "migrations", "redis", "workers", "sweeper", "jobs"}


def test_a_queue_without_worker_is_named_and_signals_are_still_accepted(client, everybody_lives):
    Heartbeat.objects.filter(queue="agents").update(beat_at=timezone.now() - timedelta(minutes=5))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["degraded"] == [
        "No worker listens to agents: that work waits. Start `celery -A controltower worker`."
    ]


def test_a_silent_sweeper_is_degraded(everybody_lives):
    Heartbeat.objects.filter(role="sweeper").update(beat_at=timezone.now() - timedelta(minutes=5))
    assert check("sweeper").state is State.DEGRADED


def test_redis_away_is_degraded_and_not_down(client, everybody_lives, settings, tmp_path):
    settings.REDIS_URL = f"unix://{tmp_path}/none.sock"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["redis"]["status"]) == (200, "degraded")


def test_late_work_is_degraded_by_age_and_named(organisation, everybody_lives):
    with acting_for(organisation):
        Job.objects.create(kind="cases.price", queue="default", run_after=timezone.now() - timedelta(minutes=7))
        Job.objects.create(kind="cases.later", queue="default", run_after=timezone.now() + timedelta(hours=1))
    found = check("jobs")
    assert found.state is State.DEGRADED
    assert found.sentence == "Work is late: a job cases.price has waited for 7 minutes."


def test_a_database_that_is_behind_accepts_no_signals(client, everybody_lives, monkeypatch):
    monkeypatch.setattr(readiness, "_unapplied", lambda: ["cases.0002_more"])
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "down")
    assert "run `python manage.py migrate`" in answer.json()["checks"]["migrations"]["detail"]


def test_a_database_that_does_not_answer_accepts_no_signals(client, db, monkeypatch):
    monkeypatch.setattr(
        readiness, "_database", lambda: readiness.Check("database", State.DOWN, "PostgreSQL does not answer.")
    )
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["degraded"] == ["PostgreSQL does not answer."]


def test_people_who_operate_see_the_same_in_words_and_others_do_not(
    client_for, supervisor, coordinator, stranger, everybody_lives, organisation
):
    with acting_for(organisation):
        Job.objects.create(kind="cases.price", queue="default", run_after=timezone.now() - timedelta(minutes=7))
    page = client_for(supervisor).get("/status/")
    assert page.status_code == 200
    assert "Signals come in, but something needs attention" in page.content.decode()
    assert "Work is late: a job cases.price" in page.content.decode()
    assert client_for(coordinator).get("/status/").status_code == 403
    assert "cases.price" in client_for(stranger).get("/status/").content.decode(), "figures are the installation's"


def test_the_status_page_refreshes_as_a_fragment(client_for, supervisor, everybody_lives):
    fragment = client_for(supervisor).get("/status/", headers={"HX-Request": "true", "HX-Target": "status"})
    assert "Everything works" in fragment.content.decode()
    assert "<html" not in fragment.content.decode()
