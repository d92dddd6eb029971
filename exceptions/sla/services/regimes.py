"""Deadlines of claims as a named person has checked them. Nothing counts by a suggestion that nobody confirmed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import ProtectedError

from controltower.audit import Actor, record
from controltower.errors import Conflict, Invalid, NotFound
from exceptions.sla.drafts import regime_key
from exceptions.sla.models import ClaimRegime
from exceptions.sla.regimes import SHIPPED, RegimeDefault
from exceptions.sla.services.editing import person, tell_changed


def regime_confirm(
    shipped: RegimeDefault,
    *,
    days: int | None,
    months: int | None,
    counting: str,
    consequence: str,
    source: str,
    actor: Actor,
    now: datetime,
) -> ClaimRegime:
    """Say that this deadline was checked, with what was corrected. Again: the newer check replaces the older.

    `Invalid` unless exactly one of days and months is given. The open cases are priced anew when a term may stand on it.
    """
    member = person(actor)
    if (days is None) == (months is None):
        raise Invalid("Give days, or months.", code="days_or_months", details={"days": "Give days, or months."})
    known: dict[str, Any] = {"code": shipped.code, "step": shipped.step, "case_type": shipped.case_type}
    before = ClaimRegime.objects.select_for_update(no_key=True).filter(**known).first()
    values: dict[str, Any] = {
        "name": shipped.name,
        "days": days,
        "months": months,
        "counting": counting,
        "starts": shipped.starts,
        "consequence": consequence,
        "source": source,
        "confirmed_by_id": member,
        "confirmed_at": now,
    }
    told = _told(before) if before else None
    row, _ = ClaimRegime.objects.update_or_create(**known, defaults=values)
    subject = f"claim_regime:{row.pk}"
    record(verb="regime.confirmed", subject=subject, actor=actor, before=told, after=_told(row), now=now)
    if before is not None:
        tell_changed(f"{row.name} was checked again", actor=actor, now=now)
    return row


def regime_withdraw(row: ClaimRegime, *, actor: Actor, now: datetime) -> None:
    """Take the confirmation back. `Conflict` while a term of a contract stands on it."""
    person(actor)
    locked = ClaimRegime.objects.select_for_update(no_key=True).filter(pk=row.pk).first()
    if locked is None:
        raise NotFound("Nobody has confirmed this, or not any more.")
    before, subject = _told(locked), f"claim_regime:{locked.pk}"
    try:
        locked.delete()
    except ProtectedError as problem:
        raise Conflict("A term of a contract stands on it. Change that one first.", code="regime_in_use") from problem
    record(verb="regime.withdrawn", subject=subject, actor=actor, before=before, now=now)


def shipped_regime(key: str) -> RegimeDefault:
    """The suggestion of this key ("cmr/notice/freight_damaged"); NotFound when there is none."""
    found = next((row for row in SHIPPED if key_of(row) == key), None)
    if found is None:
        raise NotFound("There is no such deadline.")
    return found


def key_of(row: RegimeDefault | ClaimRegime) -> str:
    """How a suggestion and its confirmation find each other."""
    return regime_key(row.code, str(row.step), row.case_type)


def _told(row: ClaimRegime) -> dict[str, Any]:
    names = ("code", "step", "case_type", "days", "months", "counting", "starts", "consequence", "source")
    return {name: getattr(row, name) for name in names}
