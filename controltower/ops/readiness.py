"""Whether this installation can do its work, and what is degraded: one list of checks for machines and people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from controltower.jobs.registry import QUEUES
from controltower.ops import figures

SILENT_SECONDS = 60.0
SLOW_SECONDS = 120.0  # a due job older than this: alert on age, not on depth


class State(StrEnum):
    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `sentence` is for people and says what it means for the work."""

    name: str
    state: State
    sentence: str


@dataclass(frozen=True)
class Readiness:
    checks: tuple[Check, ...]

    @property
    def state(self) -> State:
        states = {check.state for check in self.checks}
        return next((state for state in (State.DOWN, State.DEGRADED) if state in states), State.OK)

    @property
    def accepts_signals(self) -> bool:
        """Signals are stored as long as the database and its tables are there; the rest is made up for later."""
        return self.state is not State.DOWN


def look(now: datetime) -> Readiness:
    """Check everything. Never raises, and never waits longer than the servers' connect timeouts."""
    database = _database()
    if database.state is State.DOWN:
        return Readiness((database, _redis()))
    migrations = _migrations()
    if migrations.state is State.DOWN:
        return Readiness((database, migrations, _redis()))
    return Readiness((database, migrations, _redis(), *_signs_of_life(now), _age_of_jobs()))


def _database() -> Check:
    where = "the packaged PostgreSQL" if settings.CONFIG.embedded_database else "PostgreSQL"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        connection.close()
        sentence = f"{where} does not answer ({type(error).__name__}): nothing can be stored. Check DATABASE_URL."
        return Check("database", State.DOWN, _capital(sentence))
    return Check("database", State.OK, f"{_capital(where)} answers.")


def _migrations() -> Check:
    try:
        missing = _unapplied()
    except DatabaseError as error:
        return Check("migrations", State.DOWN, f"The tables could not be checked ({type(error).__name__}).")
    if missing:
        names = ", ".join(missing[:3]) + (" ..." if len(missing) > 3 else "")
        sentence = f"The database is older than this version (missing: {names}): run `python manage.py migrate`."
        return Check("migrations", State.DOWN, sentence)
    return Check("migrations", State.OK, "The tables are those of this version.")


def _unapplied() -> list[str]:
    if _known_complete.cache_info().currsize:
        return []
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    missing = [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
    if not missing:
        _known_complete()
    return missing


@cache
def _known_complete() -> bool:
    """Remembered for the life of the process: migrations are not unapplied under a running version."""
    return True


def _redis() -> Check:
    where = "the packaged Redis" if settings.CONFIG.embedded_redis else "Redis"
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=1.0) as client:
            client.ping()
    except redis.RedisError as error:
        sentence = f"{where} does not answer ({type(error).__name__}): the sweeper runs the jobs, more slowly."
        return Check("redis", State.DEGRADED, _capital(sentence))
    return Check("redis", State.OK, f"{_capital(where)} answers.")


def _signs_of_life(now: datetime) -> list[Check]:
    signs = figures.heartbeats()
    sweeper = min((sign.age(now) for sign in signs if sign.role == "sweeper"), default=None)
    worker = {
        queue: min((sign.age(now) for sign in signs if sign.role == "worker" and sign.queue == queue), default=None)
        for queue in QUEUES
    }
    silent = [queue for queue, age in worker.items() if age is None or age > SILENT_SECONDS]
    checks = []
    if silent:
        sentence = f"No worker listens to {_listed(silent)}: that work waits. Start `celery -A controltower worker`."
        checks.append(Check("workers", State.DEGRADED, sentence))
    else:
        checks.append(Check("workers", State.OK, "Every queue has a worker."))
    if sweeper is None or sweeper > SILENT_SECONDS:
        sentence = "No sweeper runs: silence is not noticed, lost jobs are not taken back. Start `manage.py sweeper`."
        checks.append(Check("sweeper", State.DEGRADED, sentence))
    else:
        checks.append(Check("sweeper", State.OK, f"The sweeper was here {sweeper:.0f} s ago."))
    return checks


def _age_of_jobs() -> Check:
    waiting = [kind for kind in figures.jobs_by_kind() if kind.oldest_seconds > SLOW_SECONDS]
    if not waiting:
        return Check("jobs", State.OK, "No job has waited long.")
    oldest = max(waiting, key=lambda kind: kind.oldest_seconds)
    minutes = oldest.oldest_seconds / 60
    return Check("jobs", State.DEGRADED, f"Work is late: a job {oldest.name} has waited for {minutes:.0f} minutes.")


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]
