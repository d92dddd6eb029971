"""Writing to the trail: the last step of the transaction that does the thing."""

import json
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from controltower.audit.actors import Actor

request_id: ContextVar[str] = ContextVar("request_id", default="")


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
) -> int:
    """Append one entry for the organisation acted for and return its sequence number.

    `verb` is `object.past_participle`, `subject` is `kind:id`. `before` and `after` hold ids, codes and digests: names
    and addresses live in rows that can be erased. The chain's head stays locked until the transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT audit_append(%s, %s, %s, %s, %s, %s, %s)",
            [stamp(now), actor.reference, verb, subject, canonical(before), canonical(after), request_id.get()],
        )
        (seq,) = cursor.fetchone()
    return int(seq)
