"""Loads, orders and equipment that the plans of a batch name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q
from pydantic import BaseModel

from exceptions.shipments.canonical import EventType, Ref, RefType, normalised
from exceptions.shipments.models import Equipment, Load, Order, OrderLine, ShipmentOrderLine
from exceptions.shipments.payloads.plans import EquipmentData, LineData
from exceptions.shipments.services.batch import ORDER_PLANS, Batch, Item, own_number, references_within
from exceptions.shipments.services.bulk import rows_insert, rows_update
from exceptions.shipments.services.names import Move
from exceptions.shipments.services.removal import discard_all

_NUMBERED: Final = ((RefType.LOAD, Load), (RefType.ORDER, Order))


def json_of(part: BaseModel) -> dict[str, Any]:
    """The part of a payload as JSON holds it."""
    return part.model_dump(mode="json")


def numbered_know(batch: Batch) -> None:
    """Make every load and order that a plan names, also one that is out of date: what is known depends on what was
    said, not on when."""
    plans = [item for item in batch.items if item.payload is not None]
    for kind, model in _NUMBERED:
        wanted: dict[str, Ref] = {}
        for item in plans:
            for ref in _numbers(item):
                if ref.type == kind and batch.names.numbered(kind, ref.value) is None and normalised(ref.value):
                    wanted.setdefault(normalised(ref.value), ref)
        made = rows_insert(model, ("number",), [(ref.value[:60],) for ref in wanted.values()])
        for pk, ref in zip(made, wanted.values(), strict=True):
            batch.names.add(ref, str(kind), pk, exclusive=True)


def _numbers(item: Item) -> Iterable[Ref]:
    if item.type == EventType.SHIPMENT_BOOKED:
        yield from references_within(item.payload)
        yield from (ref for ref in item.references if ref.type == RefType.LOAD)
    elif item.type == EventType.LOAD_PLANNED:
        yield Ref(RefType.LOAD, own_number(item))
    elif item.type in ORDER_PLANS:
        yield Ref(RefType.ORDER, own_number(item))


def loads_plan(batch: Batch) -> None:
    """Put the latest plan of each load in force."""
    latest: dict[int, Item] = {}
    for item in batch.of_type(EventType.LOAD_PLANNED):
        load = batch.names.numbered(RefType.LOAD, own_number(item))
        assert load is not None, "every number that a plan names was made known before"
        item.ties.add(("load", load))
        item.waits = False
        batch.loads.add(load)
        latest[load] = item
    keys = dict(Load.objects.filter(pk__in=latest).values_list("pk", "plan_key")) if latest else {}
    newer = {pk: item for pk, item in latest.items() if item.plan_key > keys[pk]}
    rows_update(
        Load,
        ("plan_key", "carrier_id", "mode", "vehicle", "voyage"),
        [
            (
                pk,
                item.plan_key,
                batch.accounts.get(item.payload.carrier),
                item.payload.mode,
                item.payload.vehicle,
                item.payload.voyage,
            )
            for pk, item in newer.items()
        ],
    )
    equipment_plan(batch, [Owned(item.payload.equipment, load_id=pk) for pk, item in newer.items()])


@dataclass(frozen=True, slots=True)
class Owned:
    """The equipment that a plan puts on a shipment or load."""

    wanted: Sequence[EquipmentData]
    shipment_id: int | None = None
    load_id: int | None = None


def equipment_plan(batch: Batch, owned: Sequence[Owned]) -> None:
    if not owned:
        return
    about = Q(shipment__in=[one.shipment_id for one in owned if one.shipment_id is not None])
    about |= Q(load__in=[one.load_id for one in owned if one.load_id is not None], shipment=None)
    columns = ("kind", "iso_type", "seal")
    held = {
        (number, shipment, load): (pk, tuple(row))
        for pk, number, shipment, load, *row in Equipment.objects.filter(about).values_list(
            "pk", "number", "shipment_id", "load_id", *columns
        )
    }
    wanted = {
        (item.number, one.shipment_id, one.load_id): (item.kind, item.iso_type, item.seal)
        for one in owned
        for item in one.wanted
    }
    if left := {pk for key, (pk, _) in held.items() if key not in wanted}:
        stay = {row.pk for row in discard_all(Equipment.objects.filter(pk__in=left))}
        batch.names.forget_equipment(left - stay)
    changed = [(held[key][0], *row) for key, row in wanted.items() if key in held and held[key][1] != row]
    rows_update(Equipment, columns, changed)
    new = [key for key in wanted if key not in held]
    made = rows_insert(Equipment, ("number", "shipment_id", "load_id", *columns), [(*key, *wanted[key]) for key in new])
    ids = {key: pk for key, (pk, _) in held.items()} | dict(zip(new, made, strict=True))
    for key, (kind, *_) in wanted.items():
        number, shipment, load = key
        batch.names.moves.setdefault(ids[key], Move(shipment, load, None, ""))
        ref = Ref(RefType.CONTAINER if kind == "container" else RefType.TRAILER, number)
        batch.names.add(ref, "equipment", ids[key])


def orders_plan(batch: Batch) -> None:
    """Put the latest plan of each order in force; its other identifiers are known from every one."""
    latest: dict[int, Item] = {}
    for item in batch.of_type(*ORDER_PLANS):
        order = batch.names.numbered(RefType.ORDER, own_number(item))
        assert order is not None, "every number that a plan names was made known before"
        item.ties.add(("order", order))
        item.waits = False
        for ref in item.references:
            if ref.type != RefType.ORDER:
                batch.names.add(ref, "order", order)
        latest[order] = item
    batch.orders |= set(latest)
    keys = dict(Order.objects.filter(pk__in=latest).values_list("pk", "plan_key")) if latest else {}
    newer = {pk: item for pk, item in latest.items() if item.plan_key > keys[pk]}
    if not newer:
        return
    rows_update(
        Order,
        ("plan_key", "need_by", "value", "currency"),
        [
            (
                pk,
                item.plan_key,
                item.payload.need_by,
                item.payload.value.amount if item.payload.value else None,
                item.payload.value.currency if item.payload.value else "",
            )
            for pk, item in newer.items()
        ],
    )
    _lines_plan(newer)


_LINE: Final = ("sku", "description", "unit", "ordered", "value", "need_by", "waits_for", "waits_for_key")
_NOTHING_ORDERED: Final = ("", "", "EA", 0, None, None, "", "")


def _lines_plan(orders: dict[int, Item]) -> None:
    """Make the lines those of the plans. What left them has nothing ordered any more."""
    rows = OrderLine.objects.filter(order__in=orders).values_list("pk", "order_id", "line_number")
    held = {(order, line): pk for pk, order, line in rows}
    wanted = {(order, line.line): _line_row(line) for order, item in orders.items() for line in item.payload.lines}
    left = [pk for key, pk in held.items() if key not in wanted]
    rows_update(OrderLine, _LINE, [(pk, *_NOTHING_ORDERED) for pk in left])
    rows_update(OrderLine, _LINE, [(held[key], *row) for key, row in wanted.items() if key in held])
    new = [(*key, *row) for key, row in wanted.items() if key not in held]
    rows_insert(OrderLine, ("order_id", "line_number", *_LINE), new)


def lines_prune(orders: Iterable[int]) -> None:
    """Lines that no plan orders stay as long as they ride a shipment, or a case speaks of them."""
    bare = dict(zip(_LINE, _NOTHING_ORDERED, strict=True))
    riding = ShipmentOrderLine.objects.filter(order_line__order__in=orders).values("order_line")
    unwanted = OrderLine.objects.filter(order__in=orders, **bare).exclude(pk__in=riding)
    if unwanted.exists():
        discard_all(unwanted)


def _line_row(line: LineData) -> tuple[Any, ...]:
    waits_for_key = normalised(line.waits_for)[:60]
    return (
        line.sku,
        line.description,
        line.unit,
        line.quantity,
        line.value,
        line.need_by,
        line.waits_for,
        waits_for_key,
    )
