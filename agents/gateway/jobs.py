from __future__ import annotations

from datetime import datetime

from agents.gateway.services import raw_expire
from controltower.db import rows
from controltower.jobs import sweep
from controltower.tenancy.context import acting_for


@sweep("gateway.raw", every=600.0)
def expire_raw(now: datetime) -> int:
    dropped = 0
    for (organisation_id,) in rows("SELECT gateway_organisations_with_expired_raw(%s)", [now]):
        with acting_for(organisation_id):
            dropped += raw_expire(now)
    return dropped
