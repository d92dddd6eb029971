"""Plans: what a booking, an order or a load plan makes of the tables. The plan reported last is in force."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from controltower.errors import Invalid
from exceptions.parties.models import Account, Location
from exceptions.shipments.canonical import Ref, RefType
from exceptions.shipments.models import (
    HandlingUnit,
    Leg,
    Load,
    LoadShipment,
    OrderLine,
    PartyRole,
    Shipment,
    ShipmentOrderLine,
    Stop,
    StopKind,
)
from exceptions.shipments.payloads.plans import BookedData, EquipmentData, LegData, StopData, UnitData
from exceptions.shipments.projection import StopView, lane, stops_matched
from exceptions.shipments.services.numbers import number_next
from exceptions.shipments.services.putting import rows_put
from exceptions.shipments.services.references import EQUIPMENT_TYPES, references_attach
from exceptions.shipments.services.removal import discard
from exceptions.shipments.services.resources import (
    accounts_by_code,
    customer_fill,
    equipment_plan,
    load_named,
    order_named,
)
from exceptions.shipments.services.told import view_of

# What is known of the way of a shipment that nobody planned with us: it is picked up and delivered, somewhere.
UNPLANNED: Final = (
    StopData(sequence=1, kind="pickup", zone="UTC"),
    StopData(sequence=2, kind="delivery", zone="UTC"),
)
_MOVED_ASIDE: Final = 1000


def _locations_by_code(codes: Iterable[str]) -> dict[str, Location]:
    wanted = {code for code in codes if code}
    found = {place.code: place for place in Location.objects.filter(code__in=wanted)} if wanted else {}
    if missing := sorted(wanted - set(found)):
        raise Invalid(
            f"No location has the code {missing[0]!r}. An administrator can add it in the admin; then replay the message.",
            code="unknown_location",
            details={"codes": missing},
        )
    return found


def shipment_create(
    *, created_from: str, now: datetime, customer: Account | None = None, mode: str = "road"
) -> tuple[Shipment, Ref]:
    """A shipment with nothing but its number, and the reference that the number is."""
    shipment = Shipment.objects.create(
        number=number_next("shipment", "SH-"), created_from=created_from, created_at=now, customer=customer, mode=mode
    )
    stops_plan(shipment, UNPLANNED)
    own = Ref(RefType.SHIPMENT, shipment.number)
    references_attach([own], shipment=shipment)
    return shipment, own


def shipment_plan(shipment: Shipment, data: BookedData, *, key: str, references: Sequence[Ref]) -> list[Ref]:
    """Put a plan in force, unless a later one already is. Returns the identifiers that became known with it."""
    new = references_attach(_own_references(references), shipment=shipment)
    if key <= shipment.plan_key:
        customer_fill(shipment, data.customer)
        return new
    accounts = accounts_by_code(
        [data.customer, *(party.account for party in data.parties), *(leg.carrier for leg in data.legs)]
    )
    _fields_plan(shipment, data, accounts, key)
    stops = stops_plan(shipment, data.stops or UNPLANNED)
    shipment.lane = lane([view_of(stop) for stop in stops])
    shipment.save()
    new += _legs_plan(shipment, data, stops, accounts, references)
    _parties_plan(shipment, data, accounts)
    _units_plan(shipment, data)
    new += _order_lines_plan(shipment, data)
    wanted = [*data.equipment, *_equipment_named(references, data.equipment)]
    return new + equipment_plan(wanted, shipment=shipment)


def _own_references(references: Sequence[Ref]) -> list[Ref]:
    return [ref for ref in references if ref.type not in EQUIPMENT_TYPES and ref.type != RefType.LOAD]


def _fields_plan(shipment: Shipment, data: BookedData, accounts: Mapping[str, Account], key: str) -> None:
    shipment.plan_key = key
    shipment.created_from = "booking"
    shipment.customer = accounts.get(data.customer) or shipment.customer
    for name in ("mode", "service", "incoterm", "freight_terms", "goods", "goods_class"):
        setattr(shipment, name, getattr(data, name))
    shipment.value = data.value.amount if data.value else None
    shipment.currency = data.value.currency if data.value else ""
    band = data.temperature
    shipment.temperature_min = band.min if band else None
    shipment.temperature_max = band.max if band else None
    shipment.temperature_unit = band.unit if band else ""
    shipment.hazmat = data.hazmat.model_dump() if data.hazmat else None


def stops_plan(shipment: Shipment, planned: Sequence[StopData]) -> list[Stop]:
    """Make the shipment's stops those of the plan. A stop that goes on keeps its row; one that left it is dropped."""
    locations = _locations_by_code(stop.location for stop in planned)
    existing = {stop.pk: stop for stop in Stop.objects.filter(shipment=shipment, dropped=False)}
    rows = [_stop_row(stop, locations.get(stop.location)) for stop in planned]
    wanted = [StopView(0, *(row[name] for name in _VIEWED)) for row in rows]
    matched = stops_matched([view_of(stop) for stop in existing.values()], wanted)
    # Out of the way first: numbers are unique in a shipment, and two stops may swap theirs.
    for stop in existing.values():
        stop.sequence += _MOVED_ASIDE
        stop.save(update_fields=["sequence"])
    for stop in discard(stop for pk, stop in existing.items() if pk not in matched.values()):
        Stop.objects.filter(pk=stop.pk).update(dropped=True)
    stops = []
    for row in sorted(rows, key=lambda row: row["sequence"]):
        stop = existing[matched[row["sequence"]]] if row["sequence"] in matched else Stop(shipment=shipment)
        for name, value in row.items():
            setattr(stop, name, value)
        stop.save()
        stops.append(stop)
    return stops


_VIEWED: Final = ("sequence", "kind", "name", "city", "region", "country", "unlocode")
_PLACE: Final = ("name", "city", "region", "country", "postcode", "unlocode", "zone")


def _stop_row(stop: StopData, location: Location | None) -> dict[str, Any]:
    place = {name: getattr(stop, name) or (getattr(location, name) if location else "") for name in _PLACE}
    return {
        **place,
        "sequence": stop.sequence,
        "kind": StopKind(stop.kind),
        "location": location,
        "window_start": stop.window_start,
        "window_end": stop.window_end,
    }


def _legs_plan(
    shipment: Shipment,
    data: BookedData,
    stops: Sequence[Stop],
    accounts: Mapping[str, Account],
    references: Sequence[Ref],
) -> list[Ref]:
    new: list[Ref] = []
    loads: dict[str, Load] = {}
    numbers = [leg.load for leg in data.legs] + [*data.loads]
    numbers += [ref.value for ref in references if ref.type == RefType.LOAD]
    for number in dict.fromkeys(number for number in numbers if number):
        loads[number], made = load_named(number)
        new += made
    by_sequence = {stop.sequence: stop for stop in stops}
    rows_put(
        Leg,
        ("shipment", "sequence"),
        {(shipment, leg.sequence): _leg_row(leg, by_sequence, accounts, loads) for leg in data.legs},
    )
    discard(Leg.objects.filter(shipment=shipment).exclude(sequence__in=[leg.sequence for leg in data.legs]))
    LoadShipment.objects.filter(shipment=shipment).exclude(load__in=loads.values()).delete()
    for load in loads.values():
        LoadShipment.objects.get_or_create(load=load, shipment=shipment)
    return new


def _leg_row(
    leg: LegData, stops: Mapping[int, Stop], accounts: Mapping[str, Account], loads: Mapping[str, Load]
) -> dict[str, Any]:
    return {
        "mode": leg.mode,
        "service": leg.service,
        "carrier": accounts.get(leg.carrier),
        "origin": stops[leg.origin] if leg.origin is not None else None,
        "destination": stops[leg.destination] if leg.destination is not None else None,
        "load": loads.get(leg.load),
    }


def _parties_plan(shipment: Shipment, data: BookedData, accounts: Mapping[str, Account]) -> None:
    wanted = {(party.role, accounts[party.account].pk) for party in data.parties}
    held = {(role.role, role.account_id): role for role in PartyRole.objects.filter(shipment=shipment)}
    discard(role for key, role in held.items() if key not in wanted)
    PartyRole.objects.bulk_create(
        PartyRole(shipment=shipment, role=role, account_id=account) for role, account in sorted(wanted - set(held))
    )


def _units_plan(shipment: Shipment, data: BookedData) -> None:
    rows_put(
        HandlingUnit, ("shipment", "sequence"), {(shipment, unit.sequence): _unit_row(unit) for unit in data.units}
    )
    units = HandlingUnit.objects.filter(shipment=shipment)
    discard(units.exclude(sequence__in=[unit.sequence for unit in data.units]))


def _unit_row(unit: UnitData) -> dict[str, Any]:
    return {
        "kind": unit.kind,
        "label": unit.label,
        "description": unit.description,
        "count_ordered": unit.ordered,
        "count_shipped": unit.shipped,
        "weight_ordered": unit.weight_ordered,
        "weight_shipped": unit.weight_shipped,
    }


def _order_lines_plan(shipment: Shipment, data: BookedData) -> list[Ref]:
    new: list[Ref] = []
    wanted: dict[tuple[Any, ...], dict[str, Any]] = {}
    for item in data.order_lines:
        order, made = order_named(item.order)
        new += made
        # The order itself may be heard of later; its line stands until then with nothing ordered.
        line, _ = OrderLine.objects.get_or_create(order=order, line_number=item.line, defaults={"ordered": 0})
        wanted[shipment, line] = {"quantity": item.quantity}
    rows_put(ShipmentOrderLine, ("shipment", "order_line"), wanted)
    lines = [line for _, line in wanted]
    ShipmentOrderLine.objects.filter(shipment=shipment).exclude(order_line__in=lines).delete()
    return new


def _equipment_named(references: Sequence[Ref], listed: Sequence[EquipmentData]) -> list[EquipmentData]:
    """Equipment that stands only among the references, as containers often do."""
    numbers = {item.number for item in listed}
    return [
        EquipmentData(number=ref.value[:20], kind="container" if ref.type == RefType.CONTAINER else "trailer")
        for ref in references
        if ref.type in EQUIPMENT_TYPES and ref.value not in numbers
    ]
