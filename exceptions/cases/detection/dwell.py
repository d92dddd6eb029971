"""stop_dwell: a truck is held at a stop beyond its free time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from exceptions.cases.detection.history import LOADING, UNLOADING, ShipmentHistory, StopFacts
from exceptions.cases.detection.rule import Rule, found
from exceptions.cases.detection.settings import Setting
from exceptions.cases.detection.verdicts import Clear, Evidence, Expected, Verdict
from exceptions.cases.detection.words import span

DWELL = "stop_dwell"
TRUCKS = ("road", "ltl", "intermodal")


def judge(history: ShipmentHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    """One verdict for each pickup or delivery stop that a truck arrived at. Early trucks wait on their own time."""
    if history.mode not in TRUCKS:
        return
    for place, stop in enumerate(history.stops):
        arrived = stop.actual("arrival")
        if arrived is None or stop.kind not in (LOADING, UNLOADING):
            continue
        left = _left(history, place, stop)
        if left is not None or history.is_over:
            yield Clear(DWELL, stop.subject, left or history.status_at or now, "Left the stop")
            continue
        slot = stop.appointment.starts_at if stop.appointment is not None and stop.appointment.holds else None
        since = max(arrived, slot or stop.window_start or arrived)
        due = since + setting.threshold + history.lag
        awaited = Expected(f"{stop.subject.key}:left", due, "departure", shipment=history.id, stop=stop.id)
        if now < due:
            yield Clear(DWELL, stop.subject, now, "Within its free time")
            yield awaited
            continue
        text = f"At {stop.place or 'the stop'} for more than {span(setting.threshold)}"
        evidence = [Evidence(due, text, expected=awaited)]
        yield found(DWELL, stop.subject, setting, evidence, at=due, shipments=(history.id,))


def _left(history: ShipmentHistory, place: int, stop: StopFacts) -> datetime | None:
    later = [at for following in history.stops[place + 1 :] if (at := following.actual("arrival", "delivery"))]
    done = stop.actual("departure", "pickup" if stop.kind == LOADING else "delivery")
    return min([at for at in [done] if at is not None] + later, default=None)


RULES = (
    Rule(
        DWELL,
        judge,
        trigger="A truck arrived, and is not reported loaded, unloaded or gone when the free time is over.",
        ends="A departure, pickup or delivery there, or an arrival at a later stop.",
        uses="threshold: the free time at a stop, from the arrival or the start of the slot",
        default=Setting(threshold=timedelta(hours=2)),
    ),
)
