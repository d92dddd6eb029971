"""Saying what a sender's code or text means, once and for all that comes later."""

from datetime import datetime
from typing import Any

from controltower.audit import Actor
from controltower.errors import Invalid
from exceptions.cases.taxonomy import is_reason
from exceptions.intake.mapping.meaning import STATUS_TYPES
from exceptions.intake.models import UnmappedCode
from exceptions.intake.services.mapping import mapping_version, partner_map
from exceptions.parties.models import Partner


def code_map(
    code: UnmappedCode, *, event: str, reason: str, everywhere: bool, actor: Actor, now: datetime
) -> list[Partner]:
    """Write what `code` means into its partner's mapping, or, `everywhere`, into that of every partner whose messages
    are of the same format. It counts for what is read from now on. The partners whose mapping has it now."""
    value = _meaning(event, reason)
    same = {"adapter": code.partner.adapter} if everywhere else {"pk": code.partner_id}
    partners = list(Partner.objects.select_for_update(no_key=True).filter(**same).order_by("pk"))
    table, name = ("texts", code.code) if code.system == UnmappedCode.TEXT else ("codes", str(code))
    for partner in partners:
        known = partner.mapping.get(table)
        mapping = {**partner.mapping, table: {**(known if isinstance(known, dict) else {}), name: value}}
        try:
            partner_map(partner, mapping=mapping, version=mapping_version(partner), actor=actor, now=now)
        except Invalid as invalid:  # it was at fault before; nothing is mapped for anybody then
            raise Invalid(f"The mapping of {partner.name}: {invalid.message}", code=invalid.code) from invalid
    UnmappedCode.objects.filter(partner__in=partners, system=code.system, code=code.code).update(mapped_at=now)
    return partners


def _meaning(event: str, reason: str) -> Any:
    if event and event not in STATUS_TYPES:
        raise Invalid(f"{event!r} is no type of event that a status may mean.", details={"event": event})
    if reason and not is_reason(reason):
        raise Invalid(f"{reason!r} is no reason that is known here.", details={"reason": reason})
    if not event and not reason:
        raise Invalid("Say which event it is, or which reason, or both.")
    return {"event": event, "reason": reason} if event and reason else event or reason
