"""Groupage and parcels: through terminals overnight, in a van by day, nothing on weekends, scans where it is handled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from exceptions.cases.noise.delays import Delay, Run, lateness, pickup_lateness, word_owed
from exceptions.cases.noise.plans import booking, stop, working_day
from exceptions.cases.noise.sides import at_the_door, on_the_way, ordering, paperwork
from exceptions.cases.noise.world import HOUR, Journey, Word


@dataclass(frozen=True)
class Custom:
    """How such a network works: who tells, until what hour it delivers, how much goes wrong."""

    by: str
    until: int
    late: float
    attempts: float
    lost: float


GROUPAGE = Custom("edi", 17, 0.06, 0.015, 0.002)
PARCEL = Custom("scans", 20, 0.05, 0.03, 0.004)
NEXT_WORKING_DAY = ("Missed the linehaul", "Trailer left behind, no capacity", "Missorted, sent on again", "Snow")


def networked(journey: Journey, day: datetime, custom: Custom) -> None:
    """One groupage shipment or parcel that is collected on `day`."""
    lane = journey.lane
    first = working_day(lane.origin, day, 0)
    closes = lane.origin.clock(first, 17)
    days = int(lane.hours)
    promised = working_day(lane.destination, first, days)
    due = lane.destination.clock(promised, custom.until)
    _book(journey, closes, due, custom)
    if journey.chance(0.01):
        journey.say("shipment.cancelled", closes - journey.between(5, 9), {"detail": "cancelled"}, by="tms")
        return

    collected = closes - journey.between(0.3, 5)
    if journey.chance(0.015):
        first = working_day(lane.origin, first, 1)
        collected = lane.origin.clock(first, 11) + journey.between(0, 3)
    fetched = journey.say("shipment.picked_up", collected, {"stop": 1}, by=custom.by, site=lane.origin)
    pickup_lateness(journey, closes, collected, fetched.said)
    early = journey.chance(0.3) and collected <= closes and days > 2
    planned = working_day(lane.destination, first, days - (1 if early else 0))
    arrives, lost_at = _linehaul(journey, collected, planned, due, custom)
    if lost_at is not None:
        journey.wrong("late for it was lost", "delivery_late tracking_silent", min(due, lost_at + 24 * HOUR))
        return
    on_the_way(journey, collected, arrives)
    final = _last_mile(journey, arrives, custom)
    word_owed(journey, arrives, due, final.said)
    paperwork(journey, final.happened, due)


def _linehaul(
    journey: Journey, collected: datetime, planned: datetime, due: datetime, custom: Custom
) -> tuple[datetime, datetime | None]:
    """From terminal to terminal. Answers when the receiver can have it, and when it was lost."""
    lane, told = journey.lane, list[datetime]()
    hour = journey.rng.uniform(9.5, 16)
    base = lane.destination.clock(planned, hour)
    run = Run(base)
    at = collected + journey.between(3, 6)
    journey.say("shipment.departed", at, {"stop": 1}, by=custom.by, site=lane.origin)
    lost_at = at + journey.between(6, 12) if journey.chance(custom.lost) else None
    if lost_at is None and journey.chance(custom.late):
        more = working_day(lane.destination, planned, 2 if journey.chance(0.25) else 1)
        begins = at + journey.between(2, 10)
        text = journey.rng.choice(NEXT_WORKING_DAY)
        arrives = lane.destination.clock(more, hour)
        run.delays.append(Delay(begins, (arrives - base) / HOUR, text))
        if journey.chance(0.7):
            data = {"stop": 2, "estimated": lane.destination.clock(more, custom.until)} if journey.chance(0.5) else {}
            journey.say("shipment.delayed", begins + journey.between(0.2, 3), data, by=custom.by, text=text)
            told.append(begins)
    _scans(journey, at, lost_at or run.arrival, custom)
    if lost_at is not None:
        said = lost_at + journey.between(72, 140)
        journey.say("shipment.lost", said, {"pieces": 1}, by=custom.by, text="Cannot be traced")
        journey.wrong("lost", "freight_lost", lost_at)
        return run.arrival, lost_at
    lateness(journey, run, due, told)
    return run.arrival, None


def _scans(journey: Journey, departed: datetime, until: datetime, custom: Custom) -> None:
    """A scan where a trailer is unloaded, mostly at night; none on Saturdays and Sundays."""
    site, at = journey.lane.destination, departed + journey.between(6, 12)
    while at < until - 5 * HOUR:
        if site.weekday(at) < 5:
            journey.say("shipment.scanned", at, {"note": "Arrived at terminal"}, by=custom.by)
            if journey.chance(0.02):
                # What a sorting machine cannot read is looked at by hand an hour later; nothing has happened.
                journey.say("shipment.problem_reported", at + HOUR, {}, by=custom.by, text="Exception, see details")
        at += journey.between(9, 20)


def _last_mile(journey: Journey, arrives: datetime, custom: Custom) -> Word:
    """The van's day: loaded in the morning, at the door, and sometimes in vain."""
    site = journey.lane.destination
    out = site.clock(arrives, 8) + journey.between(0, 1)
    journey.say("shipment.out_for_delivery", out, {"stop": 2}, by=custom.by, site=site)
    if journey.chance(custom.attempts):
        text = journey.rng.choice(("Business closed", "Nobody home", "Address not found"))
        journey.say("shipment.delivery_attempted", arrives, {"stop": 2}, by=custom.by, text=text, site=site)
        journey.wrong("attempt failed", "delivery_attempt_failed", arrives)
        journey.wrong("late for nobody was there", "delivery_late tracking_silent", arrives, arguable=True)
        again = site.clock(working_day(site, arrives, 1), journey.rng.uniform(9.5, 16))
        journey.say("shipment.out_for_delivery", again - 2 * HOUR, {"stop": 2}, by=custom.by, site=site)
        return at_the_door(journey, again, by=custom.by)
    return at_the_door(journey, arrives, by=custom.by)


def _book(journey: Journey, closes: datetime, due: datetime, custom: Custom) -> None:
    lane = journey.lane
    opens = closes - 8 * HOUR
    stops = (
        stop(1, "pickup", lane.origin, opens, closes),
        stop(2, "delivery", lane.destination, due - timedelta(hours=custom.until - 8), due),
    )
    at = opens - journey.between(2, 20)
    more = ordering(journey, at, due) if lane.mode == "ltl" else {}
    journey.say("shipment.booked", at, booking(journey, stops, **more), by="tms")
    if lane.mode == "parcel":
        journey.say("shipment.announced", at + journey.between(0.2, 3), {}, by=custom.by)
