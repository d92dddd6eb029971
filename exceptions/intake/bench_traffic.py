"""Traffic to measure with: planned shipments on their way, as our own events. Seeded; the same seed says the same.

Of eight events of a shipment one is its plan, the others are what a carrier and a tracker say. Some shipments are in
trouble, which the last of their events says; some events are sent twice.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

PER_SHIPMENT: Final = 8
REPEATED: Final = 0.05
IN_TROUBLE: Final = 0.2  # of the shipments: one event in forty opens a case
TOGETHER: Final = 10  # shipments whose events are mixed with each other
PLACES: Final = (
    ("Reno", "NV", "America/Los_Angeles"),
    ("Elko", "NV", "America/Los_Angeles"),
    ("Laredo", "TX", "America/Chicago"),
    ("Phoenix", "AZ", "America/Phoenix"),
    ("Omaha", "NE", "America/Chicago"),
    ("Atlanta", "GA", "America/New_York"),
)


@dataclass(frozen=True, slots=True)
class Sent:
    """One event as it goes out. `trouble` is the number of the shipment for which it opens a case, else empty."""

    value: dict[str, Any]
    trouble: str = ""


def traffic(count: int, *, now: datetime, name: str, seed: int = 7) -> Iterator[Sent]:
    """About `count` events, repeats included, in an order in which they might come; `name` keeps two runs apart."""
    chance = random.Random(seed)  # noqa: S311  # spreads events, guards nothing
    sent = 0
    shipment = 0
    while sent < count:
        group = [list(_shipment(f"{name}{shipment + each:06}", now, chance)) for each in range(TOGETHER)]
        shipment += TOGETHER
        for event in _mixed(group, chance):
            for _ in range(2 if chance.random() < REPEATED else 1):
                if sent == count:
                    return
                sent += 1
                yield event


def _mixed(group: list[list[Sent]], chance: random.Random) -> Iterator[Sent]:
    """Each shipment's events in their order, the shipments side by side."""
    waiting = [iter(events) for events in group]
    while waiting:
        place = chance.randrange(len(waiting))
        event = next(waiting[place], None)
        if event is None:
            waiting.pop(place)
        else:
            yield event


def _shipment(number: str, now: datetime, chance: random.Random) -> Iterator[Sent]:
    """Picked up lately, expected tomorrow."""
    origin, destination = chance.sample(PLACES, 2)
    due = now + timedelta(hours=chance.randint(18, 60))
    steps: list[tuple[str, int, dict[str, Any], Any]] = [
        ("shipment.picked_up", 180, {"stop": 1}, None),
        ("shipment.departed", 170, {"stop": 1}, None),
        ("shipment.position_reported", 120, {"speed_kmh": 88.5}, _position(chance)),
        ("shipment.eta_changed", 90, _eta(due - timedelta(minutes=chance.randint(30, 90))), None),
        ("shipment.scanned", 60, {"note": "linehaul"}, _place(chance.choice(PLACES))),
        ("shipment.position_reported", 30, {"speed_kmh": 91.0}, _position(chance)),
        ("shipment.eta_changed", 15, _eta(due - timedelta(minutes=chance.randint(30, 90))), None),
    ]
    trouble = chance.random() < IN_TROUBLE
    if trouble:
        steps[-1] = chance.choice(
            [
                ("shipment.eta_changed", 15, _eta(due + timedelta(hours=5)), None),
                ("shipment.damaged", 15, {"description": "pallet tipped over", "pieces": 2}, None),
                ("shipment.held", 15, {"kind": "exam", "by": "customs"}, None),
            ]
        )
    yield Sent(
        _event(number, 0, "shipment.booked", now - timedelta(hours=30), _plan(origin, destination, now, due), None)
    )
    for step, (kind, minutes, data, place) in enumerate(steps, start=1):
        at = now - timedelta(minutes=minutes, seconds=chance.randrange(60))
        last = step == len(steps)
        yield Sent(_event(number, step, kind, at, data, place), number if trouble and last else "")


def _event(number: str, step: int, kind: str, at: datetime, data: dict[str, Any], place: Any) -> dict[str, Any]:
    event: dict[str, Any] = {
        "id": f"{number}-{step}",
        "type": kind,
        "occurred_at": at.isoformat(),
        "references": [{"type": "pro", "value": number, "issuer": "BNCH"}],
        "data": data,
    }
    return {**event, "place": place} if place else event


def _plan(
    origin: tuple[str, str, str], destination: tuple[str, str, str], now: datetime, due: datetime
) -> dict[str, Any]:
    def stop(sequence: int, kind: str, place: tuple[str, str, str], start: datetime, end: datetime) -> dict[str, Any]:
        window = {"window_start": start.isoformat(), "window_end": end.isoformat()}
        return {"sequence": sequence, "kind": kind, **_place(place), **window}

    # The windows are open still: what is heard late because much waits must not look like something that did not happen.
    pickup = stop(1, "pickup", origin, now - timedelta(hours=4), now + timedelta(hours=4))
    return {
        "mode": "road",
        "goods": "Fresh produce",
        "value": {"amount": "18500.00", "currency": "USD"},
        "stops": [pickup, stop(2, "delivery", destination, due - timedelta(hours=2), due)],
        "legs": [{"sequence": 1, "mode": "road", "origin": 1, "destination": 2}],
        "units": [{"sequence": 1, "kind": "pallet", "ordered": 22, "shipped": 22}],
    }


def _place(place: tuple[str, str, str]) -> dict[str, str]:
    city, region, zone = place
    return {"city": city, "region": region, "country": "US", "zone": zone}


def _position(chance: random.Random) -> dict[str, float]:
    return {"latitude": round(chance.uniform(32, 45), 4), "longitude": round(chance.uniform(-118, -90), 4)}


def _eta(at: datetime) -> dict[str, Any]:
    return {"estimated": at.isoformat(), "milestone": "delivery"}
