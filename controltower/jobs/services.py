"""Taking dead jobs up again."""

from collections.abc import Iterable
from datetime import datetime

from controltower.audit import Actor, record
from controltower.errors import NotFound
from controltower.jobs.models import Job, JobState
from controltower.jobs.outbox import ring_after_commit


def dead_replay(job_ids: Iterable[int], *, actor: Actor, now: datetime) -> int:
    """Put dead jobs back in line with a clean count of attempts. Returns how many; none dead raises `NotFound`."""
    jobs = list(
        Job.objects.select_for_update(no_key=True).filter(pk__in=set(job_ids), state=JobState.DEAD).order_by("pk")
    )
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
        ring_after_commit(job.queue)
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
