"""Putting jobs in: one INSERT in the caller's transaction, one ring after its commit. Imports no model."""

import json
import logging
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection, transaction

from controltower.audit.recording import request_id
from controltower.db import rows
from controltower.jobs.registry import kind
from controltower.tenancy.context import current_organisation_id

log = logging.getLogger(__name__)

QUIET_SECONDS = 5.0
TOGETHER_SECONDS = 0.25
_quiet_until = 0.0
_bell = threading.Lock()
_rung: dict[str, float] = {}
_due: set[str] = set()

INSERT = """
INSERT INTO jobs_job (organisation_id, kind, queue, dedupe_key, payload, run_after, request_id,
                      state, attempts, crashes, fence, last_error, created_at)
SELECT %s, %s, %s, given.dedupe_key, given.payload::jsonb, coalesce(%s, clock_timestamp()), %s,
       'waiting', 0, 0, 0, '', now()
  FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS given(dedupe_key, payload, place) ORDER BY given.place
    ON CONFLICT (organisation_id, kind, dedupe_key) WHERE state = 'waiting' AND NOT dedupe_key = '' DO NOTHING
RETURNING id, dedupe_key
"""

# The job that takes this one in is kept from being claimed until our commit: it could otherwise run before it, see
# nothing of what has changed, and nobody would look again. Claims skip locked rows; other enqueuers share the lock.
KEEP_WAITING = """
SELECT dedupe_key FROM jobs_job
 WHERE organisation_id = %s AND kind = %s AND dedupe_key = ANY(%s) AND state = 'waiting' ORDER BY id FOR KEY SHARE
"""


def enqueue(
    name: str, payload: dict[str, Any], *, dedupe_key: str = "", run_after: datetime | None = None
) -> int | None:
    """Add a job to the transaction that causes it and ring after the commit. Returns its id.

    With a `dedupe_key`, a job of that kind and key which still waits takes this one in: nothing is added and the answer
    is None. One that already runs does not: it may have read what has changed since. Raises `LookupError` for a kind
    nobody handles, `NoTenant` outside an organisation.
    """
    added = enqueue_all(name, [(payload, dedupe_key)], run_after=run_after)
    return added[0] if added else None


def enqueue_all(
    name: str, jobs: Sequence[tuple[dict[str, Any], str]], *, run_after: datetime | None = None
) -> list[int]:
    """Add jobs of one kind, given as (payload, dedupe key or nothing), in one statement. Returns the ids of those that
    were added; what holds for each stands with `enqueue`."""
    queue, organisation_id = kind(name).queue, current_organisation_id()
    added, left = [], list(jobs)
    while left:
        payloads, keys = [json.dumps(payload) for payload, _ in left], [key for _, key in left]
        found = rows(INSERT, [organisation_id, name, queue, run_after, request_id.get(), keys, payloads])
        added += [int(pk) for pk, _ in found]
        missing = {key for key in keys if key} - {key for _, key in found}
        kept = {key for (key,) in rows(KEEP_WAITING, [organisation_id, name, sorted(missing)])} if missing else set()
        # What is still missing was claimed between the two statements.
        left = [(payload, key) for payload, key in left if key in missing - kept]
    if jobs and run_after is None:
        ring_after_commit(queue)
    return added


def ring(queue: str) -> bool:
    """Ring a queue's doorbell. False when the broker did not take it: the sweeper will see to the job."""
    from controltower.jobs.tasks import ring as doorbell  # the task's module needs the registry of apps to be ready

    try:
        doorbell.apply_async(args=[queue], queue=queue, retry=False, ignore_result=True)
    except Exception as error:  # noqa: BLE001  # whatever the broker's client raises: the job is safe in its row
        log.warning("doorbell not taken", extra={"queue": queue, "reason": type(error).__name__})
        return False
    return True


def ring_after_commit(queue: str) -> None:
    """One ring for each queue and transaction, however many jobs it adds."""
    pending = {getattr(entry[1], "keywords", {}).get("queue") for entry in connection.run_on_commit}
    if queue not in pending:
        transaction.on_commit(partial(ring_soon, queue=queue))


def ring_soon(queue: str) -> None:
    """Ring now, or together with others a moment after the last ring: one ring is enough for all that was committed.

    Ringing costs more than a small transaction does. Outside of one only; a process that ends meanwhile leaves it to the
    sweeper.
    """
    with _bell:
        wait = _rung.get(queue, 0.0) + TOGETHER_SECONDS - time.monotonic()
        if queue in _due:
            return
        if wait > 0:
            _due.add(queue)
            later = threading.Timer(wait, _ring_late, args=[queue])
            later.daemon = True
            later.start()
            return
        _rung[queue] = time.monotonic()
    _ring_unless_quiet(queue)


def _ring_late(queue: str) -> None:
    with _bell:  # what commits from here on rings again
        _due.discard(queue)
        _rung[queue] = time.monotonic()
    _ring_unless_quiet(queue)


def _ring_unless_quiet(queue: str) -> None:
    """A broker that hangs costs its whole time-out; after that this process leaves the ringing to the sweeper for a
    while, so that one caller waits and not every one."""
    global _quiet_until
    if time.monotonic() >= _quiet_until and not ring(queue):
        _quiet_until = time.monotonic() + QUIET_SECONDS
