"""What the sweeper does when an option closes or a loss books: many cases at once, and no one of them stops the others."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from billiard.exceptions import SoftTimeLimitExceeded
from django.db import connection
from django.db.models import QuerySet

from controltower.audit import SYSTEM, record
from controltower.db import is_passing, rows
from controltower.jobs import enqueue
from controltower.tenancy.context import acting_for, current_organisation_id
from exceptions.cases.models import OPEN_STATES, Case
from exceptions.cases.services.pricing import cases_price

log = logging.getLogger(__name__)
JOB: Final = "cases.sweep"
# So many cases are priced in one transaction: what a person who works on one of them may have to wait for.
TOGETHER: Final = 250
# One call of the sweep asks for so many, and goes on asking for this long, so that other schedules have their turn.
ROUND: Final = 2_000
SECONDS: Final = 8.0
# So many workers help with what is more than one batch. They leave each other and the sweeper what it has.
HANDS: Final = 2
# A case that cannot be priced is tried again after this, so that it holds up nobody.
PUSHED_FORWARD: Final = timedelta(minutes=5)


def stakes_sweep(now: datetime) -> int:
    """Price what is due over all organisations, with the help of the workers where it is much. Returns how many cases
    were priced here.

    Any number of sweepers may do so at once: each takes what no other has, and what one has priced is not due any more.
    Passing trouble, such as a deadlock, leaves its batch to the next sweep; it is raised where nothing could be priced.
    """
    until, done = time.monotonic() + SECONDS, 0
    troubles: list[Exception] = []
    while time.monotonic() < until:
        due: dict[int, list[int]] = {}
        for organisation, case in rows("SELECT organisation_id, case_id FROM cases_due_stakes(%s, %s)", [now, ROUND]):
            due.setdefault(organisation, []).append(case)
        priced = 0
        for organisation, ids in sorted(due.items(), key=lambda one: len(one[1])):  # nobody waits for a large one
            if len(ids) > TOGETHER:
                _call_for_hands(organisation)
            for begin in range(0, len(ids), TOGETHER):
                if time.monotonic() < until:
                    priced += _sweep_or_leave(organisation, ids[begin : begin + TOGETHER], now, troubles)
        done += priced
        if not priced:
            break
    if troubles and not done:
        raise troubles[0]
    return done


def stakes_help(hand: int, *, now: datetime) -> None:
    """A worker's share of a large sweep: the next batch of one organisation that nobody has, and the next job where there
    may be more. A batch to a job, so that other work has its turn."""
    due = _due(now).order_by("next_change_at", "pk")
    ids = list(due.values_list("pk", flat=True)[:TOGETHER])
    _sweep(current_organisation_id(), ids, now)
    if len(ids) == TOGETHER:
        _ask(hand)


def _call_for_hands(organisation: int) -> None:
    with acting_for(organisation):
        for hand in range(HANDS):
            _ask(hand)


def _ask(hand: int) -> None:
    enqueue(JOB, {"hand": hand}, dedupe_key=f"hand:{hand}")


def _sweep_or_leave(organisation: int, ids: Sequence[int], now: datetime, troubles: list[Exception]) -> int:
    try:
        return _sweep(organisation, ids, now)
    except Exception as problem:
        if not is_passing(problem):
            raise
        log.warning("due cases are left to the next sweep", extra={"problem": type(problem).__name__})
        troubles.append(problem)
        if not connection.in_atomic_block:
            connection.close()  # it may be what failed
        return 0


def _sweep(organisation: int, ids: Sequence[int], now: datetime) -> int:
    """Halves what fails until the one that it is about stands alone; that one is pushed forward and reported.

    What passes, a lock that was not got in time or a database that is gone, is no case's fault: the next sweep takes them.
    """
    try:
        with acting_for(organisation):
            claimed = list(_due(now).filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))
            cases_price(claimed, now=now)
            return len(claimed)
    except Exception as problem:
        if isinstance(problem, SoftTimeLimitExceeded) or is_passing(problem):
            raise
        if len(ids) > 1:
            half = len(ids) // 2
            return _sweep(organisation, ids[:half], now) + _sweep(organisation, ids[half:], now)
        log.exception("case could not be priced", extra={"case": ids[0]})
        with acting_for(organisation):
            Case.objects.filter(pk=ids[0], next_change_at__lte=now).update(next_change_at=now + PUSHED_FORWARD)
            after = {"problem": type(problem).__name__}
            record(verb="case.pricing_failed", subject=f"case:{ids[0]}", actor=SYSTEM, after=after, now=now)
        return 0


def _due(now: datetime) -> QuerySet[Case]:
    """What is due and nobody has; whoever reads it has it until the end of the transaction."""
    free = Case.objects.select_for_update(no_key=True, skip_locked=True)
    return free.filter(next_change_at__lte=now, state__in=OPEN_STATES)
