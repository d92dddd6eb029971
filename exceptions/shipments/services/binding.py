"""Tying news to what they speak of, by all that is known when the batch is through."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from controltower.db import rows
from controltower.tenancy.context import current_organisation_id
from exceptions.shipments.canonical import Ref, RefType, normalised
from exceptions.shipments.models import Event, EventReference, EventSubject, Mode, Supply
from exceptions.shipments.projection import SIGNALS
from exceptions.shipments.services.batch import PLANS, Batch, Item, Tie, ids_take
from exceptions.shipments.services.bulk import rows_insert
from exceptions.shipments.services.merging import shipments_absorb
from exceptions.shipments.services.names import (
    SHIPMENT_TYPES,
    Key,
    Resolution,
    key_of,
    references_resolve,
    surviving,
)
from exceptions.shipments.services.placing import New, shipments_create

TIES = ("shipment_id", "load_id", "order_id", "equipment_id", "supply_id")


def news_bind(batch: Batch) -> None:
    """Tie the batch's news, and the events that waited for what it made known, until nothing more becomes known."""
    supplies_bind(batch)
    pending = sorted((item for item in batch.items if item.waits), key=_in_time)
    while True:
        pending = _bind_known(batch, pending)
        if not _create_from(batch, pending):
            break


def _in_time(item: Item) -> tuple[datetime, datetime, str]:
    return (item.occurred_at, item.reported_at, item.digest)


def _bind_known(batch: Batch, pending: list[Item]) -> list[Item]:
    """Bind by what is known, until that makes nothing more known. Returns the items that go on waiting."""
    while True:
        pending += _waiting_for(batch, pending)
        batch.names.fresh.clear()
        for item in sorted(pending, key=_in_time):
            _bind(batch, item)
        pending = [item for item in pending if item.waits]
        if not batch.names.fresh:
            return pending


def _bind(batch: Batch, item: Item) -> None:
    resolution = references_resolve(batch.names, item.references)
    item.problem, item.ties, item.is_ambiguous = resolution.problem, set(), bool(resolution.problem)
    if item.family in ("order", "inventory"):
        item.ties = {("order", pk) for pk in resolution.orders}
        item.problem = "" if item.ties else item.problem
    elif item.family == "load":
        item.ties = {("load", pk) for pk in resolution.loads}
    elif resolution.shipments or resolution.loads:
        _bind_to(batch, item, resolution)
    elif resolution.problem:
        _stir_joined(batch, item)
    if not item.ties and not item.problem:
        said = ", ".join(f"{RefType(ref.type).label} {ref.value}" for ref in item.references)
        item.problem = f"Nothing is known by {said or 'no reference at all'} yet; it waits."


def _bind_to(batch: Batch, item: Item, resolution: Resolution) -> None:
    shipments = resolution.shipments
    if len(resolution.same) > 1:
        first = surviving(batch.names, resolution.same)
        shipments_absorb(batch, first, resolution.same - {first})
        shipments = {first}
    item.ties = {
        *(("shipment", pk) for pk in shipments),
        *(("load", pk) for pk in resolution.loads),
        *(("equipment", pk) for pk in resolution.equipment),
    }
    item.waits = not shipments
    for shipment in shipments:
        learn(batch, item.references, shipment)


def learn(batch: Batch, references: Iterable[Ref], shipment: int) -> None:
    """Who knows a shipment by one identifier and adds another, tells us the other: unless a plan says whose it is.
    An identifier that is told of two planned shipments names neither."""
    for ref in worth_knowing(references):
        known = [name for name in batch.names.of(ref) if name.thing == "shipment"]
        if any(name.exclusive for name in known):
            continue
        if all(name.of != shipment for name in known):
            batch.names.add(ref, "shipment", shipment)
            if known:
                batch.names.stirred.add(key_of(ref))


def worth_knowing(references: Iterable[Ref]) -> list[Ref]:
    return [
        ref
        for ref in references
        if ref.type in SHIPMENT_TYPES and ref.type != RefType.SHIPMENT and normalised(ref.value)
    ]


def _stir_joined(batch: Batch, item: Item) -> None:
    """An event that joins identifiers which are known of different shipments makes them all name several."""
    told = [
        frozenset(name.of for name in batch.names.of(ref) if name.thing == "shipment" and not name.exclusive)
        for ref in worth_knowing(item.references)
        if not any(name.exclusive for name in batch.names.of(ref))
    ]
    if len(set(told)) > 1:
        batch.names.stirred |= {key_of(ref) for ref in worth_knowing(item.references)}


def _waiting_for(batch: Batch, pending: Sequence[Item]) -> list[Item]:
    """Events recorded earlier that wait for what has just become known."""
    have = {item.id for item in pending} | set(batch.again)
    waiting = events_carrying(batch, batch.names.fresh, without=have, only_waiting=True)
    batch.again |= {item.id: item for item in waiting}
    return waiting


def events_carrying(batch: Batch, keys: Iterable[Key], *, without: set[int], only_waiting: bool) -> list[Item]:
    """Recorded news, not plans, that carry one of these identifiers."""
    wanted = sorted(set(keys))
    if not wanted:
        return []
    found = rows(
        "SELECT DISTINCT r.event_id FROM unnest(%s::text[], %s::text[]) AS k(type, value_key) "
        "JOIN shipments_eventreference r ON r.type = k.type AND r.value_key = k.value_key AND r.organisation_id = %s "
        "AND (r.waiting OR NOT %s)",
        [[key[0] for key in wanted], [key[1] for key in wanted], current_organisation_id(), only_waiting],
    )
    items = items_read(batch, {row[0] for row in found} - without - {item.id for item in batch.items})
    return [item for item in items if item.family != "supply" and item.type not in PLANS]


def items_read(batch: Batch, ids: set[int]) -> list[Item]:
    """Recorded events, as they were said and tied so far; all their identifiers are known to `batch.names` then."""
    if not ids:
        return []
    references: dict[int, list[Ref]] = {pk: [] for pk in ids}
    for pk, *ref in EventReference.objects.filter(event__in=ids).values_list("event_id", "type", "value", "issuer_key"):
        references[pk].append(Ref(*ref))
    was: dict[int, set[Tie]] = {pk: set() for pk in ids}
    for pk, *those in EventSubject.objects.filter(event__in=ids).values_list("event_id", *TIES):
        was[pk] |= {(name.removesuffix("_id"), of) for name, of in zip(TIES, those, strict=True) if of is not None}
    columns = ("id", "type", "occurred_at", "reported_at", "digest")
    items = [
        Item(pk, kind, happened, told, mark, references[pk], was=frozenset(was[pk]), ties=set(was[pk]))
        for pk, kind, happened, told, mark in Event.objects.filter(pk__in=ids).values_list(*columns)
    ]
    batch.names.load(key_of(ref) for item in items for ref in item.references)
    return items


def _create_from(batch: Batch, pending: Iterable[Item]) -> bool:
    """Start a shipment from the first signal of a partner that may, of identifiers that nobody knows. Whether one was
    started: then others may belong to it."""
    able = [item for item in sorted(pending, key=_in_time) if item.is_new and not item.ties and _may_create(item)]
    able = [item for item in able if not item.is_ambiguous and not _is_known(batch, item)]
    made: list[New] = []
    free = ids_take("shipments_shipment", len(able))
    for item in able:
        if _is_known(batch, item):
            continue  # by one that was started just now
        partner = item.partner
        assert partner is not None, "_may_create asks for a partner"
        mode = str(partner.mapping.get("mode", Mode.PARCEL))
        mode = mode if mode in Mode.values else Mode.PARCEL
        made.append(New(free.pop(0), "signal", partner.default_customer_id, mode))
        batch.names.plan_keys[made[-1].id] = ""
        for ref in worth_knowing(item.references):
            batch.names.add(ref, "shipment", made[-1].id)
    shipments_create(batch, made)
    return bool(made)


def _may_create(item: Item) -> bool:
    partner = item.partner
    return bool(partner and partner.creates_shipments and item.type in SIGNALS and worth_knowing(item.references))


def _is_known(batch: Batch, item: Item) -> bool:
    return any(batch.names.of(ref) for ref in worth_knowing(item.references))


def supplies_bind(batch: Batch) -> None:
    """Tie what suppliers say to the purchase orders it speaks of; they are known from then on."""
    items = [item for item in batch.items if item.family == "supply"]
    numbers: dict[str, str] = {}
    for item in items:
        for ref in item.references:
            if ref.type == RefType.PO and normalised(ref.value):
                numbers.setdefault(key_of(ref)[1], ref.value[:60])
    if not numbers:
        return
    known: dict[Any, int] = dict(Supply.objects.filter(number_key__in=numbers).values_list("number_key", "pk"))
    missing = sorted(set(numbers) - set(known))
    made = rows_insert(Supply, ("number", "number_key"), [(numbers[key], key) for key in missing])
    known |= dict(zip(missing, made, strict=True))
    for item in items:
        item.waits = False
        item.ties = {("supply", known[key_of(ref)[1]]) for ref in item.references if ref.type == RefType.PO}
