"""The next job is claimed in the commit that ends the one before it, and a doorbell does not leave work standing."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

import tests.jobs.kinds  # noqa: F401  # registers the kinds
from controltower.jobs import enqueue, job, outbox, runner, tasks
from controltower.jobs.models import Job
from controltower.tenancy.context import acting_for


@job("tests.brief", timeout=1)
def brief(payload, ctx):
    time.sleep(payload.get("seconds", 0))


@pytest.fixture
def rung(monkeypatch):
    queues = []
    monkeypatch.setattr(outbox, "ring", lambda queue: queues.append(queue) or True)
    return queues


def add(organisation, name, count=1, **options):
    with acting_for(organisation):
        return [enqueue(name, {"n": n}, **options) for n in range(count)]


@pytest.mark.django_db(transaction=True)
def test_when_the_end_of_a_job_is_undone_so_is_the_claim_of_the_next(organisation, monkeypatch):
    first, second = add(organisation, "tests.note", 2)
    seen = []
    claim = runner.claim_next

    def claim_and_fail_once(queue):
        seen.append(claim(queue))
        if len(seen) == 2:
            raise ZeroDivisionError("the transaction that ends the first job does not commit")
        return seen[-1]

    monkeypatch.setattr(runner, "claim_next", claim_and_fail_once)
    assert runner.drain("default", limit=2) == 2

    assert [claimed.job_id for claimed in seen] == [first, second, second]
    with acting_for(organisation):
        found = {pk: (state, tries) for pk, state, tries in Job.objects.values_list("pk", "state", "attempts")}
    assert found == {first: ("waiting", 1), second: ("done", 1)}, "a claim that was undone is no attempt"


def test_the_lease_is_that_of_the_kind(organisation):
    add(organisation, "tests.brief")
    lease = timedelta(seconds=1 + runner.LEASE_MARGIN)
    before = timezone.now()
    found = runner.claim_next("default")
    with acting_for(organisation):
        assert before + lease <= Job.objects.get(pk=found.job_id).lease_until <= timezone.now() + lease


def test_a_heavy_queue_rings_itself_until_it_is_empty(organisation, monkeypatch, rung):
    monkeypatch.setattr(tasks, "ONE_AT_A_RING", ("default",))
    add(organisation, "tests.brief", 2)
    assert [tasks.ring.run("default") for _ in range(3)] == [1, 1, 0]
    assert rung == ["default", "default"]


def test_a_doorbell_that_ran_out_of_time_rings_again(organisation, monkeypatch, rung):
    monkeypatch.setattr(tasks, "LOOP_SECONDS", 0.5)
    with acting_for(organisation):
        enqueue("tests.brief", {"seconds": 0.6})
        enqueue("tests.brief", {})
    assert tasks.ring.run("default") == 1
    assert rung == ["default"]


def test_a_doorbell_that_finds_everything_done_is_quiet(organisation, rung):
    add(organisation, "tests.brief", 2)
    assert tasks.ring.run("default") == 2
    assert rung == []
