"""How fast jobs go through one worker, and whether any is lost or done twice when worker and Redis are taken away."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import psycopg
import redis
from django.conf import settings

from controltower.db import rows
from controltower.jobs import JobContext, enqueue, job
from controltower.ops import processes
from controltower.ops.bench_audit import bare_commits
from controltower.ops.benchmarks import Bench, Figure, benchmark
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation

ROUNDS, JOBS = 5, 3_000
FAULT_JOBS, KILLS = 3_000, 3
PATIENCE_SECONDS = 300.0
TABLE = "CREATE TABLE bench_done (name text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp())"
QUEUES = ["default"]


@job("bench.mark", queue="default")
def mark(payload: dict[str, Any], ctx: JobContext) -> None:
    """One row for each time a job's effect is committed: what is missing was lost, what is there twice was doubled."""
    rows("INSERT INTO bench_done (name) VALUES (%s) RETURNING name", [payload["name"]])


@job("bench.mark_slowly", queue="default", timeout=1)
def mark_slowly(payload: dict[str, Any], ctx: JobContext) -> None:
    """As above with a pause before the commit, so that a kill meets a job in the middle; a short lease is soon over."""
    mark(payload, ctx)
    time.sleep(0.002)


@benchmark("jobs", "jobs through one worker process; jobs lost or doubled when worker and Redis are taken away")
def jobs(bench: Bench) -> Mapping[str, Figure]:
    """Speed is from the commit that enqueues to the commit of the last effect, doorbell, claim and lease included."""
    with psycopg.connect(settings.DATABASE_OWNER_URL) as owner:
        owner.execute(TABLE)
    organisation = Organisation.objects.create(name="Measured", slug="measured", time_zone="UTC", currency="USD")
    count, rounds = (200, 2) if bench.quick else (JOBS, ROUNDS)
    bench.start("sweeper", processes.manage("sweeper"))
    disk = tuple(bare_commits(0.2 if bench.quick else 1.0) for _ in range(rounds))
    worker = bench.start("worker", _worker())
    _run(organisation.pk, "bench.mark", 50, "warm")
    speeds = tuple(count / _run(organisation.pk, "bench.mark", count, f"r{each}") for each in range(rounds))
    bench.kill(worker)
    faults = _under_fault(bench, organisation.pk, 300 if bench.quick else FAULT_JOBS)
    return {
        "jobs_per_s": Figure(speeds, "/s, one worker process", goal=400),
        "disk_commits_per_s": Figure(disk, "/s, bare one-row commits: what disk and load allow"),
        **faults,
    }


def _worker() -> list[str]:
    return [*processes.worker("measured", QUEUES, processes=1), "--include", "controltower.ops.bench_jobs"]


def _run(organisation_id: int, kind: str, count: int, name: str) -> float:
    """Enqueue `count` jobs in one transaction and wait until all are done. Seconds from its commit to the last effect."""
    _enqueue(organisation_id, kind, count, name)
    began = rows("SELECT clock_timestamp()")[0][0]
    _wait_for(name, count)
    last = rows("SELECT max(at) FROM bench_done WHERE name LIKE %s", [f"{name}:%"])[0][0]
    seconds: float = (last - began).total_seconds()
    return seconds


def _enqueue(organisation_id: int, kind: str, count: int, name: str) -> None:
    with acting_for(organisation_id):
        for number in range(count):
            enqueue(kind, {"name": f"{name}:{number}"})


def _under_fault(bench: Bench, organisation_id: int, count: int) -> dict[str, Figure]:
    """SIGKILL the worker several times and empty Redis each time, while jobs run and others are added."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    kills = 1 if bench.quick else KILLS
    share = count // (kills + 1)
    added = 0
    worker = bench.start("worker", _worker())
    for _ in range(kills):
        _enqueue(organisation_id, "bench.mark_slowly", share, f"f{added}")
        added += share
        _wait_for("f", added - share // 2)
        bench.kill(worker)
        client.flushall()
        worker = bench.start("worker", _worker())
    _enqueue(organisation_id, "bench.mark_slowly", count - added, f"f{added}")
    began = time.monotonic()
    _wait(lambda: _open() == 0, "the last job")
    bench.say(
        f"  {kills} times worker killed and Redis emptied; drained {time.monotonic() - began:.1f} s after the last"
    )
    done, different = rows("SELECT count(*), count(DISTINCT name) FROM bench_done WHERE name LIKE 'f%%'", [])[0]
    return {
        "lost": Figure((count - different,), f"of {count:,} jobs", goal=0, at_least=False),
        "doubled": Figure((done - different,), f"of {count:,} jobs", goal=0, at_least=False),
    }


def _wait_for(name: str, count: int) -> None:
    _wait(lambda: _done(name) >= count, f"{count} jobs {name}")


def _done(name: str) -> int:
    return int(rows("SELECT count(*) FROM bench_done WHERE name LIKE %s", [f"{name}%"])[0][0])


def _open() -> int:
    found = rows("SELECT coalesce(sum(waiting + running), 0) FROM ops_jobs_by_kind() WHERE kind LIKE 'bench.%%'", [])
    return int(found[0][0])


def _wait(over: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not over():
        if time.monotonic() > deadline:
            raise RuntimeError(f"waited {PATIENCE_SECONDS:.0f} s for {what}")
        time.sleep(0.05)
