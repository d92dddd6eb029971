"""A small delivery, stored with its job in one exchange with the database: most of what a webhook costs is waiting for it.

It does what `message_accept` does inside `acting_for`, for the case that is nearly always: the partner is as it was, the
message is new and small. In every other case it does nothing, and the caller goes the long way.
"""

import json
from datetime import datetime
from typing import Final

from django.db import connection

from controltower.audit.recording import request_id
from controltower.jobs.outbox import ring_soon
from exceptions.intake.known_partners import KnownPartner
from exceptions.intake.services.storing import SMALL, Item

# Two statements sent as one are one transaction: the organisation is set for the second, and forgotten at the commit.
ARRIVE: Final = """
SELECT set_config('app.organisation', %(organisation)s::text, true);
WITH fresh AS (
    INSERT INTO intake_message (organisation_id, partner_id, channel, raw, headers, content_type, sha256, dedupe_key,
        received_at, state, attempts, reason, "where", events_read, sandbox, within, items)
    SELECT partner.organisation_id, partner.id, partner.channel, %(raw)s, %(headers)s::jsonb, %(content_type)s, %(sha256)s,
        %(key)s, %(now)s, 'received', 0, '', '', 0, partner.sandbox, '', 0
      FROM parties_partner AS partner
     WHERE partner.id = %(partner)s AND partner.xmin::text = %(version)s
       AND NOT EXISTS (SELECT 1 FROM intake_message AS known
                        WHERE known.organisation_id = %(organisation)s AND known.partner_id = %(partner)s
                          AND known.dedupe_key = %(key)s)
        ON CONFLICT (organisation_id, partner_id, dedupe_key, sha256) DO NOTHING
    RETURNING id
), job AS (
    INSERT INTO jobs_job (organisation_id, kind, queue, dedupe_key, payload, run_after, request_id,
        state, attempts, crashes, fence, last_error, created_at)
    SELECT %(organisation)s, 'intake.process', 'intake', '',
        jsonb_build_object('messages', jsonb_build_array(fresh.id), 'small', true), clock_timestamp(), %(request)s,
        'waiting', 0, 0, 0, '', now()
      FROM fresh
)
SELECT id FROM fresh
"""


def message_arrive(
    known: KnownPartner, item: Item, *, headers: dict[str, str], content_type: str, now: datetime
) -> int | None:
    """Store a message that was found to be the partner's, and commit. None when nothing was stored."""
    if connection.in_atomic_block or len(item.body) > SMALL:
        return None
    values = {
        "organisation": known.partner.organisation_id,
        "partner": known.partner.pk,
        "version": known.version,
        "raw": item.body,
        "headers": json.dumps(headers),
        "content_type": content_type[:100],
        "sha256": item.sha256,
        "key": item.key,
        "now": now,
        "request": request_id.get(),
    }
    with connection.cursor() as cursor:
        cursor.execute(ARRIVE, values)
        cursor.nextset()
        row = cursor.fetchone()
    if row is None:
        return None
    ring_soon("intake")
    return int(row[0])
