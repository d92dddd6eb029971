"""Whole histories of many shipments at once, as light rows: what the projection and detection both judge.

A fixed number of queries, whatever the number of shipments. Rows are tuples rather than model instances, as a chunk of
messages reads thousands of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.db.models import Model, Q

from exceptions.parties.models import Partner
from exceptions.shipments.canonical import EventType
from exceptions.shipments.models import (
    Appointment,
    Equipment,
    Event,
    EventReference,
    EventSubject,
    HandlingUnit,
    Leg,
    LoadShipment,
    Milestone,
    PartyRole,
    Shipment,
    Stop,
)

# Said hundreds of times a day and shaping nothing: only the last signal of all counts (`ShipmentRow.last_event_id`).
NOT_KEPT: Final = frozenset({EventType.SHIPMENT_POSITION_REPORTED})
MilestoneKey = tuple[int, str, str]
"""Stop, kind and code."""


class EventRow(NamedTuple):
    """A stored event. `source` is the partner's slug. `data` is checked against the type's payload, but plain JSON: times
    are ISO text, amounts text or numbers. `load_id` is the load it was said of, None when it names the shipment.
    `retracted` ones count for nothing."""

    id: int
    type: str
    occurred_at: datetime
    reported_at: datetime
    recorded_at: datetime
    digest: str
    partner_id: int | None
    source: str
    source_rank: int
    source_code: str
    source_text: str
    sender_event_id: str
    place: dict[str, Any] | None
    data: dict[str, Any]
    retracted: bool
    load_id: int | None


class ShipmentRow(NamedTuple):
    id: int
    number: str
    customer_id: int | None
    mode: str
    service: str
    goods_class: str
    temperature_min: Decimal | None
    temperature_max: Decimal | None
    temperature_unit: str
    documents: list[dict[str, str]]
    status: str
    status_at: datetime | None
    lane: str
    created_from: str
    plan_key: str
    continued_as_id: int | None
    last_event_id: int | None
    last_heard_at: datetime | None
    last_digest: str | None


class StopRow(NamedTuple):
    """A stop in the plan in force; dropped ones are not here."""

    id: int
    sequence: int
    kind: str
    name: str
    city: str
    region: str
    country: str
    unlocode: str
    zone: str
    window_start: datetime | None
    window_end: datetime | None
    location_id: int | None


class LegRow(NamedTuple):
    id: int
    sequence: int
    mode: str
    carrier_id: int | None
    service: str
    origin_id: int | None
    destination_id: int | None
    load_id: int | None
    cutoffs: list[dict[str, str]]


class LoadRow(NamedTuple):
    id: int
    number: str
    mode: str
    carrier_id: int | None
    vehicle: str
    voyage: str
    state: str
    state_at: datetime | None
    respond_by: datetime | None


class EquipmentRow(NamedTuple):
    """A piece on the shipment, or (`load_id`) on a load it rides."""

    id: int
    number: str
    kind: str
    load_id: int | None
    seal: str
    discharged_at: datetime | None
    available_at: datetime | None
    last_free_at: datetime | None
    gated_out_at: datetime | None
    return_by: datetime | None
    returned_at: datetime | None


class UnitRow(NamedTuple):
    id: int
    sequence: int
    kind: str
    count_ordered: int | None
    count_shipped: int | None
    count_received: int | None


class MilestoneRow(NamedTuple):
    """`id` is 0 for one that the projection found and has not stored yet."""

    id: int
    value: datetime
    source_rank: int
    source: str
    reported_at: datetime


class AppointmentRow(NamedTuple):
    id: int
    state: str
    number: str
    starts_at: datetime | None
    ends_at: datetime | None
    reported_at: datetime

    @property
    def holds(self) -> bool:
        """Whether somebody may be held to it."""
        return self.state in ("confirmed", "rescheduled") and self.ends_at is not None


@dataclass(slots=True)
class History:
    """A shipment, its plan, everything said of it and of the loads it rides, and what follows from that.

    `events` are in the order (occurred_at, reported_at, digest), the same wherever and however they arrived; positions
    are left out. `stops` are in order of sequence. `roles` are (role, account id). `milestones` and `appointments` are
    what stands by what was recorded so far. `numbers` are the normalised container and trailer numbers that an
    `equipment.*` event names, by its id.
    """

    shipment: ShipmentRow
    stops: list[StopRow] = field(default_factory=list)
    legs: list[LegRow] = field(default_factory=list)
    loads: list[LoadRow] = field(default_factory=list)
    equipment: list[EquipmentRow] = field(default_factory=list)
    units: list[UnitRow] = field(default_factory=list)
    roles: list[tuple[str, int]] = field(default_factory=list)
    events: list[EventRow] = field(default_factory=list)
    milestones: dict[MilestoneKey, MilestoneRow] = field(default_factory=dict)
    appointments: dict[int, AppointmentRow] = field(default_factory=dict)
    numbers: dict[int, frozenset[str]] = field(default_factory=dict)

    def said(self, *types: str) -> list[EventRow]:
        """Events of these types that were not taken back."""
        return [event for event in self.events if event.type in types and not event.retracted]


def histories(shipment_ids: Iterable[int]) -> dict[int, History]:
    """The histories of these shipments, by id; unknown ids are left out. Some fifteen queries, whatever their number."""
    ids = sorted(set(shipment_ids))
    if not ids:
        return {}
    found = _shipments(ids)
    for shipment_id, *row in _rows(Stop, _with("shipment_id", StopRow), _own(ids) & Q(dropped=False), "sequence"):
        found[shipment_id].stops.append(StopRow(*row))
    for shipment_id, *row in _rows(Leg, _with("shipment_id", LegRow), _own(ids), "sequence"):
        found[shipment_id].legs.append(LegRow(*row))
    for shipment_id, *row in _rows(HandlingUnit, _with("shipment_id", UnitRow), _own(ids), "sequence"):
        found[shipment_id].units.append(UnitRow(*row))
    for shipment_id, role, account in _rows(PartyRole, ("shipment_id", "role", "account_id"), _own(ids), "id"):
        found[shipment_id].roles.append((role, account))
    riders = _rides(found, ids)
    _equipment(found, ids, riders)
    _events(found, ids, riders)
    _standing(found)
    return found


def events_by(thing: str, ids: Iterable[int], types: Iterable[str]) -> dict[int, list[EventRow]]:
    """Events of these types that speak of loads, orders or supplies, by the id of each; in no particular order.

    thing: "load", "order" or "supply". One query.
    """
    found: dict[int, list[EventRow]] = defaultdict(list)
    about = Q(**{f"{thing}_id__in": list(ids)}, shapes=True)
    subjects = list(_rows(EventSubject, (f"{thing}_id", "load_id", "event_id"), about))
    said = _said((event for _, _, event in subjects), Q(type__in=list(types)))
    for key, load_id, event in subjects:
        if event in said:
            found[key].append(EventRow._make((*said[event], load_id)))
    return found


def _shipments(ids: Sequence[int]) -> dict[int, History]:
    rows = list(_rows(Shipment, ShipmentRow._fields[:-2], Q(pk__in=ids), "id"))
    last = [row[-1] for row in rows if row[-1] is not None]
    heard = {pk: (at, mark) for pk, at, mark in _rows(Event, ("id", "occurred_at", "digest"), Q(pk__in=last))}
    return {row[0]: History(ShipmentRow._make((*row, *heard.get(row[-1], (None, None))))) for row in rows}


def _said(ids: Iterable[int], about: Q) -> dict[int, tuple[Any, ...]]:
    """What the events with these ids say: an `EventRow` without its load.

    By their ids alone, as a join would leave it to the planner's statistics whether it reads the whole table.
    """
    wanted = sorted(set(ids))
    rows = list(_rows(Event, _EVENT, about & Q(pk__in=wanted))) if wanted else []
    partners = {row[6] for row in rows if row[6] is not None}
    slugs = dict(_rows(Partner, ("id", "slug"), Q(pk__in=sorted(partners)))) if partners else {}
    return {row[0]: (*row[:7], slugs.get(row[6], ""), *row[7:13], row[13] is not None) for row in rows}


def _rows(model: type[Model], columns: Sequence[str], about: Q, *order: str) -> Iterable[tuple[Any, ...]]:
    return model._default_manager.filter(about).order_by(*order).values_list(*columns)


def _own(ids: Sequence[int]) -> Q:
    return Q(shipment_id__in=ids)


def _with(first: str, row: Any) -> tuple[str, ...]:
    return (first, *row._fields)


# Without the slug of the partner and the load, which stand elsewhere.
_EVENT: Final = (*EventRow._fields[:7], *EventRow._fields[8:14], "retracted_by_id")


def _rides(found: Mapping[int, History], ids: Sequence[int]) -> dict[int, list[int]]:
    """Attach the loads; returns who of these rides each."""
    riders: dict[int, list[int]] = defaultdict(list)
    columns = ("shipment_id", *(f"load__{name}" for name in LoadRow._fields))
    for shipment_id, *row in _rows(LoadShipment, columns, _own(ids), "load_id"):
        load = LoadRow(*row)
        found[shipment_id].loads.append(load)
        riders[load.id].append(shipment_id)
    return riders


def _equipment(found: Mapping[int, History], ids: Sequence[int], riders: Mapping[int, list[int]]) -> None:
    about = _own(ids) | Q(load_id__in=list(riders)) if riders else _own(ids)
    for shipment_id, *row in _rows(Equipment, _with("shipment_id", EquipmentRow), about, "id"):
        piece = EquipmentRow(*row)
        for rider in [shipment_id] if shipment_id is not None else riders.get(piece.load_id or 0, ()):
            if rider in found:
                found[rider].equipment.append(piece)


def _events(found: Mapping[int, History], ids: Sequence[int], riders: Mapping[int, list[int]]) -> None:
    about = _own(ids) | Q(load_id__in=list(riders)) if riders else _own(ids)
    seen: dict[int, set[int]] = defaultdict(set)
    equipment: dict[int, list[int]] = defaultdict(list)
    subjects = list(_rows(EventSubject, ("shipment_id", "load_id", "event_id"), about & Q(shapes=True)))
    said = _said((event for _, _, event in subjects), Q())
    for shipment_id, load_id, event in subjects:
        row = EventRow._make((*said[event], load_id))
        for key in (shipment_id,) if shipment_id is not None else riders.get(load_id, ()):
            if event not in seen[key]:
                seen[key].add(event)
                found[key].events.append(row)
                if row.type.startswith("equipment."):
                    equipment[event].append(key)
    for history in found.values():
        history.events.sort(key=lambda row: (row.occurred_at, row.reported_at, row.digest))
    if equipment:
        _numbers(found, equipment)


def _numbers(found: Mapping[int, History], equipment: Mapping[int, list[int]]) -> None:
    named: dict[int, set[str]] = defaultdict(set)
    about = Q(event_id__in=list(equipment), type__in=("container", "trailer"))
    for event_id, value_key in _rows(EventReference, ("event_id", "value_key"), about):
        named[event_id].add(value_key)
    for event_id, numbers in named.items():
        for key in equipment[event_id]:
            found[key].numbers[event_id] = frozenset(numbers)


def _standing(found: Mapping[int, History]) -> None:
    """Milestones and appointments as they are stored."""
    whose = {stop.id: history for history in found.values() for stop in history.stops}
    if not whose:
        return
    columns = ("stop_id", "kind", "code", *MilestoneRow._fields)
    for stop_id, kind, code, *row in _rows(Milestone, columns, Q(stop_id__in=list(whose))):
        whose[stop_id].milestones[stop_id, kind, code] = MilestoneRow(*row)
    for stop_id, *row in _rows(Appointment, _with("stop_id", AppointmentRow), Q(stop_id__in=list(whose))):
        whose[stop_id].appointments[stop_id] = AppointmentRow(*row)
