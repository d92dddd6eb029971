"""Taking in an event: store it once, tie it to what it speaks of, bring that in line with everything said so far."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from controltower.audit import Actor, record
from controltower.errors import DomainError, Invalid
from exceptions.parties.models import Partner
from exceptions.shipments.canonical import CanonicalEvent, Place, Ref, RefType, Source, SourceRank, digest
from exceptions.shipments.models import Event, EventReference, EventSubject, Load, Order, Shipment
from exceptions.shipments.payloads import payload_of
from exceptions.shipments.services.applying import PLANS, Touched, event_apply
from exceptions.shipments.services.references import references_lock
from exceptions.shipments.services.told import Told, told


@dataclass(frozen=True)
class Recorded:
    """What came of an event. `created` is False for a repeat. `rebound` are earlier events that waited for what this
    one made known and now apply. `problem` is a sentence when the event speaks of nothing that is known, or of more
    than one thing. What it is tied to is read when somebody asks."""

    event: Event
    created: bool
    rebound: tuple[Event, ...] = ()
    problem: str = ""

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


@dataclass(frozen=True, slots=True)
class Incoming:
    """An event to record: what is said, by which message and partner, how far it is trusted, on whose account."""

    event: CanonicalEvent
    message_id: int | None
    partner: Partner | None
    source_rank: SourceRank
    actor: Actor
    adapter: str = ""


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
    payloads: list[Any] = []
    refused: dict[int, DomainError] = {}
    for index, item in enumerate(incoming):
        try:
            payloads.append(payload_of(item.event))
        except Invalid as error:
            refused[index] = error
    if refused:
        raise EventRefused(refused)
    events_lock(item.event for item in incoming)
    recorded: dict[int, Recorded] = {}
    for index in sorted(range(len(incoming)), key=lambda index: incoming[index].event.occurred_at):
        try:
            recorded[index] = _record_one(incoming[index], payloads[index], now)
        except DomainError as error:
            raise EventRefused({index: error}) from error
    return [recorded[index] for index in range(len(incoming))]


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


def _record_one(item: Incoming, payload: Any, now: datetime) -> Recorded:
    partner = item.partner
    mark = digest(item.event, Source(partner.slug if partner else "", item.adapter, item.source_rank))
    known = Event.objects.filter(digest=mark).first()
    if known is not None:
        return Recorded(known, created=False)
    row = _event_store(item.event, mark, item.message_id, partner, item.source_rank, item.adapter, now)
    touched = event_apply(Told(row, item.event, payload), now)
    rebound = _rebind(touched.new, now)
    after = _trace(row, touched, rebound)
    record(verb="event.recorded", subject=f"event:{row.pk}", actor=item.actor, now=now, after=after)
    return Recorded(row, created=True, rebound=tuple(rebound), problem=touched.problem)


def events_lock(events: Iterable[CanonicalEvent]) -> None:
    """Lock what several events of one transaction speak of before the first of them is recorded.

    The first one's audit entry holds the organisation's chain until the commit; whoever then waited for an identifier
    that another such transaction holds would wait for ever.
    """
    references_lock([ref for event in events for ref in (*event.references, *_named_within(payload_of(event)))])


def _trace(row: Event, touched: Touched, rebound: list[Event]) -> dict[str, Any]:
    return {
        "type": row.type,
        "digest": row.digest,
        "shipments": sorted({*touched.shipments, *touched.riders}),
        "loads": sorted(touched.loads),
        "orders": sorted(touched.orders),
        "rebound": [event.pk for event in rebound],
    }


def _named_within(payload: Any) -> Iterator[Ref]:
    """Identifiers that stand in a plan's data rather than among the event's references."""
    for leg in getattr(payload, "legs", ()):
        yield Ref(RefType.LOAD, leg.load)
    for number in getattr(payload, "loads", ()):
        yield Ref(RefType.LOAD, number)
    for line in getattr(payload, "order_lines", ()):
        yield Ref(RefType.ORDER, line.order)
    for item in getattr(payload, "equipment", ()):
        yield Ref(RefType.CONTAINER if item.kind == "container" else RefType.TRAILER, item.number)


def _event_store(
    event: CanonicalEvent,
    mark: str,
    message_id: int | None,
    partner: Partner | None,
    source_rank: SourceRank,
    adapter: str,
    now: datetime,
) -> Event:
    row = Event.objects.create(
        type=event.type,
        occurred_at=event.occurred_at,
        reported_at=event.report_time,
        recorded_at=now,
        digest=mark,
        partner=partner,
        adapter=adapter,
        source_rank=source_rank,
        source_code=event.source_code[:60],
        source_text=event.source_text[:500],
        sender_event_id=event.event_id[:200],
        place={name: getattr(event.place, name) for name in Place.__slots__} if event.place else None,
        data=dict(event.data),
        message_id=message_id,
    )
    by_key = {ref.key: ref for ref in event.references}
    EventReference.objects.bulk_create(
        EventReference(event=row, type=kind, value=ref.value[:60], value_key=value[:60], issuer_key=issuer[:40])
        for (kind, value, issuer), ref in sorted(by_key.items())
    )
    return row


def _rebind(new: list[Ref], now: datetime) -> list[Event]:
    """Apply the events that waited for these identifiers, and those that wait for what they make known in turn.

    An event that so far was tied to a load only is read again too: it may turn out to name one shipment on it.
    """
    rebound: list[Event] = []
    done: set[int] = set()
    while new:
        wanted = Q(pk__in=[])
        for kind, value, _ in {ref.key for ref in new}:
            wanted |= Q(event_references__type=kind, event_references__value_key=value)
        tied = EventSubject.objects.filter(shipment__isnull=False).values("event")
        rows = Event.objects.filter(wanted).exclude(pk__in=tied).exclude(type__in=PLANS).exclude(pk__in=done)
        new = []
        for row in rows.select_related("partner").order_by("id").distinct():
            done.add(row.pk)
            was = list(EventSubject.objects.filter(event=row))
            touched = event_apply(told(row), now, before=was)
            if not touched.problem and not was:
                rebound.append(row)
            new += touched.new
    return rebound
