"""Writing to the trail: entries are collected while a transaction runs and appended as its last step.

Appending locks the head of the organisation's chain until the commit. So it must come after every other lock: a person
who locks a case and a signal that locks the same case would otherwise wait for each other.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from controltower.audit.actors import Actor

request_id: ContextVar[str] = ContextVar("request_id", default="")

APPEND = "SELECT audit_append(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])"


class _Appended:
    """Stands on the same list for one appending, so that one inside a savepoint that is rolled back is done again."""

    def __call__(self) -> None:
        """Nothing is left to do after the commit."""


@dataclass(eq=False)
class _Pending:
    """An entry that waits for the end of its transaction.

    It is registered with Django's own list of what to do after the commit, and only for this: that list forgets what
    was added inside a savepoint that is rolled back, and so does the trail.
    """

    values: tuple[str, ...]
    appended: _Appended | None = None

    def __call__(self) -> None:
        """Nothing is left to do after the commit."""


@dataclass
class _Collected:
    entries: list[_Pending] = field(default_factory=list)


_collecting: ContextVar[_Collected | None] = ContextVar("audit_entries", default=None)


class NotCollecting(RuntimeError):
    """`record` was called outside `acting_for`. A bug in our code, never a user's error."""


@contextmanager
def collecting() -> Iterator[None]:
    """Collect entries, and append them when the block ends well. `acting_for` opens it inside its transaction."""
    token = _collecting.set(_Collected())
    try:
        yield
        if not connection.needs_rollback:
            flush()
    finally:
        _collecting.reset(token)


def flush() -> None:
    """Append what was collected so far, in the order in which it happened; for whoever reads the trail at once."""
    collected = _collecting.get()
    if collected is None or not collected.entries:
        return
    surviving = {id(entry[1]) for entry in connection.run_on_commit}
    wanted = [entry for entry in collected.entries if id(entry) in surviving and id(entry.appended) not in surviving]
    if wanted:
        columns = zip(*(entry.values for entry in wanted), strict=True)
        with connection.cursor() as cursor:
            cursor.execute(APPEND, [list(column) for column in columns])
        appended = _Appended()
        transaction.on_commit(appended)
        for entry in wanted:
            entry.appended = appended


def canonical(value: Mapping[str, Any] | None) -> str:
    """JSON with sorted keys and no spaces; empty for nothing. Raises `TypeError` for a value JSON does not have."""
    if value is None:
        return ""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def stamp(at: datetime) -> str:
    """The exact text of an instant in the trail: UTC, microseconds, `Z`. Raises `ValueError` for a naive one."""
    if at.tzinfo is None:
        raise ValueError("the trail takes aware datetimes only")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def record(
    *,
    verb: str,
    subject: str,
    actor: Actor,
    now: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Add one entry to the trail of the organisation acted for, as part of the transaction that does the thing.

    `verb` is `object.past_participle`, `subject` is `kind:id`. `before` and `after` hold ids, codes and digests: names
    and addresses live in rows that can be erased.
    """
    collected = _collecting.get()
    if collected is None:
        raise NotCollecting("nothing is recorded outside an organisation: wrap the call in acting_for(organisation)")
    texts = (stamp(now), actor.reference, verb, subject, canonical(before), canonical(after), request_id.get())
    entry = _Pending(texts)
    collected.entries.append(entry)
    transaction.on_commit(entry)
