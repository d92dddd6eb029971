"""Telemetry thinned to excursions: which readings of a device are worth an event. Pure.

A reefer reports every few minutes for weeks. What matters is when it leaves its band, how far and how long, and when it
comes back; while all is well, one sign of life in a while is enough. Positions likewise: one in a while, or when it moved.

A partner's mapping says what a device of its is held to, under `telemetry`:

    {"min": 2, "max": 8, "unit": "C", "tolerance": 2, "keep_minutes": 60, "outside_minutes": 5, "moved_km": 25}

All of it is optional. `min` and `max` are the band; without them it is the reading's own set point, `tolerance` degrees to
either side; without either a reading is kept when it differs by a degree from the last one kept.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeAlias

from exceptions.intake.adapters.base import Refusal
from exceptions.shipments.canonical import CanonicalEvent, EventType, RefType

TEMPERATURE, POSITION = EventType.SHIPMENT_TEMPERATURE_READ, EventType.SHIPMENT_POSITION_REPORTED
THINNED: Final = frozenset({TEMPERATURE, POSITION})
CHANGED: Final = 1.0  # degrees Celsius that count as a change where no band is known
WORSE: Final = 0.5  # degrees Celsius further outside that are news

_LIMITS: Final[Mapping[str, tuple[float, float]]] = {
    "min": (-150, 400),
    "max": (-150, 400),
    "tolerance": (0, 50),
    "keep_minutes": (0, 7 * 1440),
    "outside_minutes": (0, 1440),
    "moved_km": (0, 20_000),
}

Device: TypeAlias = tuple[str, str]
"""A type of event and what it was measured at: its first container or trailer, else its first reference."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a partner's devices are held to. Degrees are Celsius."""

    low: float | None = None
    high: float | None = None
    tolerance: float = 2.0
    keep: timedelta = timedelta(minutes=60)
    keep_outside: timedelta = timedelta(minutes=5)
    moved_km: float = 25.0


def held_to(mapping: Mapping[str, Any]) -> Held:
    """The settings in a partner's mapping; what is missing or makes no sense has its default."""
    stated = mapping.get("telemetry")
    given: Mapping[str, Any] = stated if isinstance(stated, Mapping) else {}
    low, high, tolerance, keep, outside, moved = (_number(given.get(name), *_LIMITS[name]) for name in _LIMITS)
    if given.get("unit") == "F":
        low, high = (None if limit is None else celsius(limit, "F") for limit in (low, high))
        tolerance = None if tolerance is None else tolerance / 1.8
    default = Held()
    return Held(
        low,
        high,
        default.tolerance if tolerance is None else tolerance,
        default.keep if keep is None else timedelta(minutes=keep),
        default.keep_outside if outside is None else timedelta(minutes=outside),
        default.moved_km if moved is None else moved,
    )


def mapping_problems(mapping: Mapping[str, Any]) -> list[str]:
    """Sentences about what is wrong with `telemetry` in a partner's mapping; none when all is well."""
    stated = mapping.get("telemetry")
    if stated is None:
        return []
    if not isinstance(stated, Mapping):
        return ['“telemetry” must be an object, such as {"min": 2, "max": 8}.']
    problems = [f"“{str(name)[:40]}” in “telemetry” is none of {', '.join(_LIMITS)}, unit." for name in stated
                if name not in _LIMITS and name != "unit"]  # fmt: skip
    for name, (least, most) in _LIMITS.items():
        if name in stated and _number(stated[name], least, most) is None:
            problems.append(f"“{name}” in “telemetry” must be a number from {least:g} to {most:g}.")
    if stated.get("unit", "C") not in ("C", "F"):
        problems.append("“unit” in “telemetry” must be C or F.")
    low, high = _number(stated.get("min"), *_LIMITS["min"]), _number(stated.get("max"), *_LIMITS["max"])
    if low is not None and high is not None and low > high:
        problems.append("In “telemetry” “min” is above “max”.")
    return problems


def _number(value: Any, least: float, most: float) -> float | None:
    fits = isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most
    return float(value) if fits else None


def thinned(
    events: Sequence[CanonicalEvent], held: Held, last: Mapping[Device, CanonicalEvent] | None = None
) -> list[CanonicalEvent]:
    """The events worth keeping, in their order; all that is no reading is.

    `last` is the latest event kept so far of each device. Of temperatures is kept: the first of a device; every crossing of
    the band, in and out; outside, each that is half a degree further out, and one in `keep_outside`; inside, one in `keep`. Of
    positions: the first, one in `keep`, and each `moved_km` away from the last one kept. What is older than the last one
    kept is kept: nobody knows what lay around it.
    """
    latest = dict(last or {})
    chosen: set[int] = set()
    readings = [(index, event) for index, event in enumerate(events) if event.type in THINNED]
    for index, event in sorted(readings, key=lambda pair: (pair[1].occurred_at, pair[0])):
        device = device_of(event)
        before = latest.get(device)
        if before is not None and event.occurred_at >= before.occurred_at and not _is_news(event, before, held):
            continue
        chosen.add(index)
        if before is None or event.occurred_at >= before.occurred_at:
            latest[device] = event
    return [event for index, event in enumerate(events) if event.type not in THINNED or index in chosen]


def device_of(event: CanonicalEvent) -> Device:
    equipment = [ref for ref in event.references if ref.type in (RefType.CONTAINER, RefType.TRAILER)]
    named = (equipment or list(event.references))[:1]
    return str(event.type), named[0].key[1] if named else ""


def celsius(value: float, unit: str) -> float:
    return (value - 32) / 1.8 if unit == "F" else value


def temperature(value: Any, where: str) -> float:
    """A temperature as a number or its text. Raises `Refusal` for what no thermometer in freight shows."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            value = None
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not math.isfinite(value)
        or not -150 <= value <= 400
    ):
        raise Refusal("a temperature from -150 to 400 was expected", where)
    return float(value)


def _is_news(event: CanonicalEvent, before: CanonicalEvent, held: Held) -> bool:
    elapsed = event.occurred_at - before.occurred_at
    if event.type == POSITION:
        return elapsed >= held.keep or _kilometres(event, before) >= held.moved_km
    value, then = _degrees(event, "value"), _degrees(before, "value")
    if value is None or then is None or _degrees(event, "set_point") != _degrees(before, "set_point"):
        return True
    excess, excess_then = _excess(event, value, held), _excess(before, then, held)
    if excess is None or excess_then is None:
        return elapsed >= held.keep or abs(value - then) >= CHANGED
    if (excess > 0) != (excess_then > 0):
        return True
    if excess > 0:
        return elapsed >= held.keep_outside or excess >= excess_then + WORSE
    return elapsed >= held.keep


def _excess(event: CanonicalEvent, value: float, held: Held) -> float | None:
    """How far outside its band a reading is, 0 within; None where no band is known."""
    low, high = held.low, held.high
    if low is None and high is None:
        point = _degrees(event, "set_point")
        if point is None:
            return None
        low, high = point - held.tolerance, point + held.tolerance
    return max(0.0 if low is None else low - value, 0.0 if high is None else value - high, 0.0)


def _degrees(event: CanonicalEvent, name: str) -> float | None:
    value = event.data.get(name)
    return None if value is None else round(celsius(float(str(value)), str(event.data.get("unit"))), 4)


def _kilometres(one: CanonicalEvent, other: CanonicalEvent) -> float:
    """Along the great circle; endless where one has no coordinates, so that it is kept."""
    points = []
    for event in (one, other):
        place = event.place
        if place is None or place.latitude is None or place.longitude is None:
            return math.inf
        points.append((math.radians(place.latitude), math.radians(place.longitude)))
    (lat, long), (lat2, long2) = points
    half = math.sin((lat2 - lat) / 2) ** 2 + math.cos(lat) * math.cos(lat2) * math.sin((long2 - long) / 2) ** 2
    return 6371.0 * 2 * math.asin(min(1.0, math.sqrt(half)))
