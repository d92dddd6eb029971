"""Putting jobs in, and taking dead ones up again."""

import logging
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from controltower.audit import Actor, record
from controltower.audit.recording import request_id
from controltower.errors import NotFound
from controltower.jobs.models import Job, JobState
from controltower.jobs.registry import kind
from controltower.tenancy.context import current_organisation_id

log = logging.getLogger(__name__)


def enqueue(
    name: str, payload: dict[str, Any], *, dedupe_key: str = "", run_after: datetime | None = None
) -> int | None:
    """Add a job to the transaction that causes it, and ring after the commit. Returns its id.

    With a `dedupe_key`, a job of that kind and key which still waits takes this one in: nothing is added, the answer is
    None. One that already runs does not: it may have read what has changed since.
    """
    queue = kind(name).queue
    now = timezone.now()
    job = Job(
        organisation_id=current_organisation_id(),
        kind=name,
        queue=queue,
        payload=payload,
        dedupe_key=dedupe_key,
        run_after=run_after or now,
        request_id=request_id.get(),
        created_at=now,
    )
    if dedupe_key:
        Job.objects.bulk_create([job], ignore_conflicts=True)
    else:
        job.save(force_insert=True)
    if run_after is None or run_after <= now:
        _ring_after_commit(queue)
    return job.pk


def dead_replay(job_ids: Iterable[int], *, actor: Actor, now: datetime) -> int:
    """Put dead jobs back in line with a clean count of attempts. Returns how many; unknown ids raise `NotFound`."""
    wanted = set(job_ids)
    jobs = list(Job.objects.select_for_update().filter(pk__in=wanted, state=JobState.DEAD).order_by("pk"))
    if not jobs:
        raise NotFound("None of these jobs is dead any more: somebody may have replayed them already.")
    replayed = 0
    for job in jobs:
        if _same_work_waits(job):
            Job.objects.filter(pk=job.pk).update(state=JobState.MERGED, finished_at=now)
            continue
        Job.objects.filter(pk=job.pk).update(
            state=JobState.WAITING, attempts=0, crashes=0, run_after=now, lease_until=None, finished_at=None
        )
        _ring_after_commit(job.queue)
        replayed += 1
    record(
        verb="job.replayed",
        subject=f"job:{jobs[0].pk}",
        actor=actor,
        after={"jobs": [job.pk for job in jobs], "kinds": sorted({job.kind for job in jobs})},
        now=now,
    )
    return replayed


def _same_work_waits(job: Job) -> bool:
    if not job.dedupe_key:
        return False
    return Job.objects.filter(kind=job.kind, dedupe_key=job.dedupe_key, state=JobState.WAITING).exists()


def ring(queue: str) -> bool:
    """Ring a queue's doorbell. False when the broker did not take it: the sweeper will see to the job."""
    from controltower.jobs.tasks import ring as doorbell

    try:
        doorbell.apply_async(args=[queue], queue=queue, retry=False, ignore_result=True)
    except Exception as error:  # whatever the broker's client raises: the job is safe in its row
        log.warning("doorbell not taken", extra={"queue": queue, "reason": type(error).__name__})
        return False
    return True


def _ring_after_commit(queue: str) -> None:
    """One ring for each queue and transaction, however many jobs it adds."""
    pending = {getattr(entry[1], "keywords", {}).get("queue") for entry in connection.run_on_commit}
    if queue not in pending:
        transaction.on_commit(partial(ring, queue=queue))
