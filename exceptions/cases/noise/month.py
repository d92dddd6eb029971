"""The whole month: so many shipments over its working days, in the mix of a mid-sized forwarder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from exceptions.cases.noise import lanes
from exceptions.cases.noise.channel import deliveries
from exceptions.cases.noise.network import GROUPAGE, PARCEL, networked
from exceptions.cases.noise.road import truckload
from exceptions.cases.noise.rounds import truck_round
from exceptions.cases.noise.sea import airfreight, container
from exceptions.cases.noise.world import Delivery, Journey, Lane, Truth

BEGINS = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = 28
# Shares of shipments; a round takes several of them.
ROAD, ROUNDS, LTL, PARCELS, SEA, AIR = 0.28, 0.14, 0.23, 0.24, 0.08, 0.03


@dataclass(frozen=True)
class Month:
    """`deliveries` in the order in which they reach the door."""

    deliveries: tuple[Delivery, ...]
    truths: tuple[Truth, ...]
    shipments: int
    customers: tuple[str, ...]
    carriers: tuple[str, ...]


def generate(seed: int = 1, shipments: int = 5000) -> Month:
    """The month of a seed; the same one always. Shipments are numbered, and a truth names them by number."""
    journeys: list[Journey] = []
    made = 0
    while made < shipments:
        rng = Random(f"{seed}:{made}")  # noqa: S311  # a simulation that must repeat itself
        day = BEGINS + timedelta(days=rng.choices(range(DAYS), [1.0 if n % 7 < 5 else 0.2 for n in range(DAYS)])[0])
        for journey in _some(rng, made, day, shipments - made):
            journeys.append(journey)
            made += journey.refs.keys() != {"load"}
    arrivals = [delivery for journey in journeys for delivery in _wired(journey, seed)]
    truths = tuple(truth for journey in journeys for truth in journey.truths)
    ordered = tuple(sorted(arrivals, key=lambda one: (one.at, one.body)))
    return Month(ordered, truths, made, lanes.CUSTOMERS, lanes.CARRIERS)


def _wired(journey: Journey, seed: int) -> Iterator[Delivery]:
    wire = Random(f"{seed}:{journey.number}:wire")  # noqa: S311  # as above
    return deliveries(sorted(journey.words, key=lambda word: word.said), wire, journey.number)


def _some(rng: Random, made: int, day: datetime, left: int) -> list[Journey]:
    """One shipment, or a truck with several."""
    kind = rng.choices((_road, _round, _ltl, _parcel, _sea, _air), (ROAD, ROUNDS / 4.5, LTL, PARCELS, SEA, AIR))[0]
    return kind(rng, made, day, left)


def _journey(rng: Random, number: int, lane: Lane, **refs: str) -> Journey:
    name = f"BOL{number:06d}"
    return Journey(rng, name, lane, rng.choice(lanes.CUSTOMERS), {"bol": name, **refs})


def _one(
    tell: Callable[[Journey, datetime], None], rng: Random, made: int, day: datetime, on: tuple[Lane, ...], **refs: str
) -> list[Journey]:
    journey = _journey(rng, made, rng.choice(on), **refs)
    tell(journey, day)
    return [journey]


def _road(rng: Random, made: int, day: datetime, left: int) -> list[Journey]:
    return _one(truckload, rng, made, day, lanes.ROAD)


def _round(rng: Random, made: int, day: datetime, left: int) -> list[Journey]:
    lane = rng.choice(lanes.ROUNDS)
    drops = [_journey(rng, made + place, lane) for place in range(min(left, rng.randint(3, 6)))]
    truck = Journey(rng, f"LD{made:06d}", lane, "", {"load": f"LD{made:06d}"})
    truck_round(truck, drops, day)
    return [truck, *drops]


def _ltl(rng: Random, made: int, day: datetime, left: int) -> list[Journey]:
    return _one(
        lambda journey, at: networked(journey, at, GROUPAGE), rng, made, day, lanes.GROUPAGE, pro=f"9{made:08d}"
    )


def _parcel(rng: Random, made: int, day: datetime, left: int) -> list[Journey]:
    refs = {"tracking": f"1Z{made:010d}"}
    return _one(lambda journey, at: networked(journey, at, PARCEL), rng, made, day, lanes.PARCELS, **refs)


def _sea(rng: Random, made: int, day: datetime, left: int) -> list[Journey]:
    return _one(container, rng, made, day, lanes.SEA, container=f"TCNU{made:07d}")


def _air(rng: Random, made: int, day: datetime, left: int) -> list[Journey]:
    return _one(airfreight, rng, made, day, lanes.AIR, awb=f"020-{made:08d}")
