"""What an event does: it finds or makes what it speaks of, and that is brought in line with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from controltower.errors import Invalid
from exceptions.shipments.canonical import EventType, Ref, RefType
from exceptions.shipments.models import Event, EventSubject, Load, LoadShipment, Mode, Order, Shipment
from exceptions.shipments.projection import SIGNALS
from exceptions.shipments.services.merging import shipment_absorb
from exceptions.shipments.services.plans import shipment_create, shipment_plan
from exceptions.shipments.services.references import (
    SHIPMENT_TYPES,
    Resolution,
    references_attach,
    references_resolve,
)
from exceptions.shipments.services.replay import event_add, load_replay, order_replay, shipment_replay
from exceptions.shipments.services.resources import load_named, load_plan, order_named, order_plan
from exceptions.shipments.services.told import Told, plan_key

ORDER_PLANS: Final = frozenset({EventType.ORDER_CREATED, EventType.ORDER_CHANGED})
PLANS: Final = ORDER_PLANS | {EventType.LOAD_PLANNED, EventType.SHIPMENT_BOOKED}


@dataclass
class Touched:
    """What one event spoke of, and the identifiers that became known through it. Its shipments are locked; `riders` are
    those on its loads."""

    shipments: dict[int, Shipment] = field(default_factory=dict)
    loads: dict[int, Load] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)
    equipment: set[int] = field(default_factory=set)
    new: list[Ref] = field(default_factory=list)
    riders: set[int] = field(default_factory=set)
    problem: str = ""


def event_apply(item: Told, now: datetime, *, before: Sequence[EventSubject] = ()) -> Touched:
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


def _apply_order_plan(item: Told) -> Touched:
    order, new = order_named(_own_number(item, RefType.ORDER))
    new += order_plan(order, item.payload, key=plan_key(item.row), references=item.event.references)
    return Touched(orders={order.pk: order}, new=new)


def _apply_load_plan(item: Told) -> Touched:
    load, new = load_named(_own_number(item, RefType.LOAD))
    new += load_plan(load, item.payload, key=plan_key(item.row))
    return Touched(loads={load.pk: load}, new=new)


def _own_number(item: Told, kind: str) -> str:
    numbers = [ref.value for ref in item.event.references if ref.type == kind]
    if len(numbers) != 1:
        raise Invalid(f"{item.row.type} needs one reference of type {kind!r}: the number.", code="number_missing")
    return numbers[0]


def _apply_booking(item: Told, now: datetime) -> Touched:
    references = item.event.references
    if not any(ref.type in SHIPMENT_TYPES for ref in references):
        raise Invalid(
            "A booking needs a reference that names the shipment alone: BOL, PRO, tracking number, AWB or CMR.",
            code="reference_missing",
        )
    resolution = references_resolve([ref for ref in references if ref.type in SHIPMENT_TYPES])
    if resolution.problem:
        return Touched(problem=resolution.problem)
    new: list[Ref] = []
    if resolution.shipments:
        (shipment,) = _shipments_meant(resolution)
    else:
        shipment, own = shipment_create(created_from="booking", now=now)
        new.append(own)
    new += shipment_plan(shipment, item.payload, key=plan_key(item.row), references=references)
    return Touched(shipments={shipment.pk: shipment}, new=new)


def _apply_news(item: Told, family: str, now: datetime) -> Touched:
    resolution = references_resolve(item.event.references)
    touched = Touched(problem=resolution.problem)
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


def _shipment_from_signal(item: Told, touched: Touched, now: datetime) -> None:
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
    rows = Shipment.objects.select_for_update(no_key=True, of=("self",)).select_related("last_event")
    return list(rows.filter(pk__in=shipments).order_by("id"))


def _shipments_meant(resolution: Resolution) -> Sequence[Shipment]:
    """The shipments of a resolution, locked; those that turn out to be one are made one first."""
    if not resolution.same:
        return _locked(resolution.shipments)
    rows = {shipment.pk: shipment for shipment in _locked(resolution.same)}
    first, *others = (rows[pk] for pk in resolution.same)
    shipment_absorb(first, others)
    return [first]


def _subjects_store(row: Event, touched: Touched) -> None:
    EventSubject.objects.bulk_create(
        [
            *(EventSubject(event=row, shipment_id=pk) for pk in sorted(touched.shipments)),
            *(EventSubject(event=row, load_id=pk) for pk in sorted(touched.loads)),
            *(EventSubject(event=row, order_id=pk) for pk in sorted(touched.orders)),
            *(EventSubject(event=row, equipment_id=pk) for pk in sorted(touched.equipment)),
        ]
    )


def _replay(item: Told, touched: Touched, left: set[int]) -> None:
    """`left` are loads the event was tied to before: what rides them forgets it."""
    for load in touched.loads.values():
        load_replay(load)
    for order in touched.orders.values():
        order_replay(order)
    replanned = set(touched.loads) if item.row.type == EventType.LOAD_PLANNED else set()
    loads = {*touched.loads, *left}
    riders = list(LoadShipment.objects.filter(load__in=loads).values_list("shipment_id", "load_id")) if loads else []
    touched.riders = {shipment for shipment, load in riders if load in touched.loads}
    anew = {shipment for shipment, load in riders if load in left | replanned}
    others = {shipment for shipment, _ in riders} - set(touched.shipments)
    for shipment in (*touched.shipments.values(), *_locked(others)):
        if shipment.pk in anew:
            shipment_replay(shipment)
        else:
            event_add(shipment, item)
