"""What the sweeper does when an option closes or a loss books: many cases at once, and no one of them stops the others."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from billiard.exceptions import SoftTimeLimitExceeded
from django.db import connection

from controltower.audit import SYSTEM, record
from controltower.db import is_passing, rows
from controltower.tenancy.context import acting_for
from exceptions.cases.models import OPEN_STATES, Case
from exceptions.cases.services.pricing import cases_price

log = logging.getLogger(__name__)
# So many cases are priced in one transaction: what a person who works on one of them may have to wait for.
TOGETHER: Final = 250
# One call of the sweep asks for so many, and goes on asking for this long, so that other schedules have their turn.
ROUND: Final = 2_000
SECONDS: Final = 8.0
HANDS: Final = 2
# A case that cannot be priced is tried again after this, so that it holds up nobody.
PUSHED_FORWARD: Final = timedelta(minutes=5)


Chunk = tuple[int, Sequence[int]]


def stakes_sweep(now: datetime) -> int:
    """Price what is due over all organisations. Returns how many cases were priced.

    Any number of sweepers may do so at once: each takes what no other has, and what one has priced is not due any more.
    Passing trouble, such as a deadlock, leaves its batch to the next sweep; it is raised where nothing could be priced.
    """
    until, done = time.monotonic() + SECONDS, 0
    troubles: list[Exception] = []
    while time.monotonic() < until:
        due: dict[int, list[int]] = {}
        for organisation, case in rows("SELECT organisation_id, case_id FROM cases_due_stakes(%s, %s)", [now, ROUND]):
            due.setdefault(organisation, []).append(case)
        chunks = [
            (organisation, ids[begin : begin + TOGETHER])
            for organisation, ids in due.items()
            for begin in range(0, len(ids), TOGETHER)
        ]
        priced = _shared(chunks, now, until, troubles)
        done += priced
        if not priced:
            break
    if troubles and not done:
        raise troubles[0]
    return done


def _shared(chunks: Sequence[Chunk], now: datetime, until: float, troubles: list[Exception]) -> int:
    """Two hands, each with a connection of its own: one computes while the other waits for the database.

    Inside a transaction there is only its connection, and one hand.
    """
    waiting, taking = iter(chunks), Lock()

    def hand() -> int:
        done = 0
        while time.monotonic() < until:
            with taking:
                chunk = next(waiting, None)
            if chunk is None:
                break
            try:
                done += _sweep(*chunk, now)
            except Exception as problem:
                if not is_passing(problem):
                    raise
                log.warning("due cases are left to the next sweep", extra={"problem": type(problem).__name__})
                troubles.append(problem)
                if not connection.in_atomic_block:
                    connection.close()  # it may be what failed
        return done

    def other_hand() -> int:
        try:
            return hand()
        finally:
            connection.close()

    if len(chunks) < 2 or connection.in_atomic_block:
        return hand()
    with ThreadPoolExecutor(HANDS, thread_name_prefix="stakes") as pool:
        return sum(future.result() for future in [pool.submit(other_hand) for _ in range(HANDS)])


def _sweep(organisation: int, ids: Sequence[int], now: datetime) -> int:
    """Halves what fails until the one that it is about stands alone; that one is pushed forward and reported.

    What passes, a lock that was not got in time or a database that is gone, is no case's fault: the next sweep takes them.
    """
    try:
        with acting_for(organisation):
            due = Case.objects.select_for_update(no_key=True, skip_locked=True).filter(
                pk__in=ids, next_change_at__lte=now, state__in=OPEN_STATES
            )
            claimed = list(due.order_by("pk").values_list("pk", flat=True))
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
