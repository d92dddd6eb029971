"""A small delivery, stored with its job in one exchange with the database: most of what a webhook costs is waiting for it.

It does what `message_accept` does inside `acting_for`, for the case that is nearly always: the partner is as it was, the
message is new and small. In every other case it does nothing, and the caller goes the long way.
"""

import json
from datetime import datetime
from typing import Final

from django.db import connection

from controltower.audit.recording import request_id
from controltower.db import rows
from controltower.jobs.outbox import ring_soon
from exceptions.intake.known_partners import KnownPartner
from exceptions.intake.services.storing import SMALL, Item, stored_key

# The same rows as `message_accept` and `enqueue` make; a test compares them.
ARRIVE: Final = """
SELECT intake_arrive(%(organisation)s, %(partner)s, %(version)s, %(raw)s, %(headers)s::jsonb, %(content_type)s, %(sha256)s,
    %(key)s, %(now)s, %(request)s)
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
        "key": stored_key(item.key, sandbox=known.partner.sandbox),
        "now": now,
        "request": request_id.get(),
    }
    ((stored,),) = rows(ARRIVE, values)
    if stored is None:
        return None
    ring_soon("intake")
    return int(stored)
