"""Everything that was said about a shipment, a load or an order, as the rules read it. Pure.

A history is loaded whole; nothing in it depends on the order in which signals arrived.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from exceptions.cases.detection.verdicts import SubjectRef
from exceptions.cases.taxonomy import Subject
from exceptions.shipments.canonical import EventType, Place
from exceptions.shipments.projection import StopView, stop_meant

MOVING = frozenset({"in_transit", "out_for_delivery"})
OVER = frozenset({"delivered", "returned", "cancelled"})
LOADING, UNLOADING = "pickup", "delivery"
# The kinds of words whose way to us takes its own time each: that it is there, that it left, that it was handed over or
# taken over, that it was let go.
ARRIVAL, DEPARTURE, HANDOVER, RELEASE = "arrival", "departure", "handover", "release"
# Word that takes longer than this is late itself, where somebody waits for what it tells.
PATIENCE = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Told:
    """One event. by_us: Control Tower itself said it. words: the sender's, else the label of its type. load: the load it speaks of when it names none of
    the shipments on it. mark: its digest, which breaks ties the same way everywhere."""

    id: int
    type: str
    at: datetime
    reported_at: datetime
    mark: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    place: Mapping[str, Any] | None = None
    load: int | None = None
    recorded_at: datetime | None = None
    by_us: bool = False

    @property
    def order(self) -> tuple[datetime, datetime, str]:
        return (self.at, self.reported_at, self.mark)

    @property
    def words(self) -> str:
        said = (self.data.get(key) for key in ("description", "note", "detail", "status"))
        return (self.text or str(next((word for word in said if word), ""))).strip() or EventType(self.type).label

    def moment(self, key: str) -> datetime | None:
        """A time in its data, None where it says none."""
        value = self.data.get(key)
        return datetime.fromisoformat(str(value)) if value else None


@dataclass(frozen=True, slots=True)
class AppointmentFacts:
    id: int
    state: str
    number: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    @property
    def holds(self) -> bool:
        """Whether somebody may be held to it."""
        return self.state in ("confirmed", "rescheduled") and self.ends_at is not None


@dataclass(frozen=True, slots=True)
class StopFacts:
    """times: what stands of its milestones, by kind and code ("actual", "arrival"). estimated_reported: when its
    estimates were reported, by code."""

    view: StopView
    window_start: datetime | None = None
    window_end: datetime | None = None
    times: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    estimated_reported: Mapping[str, datetime] = field(default_factory=dict)
    appointment: AppointmentFacts | None = None
    needs_appointment: bool = False

    @property
    def id(self) -> int:
        return self.view.id

    @property
    def kind(self) -> str:
        return self.view.kind

    @property
    def place(self) -> str:
        return self.view.city or self.view.name

    @property
    def subject(self) -> SubjectRef:
        return SubjectRef(Subject.STOP, self.view.id)

    @property
    def promised(self) -> datetime | None:
        """Until when: the end of an appointment that holds, else of the window, else what was promised."""
        if self.appointment is not None and self.appointment.holds:
            return self.appointment.ends_at
        return self.window_end or next(
            (self.times[key] for key in (("promised", self.kind), ("promised", "arrival")) if key in self.times), None
        )

    def actual(self, *codes: str) -> datetime | None:
        """The earliest of these milestones that was reached."""
        return min((self.times["actual", code] for code in codes if ("actual", code) in self.times), default=None)

    def estimated(self, *codes: str) -> tuple[datetime, datetime] | None:
        """(estimate, when it was reported) of the first of these codes that has one."""
        return next(
            (
                (self.times["estimated", code], self.estimated_reported[code])
                for code in codes
                if ("estimated", code) in self.times
            ),
            None,
        )


@dataclass(frozen=True, slots=True)
class LegFacts:
    """cutoffs: (kind, until when)."""

    id: int
    sequence: int
    mode: str
    origin: int | None = None
    destination: int | None = None
    cutoffs: Sequence[tuple[str, datetime]] = ()


@dataclass(frozen=True, slots=True)
class EquipmentFacts:
    id: int
    number: str
    seal: str = ""
    last_free_at: datetime | None = None
    gated_out_at: datetime | None = None
    return_by: datetime | None = None
    returned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """expected: how many left, else how many were ordered."""

    id: int
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class ChargeFacts:
    """One line of an invoice, or the whole of one without lines. elsewhere: what else carries the same number of the same payee."""

    id: int
    number: str
    kind: str
    state: str
    amount: Decimal
    agreed: Decimal | None
    currency: str
    event: int | None
    description: str = ""
    elsewhere: str = ""


@dataclass(frozen=True)
class ShipmentHistory:
    """One shipment. accounts: its customer's way from the root of the tree. gap: how long it may say nothing, lags:
    how long after the fact its words come, by their kind. is_tracked: somebody reports on its way, not only its ends.
    shared: the loads it rides together with others. documents: (kind, until when) that its plan requires. named: the
    normalised numbers of the equipment that an event names, by the event's id."""

    id: int
    mode: str = "road"
    status: str = "booked"
    status_at: datetime | None = None
    lane: str = ""
    accounts: tuple[int, ...] = ()
    carrier: int | None = None
    band: tuple[float | None, float | None] = (None, None)
    unit: str = ""
    heard_at: datetime | None = None
    heard: int | None = None
    gap: timedelta = timedelta(hours=24)
    lags: Mapping[str, timedelta] = field(default_factory=dict)
    is_tracked: bool = True
    stops: tuple[StopFacts, ...] = ()
    legs: tuple[LegFacts, ...] = ()
    equipment: tuple[EquipmentFacts, ...] = ()
    units: Mapping[int, UnitFacts] = field(default_factory=dict)
    documents: Sequence[tuple[str, datetime]] = ()
    charges: Sequence[ChargeFacts] = ()
    shared: frozenset[int] = frozenset()
    events: tuple[Told, ...] = ()
    named: Mapping[int, frozenset[str]] = field(default_factory=dict)

    @property
    def subject(self) -> SubjectRef:
        return SubjectRef(Subject.SHIPMENT, self.id)

    @property
    def is_over(self) -> bool:
        return self.status in OVER

    def under_way(self, what: str) -> timedelta:
        """How long somebody who waits for it takes word of this kind to be on its way to us."""
        return min(self.lags.get(what, timedelta(0)), PATIENCE)

    @cached_property
    def by_type(self) -> dict[str, list[Told]]:
        found: dict[str, list[Told]] = {}
        for event in self.events:
            found.setdefault(event.type, []).append(event)
        return found

    def of(self, *types: str) -> list[Told]:
        """Events of these types, in no particular order."""
        return [event for type_ in types for event in self.by_type.get(type_, ())]

    @cached_property
    def views(self) -> tuple[StopView, ...]:
        return tuple(stop.view for stop in self.stops)

    def stop_of(self, event: Told, *kinds: str) -> StopFacts | None:
        """The stop an event is about: by its number, else its place, else the only one of the right kind; or None."""
        place = Place(**event.place) if event.place else None
        view = stop_meant(event.data.get("stop"), place, kinds, self.views)
        return next((stop for stop in self.stops if view is not None and stop.id == view.id), None)

    def stops_of_kind(self, kind: str) -> list[StopFacts]:
        return [stop for stop in self.stops if stop.kind == kind]

    @property
    def delivered_at(self) -> datetime | None:
        """When it was delivered, by the last of its delivery stops, else by its status."""
        at = max(
            (when for stop in self.stops if (when := stop.times.get(("actual", "delivery"))) is not None), default=None
        )
        return at or (self.status_at if self.status == "delivered" else None)

    @property
    def door(self) -> SubjectRef:
        """Where it ends: its last delivery stop, else itself."""
        ends = self.stops_of_kind(UNLOADING)
        return ends[-1].subject if ends else self.subject

    @property
    def end_leg(self) -> LegFacts | None:
        return self.legs[-1] if self.legs else None


@dataclass(frozen=True)
class LoadHistory:
    """A load as a whole: what was said of it and not of one shipment on it."""

    id: int
    number: str
    riders: tuple[int, ...] = ()
    lane: str = ""
    accounts: tuple[int, ...] = ()
    events: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True)
class SupplyFacts:
    """What is known of a purchase order that lines wait for. eta: of the shipment that brings it, and its event."""

    number: str
    state: str = ""
    expected_at: datetime | None = None
    received_at: datetime | None = None
    events: tuple[Told, ...] = ()
    eta: datetime | None = None
    eta_event: Told | None = None


@dataclass(frozen=True, slots=True)
class LineFacts:
    id: int
    number: int
    sku: str = ""
    ordered: Decimal = Decimal(0)
    need_by: datetime | None = None
    waits_for: SupplyFacts | None = None
    shipments: tuple[int, ...] = ()


@dataclass(frozen=True)
class OrderHistory:
    """An order with its lines. ships_at: when its freight is planned to leave."""

    id: int
    number: str
    state: str = "created"
    need_by: datetime | None = None
    ships_at: datetime | None = None
    lane: str = ""
    accounts: tuple[int, ...] = ()
    lines: tuple[LineFacts, ...] = ()
    shipments: tuple[int, ...] = ()
    events: tuple[Told, ...] = ()

    @property
    def subject(self) -> SubjectRef:
        return SubjectRef(Subject.ORDER, self.id)
