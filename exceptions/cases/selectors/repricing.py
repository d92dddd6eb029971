"""How far pricing everything anew has got."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from controltower.jobs.models import Job, JobState
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer, require
from exceptions.cases.models import Repricing, RepricingState
from exceptions.cases.services.repricing import JOB

SHOWN = 20
# One that is over is shown beside contracts for this long, so that who started it sees that it ended.
SHOWN_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class RepricingRow:
    """One repricing with its progress in cases. `ranks`: only the order is being written so far. `is_stuck`: a step of it
    failed again and again and was given up; it goes on when that job is run again."""

    id: int
    reason: str
    state: str
    state_label: str
    is_running: bool
    is_stuck: bool
    ranks: bool
    done: int
    total: int
    failed: int
    percent: int
    started_at: datetime
    finished_at: datetime | None
    by: str


def repricings_list(viewer: Viewer) -> list[RepricingRow]:
    """The newest first. Nothing for who sees some customers only: it counts the cases of all."""
    require(viewer, Verb.AGREE)
    if viewer.member.restricted:
        return []
    return [_row(one) for one in Repricing.objects.select_related("started_by__user").order_by("-pk")[:SHOWN]]


def repricing_shown(viewer: Viewer, *, now: datetime) -> RepricingRow | None:
    """The newest one while it runs, and for a while after. None for who sees some customers only: it names contracts
    and counts cases of all."""
    require(viewer, Verb.VIEW)
    if viewer.member.restricted:
        return None
    newest = Repricing.objects.select_related("started_by__user").order_by("-pk").first()
    if newest is None or (newest.finished_at is not None and newest.finished_at <= now - SHOWN_AFTER):
        return None
    return _row(newest)


def _row(one: Repricing) -> RepricingRow:
    running = one.state == RepricingState.RUNNING
    return RepricingRow(
        id=one.pk,
        reason=one.reason,
        state=one.state,
        state_label=RepricingState(one.state).label,
        is_running=running,
        is_stuck=running and _has_dead_step(one),
        ranks=running and one.ranks_first,
        done=one.done,
        total=one.total,
        failed=one.failed,
        percent=100 if one.total == 0 else min(100, one.done * 100 // one.total),
        started_at=one.started_at,
        finished_at=one.finished_at,
        by=one.started_by.name if one.started_by is not None else "Control Tower",
    )


def _has_dead_step(one: Repricing) -> bool:
    return Job.objects.filter(
        organisation=one.organisation_id, state=JobState.DEAD, kind=JOB, payload__repricing=one.pk
    ).exists()
