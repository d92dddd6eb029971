"""What every change of a case does last: version, timeline, news, audit, in that order and in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models

from controltower.audit import SYSTEM, Actor, record
from controltower.errors import Conflict, Forbidden, NotFound
from controltower.jobs import enqueue_all
from controltower.tenancy.context import current_organisation_id
from controltower.tenancy.models import Member
from controltower.web import live
from exceptions.cases import signals
from exceptions.cases.models import Case, EntryKind, TimelineEntry
from exceptions.shipments.services.bulk import rows_insert

Changes = Mapping[str, Any]
# Columns whose change can move money; the case is priced anew after the transaction that changed one.
PRICED_BY = frozenset({"first_response_at", "reason_accepted_by", "state", "severity", "phase", "type"})
WORDS = frozenset({"resolution", "summary", "name", "query"})


def case_locked(case: Case | int, *, version: int | None = None) -> Case:
    """The case as it is now, locked to the end of the transaction.

    version: what the person had on the screen; a newer one raises Conflict that says who changed what since.
    """
    found = Case.objects.select_for_update(no_key=True).filter(pk=case if isinstance(case, int) else case.pk).first()
    if found is None:
        raise NotFound("This case does not exist.")
    if version is not None and found.version != version:
        raise _conflict(found, version)
    return found


def case_change(
    case: Case,
    changes: Changes,
    *,
    verb: str,
    actor: Actor,
    now: datetime,
    kind: EntryKind = EntryKind.STATE,
    text: str = "",
    data: Changes | None = None,
) -> Case:
    """Write `changes` to a locked case: new version, timeline entry (none without `text`), news, audit entry.

    Without changes the version stays: a logged call must not refuse what a colleague is about to post.
    """
    before = audited(case, changes)
    for name, value in changes.items():
        setattr(case, name, value)
    if actor.is_person:
        case.touched_by_human = True
    case.version += bool(changes)
    case.save(update_fields=[*changes, "touched_by_human", "version"])
    if text:
        timeline_add(case, kind, text, actor=actor, now=now, data={"version": case.version, **(data or {})})
    case_news(case, set(changes), now=now)
    if PRICED_BY & set(changes):
        price_soon(case)
    after = audited(case, changes)
    record(verb=verb, subject=f"case:{case.pk}", actor=actor, before=before, after=after, now=now)
    return case


def price_soon(case: Case) -> None:
    """Price the case after this transaction; one waiting job is enough, however much changes until then."""
    prices_soon([case.pk])


def prices_soon(ids: Iterable[int]) -> None:
    """The same for several."""
    enqueue_all("cases.price", [({"case": pk}, f"case:{pk}") for pk in ids])


def case_news(case: Case, changed: set[str], *, now: datetime) -> None:
    """Tell upper layers in this transaction, and open screens after it."""
    signals.case_changed.send(sender=Case, case=case, changed=changed, now=now)
    live.changed(current_organisation_id())


def timeline_add(
    case: Case, kind: EntryKind, text: str, *, actor: Actor, now: datetime, data: Changes | None = None
) -> TimelineEntry:
    """One more line of what people read about a case."""
    return TimelineEntry.objects.create(
        case=case,
        at=now,
        kind=kind,
        text=text,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
        data=dict(data or {}),
    )


def timelines_add(kind: EntryKind, lines: Iterable[tuple[int, str, Changes | None]], *, now: datetime) -> None:
    """The same for several cases at once, said by the system: each with its case, text and data, if any."""
    by = (SYSTEM.kind, SYSTEM.id, SYSTEM.name)
    columns = ("case_id", "at", "kind", "text", "actor_kind", "actor_id", "actor_name", "data")
    rows_insert(TimelineEntry, columns, [(case, now, kind, text, *by, dict(data or {})) for case, text, data in lines])


def member_of(actor: Actor) -> Member | None:
    """The member behind an actor; None for everything that is not a person."""
    if not actor.is_person or actor.id is None:
        return None
    return Member.objects.select_related("user").get(pk=actor.id)


def person(actor: Actor) -> Member:
    """The member behind an actor who must be a person; Forbidden otherwise."""
    member = member_of(actor)
    if member is None:
        raise Forbidden("Only a person can do this.", code="person_needed")
    return member


def on_the_clock(case: Case, instant: datetime) -> str:
    """An instant in a sentence of the timeline, by the organisation's clock, with the zone's letters."""
    return f"{instant.astimezone(ZoneInfo(case.organisation.time_zone)):%d %b %H:%M %Z}"


def minor(amount: Decimal) -> int:
    """Hundredths of a currency unit, as money columns of cases hold it."""
    return int((amount * 100).to_integral_value(ROUND_HALF_UP))


def major(amount: int) -> Decimal:
    """The amount behind a money column of a case."""
    return Decimal(amount) / 100


def _conflict(case: Case, version: int) -> Conflict:
    newest = TimelineEntry.objects.filter(case=case, data__version__gt=version).order_by("-id").first()
    who = (newest.actor_name if newest else "") or "Control Tower"
    what = newest.text if newest else "the case was updated"
    return Conflict(
        f"{who} changed {case.number} while you looked at it: {what}. Check it and try again.",
        code="case_changed",
        details={"by": who, "what": what, "version": case.version, "expected": version},
    )


def digest(words: str) -> str:
    """What stands on the trail for what a person wrote; "" for nothing."""
    return hashlib.sha256(words.encode()).hexdigest() if words else ""


def audited(row: models.Model, names: Iterable[str]) -> dict[str, Any]:
    """Columns as the trail keeps them: what people or partners wrote may name somebody, so of that only the digest."""
    return {name: _audited(row, name) for name in names}


def _audited(row: models.Model, name: str) -> Any:
    value = getattr(row, f"{name}_id" if row._meta.get_field(name).is_relation else name)
    if name in WORDS:
        return digest(value)
    return value.isoformat() if isinstance(value, datetime) else value
