"""One job at a time through the real runner, in this process."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import tests.jobs.kinds  # noqa: F401  # registers the kinds
from controltower import db
from controltower.audit.models import AuditEntry
from controltower.db import rows
from controltower.errors import NotFound
from controltower.jobs import enqueue
from controltower.jobs.models import Job, JobState
from controltower.jobs.runner import claim_next, drain, run
from controltower.jobs.services import dead_replay
from controltower.tenancy.context import NoTenant, acting_for


def noted(organisation) -> list[str]:
    with acting_for(organisation):
        entries = AuditEntry.objects.filter(organisation_id=organisation.pk, verb__startswith="test.").order_by("seq")
        return [f"{entry.verb} {entry.subject}" for entry in entries]


def states(organisation) -> list[str]:
    with acting_for(organisation):
        return list(Job.objects.order_by("id").values_list("state", flat=True))


@pytest.fixture
def queued(organisation):
    def add(name, payload=None, **options):
        with acting_for(organisation):
            return enqueue(name, payload or {}, **options)

    return add


def test_a_job_runs_once_in_its_organisation(organisation, queued):
    queued("tests.note", {"n": 1})
    assert drain("default") == 1
    assert drain("default") == 0
    assert noted(organisation) == ["test.noted test:1"]
    assert states(organisation) == ["done"]


@pytest.mark.django_db(transaction=True)
def test_a_job_of_a_transaction_that_rolled_back_never_was(organisation):
    def enqueue_and_fail() -> None:
        with acting_for(organisation):
            enqueue("tests.note", {"n": 1})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        enqueue_and_fail()
    assert drain("default") == 0


def test_a_second_job_with_the_same_key_is_taken_in_by_the_waiting_one(organisation, queued):
    assert queued("tests.note", {"n": 1}, dedupe_key="a") is not None
    assert queued("tests.note", {"n": 1}, dedupe_key="a") is None
    assert queued("tests.note", {"n": 2}, dedupe_key="b") is not None
    drain("default")
    assert queued("tests.note", {"n": 1}, dedupe_key="a") is not None, "one that has run takes nothing in"


@pytest.mark.django_db(transaction=True)
def test_a_job_that_took_another_in_waits_until_that_one_is_committed(organisation, queued):
    """It would otherwise run before what it was asked for is there to be seen, and nothing would run after."""
    queued("tests.note", {"n": 1}, dedupe_key="a")
    taken_in, committed = threading.Event(), threading.Event()

    def change_and_enqueue() -> None:
        with acting_for(organisation):
            enqueue("tests.note", {"n": 1}, dedupe_key="a")
            taken_in.set()
            committed.wait(timeout=60)
        connection.close()

    changing = threading.Thread(target=change_and_enqueue)
    changing.start()
    assert taken_in.wait(timeout=60)
    assert drain("default") == 0
    committed.set()
    changing.join(timeout=60)
    assert drain("default") == 1


def test_jobs_of_two_organisations_with_one_key_are_two_jobs(organisation, other_organisation, queued):
    queued("tests.note", {"n": 1}, dedupe_key="a")
    with acting_for(other_organisation):
        assert enqueue("tests.note", {"n": 1}, dedupe_key="a") is not None
    assert drain("default") == 2
    assert noted(other_organisation) == ["test.noted test:1"]


def test_a_job_outside_an_organisation_is_a_bug(db):
    with pytest.raises(NoTenant):
        enqueue("tests.note", {"n": 1})


def test_an_unknown_kind_is_refused_when_it_is_enqueued(organisation):
    with acting_for(organisation), pytest.raises(LookupError, match="no handler"):
        enqueue("tests.unheard_of", {})


def test_a_failed_job_leaves_nothing_behind_and_comes_back_until_it_is_dead(organisation, queued):
    job_id = queued("tests.broken")
    for attempt in (1, 2, 3):
        with acting_for(organisation):
            Job.objects.filter(pk=job_id).update(run_after=timezone.now() - timedelta(seconds=1))
        drain("default", limit=1)
        assert states(organisation) == ["waiting" if attempt < 3 else "dead"]
    assert noted(organisation) == [], "what a failed try wrote is rolled back"
    with acting_for(organisation):
        assert Job.objects.get(pk=job_id).last_error == "RuntimeError: the other side said no"


def test_a_key_that_a_handler_misses_is_a_failure_like_any_other(organisation, queued):
    queued("tests.mistaken")
    drain("default", limit=1)
    assert states(organisation) == ["waiting"], "only a kind that nobody handles is hopeless at once"


def test_a_handler_can_say_when_to_come_back(organisation, queued):
    job_id = queued("tests.later")
    drain("default")
    with acting_for(organisation):
        wait = Job.objects.get(pk=job_id).run_after - timezone.now()
    assert timedelta(seconds=110) < wait <= timedelta(seconds=120)


def test_a_hopeless_job_is_dead_at_once_and_can_be_replayed_by_a_person(organisation, queued, supervisor, now):
    job_id = queued("tests.hopeless")
    drain("default")
    assert states(organisation) == ["dead"]
    with acting_for(organisation):
        assert dead_replay([job_id], actor=supervisor.actor, now=now) == 1
        assert Job.objects.get(pk=job_id).attempts == 0
        with pytest.raises(NotFound):
            dead_replay([job_id], actor=supervisor.actor, now=now)
        assert AuditEntry.objects.filter(organisation_id=organisation.pk, verb="job.replayed").count() == 1


def test_the_dead_jobs_of_another_organisation_cannot_be_replayed(organisation, stranger, queued, now):
    job_id = queued("tests.hopeless")
    drain("default")
    with acting_for(stranger.organisation), pytest.raises(NotFound):
        dead_replay([job_id], actor=stranger.actor, now=now)


def test_work_done_under_a_lost_lease_is_discarded(organisation, queued):
    job_id = queued("tests.note", {"n": 1})
    claim = claim_next("default")
    with acting_for(organisation):
        Job.objects.filter(pk=job_id).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert rows("SELECT jobs_take_back()") == [(1,)]
    assert run(claim) is JobState.RUNNING
    assert noted(organisation) == []
    assert drain("default") == 1
    assert noted(organisation) == ["test.noted test:1"]


def test_a_job_whose_worker_died_three_times_is_dead(organisation, queued):
    job_id = queued("tests.note", {"n": 1})
    for _ in range(3):
        assert claim_next("default") is not None
        with acting_for(organisation):
            Job.objects.filter(pk=job_id).update(lease_until=timezone.now() - timedelta(seconds=1))
        rows("SELECT jobs_take_back()")
    assert states(organisation) == ["dead"]
    assert claim_next("default") is None


def test_a_failed_job_gives_way_to_a_newer_one_with_its_key(organisation, queued):
    queued("tests.later", dedupe_key="a")
    claim = claim_next("default")
    queued("tests.later", dedupe_key="a")
    run(claim)
    assert states(organisation) == ["merged", "waiting"]


@pytest.mark.django_db(transaction=True)
def test_a_handler_outside_a_transaction_commits_its_claim_before_it_finishes(organisation, queued):
    queued("tests.outside")
    claim = claim_next("default")
    with acting_for(organisation):
        Job.objects.filter(pk=claim.job_id).update(fence=claim.fence + 1)
    assert run(claim) is JobState.RUNNING
    assert noted(organisation) == ["test.claimed test:1"], "the claim stands, the finish was discarded with the lease"


@pytest.mark.django_db
def test_a_plan_made_for_a_small_table_does_not_outlive_its_growth(monkeypatch):
    def plan() -> str:
        return "\n".join(line for (line,) in rows("EXPLAIN EXECUTE look(7)"))

    drain("default")
    monkeypatch.setattr(db, "PLANS_SECONDS", 3600.0)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE growing (id bigint PRIMARY KEY)")
        cursor.execute("INSERT INTO growing VALUES (1)")
        cursor.execute("ANALYZE growing")
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute("PREPARE look AS SELECT FROM growing WHERE id = $1")
        assert "Seq Scan" in plan()
        cursor.execute("INSERT INTO growing SELECT generate_series(2, 50000)")
    with CaptureQueriesContext(connection) as asked:
        drain("default")
    assert "DISCARD PLANS" not in [each["sql"] for each in asked], "not at every job: planning costs too"
    monkeypatch.setattr(db, "PLANS_SECONDS", 0.0)
    drain("default")
    assert "Index" in plan()
