"""What was taken back, whichever came first: what was said, or that it is not so."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from django.db.models import Q

from exceptions.shipments.canonical import EventType
from exceptions.shipments.models import Event, EventAlias
from exceptions.shipments.services.batch import PLANS, Batch, Item
from exceptions.shipments.services.binding import items_read
from exceptions.shipments.services.bulk import rows_update

NEVER_BACK: Final = (*PLANS, EventType.EVENT_RETRACTED)

Told = tuple[int | None, str]
"""A partner, None for ourselves, and its own id of an event."""


def retractions_apply(batch: Batch, sender_ids: Mapping[int, str], again: Collection[int]) -> None:
    """Note on every event whether all that its sender said it under was taken back, and by what. `sender_ids`: what
    their sender calls the batch's events. `again`: events that were said under another id just now.

    A plan is replaced or cancelled, never taken back: the message that tries waits for a person.
    """
    backs = {(_by(item), item.payload.event_id): item for item in batch.items if item.type == EventType.EVENT_RETRACTED}
    said: dict[Told, list[int]] = {}  # one id may stand on several events: a status, and the damage that it tells of
    for item in batch.items:
        if sender_ids[item.id] and item.type not in NEVER_BACK:
            said.setdefault((_by(item), sender_ids[item.id]), []).append(item.id)
    doubtful = {*again}
    if said:
        doubtful |= {pk for told in _retractions(said) for pk in said[told]}
    if backs:
        doubtful |= _meant(batch, backs)
    if doubtful:
        _settle(batch, doubtful, {item.id for item in batch.items})


def replacements_apply(batch: Batch, replaced: Mapping[int, int]) -> None:
    """Note on recorded events that others stand for them now. `replaced`: the id of the one to the id of the other.

    Plans stay: a later one is in force anyway.
    """
    going = {old: new for old, new in replaced.items() if old != new}
    if not going:
        return
    found = Event.objects.filter(pk__in=going, retracted_by=None).exclude(type__in=PLANS)
    rows = {pk: going[pk] for pk in found.values_list("pk", flat=True)}
    batch.taken_back += items_read(batch, set(rows))
    rows_update(Event, ("retracted_by_id",), sorted(rows.items()))
    names = EventAlias.objects.filter(event__in=rows).values_list("event_id", "sender_event_id")
    kept = [EventAlias(event_id=rows[pk], sender_event_id=name) for pk, name in names]
    EventAlias.objects.bulk_create(kept, ignore_conflicts=True)


def _by(item: Item) -> int | None:
    return item.partner.pk if item.partner is not None else None


def _retractions(said: Iterable[Told]) -> dict[Told, int]:
    """What takes back, among all that was recorded, the events with these ids; the first of several."""
    wanted = {*said}
    partners = Q(partner__in={partner for partner, _ in wanted} - {None})
    if any(partner is None for partner, _ in wanted):
        partners |= Q(partner=None)
    rows = Event.objects.filter(partners, retracts__in={event_id for _, event_id in wanted}).exclude(retracts="")
    found: dict[Told, int] = {}
    for pk, partner, event_id in rows.order_by("-pk").values_list("pk", "partner_id", "retracts"):
        if (partner, event_id) in wanted:
            found[partner, event_id] = pk
    return found


def _meant(batch: Batch, backs: Mapping[Told, Item]) -> set[int]:
    """The events that retractions of the batch name by an id of their sender; tells the retractions what came of them."""
    about = again = Q(pk__in=[])
    for partner, event_id in backs:
        about |= Q(partner=partner, sender_event_id=event_id)
        again |= Q(event__partner=partner, sender_event_id=event_id)
    found = list(Event.objects.filter(about).values_list("pk", "type", "partner_id", "sender_event_id"))
    found += EventAlias.objects.filter(again).values_list(
        "event_id", "event__type", "event__partner_id", "sender_event_id"
    )
    meant: set[int] = set()
    heard: set[int] = set()
    for pk, kind, partner, event_id in found:
        back = backs[partner, event_id]
        if kind in PLANS:
            back.problem = "A plan is not taken back: send one that replaces it, or cancel what it plans."
        elif kind != EventType.EVENT_RETRACTED:
            meant.add(pk)
            heard.add(back.id)
    _explain(backs.values(), found=heard)
    return meant


def _settle(batch: Batch, doubtful: Collection[int], new: Collection[int]) -> None:
    """Compare what is noted on events with what follows from all ids they were said under. What others stand for now
    stays as it is. `new`: events of this batch; of the others the batch hears when they count anew or no more."""
    columns = ("pk", "partner_id", "sender_event_id", "retracted_by_id", "retracted_by__type")
    rows = list(Event.objects.filter(pk__in=doubtful).exclude(type__in=NEVER_BACK).values_list(*columns))
    ids = {pk: {(partner, event_id)} for pk, partner, event_id, _, _ in rows}
    partners = {pk: partner for pk, partner, *_ in rows}
    for pk, event_id in EventAlias.objects.filter(event__in=partners).values_list("event_id", "sender_event_id"):
        ids[pk].add((partners[pk], event_id))
    backs = _retractions(told for all_of_one in ids.values() for told in all_of_one)
    changed: dict[int, int | None] = {}
    for pk, _, _, by, kind in rows:
        if kind not in (None, EventType.EVENT_RETRACTED):
            continue
        wanted = max(backs[told] for told in ids[pk]) if all(told in backs for told in ids[pk]) else None
        if (wanted is None) != (by is None):
            changed[pk] = wanted
    batch.taken_back = items_read(batch, {*changed} - {*new})
    rows_update(Event, ("retracted_by_id",), sorted(changed.items()))


def _explain(backs: Iterable[Item], *, found: set[int]) -> None:
    for item in backs:
        if item.id in found:
            item.problem = ""
        elif not item.problem or "Nothing is known" in item.problem:
            item.problem = "What it takes back has not been heard of yet; it waits."
