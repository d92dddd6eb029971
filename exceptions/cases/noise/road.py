"""Full truckloads: one shipment, one truck, tracked or not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from exceptions.cases.noise.delays import Delay, Run, lateness, pickup_lateness, word_owed
from exceptions.cases.noise.plans import booking, stop
from exceptions.cases.noise.sides import at_the_door, dwell, on_the_way, ordering, paperwork, temperatures, tendering
from exceptions.cases.noise.world import HOUR, MINUTE, Journey, Word

CAUSES = (
    ("Turbo failed, waiting for the workshop", "equipment_breakdown", 3, 14),
    ("Driver out of hours", "driver_hours", 8, 11),
    ("Road closed, snow", "weather", 3, 16),
    ("Accident on the interstate", "road_conditions", 1, 5),
    ("Held up at the border", "", 2, 9),
)
# A tracker's pauses when all is well, in hours.
PAUSES = (1.5, 3.0)


def truckload(journey: Journey, day: datetime) -> None:
    """One truckload that is collected on `day`."""
    lane, rng = journey.lane, journey.rng
    opens = lane.origin.clock(day, rng.choice((6, 7, 8, 9, 10, 12, 14)))
    closes = opens + 2 * HOUR
    planned = opens + HOUR + journey.between(0.5, 1) + lane.hours * HOUR
    due = planned + journey.between(1.5, 4)
    cold = journey.chance(0.25)
    _book(journey, (opens, closes), planned, due, cold=cold)
    tendering(journey, opens)
    if journey.chance(0.01):
        journey.say("shipment.cancelled", opens - journey.between(1, 12), {"detail": "order cancelled"}, by="tms")
        return

    collected = closes + journey.between(1.2, 6) if journey.chance(0.03) else opens + journey.between(0.1, 1.8)
    departed = collected + journey.between(0.4, 1.1)
    driven = lane.hours * max(0.9, rng.gauss(1, 0.02)) * HOUR
    run = Run(departed + driven, delays_of(journey, departed, driven))
    due = _agreed_anew(journey, departed, run, due)
    fetched = (
        None if lane.mute else journey.say("shipment.picked_up", collected, {"stop": 1}, by="edi", site=lane.origin)
    )
    pickup_lateness(journey, closes, collected, fetched.said if fetched else None)
    told = tell_delays(journey, run)
    if lane.tracked:
        told += tell_positions(journey, run, departed, due, sensor=cold)
    lateness(journey, run, due, told)
    if cold:
        temperatures(journey, departed, run.arrival)
    on_the_way(journey, departed, run.arrival)
    there = tell_arrival(journey, run.arrival) if lane.tracked else None
    final = at_the_door(journey, dwell(journey, run.arrival), by="edi")
    word_owed(journey, run.arrival, due, min(word.said for word in (there, final) if word))
    paperwork(journey, final.happened, due)


def delays_of(journey: Journey, departed: datetime, driven: timedelta) -> list[Delay]:
    """One truck in eight loses time on the way; half of those lose little, and some make part of it up."""
    if not journey.chance(0.125):
        return []
    begins = departed + journey.rng.uniform(0.1, 0.85) * driven
    if journey.chance(0.5):
        return [Delay(begins, journey.rng.uniform(0.2, 1.2), "Heavy traffic")]
    text, reason, low, high = journey.rng.choice(CAUSES)
    lost = journey.rng.uniform(low, high)
    back = lost * journey.rng.uniform(0.4, 0.9) if journey.chance(0.2) else 0.0
    return [Delay(begins, lost, text, reason, back, begins + journey.between(1, 6) if back else None)]


def tell_delays(journey: Journey, run: Run, **refs: str) -> list[datetime]:
    """Carriers speak of most delays, with minutes, a new time or only a sentence; a rumour is one that never was.

    Answers when somebody spoke of one."""
    told = []
    for delay in run.delays:
        if not delay.text or not journey.chance(0.8 if delay.hours > 2 else 0.5):
            continue
        at = delay.begins + journey.between(0.1, 0.8)
        data: dict[str, object] = {"stop": 2} if not refs else {}
        kind = journey.rng.random()
        if kind < 0.6:
            data["minutes"] = round(delay.hours * 60 / 5) * 5
        elif kind < 0.9:
            data["estimated"] = _rounded(run.projected(at))
        if delay.reason:
            data["reason"] = delay.reason
        journey.say(
            "shipment.delayed", at, data, by=journey.rng.choice(("edi", "mail")), text=delay.text, refs=refs or None
        )
        told.append(at)
    if journey.chance(0.003):
        at = run.base - journey.between(0.5, 4)
        journey.say("shipment.delayed", at, {}, by="mail", text="Heard the truck may be late")
    return told


def tell_positions(
    journey: Journey,
    run: Run,
    departed: datetime,
    due: datetime,
    *,
    sensor: bool = False,
    refs: Mapping[str, str] | None = None,
) -> list[datetime]:
    """Positions and estimates of a tracker, which errs the more the farther it is; answers when it showed lateness.

    sensor: a reefer's unit goes on speaking when the tracker does not."""
    journey.say("shipment.departed", departed, {"stop": 1}, by="telematics", site=journey.lane.origin, refs=refs)
    lost = _outage(journey, departed, run.arrival, heard_otherwise=sensor)
    bias, told, count = journey.rng.gauss(0, 0.02), [], 0
    at = departed + journey.between(*PAUSES)
    while at < run.arrival - 20 * MINUTE:
        count += 1
        if lost is None or not lost[0] < at < lost[1]:
            journey.say("shipment.position_reported", at, {"speed_kmh": 84.0}, by="telematics", refs=refs)
            if count % 2 == 0:
                expected = run.projected(at)
                left = (expected - at) / HOUR
                error = left * bias + journey.rng.gauss(0, 0.01 * left + 0.08)
                estimated = _rounded(expected + error * HOUR)
                told += [at] if estimated > due else []
                data = {"estimated": estimated} if refs else {"stop": 2, "estimated": estimated}
                journey.say("shipment.eta_changed", at, data, by="telematics", refs=refs, site=journey.lane.destination)
        at += journey.between(*PAUSES)
    if journey.chance(0.05):
        past = run.arrival + journey.between(3, 20)
        journey.say("shipment.position_reported", past, {"speed_kmh": 0.0}, by="telematics", refs=refs)
    return told


def tell_arrival(journey: Journey, arrival: datetime) -> Word:
    """The tracker sees it at once; a clerk keys it too, sometimes at the end of the shift."""
    site = journey.lane.destination
    if journey.chance(0.5):
        keyed = arrival + (journey.between(2, 5) if journey.chance(0.05) else journey.between(0, 0.4))
        journey.say("shipment.arrived", keyed, {"stop": 2}, by="edi", site=site)
    return journey.say("shipment.arrived", arrival, {"stop": 2}, by="telematics", site=site)


def _outage(
    journey: Journey, departed: datetime, arrival: datetime, *, heard_otherwise: bool
) -> tuple[datetime, datetime] | None:
    """A tracker that goes dark: whether that is silence depends on how long it usually pauses, and on whether the party
    goes on telling temperatures."""
    if not journey.chance(0.03):
        return None
    begins = departed + journey.rng.uniform(0.05, 0.5) * (arrival - departed)
    ends = min(arrival, begins + journey.between(5, 30))
    usual = PAUSES[1] * HOUR
    if ends - begins >= 3 * usual and not heard_otherwise:
        journey.wrong("tracker dark", "tracking_silent delivery_late", begins, ends=ends + 12 * HOUR)
    elif ends - begins > usual:
        journey.wrong("long pause", "tracking_silent", begins, ends=ends + 12 * HOUR, arguable=True)
    return begins, ends


def _agreed_anew(journey: Journey, departed: datetime, run: Run, due: datetime) -> datetime:
    """Some receivers move their slot while the truck is on the road; what they agree to is the promise then."""
    if not journey.chance(0.02):
        return due
    at = departed + journey.between(0.2, 2)
    moved = due + journey.between(3, 20)
    slot = {"stop": 2, "starts_at": moved - 2 * HOUR, "ends_at": moved, "by": "Receiving desk"}
    journey.say("appointment.rescheduled", at, slot, by="tms")
    if (wait := (moved - HOUR - run.arrival) / HOUR) > 0:
        run.delays.append(Delay(at, wait, ""))  # the driver waits for the new slot
    return moved


def _book(journey: Journey, pickup: tuple[datetime, datetime], planned: datetime, due: datetime, *, cold: bool) -> None:
    lane = journey.lane
    slot = {"state": "confirmed", "number": f"A-{journey.number}", "starts_at": planned - HOUR, "ends_at": due}
    agreed = {"appointment": slot} if journey.chance(0.6) else {}
    stops = (
        stop(1, "pickup", lane.origin, *pickup),
        stop(2, "delivery", lane.destination, planned - HOUR, due, planned_arrival=planned, **agreed),
    )
    band = {"temperature": {"min": "34", "max": "38", "unit": "F"}} if cold else {}
    at = pickup[0] - journey.between(18, 60)
    load = f"L-{journey.number}"
    more = {"loads": [load], **band, **ordering(journey, at, due)}
    journey.say("shipment.booked", at, booking(journey, stops, leg={"load": load}, **more), by="tms")


def _rounded(moment: datetime) -> datetime:
    return moment - timedelta(minutes=moment.minute % 5, seconds=moment.second, microseconds=moment.microsecond)
