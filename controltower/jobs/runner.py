"""Claiming and running jobs. Used by the doorbell, by the sweeper when Redis is down, and by tests."""

import json
import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection
from django.utils import timezone

from controltower.audit.recording import request_id
from controltower.db import plans_refresh, rows
from controltower.jobs.models import Heartbeat, JobState
from controltower.jobs.registry import (
    Dead,
    Finish,
    JobContext,
    Kind,
    Retry,
    RunningJob,
    UnknownKind,
    kind,
    kinds,
    running_job,
)
from controltower.tenancy.context import acting_for

log = logging.getLogger(__name__)
LEASE_MARGIN = 15  # seconds beyond a kind's timeout before its job may be taken back
BACKOFF_BASE, BACKOFF_CAP = 2.0, 600.0  # seconds


Following = Callable[[], "Claim | None"]


class LostLease(Exception):
    """Another worker has the job now. What this one did is rolled back."""


@dataclass(frozen=True)
class Claim:
    job_id: int
    organisation_id: int
    kind: str
    payload: dict[str, Any]
    attempt: int
    fence: int
    request_id: str


def drain(queue: str, *, limit: int | None = None, seconds: float | None = None, now: datetime | None = None) -> int:
    """Run due jobs one at a time until none is due, `limit` are done, or `seconds` have passed. Returns how many ran.

    `now` is what handlers take for the present: given by who replays a day that is over.
    """
    started, ran = time.monotonic(), 0

    def following() -> Claim | None:
        if limit is not None and ran >= limit:
            return None
        if seconds is not None and time.monotonic() - started > seconds:
            return None
        plans_refresh()
        return claim_next(queue)

    claim = following()
    while claim is not None:
        ran += 1
        state, then = _advance(claim, now or timezone.now(), following)
        # One that is done has looked for the next in its own transaction; one that failed has not.
        claim = then if state is JobState.DONE else following()
    return ran


def claim_next(queue: str) -> Claim | None:
    """Take the next due job. One at a time: a job that kills its worker must not take batch-mates along."""
    found = rows("SELECT * FROM jobs_claim(%s, %s)", [queue, _leases(len(kinds()))])
    if not found:
        return None
    job_id, organisation_id, name, payload, attempt, fence, request = found[0]
    return Claim(job_id, organisation_id, name, json.loads(payload), attempt, fence, request)


@cache
def _leases(known: int) -> str:
    """Seconds after which a job may be taken back from a silent worker, as JSON by kind; unknown ones get 45."""
    return json.dumps({kind.name: kind.timeout + LEASE_MARGIN for kind in kinds()})


# Written out: this runs once for every job, and building the same statement through the ORM took a tenth of its time.
DONE = """
UPDATE jobs_job SET state = 'done', finished_at = clock_timestamp(), lease_until = NULL, last_error = ''
 WHERE id = %s AND fence = %s AND state = 'running' RETURNING id
"""


def run(claim: Claim, *, now: datetime | None = None) -> JobState:
    """Run one claimed job to its next state. Never raises for what the handler does wrong."""
    return _advance(claim, now or timezone.now(), lambda: None)[0]


def _advance(claim: Claim, now: datetime, following: Following) -> tuple[JobState, Claim | None]:
    """Run one job and, in the transaction that marks it done, claim the one that follows: one commit for both.

    A job that kills its worker takes nothing along, for the claim before it is committed and the one after it is not.
    """
    then: Claim | None = None
    request_token = request_id.set(claim.request_id)
    job_token = running_job.set(RunningJob(claim.job_id, claim.payload.get("case")))
    started = time.monotonic()
    try:
        handler = kind(claim.kind)
        then = _run(handler, claim, now, following)
        state = JobState.DONE
    except LostLease:
        log.warning("lease lost, work discarded", extra={"job_id": claim.job_id, "kind": claim.kind})
        state = JobState.RUNNING
    except Exception as error:  # noqa: BLE001  # a handler may raise anything; all of it is recorded on the job
        state = _failed(claim, error)
    finally:
        request_id.reset(request_token)
        running_job.reset(job_token)
    log.info(
        "job %s",
        state.value,
        extra={
            "job_id": claim.job_id,
            "kind": claim.kind,
            "organisation": claim.organisation_id,
            "attempt": claim.attempt,
            "duration_ms": round((time.monotonic() - started) * 1000, 1),
        },
    )
    return state, then


def _run(handler: Kind, claim: Claim, now: datetime, following: Following) -> Claim | None:
    context = JobContext(claim.job_id, claim.organisation_id, claim.attempt, now)
    finish: Finish | None = None
    if handler.outside_transaction:
        finish = handler.handler(claim.payload, context)
    with acting_for(claim.organisation_id):
        if not handler.outside_transaction:
            handler.handler(claim.payload, context)
        elif finish is not None:
            finish()
        if not rows(DONE, [claim.job_id, claim.fence]):
            raise LostLease
        return following()


def _failed(claim: Claim, error: Exception) -> JobState:
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    forgiven = _retries(claim.kind)
    dead = isinstance(error, (Dead, UnknownKind)) or claim.attempt > forgiven
    delay = error.after if isinstance(error, Retry) and error.after is not None else backoff(claim.attempt)
    sentence = f"{type(error).__name__}: {error}"[:2000]
    if not isinstance(error, (Retry, Dead)):
        log.exception("job failed", extra={"job_id": claim.job_id, "kind": claim.kind, "attempt": claim.attempt})
    with acting_for(claim.organisation_id):
        (state,) = rows(
            "SELECT jobs_fail(%s, %s, %s, %s, %s)", [claim.job_id, claim.fence, dead, max(0.0, delay), sentence]
        )[0]
    return JobState(state)


def _retries(name: str) -> int:
    try:
        return kind(name).retries
    except LookupError:
        return 0


def backoff(attempt: int) -> float:
    """Seconds until the next try: full jitter under an exponential ceiling, so that failed jobs do not come back as one."""
    return random.uniform(0, min(BACKOFF_CAP, BACKOFF_BASE * 2**attempt))  # noqa: S311  # spreads load, guards nothing


def beat(name: str, *, role: str, queue: str = "") -> None:
    """Leave a sign of life; what is older than a minute counts as gone."""
    Heartbeat.objects.update_or_create(name=name, defaults={"role": role, "queue": queue, "beat_at": timezone.now()})
