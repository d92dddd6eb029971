"""Containers and air freight: carriers with milestones, terminals with gates, authorities with time of their own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from exceptions.cases.noise.delays import Delay, Run, lateness, pickup_lateness
from exceptions.cases.noise.plans import booking, stop
from exceptions.cases.noise.sides import at_the_door, paperwork
from exceptions.cases.noise.world import HOUR, MINUTE, Journey

DAY = 24 * HOUR
VESSEL = ("Berth congestion", "Vessel engine repair", "Port closed, storm", "Schedule recovery")


def container(journey: Journey, day: datetime) -> None:
    """One container that is gated in on `day`, sails, is released, fetched within its free time and delivered."""
    lane, journey.last_stop = journey.lane, 3
    cutoff = lane.origin.clock(day, 17)
    sails = cutoff + 30 * HOUR
    arrives = sails + lane.hours * HOUR
    due = lane.destination.clock(arrives + 7 * DAY, 17)
    papers = _book(journey, cutoff, sails, arrives, due)
    gated = cutoff + journey.between(2, 20) if journey.chance(0.02) else cutoff - journey.between(4, 40)
    if gated > cutoff:
        journey.wrong("cut-off missed", "cutoff_at_risk booking_rolled departure_missed", cutoff)
    journey.say("equipment.gated_in", gated, {"stop": 1}, by="gate", site=lane.origin)
    _papers(journey, papers, cutoff)
    if gated > cutoff or journey.chance(0.03):
        sails, arrives, due = _rolled(journey, sails, arrives, due)
    late_start = journey.between(26, 60) if journey.chance(0.03) else journey.between(0, 7)
    departed = sails + late_start
    if late_start >= DAY:
        journey.wrong("vessel left late", "departure_missed delivery_late", sails)
    journey.say("equipment.loaded", departed - journey.between(3, 14), {"stop": 1}, by="gate", site=lane.origin)
    journey.say("shipment.departed", departed, {"stop": 1}, by="edi", site=lane.origin)
    at_sea = lane.hours * HOUR * max(0.96, journey.rng.gauss(1, 0.015))
    landed, told = _voyage(journey, departed, at_sea, arrives)
    delivered = _ashore(journey, landed)
    run = Run(delivered - (landed - arrives), [Delay(departed, max(0.0, (landed - arrives) / HOUR), "")])
    lateness(journey, run, due, told)
    final = at_the_door(journey, run.arrival, by="edi")
    paperwork(journey, final.happened, due)


def _voyage(
    journey: Journey, departed: datetime, at_sea: timedelta, planned: datetime
) -> tuple[datetime, list[datetime]]:
    """Weeks at sea. Some lines send a new ETA every day, others nothing before the next port."""
    landed, told = departed + at_sea, []
    if journey.chance(0.12):
        waits = journey.between(30, 220)
        at = departed + journey.rng.uniform(0.3, 0.9) * at_sea
        landed += waits
        data = {"stop": 2, "minutes": round(waits / MINUTE)}
        journey.say("shipment.delayed", at, data, by="edi", text=journey.rng.choice(VESSEL))
        told.append(at)
    if journey.lane.tracked:
        at = departed + journey.between(18, 30)
        while at < landed - 6 * HOUR:
            error = (landed - at) * journey.rng.gauss(0, 0.02)
            estimated = landed + error
            eta = estimated.replace(minute=0, second=0, microsecond=0)
            journey.say("shipment.eta_changed", at, {"stop": 2, "estimated": eta}, by="telematics")
            at += journey.between(18, 30)
    site = journey.lane.destination
    journey.say("shipment.arrived", landed, {"stop": 2}, by="edi", site=site)
    return landed, told


def _ashore(journey: Journey, landed: datetime) -> datetime:
    """Discharge, customs, the free days, the dray, the receiver. Answers when the receiver has it."""
    site = journey.lane.destination
    discharged = landed + journey.between(6, 40)
    last_free = site.clock(discharged + 5 * DAY, 17)
    journey.say("equipment.discharged", discharged, {"stop": 2}, by="gate", site=site)
    released = discharged + journey.between(1, 24)
    if journey.chance(0.09):
        held = discharged + journey.between(0.5, 6)
        routine = journey.chance(0.5)
        released = held + (journey.between(0.2, 1.5) if routine else journey.between(10, 120))
        kind = "documents" if routine else journey.rng.choice(("exam", "customs"))
        journey.say("shipment.held", held, {"stop": 2, "by": "Customs", "kind": kind}, by="edi")
        journey.say("shipment.released", released, {"stop": 2}, by="edi")
        if not routine and journey.chance(0.25):
            # One desk has released it, another holds it anew: to everybody else the same hold.
            again = released + journey.between(0.5, 5)
            journey.say("shipment.held", again, {"stop": 2, "by": "Customs", "kind": kind}, by="edi")
            released = again + journey.between(3, 30)
            journey.say("shipment.released", released, {"stop": 2}, by="edi")
        if not routine:
            journey.wrong("customs hold", "customs_hold", held, ends=released + 12 * HOUR)
    _seal(journey, discharged)
    available = max(discharged, released) + journey.between(1, 8)
    data = {"stop": 2, "last_free_at": last_free}
    journey.say("equipment.made_available", available, data, by="gate", site=site)
    fetched = max(available + journey.between(4, 48), discharged + DAY)
    if journey.chance(0.08):
        fetched = max(available + 6 * HOUR, last_free + journey.between(-10, 50))
    if fetched > last_free - 48 * HOUR:
        told = "free time nearly over" if fetched <= last_free else "demurrage"
        journey.wrong(told, "free_time_expiring", last_free - 48 * HOUR)
    elif fetched > last_free - 96 * HOUR:
        journey.wrong("free time half over", "free_time_expiring", last_free - 96 * HOUR, arguable=True)
    return_by = fetched + 5 * DAY
    journey.say("equipment.gated_out", fetched, {"stop": 2, "return_by": return_by}, by="gate", site=site)
    returned = fetched + journey.between(30, 100)
    if journey.chance(0.04):
        returned = return_by + journey.between(10, 60)
        journey.wrong("empty kept too long", "empty_return_late", return_by - DAY)
    journey.say("equipment.returned", returned, {}, by="gate")
    return fetched + journey.between(4, 20)


def _seal(journey: Journey, at: datetime) -> None:
    """The terminal reads the seal; how it is written differs, and once in a while it is another one."""
    number = journey.refs["container"][-6:]
    wrong = journey.chance(0.01)
    found = f"SL{int(number) + 1:06d}" if wrong else f"SL-{number}" if journey.chance(0.2) else f"SL{number}"
    data = {"stop": 2, "found": found, "expected": f"SL{number}"}
    journey.say("equipment.seal_checked", at, data, by="gate", site=journey.lane.destination)
    if wrong:
        journey.wrong("another seal", "seal_discrepancy", at)


def _rolled(journey: Journey, sails: datetime, arrives: datetime, due: datetime) -> tuple[datetime, datetime, datetime]:
    """The line takes it a week later, and what is agreed with the customer moves with it."""
    at = sails - journey.between(2, 20)
    journey.say("shipment.rolled", at, {"minutes": 7 * 24 * 60}, by="edi", text="Rolled to the next sailing")
    journey.wrong("rolled", "booking_rolled departure_missed cutoff_at_risk", at)
    week = 7 * DAY
    plan = _plan(journey, sails + week - 30 * HOUR, sails + week, arrives + week, due + week)
    journey.say("shipment.booked", at + journey.between(3, 20), plan, by="tms")
    return sails + week, arrives + week, due + week


def _plan(
    journey: Journey, cutoff: datetime, sails: datetime, arrives: datetime, due: datetime, **more: Any
) -> dict[str, Any]:
    lane, box = journey.lane, journey.refs["container"]
    opens = cutoff - 4 * DAY
    stops = (
        stop(1, "pickup", lane.origin, opens, cutoff, planned_departure=sails),
        stop(2, "port", lane.destination, arrives - 6 * HOUR, arrives + 2 * DAY, planned_arrival=arrives),
        stop(3, "delivery", lane.destination, arrives + 2 * DAY, due),
    )
    leg = {"cutoffs": [{"kind": "gate", "at": cutoff}], "destination": 2}
    inland = {**booking(journey, stops)["legs"][0], "sequence": 2, "mode": "road", "origin": 2, "destination": 3}
    plan = booking(journey, stops, leg=leg, equipment=[{"number": box, "kind": "container"}], **more)
    plan["legs"] = [*plan["legs"], {**inland, "carrier": "TRUCK-5"}]
    return plan


def _book(journey: Journey, cutoff: datetime, sails: datetime, arrives: datetime, due: datetime) -> datetime | None:
    """The plan, with a document that must be there by the cut-off for some. Answers by when."""
    papers = cutoff - 12 * HOUR if journey.chance(0.5) else None
    more = {"documents": [{"kind": "shipping_instructions", "due_at": papers}]} if papers else {}
    plan = _plan(journey, cutoff, sails, arrives, due, **more)
    journey.say("shipment.booked", cutoff - journey.between(100, 200), plan, by="tms")
    return papers


def _papers(journey: Journey, due: datetime | None, cutoff: datetime) -> None:
    if due is None:
        return
    missing = journey.chance(0.05)
    at = due + journey.between(2, 30) if missing else due - journey.between(3, 60)
    journey.say("document.received", at, {"kind": "shipping_instructions"}, by="tms")
    if missing:
        journey.wrong("papers not there", "document_missing cutoff_at_risk", due)


def airfreight(journey: Journey, day: datetime) -> None:
    """One consignment that flies on `day`."""
    lane = journey.lane
    flight = lane.origin.clock(day, 20)
    lands = flight + lane.hours * HOUR
    due = lane.destination.clock(lands + 2 * DAY, 17)
    stops = (
        stop(1, "pickup", lane.origin, flight - 14 * HOUR, flight - 6 * HOUR, planned_departure=flight),
        stop(2, "delivery", lane.destination, lands + 12 * HOUR, due),
    )
    journey.say("shipment.booked", flight - journey.between(30, 90), booking(journey, stops), by="tms")
    collected = flight - journey.between(7, 12)
    fetched = journey.say("shipment.picked_up", collected, {"stop": 1}, by="edi", site=lane.origin)
    pickup_lateness(journey, flight - 6 * HOUR, collected, fetched.said)
    missed = journey.chance(0.05)
    departed = flight + (24 * HOUR if missed else journey.between(0, 2))
    if missed:
        journey.say("shipment.rolled", flight + HOUR, {"minutes": 24 * 60}, by="edi", text="Offloaded, next flight")
        journey.wrong("offloaded", "booking_rolled departure_missed", flight)
    journey.say("shipment.departed", departed, {"stop": 1}, by="edi", site=lane.origin)
    landed = departed + lane.hours * HOUR
    journey.say("shipment.scanned", landed + HOUR, {"note": "Received from flight"}, by="edi", site=lane.destination)
    cleared = landed + journey.between(4, 16)
    if journey.chance(0.04):
        held = landed + journey.between(2, 4)
        cleared = held + journey.between(20, 80)
        journey.say("shipment.held", held, {"by": "Customs", "kind": "customs"}, by="edi")
        journey.say("shipment.released", cleared, {}, by="edi")
        journey.wrong("customs hold", "customs_hold", held, ends=cleared + 12 * HOUR)
    arrives = max(cleared + journey.between(3, 20), lands + 12 * HOUR)
    base = arrives - (landed - lands) if missed else arrives
    run = Run(base, [Delay(flight, (arrives - base) / HOUR, "")] if missed else [])
    lateness(journey, run, due, [flight + HOUR] if missed else [])
    final = at_the_door(journey, run.arrival, by="edi")
    paperwork(journey, final.happened, due)
