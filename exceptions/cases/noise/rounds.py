"""One truck with several shipments: what holds the truck up holds them all up, and it is one thing."""

from __future__ import annotations

from datetime import datetime, timedelta

from exceptions.cases.noise.delays import Delay, Run, lateness
from exceptions.cases.noise.plans import booking, stop
from exceptions.cases.noise.road import CAUSES, tell_delays, tell_positions
from exceptions.cases.noise.sides import at_the_door
from exceptions.cases.noise.world import HOUR, Journey


def truck_round(truck: Journey, drops: list[Journey], day: datetime) -> None:
    """A truck that brings each of `drops` to a dock of the same city, one after the other, with windows of their own."""
    lane, load = truck.lane, {"load": truck.number}
    truck.carries = frozenset(drop.number for drop in drops)
    opens = lane.origin.clock(day, truck.rng.choice((4, 5, 6)))
    closes = opens + 2 * HOUR
    planned = opens + 2 * HOUR + lane.hours * HOUR
    slack = truck.between(1.5, 3)
    _book(truck, drops, (opens, closes), planned, slack)
    departed = opens + truck.between(0.8, 2)
    driven = lane.hours * max(0.9, truck.rng.gauss(1, 0.02)) * HOUR
    run = Run(departed + driven, _delays(truck, departed))
    for drop in drops:
        drop.say("shipment.picked_up", opens + drop.between(0.3, 0.8), {"stop": 1}, by="edi", site=lane.origin)
    told = [*tell_delays(truck, run, **load), *tell_positions(truck, run, departed, planned + slack, refs=load)]
    lateness(truck, run, planned + slack, told)
    # The tracker goes on between the docks.
    for place in range(len(drops)):
        at = run.arrival + (place + 0.9) * 1.2 * HOUR
        truck.say("shipment.position_reported", at, {"speed_kmh": 12.0}, by="telematics", refs=load)
    for place, drop in enumerate(drops):
        there = run.arrival + place * 1.2 * HOUR
        drop.say("shipment.arrived", there, {"stop": 2}, by="telematics", site=lane.destination)
        at_the_door(drop, there + drop.between(0.2, 0.7), by="edi")


def _delays(truck: Journey, departed: datetime) -> list[Delay]:
    if not truck.chance(0.15):
        return []
    begins = departed + truck.between(0.5, 5)
    if truck.chance(0.4):
        return [Delay(begins, truck.rng.uniform(0.2, 0.9), "Heavy traffic")]
    text, reason, low, high = truck.rng.choice(CAUSES)
    lost = truck.rng.uniform(low, high)
    if truck.chance(0.6):
        truck.say("load.broken_down", begins, {"description": text}, by="telematics", refs={"load": truck.number})
    back = lost * truck.rng.uniform(0.4, 0.9) if truck.chance(0.2) else 0.0
    return [Delay(begins, lost, text, reason, back, begins + truck.between(1, 4) if back else None)]


def _book(
    truck: Journey, drops: list[Journey], pickup: tuple[datetime, datetime], planned: datetime, slack: timedelta
) -> None:
    lane, number = truck.lane, truck.number
    at = pickup[0] - truck.between(18, 40)
    truck.say("load.planned", at, {"mode": "road", "carrier": lane.carrier}, by="tms", refs={"load": number})
    for place, drop in enumerate(drops):
        there = planned + place * 1.2 * HOUR
        stops = (
            stop(1, "pickup", lane.origin, *pickup),
            stop(2, "delivery", lane.destination, there - HOUR, there + slack, planned_arrival=there),
        )
        plan = booking(drop, stops, leg={"load": number}, loads=[number])
        drop.say("shipment.booked", at + drop.between(0, 1), plan, by="tms")
