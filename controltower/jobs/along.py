"""Small jobs of one kind, done together: what costs the same for one as for many is then paid once."""

import json
from typing import Any

from controltower.db import rows
from controltower.tenancy.context import current_organisation_id

# Only such as nobody has tried yet: one that failed, or ended its worker, comes back alone and takes nobody along.
TAKE = """
WITH near AS (
    SELECT id, run_after, coalesce((payload->>'weight')::int, 1) AS weight FROM jobs_job
     WHERE organisation_id = %(organisation)s AND kind = %(kind)s AND queue = %(queue)s AND state = 'waiting'
       AND attempts = 0 AND crashes = 0 AND run_after <= (SELECT clock_timestamp()) AND payload @> %(like)s::jsonb
     ORDER BY run_after, id LIMIT %(room)s FOR UPDATE SKIP LOCKED),
mate AS (
    SELECT id FROM (SELECT id, sum(weight) OVER (ORDER BY run_after, id) AS together FROM near) AS counted
     WHERE together <= %(room)s)
UPDATE jobs_job AS job SET state = 'done', attempts = 1, finished_at = clock_timestamp()
  FROM mate WHERE job.id = mate.id RETURNING job.payload
"""


def take_along(name: str, *, queue: str, like: dict[str, Any], room: int) -> list[dict[str, Any]]:
    """Payloads of waiting jobs of this kind whose payload contains `like`, the longest waiting first, as many as fit.

    A job weighs what its payload says under `weight`, or 1; together they weigh at most `room`. They are done with the
    caller's transaction, and wait on when it is rolled back or never ends.
    """
    values = {"organisation": current_organisation_id(), "kind": name, "queue": queue, "like": json.dumps(like)}
    return [json.loads(payload) for (payload,) in rows(TAKE, {**values, "room": room})]


def crashes(job_id: int) -> int:
    """How often the worker of this job died."""
    return int(rows("SELECT crashes FROM jobs_job WHERE id = %s", [job_id])[0][0])
