"""reference_data_invalid: a plan or a report that cannot be true."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from exceptions.cases.detection.folding import evidence_of
from exceptions.cases.detection.history import LOADING, UNLOADING, ShipmentHistory, Told
from exceptions.cases.detection.rule import Rule, found
from exceptions.cases.detection.settings import Setting
from exceptions.cases.detection.verdicts import Clear, Evidence, Verdict
from exceptions.shipments.canonical import EventType as E
from exceptions.shipments.projection import ACTUALS

INVALID = "reference_data_invalid"


def judge(history: ShipmentHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    evidence = [*_impossible_plan(history), *_impossible_times(history), *_from_the_future(history, setting)]
    if evidence:
        yield found(INVALID, history.subject, setting, evidence, at=now, shipments=(history.id,))
    else:
        yield Clear(INVALID, history.subject, now, "The data fits together")


def _impossible_plan(history: ShipmentHistory) -> Iterator[Evidence]:
    """Due at the receiver before the shipper hands it over."""
    pickups = [stop.window_start for stop in history.stops_of_kind(LOADING) if stop.window_start is not None]
    ends = [stop.window_end for stop in history.stops_of_kind(UNLOADING) if stop.window_end is not None]
    if pickups and ends and max(ends) < min(pickups):
        text = "The plan delivers before it picks up"
        yield from (evidence_of(event, text) for event in _plans(history)[-1:])


def _impossible_times(history: ShipmentHistory) -> Iterator[Evidence]:
    """Delivered before it was picked up: one of the two clocks is wrong."""
    picked = min((at for stop in history.stops_of_kind(LOADING) if (at := stop.actual("pickup"))), default=None)
    delivered = history.delivered_at
    if picked is None or delivered is None or delivered >= picked:
        return
    for event in sorted(history.of(E.SHIPMENT_DELIVERED), key=lambda event: event.order):
        if event.at < picked:
            yield evidence_of(event, "Reported delivered before it was picked up")


def _from_the_future(history: ShipmentHistory, setting: Setting) -> Iterator[Evidence]:
    """Told as happened, for a time that was still ahead when it was told."""
    for type_ in ACTUALS:
        for event in history.by_type.get(type_, ()):
            if event.recorded_at is not None and event.at - event.recorded_at > setting.tolerance:
                yield evidence_of(event, f"{E(event.type).label} was reported for a time that was still ahead")


def _plans(history: ShipmentHistory) -> list[Told]:
    return sorted(history.of(E.SHIPMENT_BOOKED), key=lambda event: (event.reported_at, event.mark))


RULES = (
    Rule(
        INVALID,
        judge,
        trigger="A plan that delivers before it picks up, a delivery before the pickup, or something reported as "
        "happened at a time that is still ahead.",
        ends="A corrected plan or report.",
        uses="tolerance: how far ahead a report's time may lie, for clocks and zones that are off",
        default=Setting(tolerance=timedelta(hours=15)),
    ),
)
