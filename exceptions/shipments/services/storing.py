"""The rows of events: each stored once, with the identifiers it carried and what it is tied to."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from controltower.tenancy.context import current_organisation_id
from exceptions.shipments.canonical import EventType, Place, Source, digest
from exceptions.shipments.histories import NOT_KEPT
from exceptions.shipments.models import Event, EventAlias, EventReference, EventSubject
from exceptions.shipments.services.batch import Batch, Item, Tie
from exceptions.shipments.services.binding import TIES
from exceptions.shipments.services.bulk import rows_delete, rows_insert, rows_update
from exceptions.shipments.services.names import key_of

if TYPE_CHECKING:
    from exceptions.shipments.services.recording import Incoming

Digests = list[str]
"""Of the incoming events, in their order."""

_EVENT = (
    "type",
    "occurred_at",
    "reported_at",
    "recorded_at",
    "digest",
    "partner_id",
    "adapter",
    "source_rank",
    "source_code",
    "source_text",
    "sender_event_id",
    "place",
    "data",
    "message_id",
    "retracts",
)


def digests_of(incoming: Sequence["Incoming"]) -> Digests:
    return [
        digest(item.event, Source(item.partner.slug if item.partner else "", item.adapter, item.source_rank))
        for item in incoming
    ]


def events_known(digests: Digests) -> dict[str, Event]:
    """Those that were recorded before."""
    return {event.digest: event for event in Event.objects.filter(digest__in=set(digests))}


def events_insert(
    incoming: Sequence["Incoming"],
    payloads: Sequence[Any],
    digests: Digests,
    known: Mapping[str, Event],
    *,
    now: datetime,
) -> dict[str, Event]:
    """Store the events that are not known, each once; they by digest."""
    new: dict[str, tuple[Any, ...]] = {}
    for item, payload, mark in zip(incoming, payloads, digests, strict=True):
        if mark not in known and mark not in new:
            new[mark] = _row(item, payload, mark, now)
    ids = rows_insert(Event, _EVENT, list(new.values()))
    organisation = current_organisation_id()
    partners = {item.partner.pk: item.partner for item in incoming if item.partner is not None}
    events = {}
    for pk, (mark, row) in zip(ids, new.items(), strict=True):
        event = Event(id=pk, organisation_id=organisation, **dict(zip(_EVENT, row, strict=True)))
        if event.partner_id is not None:
            event.partner = partners[event.partner_id]
        event._state.adding, event._state.db = False, "default"
        events[mark] = event
    return events


def aliases_store(incoming: Sequence["Incoming"], digests: Digests, events: Mapping[str, Event]) -> set[int]:
    """Keep the ids under which the same is said again. `events`: all that is said, by digest. Returns those of them
    that stand under another id already."""
    said = {(events[mark].pk, item.event.event_id[:200]) for item, mark in zip(incoming, digests, strict=True)}
    new = said - {(event.pk, event.sender_event_id) for event in events.values()}
    if not new:
        return set()
    known = EventAlias.objects.filter(event__in={pk for pk, _ in new}).values_list("event_id", "sender_event_id")
    new -= set(known)
    rows_insert(EventAlias, ("event_id", "sender_event_id"), sorted(new))
    return {pk for pk, _ in new}


def _row(item: "Incoming", payload: Any, mark: str, now: datetime) -> tuple[Any, ...]:
    event = item.event
    return (
        str(event.type),
        event.occurred_at,
        event.report_time,
        now,
        mark,
        item.partner.pk if item.partner else None,
        item.adapter,
        int(item.source_rank),
        event.source_code[:60],
        event.source_text[:500],
        event.event_id[:200],
        {name: getattr(event.place, name) for name in Place.__slots__} if event.place else None,
        dict(event.data),
        item.message_id,
        payload.event_id if event.type == EventType.EVENT_RETRACTED else "",
    )


def ties_store(batch: Batch) -> None:
    """Write what the batch's events are tied to, and what earlier ones are tied to now."""
    again = [item for item in batch.again.values() if item.ties != item.was]
    _untie({item.id: item.was - item.ties for item in again})
    ties = [
        (item.id, *_columns(tie), item.type not in NOT_KEPT)
        for item in (*batch.items, *again)
        for tie in sorted(item.ties - item.was)
    ]
    rows_insert(EventSubject, ("event_id", *TIES, "shapes"), ties)
    references = []
    for item in batch.items:
        by_key = {(*key_of(ref), ref.key[2][:40]): ref.value[:60] for ref in item.references}
        for (kind, value_key, issuer), value in sorted(by_key.items()):
            references.append((item.id, kind, value, value_key, issuer, item.waits))
    columns = ("event_id", "type", "value", "value_key", "issuer_key", "waiting")
    rows_insert(EventReference, columns, references)
    _wait(again)


def _columns(tie: Tie) -> tuple[int | None, ...]:
    thing, pk = tie
    return tuple(pk if name == f"{thing}_id" else None for name in TIES)


def _untie(left: Mapping[int, frozenset[Tie]]) -> None:
    events = [pk for pk, ties in left.items() if ties]
    if not events:
        return
    rows = EventSubject.objects.filter(event__in=events).values_list("pk", "event_id", *TIES)
    wanted = {(pk, _columns(tie)) for pk, ties in left.items() for tie in ties}
    rows_delete(EventSubject, [pk for pk, event, *those in rows if (event, tuple(those)) in wanted])


def _wait(again: Sequence[Item]) -> None:
    """Whether events read again go on waiting."""
    waits = {item.id: item.waits for item in again}
    if waits:
        held = EventReference.objects.filter(event__in=waits).values_list("pk", "event_id", "waiting")
        changed = [(pk, waits[event]) for pk, event, waiting in held if waiting != waits[event]]
        rows_update(EventReference, ("waiting",), changed)
