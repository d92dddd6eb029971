"""Taking in events: store each once, tie it to what it speaks of, bring that in line with everything said so far.

A chunk of messages is recorded in a fixed number of statements, whatever the number of events: identifiers, histories
and what stands are read for all of them at once, judged in memory, and what differs is written at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from controltower.audit import Actor, record
from controltower.errors import DomainError, Invalid
from exceptions.parties.models import Partner
from exceptions.shipments.canonical import CanonicalEvent, EventType, Ref, SourceRank
from exceptions.shipments.histories import NOT_KEPT, History, histories
from exceptions.shipments.models import Event, Load, LoadShipment, Order, Shipment
from exceptions.shipments.payloads import payload_of
from exceptions.shipments.projection import SIGNALS
from exceptions.shipments.services.batch import (
    Batch,
    Item,
    check_references,
    check_text,
    codes_check,
    keys_of,
    references_within,
)
from exceptions.shipments.services.binding import news_bind
from exceptions.shipments.services.names import Names, references_lock
from exceptions.shipments.services.placing import bookings_place
from exceptions.shipments.services.plans import bookings_apply
from exceptions.shipments.services.projecting import Heard, shipments_project
from exceptions.shipments.services.resources import loads_plan, numbered_know, orders_plan
from exceptions.shipments.services.retracting import replacements_apply, retractions_apply
from exceptions.shipments.services.settling import names_settle
from exceptions.shipments.services.states import loads_project, orders_project, supplies_project
from exceptions.shipments.services.storing import (
    Digests,
    aliases_store,
    digests_of,
    events_insert,
    events_known,
    ties_store,
)


@dataclass(frozen=True, slots=True)
class Incoming:
    """An event to record: what is said, by which message and partner, how far it is trusted, on whose account.

    `replaces` is the id of an event recorded before that counts no more from now on, because the same words are now
    understood as this one.
    """

    event: CanonicalEvent
    message_id: int | None
    partner: Partner | None
    source_rank: SourceRank
    actor: Actor
    adapter: str = ""
    replaces: int | None = None


@dataclass(frozen=True)
class Recorded:
    """What came of an event. `created` is False for a repeat. `problem` is a sentence when the event speaks of nothing
    that is known, or of more than one thing.

    `rebound` are earlier events that waited for what this batch made known and now apply, or that count no more; they
    stand with the first event that the batch created, or with its first at all. `histories` are those of all shipments that the batch touched, by
    id, as they stand after it. What the event is tied to is read when somebody asks.
    """

    event: Event
    created: bool
    rebound: tuple[Event, ...] = ()
    problem: str = ""
    histories: Mapping[int, History] = field(default_factory=dict, repr=False, compare=False)

    @property
    def shipments(self) -> list[Shipment]:
        """Those it names, and all that ride a load it speaks of."""
        named = Q(event_subjects__event=self.event) | Q(load_shipments__load__event_subjects__event=self.event)
        return list(Shipment.objects.filter(named).order_by("id").distinct())

    @property
    def loads(self) -> list[Load]:
        return list(Load.objects.filter(event_subjects__event=self.event).order_by("id").distinct())

    @property
    def orders(self) -> list[Order]:
        return list(Order.objects.filter(event_subjects__event=self.event).order_by("id").distinct())


class EventRefused(Invalid):
    """Events that cannot be recorded: data that their type does not allow, or the name of an account or location
    nobody entered.

    `reasons` has every one that was found, by its place among the incoming; `index` is the first of them, whose words
    these are. The caller leaves their messages out and records the others in a new savepoint; then more may be found.
    """

    def __init__(self, reasons: Mapping[int, DomainError]) -> None:
        self.reasons = dict(sorted(reasons.items()))
        self.index, first = next(iter(self.reasons.items()))
        super().__init__(first.message, code=first.code, details=first.details)


def events_record(incoming: Sequence[Incoming], *, now: datetime) -> list[Recorded]:
    """Record what messages say; one answer for each, in the same order. Idempotent, and the same in any order and
    grouping: state follows from the set of events.

    Raises `EventRefused`; then the transaction holds a part of the work, and must be rolled back.
    """
    payloads = _payloads(incoming)
    _lock(incoming, payloads)
    digests = digests_of(incoming)
    known = events_known(digests)
    rows = events_insert(incoming, payloads, digests, known, now=now)
    again = aliases_store(incoming, digests, known | rows)
    batch = Batch(_items(incoming, payloads, digests, rows), Names(), now)
    touched: dict[int, History] = {}
    rebound: tuple[Event, ...] = ()
    replaced = {
        item.replaces: (known | rows)[mark].pk
        for item, mark in zip(incoming, digests, strict=True)
        if item.replaces is not None
    }
    if batch.items or replaced or again:
        if wrong := codes_check(batch):
            raise EventRefused(wrong)
        _tie(batch)
        retractions_apply(
            batch, {rows[item.digest].pk: rows[item.digest].sender_event_id for item in batch.items}, again
        )
        replacements_apply(batch, replaced)
        ties_store(batch)
        touched = _project(batch, rows)
        rebound = _rebound(batch)
        _trace(incoming, batch, touched, rebound, now)
    return _answers(batch, digests, known | rows, touched, rebound)


def event_record(
    event: CanonicalEvent,
    *,
    message_id: int | None,
    partner: Partner | None,
    source_rank: SourceRank,
    actor: Actor,
    now: datetime,
    adapter: str = "",
) -> Recorded:
    """Record one event that stands alone, as `events_record` does. Raises `EventRefused`, an `Invalid`."""
    (recorded,) = events_record([Incoming(event, message_id, partner, source_rank, actor, adapter)], now=now)
    return recorded


def _payloads(incoming: Sequence[Incoming]) -> list[Any]:
    payloads: list[Any] = []
    refused: dict[int, DomainError] = {}
    for index, item in enumerate(incoming):
        try:
            check_text(item.event)
            payloads.append(payload_of(item.event))
            check_references(item.event.type, item.event.references)
        except Invalid as error:
            refused[index] = error
    if refused:
        raise EventRefused(refused)
    return payloads


def _lock(incoming: Sequence[Incoming], payloads: Sequence[Any]) -> None:
    """By what they name. What takes events back waits for all that its sender says, so that neither misses the other;
    what we say ourselves is said one after the other, under the name that it is about."""
    told = [item for item in incoming if item.partner is not None]
    references_lock(
        (
            *(
                ref
                for item, payload in zip(incoming, payloads, strict=True)
                for ref in (*item.event.references, *references_within(payload))
            ),
            *(_sender(item) for item in told if item.event.type == EventType.EVENT_RETRACTED),
        ),
        shared={_sender(item) for item in told if item.event.event_id},
    )


def _sender(item: Incoming) -> Ref:
    return Ref("sender", item.partner.slug if item.partner is not None else "")


def _items(
    incoming: Sequence[Incoming], payloads: Sequence[Any], digests: Digests, rows: Mapping[str, Event]
) -> list[Item]:
    """One for each event that was stored just now, at the first place where it stands."""
    items: dict[str, Item] = {}
    for index, mark in enumerate(digests):
        row = rows.get(mark)
        if row is not None and mark not in items:
            event = incoming[index].event
            items[mark] = Item(
                row.pk,
                row.type,
                row.occurred_at,
                row.reported_at,
                mark,
                event.references,
                incoming[index].partner,
                payloads[index],
                index,
            )
    return list(items.values())


def _tie(batch: Batch) -> None:
    """Plans first, so that news find what they speak of; then everything that any of it makes known."""
    names = batch.names
    names.load(key for item in batch.items for key in keys_of(item))
    numbered_know(batch)
    placed = bookings_place(batch)
    _shipments_lock(batch, names.told_by() | set(placed))
    bookings_apply(batch, placed)
    loads_plan(batch)
    orders_plan(batch)
    news_bind(batch)
    names_settle(batch)
    names.store()


def _shipments_lock(batch: Batch, ids: Iterable[int]) -> None:
    """Lock shipments for the rest of the transaction, in the order of their ids, and read which plan is in force."""
    rows = Shipment.objects.select_for_update(no_key=True).filter(pk__in=list(ids)).order_by("id")
    batch.names.in_force |= dict(rows.values_list("pk", "plan_key"))


def _project(batch: Batch, rows: Mapping[str, Event]) -> dict[int, History]:
    """Bring all that the batch's events speak of, or spoke of, in line with them."""
    changed = [*batch.items, *batch.again.values(), *batch.taken_back]
    ties = {tie for item in changed for tie in (*item.ties, *item.was)}
    lost = {tie for item in (*batch.again.values(), *batch.taken_back) for tie in item.was}
    loads = {pk for thing, pk in ties if thing == "load"} | batch.loads
    riders = _riders(loads)
    anew = batch.planned | batch.disturbed | {pk for thing, pk in lost if thing == "shipment"}
    anew |= {rider for load in batch.loads | {pk for thing, pk in lost if thing == "load"} for rider in riders[load]}
    shipments = {pk for thing, pk in ties if thing == "shipment"} | anew | {r for of in riders.values() for r in of}
    shipments |= _sharing(batch)
    _shipments_lock(batch, shipments - set(batch.names.in_force))
    touched = histories(shipments)
    fresh = {item.id for item in changed}
    shipments_project(touched, fresh=fresh, anew=anew, positions=_positions(batch, riders))
    loads_project(loads)
    orders_project({pk for thing, pk in ties if thing == "order"} | batch.orders)
    supplies_project(pk for thing, pk in ties if thing == "supply")
    return touched


def _riders(loads: set[int]) -> dict[int, set[int]]:
    riders: dict[int, set[int]] = {load: set() for load in loads}
    if loads:
        for load, shipment in LoadShipment.objects.filter(load__in=loads).values_list("load_id", "shipment_id"):
            riders[load].add(shipment)
    return riders


def _sharing(batch: Batch) -> set[int]:
    """Shipments that ride with those of which something about equipment was said: a piece on their load is one."""
    told = {
        pk
        for item in (*batch.items, *batch.again.values())
        if item.family == "equipment"
        for pk in item.tied("shipment")
    }
    if not told:
        return set()
    loads = LoadShipment.objects.filter(shipment__in=told, load__equipment__isnull=False).values("load")
    return set(LoadShipment.objects.filter(load__in=loads).values_list("shipment_id", flat=True))


def _positions(batch: Batch, riders: Mapping[int, set[int]]) -> dict[int, Heard]:
    """The latest position report of the batch, by shipment."""
    found: dict[int, Heard] = {}
    for item in (*batch.items, *batch.again.values()):
        if item.type in NOT_KEPT and item.type in SIGNALS:
            heard = (item.occurred_at, item.digest, item.id)
            for pk in {*item.tied("shipment"), *(r for load in item.tied("load") for r in riders.get(load, ()))}:
                found[pk] = max(found.get(pk, heard), heard)
    return found


def _rebound(batch: Batch) -> tuple[Event, ...]:
    ids = {item.id for item in batch.again.values() if item.ties and item.ties != item.was and not item.problem}
    ids |= {item.id for item in batch.taken_back}
    return tuple(Event.objects.filter(pk__in=ids).select_related("partner").order_by("id")) if ids else ()


def _trace(
    incoming: Sequence[Incoming],
    batch: Batch,
    touched: Mapping[int, History],
    rebound: Sequence[Event],
    now: datetime,
) -> None:
    """One entry for each actor that says something new in this batch, with the digests of all that was said."""
    by_actor: dict[Actor, list[Item]] = {}
    for item in batch.items:
        by_actor.setdefault(incoming[item.index].actor, []).append(item)
    for actor, items in by_actor.items():
        ties = {tie for item in items for tie in item.ties}
        record(
            verb="event.recorded" if len(items) == 1 else "events.recorded",
            subject=f"event:{items[0].id}",
            actor=actor,
            now=now,
            after={
                "events": [[item.id, item.type, item.digest] for item in items],
                "touched": sorted(f"{thing}:{pk}" for thing, pk in ties),
                "rebound": [event.pk for event in rebound],
            },
        )


def _answers(
    batch: Batch,
    digests: Digests,
    events: Mapping[str, Event],
    touched: Mapping[int, History],
    rebound: tuple[Event, ...],
) -> list[Recorded]:
    first = {item.index: item for item in batch.items}
    speaker = min(first, default=0)
    return [
        Recorded(
            events[mark],
            created=index in first,
            rebound=rebound if index == speaker else (),
            problem=first[index].problem if index in first else "",
            histories=touched,
        )
        for index, mark in enumerate(digests)
    ]
