"""What the bookings of a batch make of the tables. Of each shipment the plan reported last is in force."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from exceptions.parties.models import Location
from exceptions.shipments.canonical import RefType
from exceptions.shipments.histories import StopRow
from exceptions.shipments.models import (
    HandlingUnit,
    Leg,
    LoadShipment,
    OrderLine,
    PartyRole,
    Shipment,
    ShipmentOrderLine,
    Stop,
)
from exceptions.shipments.payloads.plans import BookedData, EquipmentData, LegData, StopData
from exceptions.shipments.projection import lane, stops_matched
from exceptions.shipments.services.batch import Batch, Item, grouped
from exceptions.shipments.services.bulk import rows_delete, rows_insert, rows_update
from exceptions.shipments.services.names import EQUIPMENT_TYPES
from exceptions.shipments.services.removal import discard_all
from exceptions.shipments.services.resources import Owned, equipment_plan, json_of

# What is known of the way of a shipment that nobody planned with us: it is picked up and delivered, somewhere.
UNPLANNED: Final = (
    StopData(sequence=1, kind="pickup", zone="UTC"),
    StopData(sequence=2, kind="delivery", zone="UTC"),
)
_MOVED_ASIDE: Final = 1000
_PLACE: Final = ("name", "city", "region", "country", "postcode", "unlocode", "zone")
_STOP: Final = ("sequence", "kind", *_PLACE, "location_id", "window_start", "window_end")
_FIELDS: Final = ("mode", "service", "incoterm", "freight_terms", "goods", "goods_class")


@dataclass(frozen=True, slots=True)
class Plan:
    """The booking that is to be in force for a shipment."""

    shipment: int
    item: Item

    @property
    def data(self) -> BookedData:
        return self.item.payload  # type: ignore[no-any-return]

    @property
    def loads(self) -> list[str]:
        """The numbers of what it rides."""
        numbers = [leg.load for leg in self.data.legs] + [*self.data.loads]
        numbers += [ref.value for ref in self.item.references if ref.type == RefType.LOAD]
        return [number for number in dict.fromkeys(numbers) if number]


def bookings_apply(batch: Batch, placed: Mapping[int, Sequence[Item]]) -> None:
    """Put the latest plan of each shipment in force, unless a later one already is. The caller holds their locks."""
    plans = []
    for shipment, items in sorted(placed.items()):
        latest = max(items, key=lambda item: item.plan_key)
        if latest.plan_key > batch.names.in_force.get(shipment, ""):
            plans.append(Plan(shipment, latest))
            batch.names.in_force[shipment] = latest.plan_key
    batch.planned |= set(placed)  # of one that is out of date too: it may name the customer that the later one does not
    if not plans:
        return
    stops = _stops_plan(batch, plans)
    _fields_plan(plans, stops)
    _legs_plan(batch, plans, stops)
    _rides_plan(batch, plans)
    _parties_plan(batch, plans)
    _units_plan(plans)
    _order_lines_plan(batch, plans)
    owned = [Owned([*plan.data.equipment, *_equipment_named(plan)], shipment_id=plan.shipment) for plan in plans]
    equipment_plan(batch, owned)


def _shipments(plans: Iterable[Plan]) -> list[int]:
    return [plan.shipment for plan in plans]


def _fields_plan(plans: Sequence[Plan], stops: Mapping[int, Mapping[int, StopRow]]) -> None:
    rows = []
    for plan in plans:
        data, band = plan.data, plan.data.temperature
        rows.append(
            (
                plan.shipment,
                *(getattr(data, name) for name in _FIELDS),
                data.value.amount if data.value else None,
                data.value.currency if data.value else "",
                band.min if band else None,
                band.max if band else None,
                band.unit if band else "",
                data.hazmat.model_dump() if data.hazmat else None,
                [json_of(document) for document in data.documents],
                lane(list(stops[plan.shipment].values())),
                "booking",
                plan.item.plan_key,
            )
        )
    columns = ("value", "currency", "temperature_min", "temperature_max", "temperature_unit", "hazmat", "documents")
    rows_update(Shipment, (*_FIELDS, *columns, "lane", "created_from", "plan_key"), rows)


def _stops_plan(batch: Batch, plans: Sequence[Plan]) -> dict[int, dict[int, StopRow]]:
    """Make the shipments' stops those of their plans; they by shipment and sequence. A stop that goes on keeps its row;
    one that left the plan is dropped."""
    held = _stops_held(plans)
    wanted: list[tuple[int, StopRow, tuple[Any, ...]]] = []
    stay: set[int] = set()
    for plan in plans:
        rows = [_stop_row(stop, batch.locations.get(stop.location)) for stop in plan.data.stops or UNPLANNED]
        views = [_view(row) for row in rows]
        matched = stops_matched(held.get(plan.shipment, []), views)
        stay |= set(matched.values())
        wanted += [
            (plan.shipment, view._replace(id=matched.get(view.sequence, 0)), row)
            for view, row in zip(views, rows, strict=True)
        ]
    # Out of the way first: numbers are unique in a shipment, and two stops may swap theirs.
    numbers = {row.id: row.sequence for rows in held.values() for row in rows}
    if moved := [pk for _, view, _ in wanted if (pk := view.id) and numbers[pk] != view.sequence]:
        rows_update(Stop, ("sequence",), [(pk, numbers[pk] + _MOVED_ASIDE) for pk in moved])
    if left := sorted(set(numbers) - stay):
        kept = [stop.pk for stop in discard_all(Stop.objects.filter(pk__in=left))]
        Stop.objects.filter(pk__in=kept).update(dropped=True)
    rows_update(Stop, _STOP, [(view.id, *row) for _, view, row in wanted if view.id])
    new = [(shipment, view, row) for shipment, view, row in wanted if not view.id]
    made = iter(rows_insert(Stop, ("shipment_id", *_STOP), [(shipment, *row) for shipment, _, row in new]))
    found: dict[int, dict[int, StopRow]] = {plan.shipment: {} for plan in plans}
    for shipment, view, _ in wanted:
        found[shipment][view.sequence] = view if view.id else view._replace(id=next(made))
    return found


def _stops_held(plans: Iterable[Plan]) -> dict[int, list[StopRow]]:
    rows = Stop.objects.filter(shipment__in=_shipments(plans), dropped=False)
    return grouped((key, StopRow(*row)) for key, *row in rows.values_list("shipment_id", *StopRow._fields))


def _stop_row(stop: StopData, location: Location | None) -> tuple[Any, ...]:
    place = (getattr(stop, name) or (getattr(location, name) if location else "") for name in _PLACE)
    where = location.pk if location else None
    return (stop.sequence, stop.kind, *place, where, stop.window_start, stop.window_end)


def _view(row: tuple[Any, ...]) -> StopRow:
    said = dict(zip(_STOP, row, strict=True))
    return StopRow(0, *(said[name] for name in StopRow._fields[1:]))


def _legs_plan(batch: Batch, plans: Sequence[Plan], stops: Mapping[int, Mapping[int, StopRow]]) -> None:
    held = {
        (shipment, sequence): pk
        for pk, shipment, sequence in Leg.objects.filter(shipment__in=_shipments(plans)).values_list(
            "pk", "shipment_id", "sequence"
        )
    }
    wanted = {
        (plan.shipment, leg.sequence): _leg_row(batch, leg, stops[plan.shipment])
        for plan in plans
        for leg in plan.data.legs
    }
    if left := [pk for key, pk in held.items() if key not in wanted]:
        discard_all(Leg.objects.filter(pk__in=left))
    columns = ("mode", "service", "carrier_id", "origin_id", "destination_id", "load_id", "cutoffs")
    rows_update(Leg, columns, [(held[key], *row) for key, row in wanted.items() if key in held])
    new = [(*key, *row) for key, row in wanted.items() if key not in held]
    rows_insert(Leg, ("shipment_id", "sequence", *columns), new)


def _leg_row(batch: Batch, leg: LegData, stops: Mapping[int, StopRow]) -> tuple[Any, ...]:
    return (
        leg.mode,
        leg.service,
        batch.accounts.get(leg.carrier),
        stops[leg.origin].id if leg.origin is not None else None,
        stops[leg.destination].id if leg.destination is not None else None,
        _load(batch, leg.load) if leg.load else None,
        [json_of(cutoff) for cutoff in leg.cutoffs],
    )


def _load(batch: Batch, number: str) -> int | None:
    return batch.names.numbered(RefType.LOAD, number)


def _rides_plan(batch: Batch, plans: Sequence[Plan]) -> None:
    wanted = {(load, plan.shipment) for plan in plans for number in plan.loads if (load := _load(batch, number))}
    rows = LoadShipment.objects.filter(shipment__in=_shipments(plans)).values_list("pk", "load_id", "shipment_id")
    held = {(load, shipment): pk for pk, load, shipment in rows}
    rows_delete(LoadShipment, [pk for key, pk in held.items() if key not in wanted])
    rows_insert(LoadShipment, ("load_id", "shipment_id"), sorted(wanted - set(held)))


def _parties_plan(batch: Batch, plans: Sequence[Plan]) -> None:
    wanted = {
        (plan.shipment, party.role, batch.accounts[party.account])
        for plan in plans
        for party in plan.data.parties
        if party.account
    }
    rows = PartyRole.objects.filter(shipment__in=_shipments(plans))
    held = {(s, role, account): pk for pk, s, role, account in rows.values_list("pk", "shipment", "role", "account")}
    if left := [pk for key, pk in held.items() if key not in wanted]:
        discard_all(PartyRole.objects.filter(pk__in=left))
    rows_insert(PartyRole, ("shipment_id", "role", "account_id"), sorted(wanted - set(held)))


def _units_plan(plans: Sequence[Plan]) -> None:
    rows = HandlingUnit.objects.filter(shipment__in=_shipments(plans)).values_list("pk", "shipment_id", "sequence")
    held = {(shipment, sequence): pk for pk, shipment, sequence in rows}
    columns = (
        "kind",
        "label",
        "description",
        "count_ordered",
        "count_shipped",
        "weight_ordered",
        "weight_shipped",
    )
    wanted = {
        (plan.shipment, unit.sequence): (
            unit.kind,
            unit.label,
            unit.description,
            unit.ordered,
            unit.shipped,
            unit.weight_ordered,
            unit.weight_shipped,
        )
        for plan in plans
        for unit in plan.data.units
    }
    if left := [pk for key, pk in held.items() if key not in wanted]:
        discard_all(HandlingUnit.objects.filter(pk__in=left))
    rows_update(HandlingUnit, columns, [(held[key], *row) for key, row in wanted.items() if key in held])
    new = [(*key, *row) for key, row in wanted.items() if key not in held]
    rows_insert(HandlingUnit, ("shipment_id", "sequence", *columns), new)


def _order_lines_plan(batch: Batch, plans: Sequence[Plan]) -> None:
    """The order itself may be heard of later; its line stands until then with nothing ordered."""
    wanted: dict[tuple[int, int, int], Any] = {}
    for plan in plans:
        for item in plan.data.order_lines:
            order = batch.names.numbered(RefType.ORDER, item.order)
            assert order is not None, "every number that a plan names was made known before"
            wanted[plan.shipment, order, item.line] = item.quantity
    ids = order_lines_named(key[1:] for key in wanted)
    rows = ShipmentOrderLine.objects.filter(shipment__in=_shipments(plans))
    held = {(s, line): (pk, order) for pk, s, line, order in rows.values_list(*_RIDING)}
    meant = {(shipment, ids[order, line]): quantity for (shipment, order, line), quantity in wanted.items()}
    rows_delete(ShipmentOrderLine, [pk for key, (pk, _) in held.items() if key not in meant])
    rows_update(
        ShipmentOrderLine, ("quantity",), [(held[key][0], quantity) for key, quantity in meant.items() if key in held]
    )
    new = [(*key, quantity) for key, quantity in meant.items() if key not in held]
    rows_insert(ShipmentOrderLine, ("shipment_id", "order_line_id", "quantity"), new)
    batch.orders |= {order for key, (_, order) in held.items() if key not in meant} | {key[1] for key in wanted}


_RIDING: Final = ("pk", "shipment_id", "order_line_id", "order_line__order_id")


def order_lines_named(lines: Iterable[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """The ids of lines by order and number; what is not there is made, with nothing ordered."""
    wanted = set(lines)
    if not wanted:
        return {}
    rows = OrderLine.objects.filter(order__in={order for order, _ in wanted})
    found = {(order, line): pk for pk, order, line in rows.values_list("pk", "order_id", "line_number")}
    missing = sorted(wanted - set(found))
    made = rows_insert(OrderLine, ("order_id", "line_number", "ordered"), [(*key, 0) for key in missing])
    return found | dict(zip(missing, made, strict=True))


def _equipment_named(plan: Plan) -> list[EquipmentData]:
    """Equipment that stands only among the references, as containers often do."""
    numbers = {item.number for item in plan.data.equipment}
    return [
        EquipmentData(number=ref.value[:20], kind="container" if ref.type == RefType.CONTAINER else "trailer")
        for ref in plan.item.references
        if ref.type in EQUIPMENT_TYPES and ref.value not in numbers
    ]
