"""What pricing, facts and headlines need to know of shipments. A fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from exceptions.cases.detection import Reading, Told, readings_of
from exceptions.cases.services.known_clocks import ClockFacts
from exceptions.parties.models import Account
from exceptions.shipments.canonical import EventType
from exceptions.shipments.models import (
    Appointment,
    Equipment,
    Event,
    EventSubject,
    Leg,
    LoadShipment,
    Milestone,
    MilestoneCode,
    MilestoneKind,
    PartyRole,
    PartyRoleKind,
    Shipment,
    Stop,
    StopKind,
)
from exceptions.sla.pricing import Tally

TROUBLE = (EventType.LOAD_BROKEN_DOWN, EventType.SHIPMENT_DELAYED, EventType.SHIPMENT_PROBLEM_REPORTED)
TERMINALS = (StopKind.TERMINAL, StopKind.PORT, StopKind.RAMP, StopKind.AIRPORT)
LOOKED_AT = (*TROUBLE, EventType.SHIPMENT_TEMPERATURE_READ, EventType.DOCUMENT_RECEIVED)
POD = "pod"
# More readings than this are not needed to see how long the freight was outside its band.
READINGS_KEPT = 500


@dataclass(frozen=True)
class DeliveryState:
    """The stop where a shipment ends. promised: the end of the appointment, or of the window; arrived: best actual."""

    stop_id: int
    promised: datetime | None = None
    estimated: datetime | None = None
    estimated_reported_at: datetime | None = None
    arrived: datetime | None = None
    delivered: datetime | None = None

    @property
    def reached_at(self) -> datetime | None:
        return self.arrived or self.delivered


@dataclass(frozen=True)
class ShipmentState:
    """trouble_at: the last report that something holds it up. proof_at: when its first proof of delivery came. band:
    lowest and highest temperature allowed; readings in order of time, in its unit."""

    delivery: DeliveryState | None = None
    last_free_at: datetime | None = None
    gated_out_at: datetime | None = None
    trouble_at: datetime | None = None
    proof_at: datetime | None = None
    last_heard_at: datetime | None = None
    band: tuple[float | None, float | None] = (None, None)
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True)
class Known:
    """A shipment with what the rules, the expectations and the pricing need of it.

    clocks, tallies (of its customer, by the period of a term): for pricing, which fills them in.
    """

    shipment: Shipment
    state: ShipmentState
    stop: Stop | None
    terminal: Stop | None
    equipment: Equipment | None
    carrier: Account | None
    broker: Account | None = None
    clocks: ClockFacts = field(default_factory=ClockFacts)
    tallies: Mapping[str, Tally] = field(default_factory=dict)


def known_shipments(ids: Iterable[int]) -> list[Known]:
    """The shipments in order of id, those that turned out to be another in its place."""
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
    roles = _roles(keys)
    carriers = _carriers(legs, rides, roles)
    events = _events(keys, rides)
    return [
        Known(
            shipment=shipment,
            stop=stops.get(shipment.pk),
            terminal=terminals.get(shipment.pk) if _runs(equipment.get(shipment.pk)) else None,
            equipment=equipment.get(shipment.pk),
            carrier=carriers.get(shipment.pk),
            broker=roles.get((shipment.pk, PartyRoleKind.BROKER)),
            state=_state(
                shipment,
                deliveries.get(shipment.pk),
                equipment.get(shipment.pk),
                events[shipment.pk],
            ),
        )
        for shipment in shipments
    ]


def _state(
    shipment: Shipment, delivery: DeliveryState | None, equipment: Equipment | None, events: list[Event]
) -> ShipmentState:
    return ShipmentState(
        delivery=delivery,
        last_free_at=equipment.last_free_at if equipment else None,
        gated_out_at=equipment.gated_out_at if equipment else None,
        trouble_at=max((event.occurred_at for event in events if event.type in TROUBLE), default=None),
        proof_at=min((event.occurred_at for event in events if _is_proof(event)), default=None),
        last_heard_at=shipment.last_event.occurred_at if shipment.last_event else None,
        band=(_number(shipment.temperature_min), _number(shipment.temperature_max)),
        readings=_readings(shipment, events),
    )


def _is_proof(event: Event) -> bool:
    return event.type == EventType.DOCUMENT_RECEIVED and str(event.data.get("kind", "")).lower() == POD


def _ends(keys: list[int], legs: dict[int, Leg]) -> tuple[dict[int, Stop], dict[int, Stop]]:
    """Where each shipment ends, and where its equipment waits before: the last terminal.

    It ends at its last delivery stop, else at the destination of its last leg (a stop of its load).
    """
    ends: dict[int, Stop] = {}
    terminals: dict[int, Stop] = {}
    planned = Stop.objects.filter(shipment__in=keys, kind__in=(StopKind.DELIVERY, *TERMINALS), dropped=False)
    for stop in planned.select_related("location__account").order_by("sequence"):
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


def _roles(keys: list[int]) -> dict[tuple[int, str], Account]:
    """Who is what on each shipment, of those that act on it."""
    roles = (PartyRoleKind.CONTRACTED_CARRIER, PartyRoleKind.ACTUAL_CARRIER, PartyRoleKind.BROKER)
    named = PartyRole.objects.filter(shipment__in=keys, role__in=roles).select_related("account").order_by("-pk")
    return {(role.shipment_id, role.role): role.account for role in named}


def _carriers(
    legs: dict[int, Leg], rides: list[LoadShipment], roles: Mapping[tuple[int, str], Account]
) -> dict[int, Account]:
    """Who carries the last leg: its carrier, else its load's, else the actual one, else the contracted one."""
    found = {key: account for (key, role), account in roles.items() if role == PartyRoleKind.CONTRACTED_CARRIER}
    found |= {key: account for (key, role), account in roles.items() if role == PartyRoleKind.ACTUAL_CARRIER}
    found |= {ride.shipment_id: ride.load.carrier for ride in rides if ride.load.carrier is not None}
    return found | {key: leg.carrier for key, leg in legs.items() if leg.carrier is not None}


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
    """Events of the kinds rules look at, of each shipment and of the loads it rides, in order of occurrence.

    A paper proves what it was sent for: one for a load says nothing of each shipment on it.
    """
    riding: dict[int | None, list[int]] = defaultdict(list)
    for ride in rides:
        riding[ride.load_id].append(ride.shipment_id)
    about = Q(shipment__in=keys)
    if riding:
        about |= Q(load__in=list(riding))
    # Two steps, each by an index: joined, the planner may begin with all events of a type.
    ties = list(EventSubject.objects.filter(about).values_list("shipment_id", "load_id", "event_id"))
    told = Event.objects.filter(pk__in={tie[2] for tie in ties}, type__in=LOOKED_AT, retracted_by=None)
    by_id = {event.pk: event for event in told}
    found: dict[int, list[Event]] = defaultdict(list)
    for shipment_id, load_id, event_id in ties:
        event = by_id.get(event_id)
        if event is not None and (shipment_id is not None or event.type != EventType.DOCUMENT_RECEIVED):
            for key in riding.get(load_id, []) if shipment_id is None else [shipment_id]:
                found[key].append(event)
    for events in found.values():
        events.sort(key=lambda event: (event.occurred_at, event.reported_at, event.pk))
    return found


def _readings(shipment: Shipment, events: list[Event]) -> tuple[Reading, ...]:
    told = [
        Told(event.pk, event.type, event.occurred_at, event.reported_at, data=event.data)
        for event in events
        if event.type == EventType.SHIPMENT_TEMPERATURE_READ
    ]
    return tuple(readings_of(told, shipment.temperature_unit)[-READINGS_KEPT:])


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
