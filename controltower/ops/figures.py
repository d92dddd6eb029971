"""Figures about the whole installation: counts and ages, nothing of anybody's data."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from controltower.db import rows
from controltower.jobs.models import Heartbeat


@dataclass(frozen=True)
class KindFigures:
    """Jobs of one kind over all organisations. `oldest_seconds` is how long the oldest due one has waited, 0 for none."""

    name: str
    queue: str
    waiting: int
    running: int
    dead: int
    oldest_seconds: float
    done_last_hour: int
    dead_last_hour: int


@dataclass(frozen=True)
class Sign:
    """The latest sign of life of any process of a role; a worker's names the queue it was rung for."""

    role: str
    queue: str
    at: datetime

    def age(self, now: datetime) -> float:
        return max(0.0, (now - self.at).total_seconds())


def jobs_by_kind() -> list[KindFigures]:
    return [KindFigures(*row) for row in rows("SELECT * FROM ops_jobs_by_kind()")]


def heartbeats() -> list[Sign]:
    found = Heartbeat.objects.values("role", "queue").annotate(at=Max("beat_at")).order_by("role", "queue")
    return [Sign(row["role"], row["queue"], row["at"]) for row in found]
