"""Reads what is known of shipments into the pure states that the rules look at. A fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from exceptions.cases.detection import DeliveryState, EventView, Reading, ShipmentState
from exceptions.cases.models import OPEN_STATES, CaseShipment
from exceptions.parties.models import Account
from exceptions.shipments.canonical import EventType
from exceptions.shipments.models import (
    Appointment,
    Equipment,
    Event,
    EventSubject,
    HandlingUnit,
    Leg,
    LoadShipment,
    Milestone,
    MilestoneCode,
    MilestoneKind,
    PartyRole,
    PartyRoleKind,
    Shipment,
    ShipmentStatus,
    Stop,
    StopKind,
)

TROUBLE = (EventType.LOAD_BROKEN_DOWN, EventType.SHIPMENT_DELAYED, EventType.SHIPMENT_PROBLEM_REPORTED)
HOLDS = (EventType.SHIPMENT_HELD, EventType.SHIPMENT_RELEASED)
CUSTOMS_KINDS = ("customs", "exam", "documents")
TERMINALS = (StopKind.TERMINAL, StopKind.PORT, StopKind.RAMP, StopKind.AIRPORT)
LOOKED_AT = (*TROUBLE, *HOLDS, EventType.SHIPMENT_TEMPERATURE_READ)
# More readings than this are not needed to see how long the freight was outside its band.
READINGS_KEPT = 500


@dataclass(frozen=True)
class Known:
    """A shipment with what the rules, the expectations and the pricing need of it."""

    shipment: Shipment
    state: ShipmentState
    stop: Stop | None
    terminal: Stop | None
    equipment: Equipment | None
    carrier: Account | None


def known_shipments(ids: Iterable[int], *, unit: int | None = None) -> list[Known]:
    """The shipments in order of id, those that turned out to be another in its place.

    unit: sequence of the handling unit that the signal names, if it does.
    """
    found = Shipment.objects.select_related("customer", "last_event").order_by("pk")
    shipments = list(found.filter(pk__in=ids))
    if any(shipment.continued_as_id for shipment in shipments):
        shipments = list(found.filter(pk__in={shipment.continued_as_id or shipment.pk for shipment in shipments}))
    if not shipments:
        return []
    keys = [shipment.pk for shipment in shipments]
    legs = {
        leg.shipment_id: leg
        for leg in Leg.objects.filter(shipment__in=keys).select_related("carrier").order_by("sequence")
    }
    rides = list(LoadShipment.objects.filter(shipment__in=keys).select_related("load__carrier").order_by("pk"))
    stops, terminals = _ends(keys, legs)
    deliveries = _deliveries(stops)
    equipment = _equipment(keys, rides)
    carriers = _carriers(keys, legs, rides)
    events = _events(keys, rides)
    covered: dict[int, set[str]] = defaultdict(set)
    for row in CaseShipment.objects.filter(shipment__in=keys, case__state__in=OPEN_STATES).values_list(
        "shipment_id", "case__type"
    ):
        covered[row[0]].add(row[1])
    units = (
        dict(HandlingUnit.objects.filter(shipment__in=keys, sequence=unit).values_list("shipment_id", "pk"))
        if unit is not None
        else {}
    )
    return [
        Known(
            shipment=shipment,
            stop=stops.get(shipment.pk),
            terminal=terminals.get(shipment.pk) if _runs(equipment.get(shipment.pk)) else None,
            equipment=equipment.get(shipment.pk),
            carrier=carriers.get(shipment.pk),
            state=_state(
                shipment,
                deliveries.get(shipment.pk),
                legs.get(shipment.pk),
                equipment.get(shipment.pk),
                events[shipment.pk],
                handling_unit_id=units.get(shipment.pk),
                covered=frozenset(covered[shipment.pk]),
            ),
        )
        for shipment in shipments
    ]


def event_view(event: Event) -> EventView:
    """The part of an event that rules look at; the sender's own words come first."""
    text = event.source_text or _said(event.data)
    return EventView(event.type, event.occurred_at, text, dict(event.data))


def _state(
    shipment: Shipment,
    delivery: DeliveryState | None,
    leg: Leg | None,
    equipment: Equipment | None,
    events: list[Event],
    **more: Any,
) -> ShipmentState:
    last: dict[str, Event] = {}
    for event in events:
        if event.type == EventType.SHIPMENT_HELD and event.data.get("kind", "other") not in CUSTOMS_KINDS:
            continue
        last["trouble" if event.type in TROUBLE else event.type] = event
    trouble, held, released = (
        last.get("trouble"),
        last.get(EventType.SHIPMENT_HELD),
        last.get(EventType.SHIPMENT_RELEASED),
    )
    return ShipmentState(
        id=shipment.pk,
        delivery=delivery,
        leg_id=leg.pk if leg else None,
        equipment_id=equipment.pk if equipment else None,
        last_free_at=equipment.last_free_at if equipment else None,
        gated_out_at=equipment.gated_out_at if equipment else None,
        held_at=held.occurred_at if held else None,
        hold_text=event_view(held).text if held else "",
        released_at=released.occurred_at if released else None,
        trouble_at=trouble.occurred_at if trouble else None,
        trouble=(event_view(trouble).text or trouble.get_type_display()) if trouble else "",
        last_heard_at=shipment.last_event.occurred_at if shipment.last_event else None,
        delivered_at=_delivered_at(shipment, delivery),
        band=(_number(shipment.temperature_min), _number(shipment.temperature_max)),
        readings=_readings(shipment, events),
        **more,
    )


def _delivered_at(shipment: Shipment, delivery: DeliveryState | None) -> datetime | None:
    """By the milestone of its stop; by its status where no plan named a stop."""
    if delivery is not None and delivery.delivered is not None:
        return delivery.delivered
    return shipment.status_at if shipment.status == ShipmentStatus.DELIVERED else None


def _ends(keys: list[int], legs: dict[int, Leg]) -> tuple[dict[int, Stop], dict[int, Stop]]:
    """Where each shipment ends, and where its equipment waits before: the last terminal.

    It ends at its last delivery stop, else at the destination of its last leg (a stop of its load).
    """
    ends: dict[int, Stop] = {}
    terminals: dict[int, Stop] = {}
    planned = Stop.objects.filter(shipment__in=keys, kind__in=(StopKind.DELIVERY, *TERMINALS), dropped=False)
    for stop in planned.select_related("location").order_by("sequence"):
        if stop.shipment_id is not None:
            (ends if stop.kind == StopKind.DELIVERY else terminals)[stop.shipment_id] = stop
    wanted = {
        key: leg.destination_id for key, leg in legs.items() if key not in ends and leg.destination_id is not None
    }
    if wanted:
        others = Stop.objects.select_related("location").in_bulk(list(set(wanted.values())))
        ends |= {key: others[stop_id] for key, stop_id in wanted.items() if stop_id in others}
    return ends, terminals


def _runs(equipment: Equipment | None) -> bool:
    """Whether free time runs for it."""
    return equipment is not None and equipment.last_free_at is not None


def _deliveries(stops: dict[int, Stop]) -> dict[int, DeliveryState]:
    ids = {stop.pk for stop in stops.values()}
    times: dict[int, dict[tuple[str, str], Milestone]] = defaultdict(dict)
    for milestone in Milestone.objects.filter(stop__in=ids, code__in=(MilestoneCode.ARRIVAL, MilestoneCode.DELIVERY)):
        if milestone.stop_id is not None:
            times[milestone.stop_id][milestone.kind, milestone.code] = milestone
    appointments = {
        appointment.stop_id: appointment.ends_at
        for appointment in Appointment.objects.filter(stop__in=ids)
        if appointment.holds
    }
    return {key: _delivery(stop, times[stop.pk], appointments.get(stop.pk)) for key, stop in stops.items()}


def _delivery(stop: Stop, times: dict[tuple[str, str], Milestone], appointment_end: datetime | None) -> DeliveryState:
    def best(kind: str) -> Milestone | None:
        return times.get((kind, MilestoneCode.ARRIVAL)) or times.get((kind, MilestoneCode.DELIVERY))

    estimated, promised = best(MilestoneKind.ESTIMATED), best(MilestoneKind.PROMISED)
    arrived = times.get((MilestoneKind.ACTUAL, MilestoneCode.ARRIVAL))
    delivered = times.get((MilestoneKind.ACTUAL, MilestoneCode.DELIVERY))
    return DeliveryState(
        stop_id=stop.pk,
        promised=appointment_end or stop.window_end or (promised.value if promised else None),
        estimated=estimated.value if estimated else None,
        estimated_reported_at=estimated.reported_at if estimated else None,
        arrived=arrived.value if arrived else None,
        delivered=delivered.value if delivered else None,
    )


def _carriers(keys: list[int], legs: dict[int, Leg], rides: list[LoadShipment]) -> dict[int, Account]:
    """Who carries the last leg: its carrier, else its load's, else the contracted one."""
    found = {ride.shipment_id: ride.load.carrier for ride in rides if ride.load.carrier is not None}
    found |= {key: leg.carrier for key, leg in legs.items() if leg.carrier is not None}
    if missing := [key for key in keys if key not in found]:
        roles = (PartyRoleKind.CONTRACTED_CARRIER, PartyRoleKind.ACTUAL_CARRIER)
        named = PartyRole.objects.filter(shipment__in=missing, role__in=roles).select_related("account")
        found |= {role.shipment_id: role.account for role in named.order_by("-role")}
    return found


def _equipment(keys: list[int], rides: list[LoadShipment]) -> dict[int, Equipment]:
    """One piece for each shipment: its own, else its load's."""
    about = Q(shipment__in=keys)
    if rides:
        about |= Q(load__in={ride.load_id for ride in rides})
    own: dict[int, Equipment] = {}
    of_load: dict[int, Equipment] = {}
    for piece in Equipment.objects.filter(about).order_by("-pk"):
        if piece.shipment_id is not None:
            own[piece.shipment_id] = piece
        elif piece.load_id is not None:
            of_load[piece.load_id] = piece
    return {ride.shipment_id: of_load[ride.load_id] for ride in rides if ride.load_id in of_load} | own


def _events(keys: list[int], rides: list[LoadShipment]) -> dict[int, list[Event]]:
    """Events of the kinds rules look at, of each shipment and of the loads it rides, in order of occurrence."""
    riding: dict[int | None, list[int]] = defaultdict(list)
    for ride in rides:
        riding[ride.load_id].append(ride.shipment_id)
    about = Q(shipment__in=keys)
    if riding:
        about |= Q(load__in=list(riding))
    found: dict[int, list[Event]] = defaultdict(list)
    for subject in EventSubject.objects.filter(about, event__type__in=LOOKED_AT).select_related("event"):
        of_load = riding.get(subject.load_id, [])
        for key in of_load if subject.shipment_id is None else [subject.shipment_id]:
            found[key].append(subject.event)
    for events in found.values():
        events.sort(key=lambda event: (event.occurred_at, event.reported_at, event.pk))
    return found


def _readings(shipment: Shipment, events: list[Event]) -> tuple[Reading, ...]:
    found: list[Reading] = []
    for event in events:
        if event.type != EventType.SHIPMENT_TEMPERATURE_READ:
            continue
        value = _in_unit(float(event.data["value"]), str(event.data["unit"]), shipment.temperature_unit)
        if event.data.get("since"):
            found.append(Reading(datetime.fromisoformat(str(event.data["since"])), value))
        found.append(Reading(event.occurred_at, value))
    return tuple(sorted(found, key=lambda reading: reading.at)[-READINGS_KEPT:])


def _in_unit(value: float, unit: str, wanted: str) -> float:
    if unit == wanted or not wanted:
        return value
    return (value - 32) * 5 / 9 if wanted == "C" else value * 9 / 5 + 32


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _said(data: dict[str, Any]) -> str:
    return str(next((data[key] for key in ("description", "note", "detail", "status") if data.get(key)), ""))
