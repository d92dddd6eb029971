"""What was taken back, whichever came first: what was said, or that it is not so."""

from collections.abc import Iterable, Mapping

from django.db.models import Q

from exceptions.shipments.canonical import EventType
from exceptions.shipments.models import Event
from exceptions.shipments.services.batch import PLANS, Batch, Item
from exceptions.shipments.services.binding import items_read
from exceptions.shipments.services.bulk import rows_update

Told = tuple[int, str]
"""A partner and its own id of an event."""


def retractions_apply(batch: Batch, sender_ids: dict[int, str]) -> None:
    """Note on every event that was taken back by what. `sender_ids`: what their sender calls the batch's events.

    A plan is replaced or cancelled, never taken back: the message that tries waits for a person.
    """
    backs = {
        (item.partner.pk, item.payload.event_id): item
        for item in batch.items
        if item.type == EventType.EVENT_RETRACTED and item.partner is not None
    }
    said: dict[Told, list[int]] = {}  # one id may stand on several events: a status, and the damage that it tells of
    for item in batch.items:
        if item.partner is not None and sender_ids[item.id] and item.type not in (*PLANS, EventType.EVENT_RETRACTED):
            said.setdefault((item.partner.pk, sender_ids[item.id]), []).append(item.id)
    rows: dict[int, int] = {}
    if said:
        rows |= {pk: by for told, by in _told_before(said) for pk in said.get(told, ())}
    if backs:
        rows |= _taken_back(batch, backs)
    rows_update(Event, ("retracted_by_id",), sorted(rows.items()))


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


def _told_before(said: Iterable[Told]) -> Iterable[tuple[Told, int]]:
    """Retractions, among those recorded earlier, of events that come only now; the ids of them."""
    partners, ids = {told[0] for told in said}, {told[1] for told in said}
    rows = Event.objects.filter(partner__in=partners, retracts__in=ids).exclude(retracts="")
    return [((partner, event_id), pk) for pk, partner, event_id in rows.values_list("pk", "partner_id", "retracts")]


def _taken_back(batch: Batch, backs: dict[Told, Item]) -> dict[int, int]:
    about = Q(pk__in=[])
    for partner, event_id in backs:
        about |= Q(partner=partner, sender_event_id=event_id)
    columns = ("pk", "type", "partner_id", "sender_event_id")
    found = list(Event.objects.filter(about, retracted_by=None).values_list(*columns))
    rows = {}
    for pk, kind, partner, event_id in found:
        back = backs[partner, event_id]
        if kind in PLANS:
            back.problem = "A plan is not taken back: send one that replaces it, or cancel what it plans."
        elif kind != EventType.EVENT_RETRACTED:
            rows[pk] = back.id
    batch.taken_back = items_read(batch, set(rows) - {item.id for item in batch.items})
    _explain(backs.values(), found=set(rows.values()))
    return rows


def _explain(backs: Iterable[Item], *, found: set[int]) -> None:
    for item in backs:
        if item.id in found:
            item.problem = ""
        elif not item.problem or "Nothing is known" in item.problem:
            item.problem = "What it takes back has not been heard of yet; it waits."
