"""departure_missed: a truck, train, vessel or flight should have left and nobody says that it did."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from exceptions.cases.detection.history import DEPARTURE, LOADING, UNLOADING, ShipmentHistory, StopFacts
from exceptions.cases.detection.rule import Rule, found
from exceptions.cases.detection.settings import Setting
from exceptions.cases.detection.verdicts import Clear, Evidence, Expected, SubjectRef, Verdict
from exceptions.cases.detection.words import instant
from exceptions.cases.taxonomy import Subject

MISSED = "departure_missed"
GONE = ("departure", "loaded", "gate_out")


def judge(history: ShipmentHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    """One verdict for each stop with a planned departure. Before it was picked up, a late pickup says it all."""
    for place, stop in enumerate(history.stops):
        planned = stop.times.get(("planned", "departure"))
        if planned is None or stop.kind == UNLOADING:
            continue
        subject = _subject(history, stop)
        gone = _gone(history, place, stop)
        if gone is not None or history.is_over:
            yield Clear(MISSED, subject, gone or history.status_at or now, "Left")
        elif stop.kind == LOADING and stop.actual("arrival", "pickup", "gate_in") is None:
            yield Clear(MISSED, subject, now, "Not picked up yet")
        else:
            yield from _waiting(history, stop, subject, planned, setting, now)


def _waiting(
    history: ShipmentHistory, stop: StopFacts, subject: SubjectRef, planned: datetime, setting: Setting, now: datetime
) -> Iterator[Verdict]:
    limit = planned + setting.tolerance + history.under_way(DEPARTURE)
    awaited = Expected(f"{stop.subject.key}:departure", limit, "departure", shipment=history.id, stop=stop.id)
    if now < limit:
        yield Clear(MISSED, subject, now, "The departure is still ahead")
        yield awaited
        return
    passed = Evidence(limit, f"No departure from {stop.place} since {instant(planned)}", expected=awaited)
    yield found(MISSED, subject, setting, [passed], at=limit, shipments=(history.id,))


def _gone(history: ShipmentHistory, place: int, stop: StopFacts) -> datetime | None:
    """When it left here, or was seen at a later stop; of a pickup, when it was taken along."""
    codes = (*GONE, "pickup") if stop.kind == LOADING else GONE
    later = [
        at for following in history.stops[place + 1 :] if (at := following.actual("arrival", "delivery", "discharge"))
    ]
    return min([at for at in [stop.actual(*codes)] if at is not None] + later, default=None)


def _subject(history: ShipmentHistory, stop: StopFacts) -> SubjectRef:
    leg = next((leg for leg in history.legs if leg.origin == stop.id), None)
    return SubjectRef(Subject.LEG, leg.id) if leg is not None else stop.subject


RULES = (
    Rule(
        MISSED,
        judge,
        trigger="A planned departure passes (with tolerance) without a departure, and the freight is there to leave.",
        ends="A departure, loading or gate-out there, or an arrival at a later stop.",
        uses="tolerance: how much past the plan is not missed yet",
        default=Setting(tolerance=timedelta(hours=2)),
        one_load=True,
    ),
)
