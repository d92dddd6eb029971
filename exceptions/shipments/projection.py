"""What an event means for the plan it speaks of: milestones, status, the last signal. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol, TypeVar

from pydantic import TypeAdapter

from exceptions.shipments.canonical import EventType, Place, normalised
from exceptions.shipments.payloads.parts import Moment

E = EventType
_MOMENT: Final[TypeAdapter[datetime]] = TypeAdapter(Moment)


class StopLike(Protocol):
    """What of a stop decides whether an event is about it."""

    @property
    def id(self) -> int: ...
    @property
    def sequence(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def city(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def country(self) -> str: ...
    @property
    def unlocode(self) -> str: ...


S = TypeVar("S", bound=StopLike)


@dataclass(frozen=True, slots=True)
class StopView:
    """A stop of a plan that no row holds yet, or any more."""

    id: int
    sequence: int
    kind: str
    name: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    unlocode: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A time that an event states for a stop: `kind` and `code` of a milestone."""

    stop_id: int
    kind: str
    code: str
    value: datetime


# What a type states as actual, and at which kinds of stop it can only have happened ("" is any).
ACTUALS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    E.SHIPMENT_PICKED_UP: ("pickup", ("pickup",)),
    E.SHIPMENT_DEPARTED: ("departure", ()),
    E.SHIPMENT_ARRIVED: ("arrival", ()),
    E.SHIPMENT_DELIVERED: ("delivery", ("delivery",)),
    E.EQUIPMENT_GATED_IN: ("gate_in", ("port", "ramp", "terminal", "airport")),
    E.EQUIPMENT_LOADED: ("loaded", ("port", "ramp", "terminal", "airport")),
    E.EQUIPMENT_DISCHARGED: ("discharge", ("port", "ramp", "terminal", "airport")),
    E.EQUIPMENT_AVAILABLE: ("available", ("port", "ramp", "terminal", "airport")),
    E.EQUIPMENT_GATED_OUT: ("gate_out", ("port", "ramp", "terminal", "airport")),
    E.EQUIPMENT_RETURNED: ("empty_return", ("port", "ramp", "terminal")),
}
_KINDS_OF: Final = dict(ACTUALS.values())
ESTIMATES: Final = frozenset({E.SHIPMENT_ETA_CHANGED, E.SHIPMENT_DELAYED, E.SHIPMENT_ROLLED})
APPOINTMENTS: Final[Mapping[str, str]] = {
    E.APPOINTMENT_REQUESTED: "requested",
    E.APPOINTMENT_CONFIRMED: "confirmed",
    E.APPOINTMENT_RESCHEDULED: "rescheduled",
    E.APPOINTMENT_MISSED: "missed",
    E.APPOINTMENT_CANCELLED: "cancelled",
}

STATUS_OF: Final[Mapping[str, str]] = {
    E.SHIPMENT_ANNOUNCED: "announced",
    E.SHIPMENT_PICKED_UP: "in_transit",
    E.SHIPMENT_DEPARTED: "in_transit",
    E.SHIPMENT_SCANNED: "in_transit",
    E.SHIPMENT_DELIVERY_ATTEMPTED: "in_transit",
    E.SHIPMENT_AVAILABLE_FOR_PICKUP: "in_transit",
    E.SHIPMENT_OUT_FOR_DELIVERY: "out_for_delivery",
    E.SHIPMENT_DELIVERED: "delivered",
    E.SHIPMENT_RETURNED: "returned",
    E.SHIPMENT_CANCELLED: "cancelled",
    E.EQUIPMENT_LOADED: "in_transit",
    E.EQUIPMENT_DISCHARGED: "in_transit",
    E.EQUIPMENT_GATED_OUT: "in_transit",
}
_STATUS_ORDER: Final = (
    "booked",
    "announced",
    "in_transit",
    "out_for_delivery",
    "delivered",
    "returned",
    "cancelled",
)
FINAL_STATUSES: Final = frozenset({"delivered", "returned", "cancelled"})

# Signals from the road, as against papers and plans: "last heard" counts these.
SIGNALS: Final = frozenset(
    event_type
    for event_type in EventType.values
    if event_type.startswith(("shipment.", "equipment.", "load.broken")) and event_type != E.SHIPMENT_BOOKED
)


def status_weight(status: str, at: datetime) -> tuple[bool, datetime, int]:
    """Sort key of a status: an end beats what leads to it, then the later one holds, then the further one."""
    return (status in FINAL_STATUSES, at, _STATUS_ORDER.index(status))


def status_of(stated: Iterable[tuple[str, datetime]]) -> tuple[str, datetime | None]:
    """The status that holds of all that (event type, time) pairs state; "booked" while none states any."""
    statuses = [(STATUS_OF[event_type], at) for event_type, at in stated if event_type in STATUS_OF]
    return max(statuses, key=lambda pair: status_weight(*pair), default=("booked", None))


def moment_of(text: str | None) -> datetime | None:
    """A time as the data of a recorded event has it, in UTC; None for none."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:  # one of the other ways to write it that payloads take, such as seconds since 1970
        return _MOMENT.validate_python(text)


def milestone_said(
    event_type: str, occurred_at: datetime, place: Place | None, data: Mapping[str, Any], stops: Sequence[StopLike]
) -> Said | None:
    """The milestone an event states, for one of the stops of a plan. None when it is not clear which stop is meant.

    data: that of the event, as JSON holds it.
    """
    if event_type in ACTUALS:
        code, kinds = ACTUALS[event_type]
        kinds = _kind_told(data) or kinds
        stop = stop_meant(data.get("stop"), place, kinds, stops)
        return Said(stop.id, "actual", code, occurred_at) if stop else None
    if event_type in ESTIMATES and (expected := moment_of(data.get("estimated"))) is not None:
        code = data.get("milestone") or "arrival"
        stop = estimate_stop(code, data, place, stops)
        kind = "planned" if data.get("classifier") == "planned" else "estimated"
        return Said(stop.id, kind, code, expected) if stop else None
    return None


def _kind_told(data: Mapping[str, Any]) -> tuple[str, ...]:
    """The one kind of stop that an event can be about, where its sender told it."""
    return (data["stop_kind"],) if data.get("stop_kind") else ()


def estimate_stop(code: str, data: Mapping[str, Any], place: Place | None, stops: Sequence[S]) -> S | None:
    """The stop an estimate is for, by its number or `unlocode`. The place of an estimated arrival is where the truck is
    now, not where it goes."""
    sequence, unlocode, told = data.get("stop"), data.get("unlocode"), _kind_told(data)
    if unlocode:
        return stop_meant(sequence, Place(unlocode=unlocode), told, stops)
    if code in ("arrival", "delivery"):
        return stop_meant(sequence, None, told or ("delivery",), stops)
    return stop_meant(sequence, place, told or _KINDS_OF[code], stops)


def appointment_stop(
    sequence: int | None, place: Place | None, stops: Sequence[S], kind: str | None = None
) -> S | None:
    """The stop an appointment is at; without a number, kind or place that of the only delivery."""
    if kind:
        return stop_meant(sequence, place, (kind,), stops)
    if sequence is None and place is not None:
        here = [stop for stop in stops if is_at(place, stop)]
        return here[0] if len(here) == 1 else None
    return stop_meant(sequence, None, ("delivery",), stops)


def plan_said(planned: Iterable[Mapping[str, Any]], stop_ids: Mapping[int, int]) -> list[Said]:
    """The milestones that a plan itself states; `stop_ids` maps its sequences to stops.

    planned: the stops of the plan, as JSON holds them.
    """
    said = []
    for stop in planned:
        promise = {"pickup": "pickup", "delivery": "delivery"}.get(stop["kind"], "arrival")
        times = (
            ("requested", promise, stop.get("requested")),
            ("promised", promise, stop.get("promised")),
            ("planned", "arrival", stop.get("planned_arrival")),
            ("planned", "departure", stop.get("planned_departure")),
        )
        for kind, code, text in times:
            if (value := moment_of(text)) is not None:
                said.append(Said(stop_ids[stop["sequence"]], kind, code, value))
    return said


def stop_meant(sequence: int | None, place: Place | None, kinds: tuple[str, ...], stops: Sequence[S]) -> S | None:
    """The stop an event is about: by its number, else its place, else the only one of the right kind; or None."""
    if sequence is not None:
        return next((stop for stop in stops if stop.sequence == sequence), None)
    fitting = [stop for stop in stops if not kinds or stop.kind in kinds]
    here = [stop for stop in fitting if place is not None and is_at(place, stop)]
    if len(here) == 1:
        return here[0]
    return fitting[0] if kinds and not here and len(fitting) == 1 else None


def is_at(place: Place, stop: StopLike) -> bool:
    """Whether a place is that of a stop: the same UN/LOCODE, or the same city with nothing that contradicts."""
    if place.unlocode and stop.unlocode:
        return place.unlocode == stop.unlocode
    city = normalised(place.city)
    if not city or city != normalised(stop.city):
        return False
    return all(
        not ours or not theirs or normalised(ours) == normalised(theirs)
        for ours, theirs in ((stop.region, place.region), (stop.country, place.country))
    )


def lane(stops: Sequence[StopLike]) -> str:
    """ "US-TX>US-IL": country and region of the first and last stop; empty when one of them is not known."""
    ordered = sorted(stops, key=lambda stop: stop.sequence)
    ends = ["-".join(part for part in (stop.country, stop.region) if part) for stop in (ordered[:1] + ordered[-1:])]
    return ">".join(ends)[:40] if len(ordered) > 1 and all(ends) else ""


def stops_matched(existing: Sequence[StopLike], planned: Sequence[StopLike]) -> dict[int, int]:
    """Which existing stop each planned one continues: planned sequence -> existing id.

    Same kind and place first, then same kind and number, then what is left of the kind from the end, so that the
    delivery stop of a shipment keeps its identity (and its cases) when the plan around it changes.
    """
    matched: dict[int, int] = {}
    for alike in (_same_place, _same_number, _same_kind):
        for wanted in sorted(planned, key=lambda stop: stop.sequence, reverse=True):
            free = [stop for stop in existing if stop.id not in matched.values() and alike(stop, wanted)]
            if wanted.sequence not in matched and free:
                matched[wanted.sequence] = max(free, key=lambda stop: (stop.sequence, stop.id)).id
    return matched


def _same_place(one: StopLike, other: StopLike) -> bool:
    place = Place(city=other.city, region=other.region, country=other.country, unlocode=other.unlocode)
    return one.kind == other.kind and is_at(place, one)


def _same_number(one: StopLike, other: StopLike) -> bool:
    return one.kind == other.kind and one.sequence == other.sequence


def _same_kind(one: StopLike, other: StopLike) -> bool:
    return one.kind == other.kind
