"""Prometheus metrics.

Requests are counted in memory-mapped files that all web processes of a data folder share (prometheus_client's
multi-process mode), so a scrape that reaches one of them tells of all. What concerns jobs is read from the database at
the moment of the scrape: it is right whichever process answers.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

# Read by prometheus_client when it is imported: the folder must be known before.
SHARED = Path(os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(settings.HOME / "metrics")))
SHARED.mkdir(mode=0o700, parents=True, exist_ok=True)

from django.utils import timezone  # noqa: E402
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest  # noqa: E402
from prometheus_client.core import GaugeMetricFamily  # noqa: E402
from prometheus_client.multiprocess import MultiProcessCollector  # noqa: E402
from prometheus_client.registry import Collector  # noqa: E402

from controltower.ops import figures  # noqa: E402

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

requests = Counter("tower_http_requests", "Answered requests.", ["method", "route", "status"])
latency = Histogram("tower_http_request_seconds", "Time to answer.", ["method", "route"], buckets=BUCKETS)


def request_done(method: str, route: str, status: int, seconds: float) -> None:
    known = method if method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "other"
    requests.labels(known, route, str(status)).inc()
    latency.labels(known, route).observe(seconds)


class Database(Collector):
    """Jobs and signs of life, as the database has them now."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        now = timezone.now()
        count = GaugeMetricFamily("tower_jobs", "Jobs by kind and state.", labels=["kind", "state"])
        age = GaugeMetricFamily("tower_job_age_seconds", "Age of the oldest due job of a kind.", labels=["kind"])
        hour = GaugeMetricFamily("tower_jobs_last_hour", "Ended in the last hour.", labels=["kind", "outcome"])
        lag = GaugeMetricFamily("tower_intake_lag_seconds", "How long the oldest accepted signal has waited.")
        waits = [0.0]
        for kind in figures.jobs_by_kind():
            for state in ("waiting", "running", "dead"):
                count.add_metric([kind.name, state], getattr(kind, state))
            age.add_metric([kind.name], kind.oldest_seconds)
            hour.add_metric([kind.name, "done"], kind.done_last_hour)
            hour.add_metric([kind.name, "dead"], kind.dead_last_hour)
            if kind.queue == "intake":
                waits.append(kind.oldest_seconds)
        lag.add_metric([], max(waits))
        beat = GaugeMetricFamily(
            "tower_heartbeat_age_seconds", "Since the last sign of life.", labels=["role", "queue"]
        )
        for sign in figures.heartbeats():
            beat.add_metric([sign.role, sign.queue], sign.age(now))
        return [count, age, hour, lag, beat]


def exposition() -> bytes:
    """Everything in Prometheus' text format."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(SHARED))  # type: ignore[no-untyped-call]
    registry.register(Database())
    return generate_latest(registry)


def forget() -> None:
    """Remove what earlier processes counted; the supervisor calls it before it starts any."""
    for path in SHARED.glob("*.db"):
        path.unlink(missing_ok=True)
