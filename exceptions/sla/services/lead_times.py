"""What an action takes, costs and brings in this organisation, where it differs from what is shipped."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from controltower.audit import Actor, record
from controltower.errors import Conflict, Invalid, NotFound
from exceptions.parties.models import Account
from exceptions.sla.kinds import ActingParty
from exceptions.sla.models import Calendar, LeadTime
from exceptions.sla.services.editing import person, same_revision, tell_changed


def lead_time_save(
    *,
    action: str,
    case_type: str,
    mode: str,
    account: Account | None,
    party: str,
    minutes: int,
    cost: Decimal,
    currency: str,
    p_act: float,
    calendar: Calendar | None,
    revision: int,
    actor: Actor,
    now: datetime,
) -> LeadTime:
    """Correct one row, of everybody or of one acting party; the open cases are priced anew.

    party: who acts, whose hours count unless `calendar` does; "" is as shipped. cost: in `currency`, the
    organisation's. p_act: likelihood of the loss all the same. revision: of the correction that was read, 0 when there
    was none. `Invalid` for an impossible value, `Conflict` when somebody was faster.
    """
    member = person(actor)
    if not 0 <= p_act <= 1:
        raise Invalid("A likelihood lies between 0 and 100 %.", code="no_likelihood", details={"p_act": "is none"})
    if cost < 0:
        raise Invalid("A cost is not negative.", code="negative", details={"cost": "is negative"})
    if party and party not in ActingParty.values:
        raise Invalid(f"{party} is nobody who acts.", code="no_party", details={"party": "is unknown"})
    scope = {"action": action, "case_type": case_type, "mode": mode, "account": account}
    values: dict[str, Any] = {
        "party": party,
        "minutes": minutes,
        "cost": cost,
        "currency": currency,
        "p_act": p_act,
        "calendar": calendar,
    }
    row = _locked(scope)
    before = _told(row) if row is not None else None
    if row is None:
        if revision:
            raise Conflict("Somebody has reset this row meanwhile. Save again to correct it all the same.")
        row = LeadTime(**scope, changed_by_id=member, changed_at=now)
    else:
        same_revision(row, revision)
        row.changed(member, now)
    for name, value in values.items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Conflict("Somebody else has just corrected this row. Look at it, then save again.") from None
    after = _told(row)
    record(verb="lead_time.set", subject=f"lead_time:{row.pk}", actor=actor, before=before, after=after, now=now)
    tell_changed(f"The lead time of {row.action} was corrected", actor=actor, now=now)
    return row


def lead_time_reset(row: LeadTime, *, revision: int, actor: Actor, now: datetime) -> None:
    """Let the shipped row, or the wider correction, count again."""
    person(actor)
    found = LeadTime.objects.select_for_update(no_key=True, of=("self",)).select_related("changed_by__user")
    locked = found.filter(pk=row.pk).first()
    if locked is None:
        raise NotFound("This row is reset already.")
    same_revision(locked, revision)
    before, subject = _told(locked), f"lead_time:{locked.pk}"
    locked.delete()
    record(verb="lead_time.reset", subject=subject, actor=actor, before=before, now=now)
    tell_changed(f"The lead time of {locked.action} was reset", actor=actor, now=now)


def _locked(scope: dict[str, Any]) -> LeadTime | None:
    rows = LeadTime.objects.select_for_update(no_key=True, of=("self",)).select_related("changed_by__user")
    return rows.filter(**scope).first()


def _told(row: LeadTime) -> dict[str, Any]:
    return {
        "action": row.action,
        "case_type": row.case_type,
        "mode": row.mode,
        "account": row.account_id,
        "party": row.party,
        "minutes": row.minutes,
        "cost": str(row.cost),
        "p_act": row.p_act,
        "calendar": row.calendar_id,
    }
