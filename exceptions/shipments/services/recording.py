"""Taking in an event: store it once, tie it to what it speaks of, bring that in line with everything said so far."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import Q

from controltower.audit import Actor, record
from controltower.errors import Invalid
from exceptions.parties.models import Partner
from exceptions.shipments.canonical import CanonicalEvent, EventType, Place, Ref, RefType, Source, SourceRank, digest
from exceptions.shipments.models import Event, EventReference, EventSubject, Load, LoadShipment, Mode, Order, Shipment
from exceptions.shipments.payloads import payload_of
from exceptions.shipments.projection import SIGNALS
from exceptions.shipments.services.merging import shipment_absorb
from exceptions.shipments.services.plans import shipment_create, shipment_plan
from exceptions.shipments.services.references import (
    SHIPMENT_TYPES,
    Resolution,
    references_attach,
    references_lock,
    references_resolve,
)
from exceptions.shipments.services.replay import event_add, load_replay, order_replay, shipment_replay
from exceptions.shipments.services.resources import load_named, load_plan, order_named, order_plan
from exceptions.shipments.services.told import Told, plan_key, told

ORDER_PLANS: Final = frozenset({EventType.ORDER_CREATED, EventType.ORDER_CHANGED})
PLANS: Final = ORDER_PLANS | {EventType.LOAD_PLANNED, EventType.SHIPMENT_BOOKED}


@dataclass(frozen=True)
class Recorded:
    """What came of an event. `created` is False for a repeat. `rebound` are earlier events that waited for what this
    one made known and now apply. `problem` is a sentence when the event speaks of nothing that is known, or of more
    than one thing."""

    event: Event
    shipments: list[Shipment]
    loads: list[Load]
    orders: list[Order]
    created: bool
    rebound: tuple[Event, ...] = ()
    problem: str = ""


@dataclass
class _Touched:
    """What one event spoke of, and the identifiers that became known through it."""

    shipments: dict[int, Shipment] = field(default_factory=dict)
    loads: dict[int, Load] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)
    equipment: set[int] = field(default_factory=set)
    new: list[Ref] = field(default_factory=list)
    problem: str = ""


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
    """Record what a message says. Idempotent, and the same in any order: state follows from the set of events.

    Raises `Invalid` for data that its type does not allow, or that names an account or location nobody entered.
    """
    payload = payload_of(event)
    references_lock([*event.references, *_named_within(payload)])
    mark = digest(event, Source(partner.slug if partner else "", adapter, source_rank))
    known = Event.objects.filter(digest=mark).first()
    if known is not None:
        return _recorded(known, created=False)
    row = _event_store(event, mark, message_id, partner, source_rank, adapter, now)
    touched = _apply(Told(row, event, payload), now)
    rebound = _rebind(touched.new, now)
    recorded = _recorded(row, created=True, rebound=tuple(rebound), problem=touched.problem)
    record(verb="event.recorded", subject=f"event:{row.pk}", actor=actor, now=now, after=_trace(recorded))
    return recorded


def _trace(recorded: Recorded) -> dict[str, Any]:
    return {
        "type": recorded.event.type,
        "digest": recorded.event.digest,
        "shipments": [shipment.pk for shipment in recorded.shipments],
        "loads": [load.pk for load in recorded.loads],
        "orders": [order.pk for order in recorded.orders],
        "rebound": [event.pk for event in recorded.rebound],
    }


def _recorded(row: Event, *, created: bool, rebound: tuple[Event, ...] = (), problem: str = "") -> Recorded:
    subjects = EventSubject.objects.filter(event=row).order_by("id")
    loads = list(Load.objects.filter(event_subjects__in=subjects).order_by("id").distinct())
    shipments = Shipment.objects.filter(Q(event_subjects__in=subjects) | Q(load_shipments__load__in=loads))
    orders = Order.objects.filter(event_subjects__in=subjects).order_by("id").distinct()
    return Recorded(row, list(shipments.order_by("id").distinct()), loads, list(orders), created, rebound, problem)


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
            touched = _apply(told(row), now, before=was)
            if not touched.problem and not was:
                rebound.append(row)
            new += touched.new
    return rebound


def _apply(item: Told, now: datetime, *, before: Sequence[EventSubject] = ()) -> _Touched:
    """Tie the event to what it speaks of. `before` is what it was tied to so far, when it is read again."""
    family = item.row.type.partition(".")[0]
    if item.row.type in ORDER_PLANS:
        touched = _apply_order_plan(item)
    elif item.row.type == EventType.LOAD_PLANNED:
        touched = _apply_load_plan(item)
    elif item.row.type == EventType.SHIPMENT_BOOKED:
        touched = _apply_booking(item, now)
    else:
        touched = _apply_news(item, family, now)
    EventSubject.objects.filter(pk__in=[subject.pk for subject in before]).delete()
    _subjects_store(item.row, touched)
    _replay(item, touched, {subject.load_id for subject in before if subject.load_id})
    return touched


def _apply_order_plan(item: Told) -> _Touched:
    order, new = order_named(_own_number(item, RefType.ORDER))
    new += order_plan(order, item.payload, key=plan_key(item.row), references=item.event.references)
    return _Touched(orders={order.pk: order}, new=new)


def _apply_load_plan(item: Told) -> _Touched:
    load, new = load_named(_own_number(item, RefType.LOAD))
    new += load_plan(load, item.payload, key=plan_key(item.row))
    return _Touched(loads={load.pk: load}, new=new)


def _own_number(item: Told, kind: str) -> str:
    numbers = [ref.value for ref in item.event.references if ref.type == kind]
    if len(numbers) != 1:
        raise Invalid(f"{item.row.type} needs one reference of type {kind!r}: the number.", code="number_missing")
    return numbers[0]


def _apply_booking(item: Told, now: datetime) -> _Touched:
    references = item.event.references
    if not any(ref.type in SHIPMENT_TYPES for ref in references):
        raise Invalid(
            "A booking needs a reference that names the shipment alone: BOL, PRO, tracking number, AWB or CMR.",
            code="reference_missing",
        )
    resolution = references_resolve([ref for ref in references if ref.type in SHIPMENT_TYPES])
    if resolution.problem:
        return _Touched(problem=resolution.problem)
    new: list[Ref] = []
    if resolution.shipments:
        (shipment,) = _shipments_meant(resolution)
    else:
        shipment, own = shipment_create(created_from="booking", now=now)
        new.append(own)
    new += shipment_plan(shipment, item.payload, key=plan_key(item.row), references=references)
    return _Touched(shipments={shipment.pk: shipment}, new=new)


def _apply_news(item: Told, family: str, now: datetime) -> _Touched:
    resolution = references_resolve(item.event.references)
    touched = _Touched(problem=resolution.problem)
    if family in ("order", "inventory"):
        touched.orders = {order.pk: order for order in Order.objects.filter(pk__in=resolution.orders)}
    elif family == "load":
        touched.loads = {load.pk: load for load in Load.objects.filter(pk__in=resolution.loads)}
    elif resolution.shipments or resolution.loads:
        touched.shipments = {shipment.pk: shipment for shipment in _shipments_meant(resolution)}
        touched.loads = {load.pk: load for load in Load.objects.filter(pk__in=resolution.loads)}
        touched.equipment = resolution.equipment
        for shipment in touched.shipments.values():
            touched.new += references_attach(_worth_knowing(resolution), shipment=shipment)
    elif not touched.problem and _may_create(item, resolution):
        _shipment_from_signal(item, touched, now)
    if not (touched.shipments or touched.loads or touched.orders or touched.problem):
        said = ", ".join(f"{RefType(ref.type).label} {ref.value}" for ref in item.event.references)
        touched.problem = f"Nothing is known by {said or 'no reference at all'} yet; it waits."
    return touched


def _worth_knowing(resolution: Resolution) -> Iterable[Ref]:
    """Who knows a shipment by one identifier and adds another, tells us the other."""
    return [ref for ref in resolution.unknown if ref.type in SHIPMENT_TYPES and ref.type != RefType.SHIPMENT]


def _may_create(item: Told, resolution: Resolution) -> bool:
    partner = item.row.partner
    return bool(partner and partner.creates_shipments and item.row.type in SIGNALS and list(_worth_knowing(resolution)))


def _shipment_from_signal(item: Told, touched: _Touched, now: datetime) -> None:
    partner = item.row.partner
    assert partner is not None, "_may_create asks for a partner"
    mode = str(partner.mapping.get("mode", Mode.PARCEL))
    shipment, own = shipment_create(
        created_from="signal",
        now=now,
        customer=partner.default_customer,
        mode=mode if mode in Mode.values else Mode.PARCEL,
    )
    touched.shipments[shipment.pk] = shipment
    wanted = [ref for ref in item.event.references if ref.type in SHIPMENT_TYPES]
    touched.new += [own, *references_attach(wanted, shipment=shipment)]


def _locked(shipments: Iterable[int]) -> Sequence[Shipment]:
    return list(Shipment.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=shipments).order_by("id"))


def _shipments_meant(resolution: Resolution) -> Sequence[Shipment]:
    """The shipments of a resolution, locked; those that turn out to be one are made one first."""
    if not resolution.same:
        return _locked(resolution.shipments)
    rows = {shipment.pk: shipment for shipment in _locked(resolution.same)}
    first, *others = (rows[pk] for pk in resolution.same)
    shipment_absorb(first, others)
    return [first]


def _subjects_store(row: Event, touched: _Touched) -> None:
    EventSubject.objects.bulk_create(
        [
            *(EventSubject(event=row, shipment_id=pk) for pk in sorted(touched.shipments)),
            *(EventSubject(event=row, load_id=pk) for pk in sorted(touched.loads)),
            *(EventSubject(event=row, order_id=pk) for pk in sorted(touched.orders)),
            *(EventSubject(event=row, equipment_id=pk) for pk in sorted(touched.equipment)),
        ]
    )


def _replay(item: Told, touched: _Touched, left: set[int]) -> None:
    """`left` are loads the event was tied to before: what rides them forgets it."""
    for load in touched.loads.values():
        load_replay(load)
    for order in touched.orders.values():
        order_replay(order)
    replanned = set(touched.loads) if item.row.type == EventType.LOAD_PLANNED else set()
    loads = {*touched.loads, *left}
    riders = list(LoadShipment.objects.filter(load__in=loads).values_list("shipment_id", "load_id")) if loads else []
    anew = {shipment for shipment, load in riders if load in left | replanned}
    for shipment in _locked({*touched.shipments, *(shipment for shipment, _ in riders)}):
        if shipment.pk in anew:
            shipment_replay(shipment)
        else:
            event_add(shipment, item)
