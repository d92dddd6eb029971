"""tracking_silent: nobody reported anything for longer than is usual on this lane."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from exceptions.cases.detection.history import MOVING, UNLOADING, ShipmentHistory
from exceptions.cases.detection.rule import Rule, found
from exceptions.cases.detection.settings import Setting
from exceptions.cases.detection.verdicts import SIGNAL, Clear, Evidence, Expected, SubjectRef, Verdict
from exceptions.cases.detection.words import instant
from exceptions.cases.taxonomy import Subject
from exceptions.sla.defaults import RESTING_MODES

SILENT = "tracking_silent"


def judge(history: ShipmentHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    """Of freight on its way only. `rules.detect` drops it where a late delivery is found: it closes into it."""
    subject = silence_of(history)
    heard = history.heard_at
    if heard is None or history.status not in MOVING:
        yield Clear(SILENT, subject, history.status_at or now, "Not on its way")
        return
    if (there := _arrived(history)) is not None:
        yield Clear(SILENT, subject, there, "Arrived")
        return
    if _waits_to_be_fetched(history) and not setting.threshold:
        yield Clear(SILENT, subject, heard, "Waits to be fetched")
        return
    if not history.is_tracked and not setting.threshold:
        yield Clear(SILENT, subject, heard, "Nobody reports on its way")
        return
    last = next((event for event in history.events if event.id == history.heard), None)
    # Word of hours ago that came just now is word: somebody speaks.
    since = max(heard, last.recorded_at) if last is not None and last.recorded_at is not None else heard
    due = since + setting.threshold if setting.threshold else _usual_until(history, since)
    leg = history.end_leg
    awaited = Expected(
        f"{history.subject.key}:signal", due, "", SIGNAL, shipment=history.id, leg=leg.id if leg is not None else None
    )
    if now < due:
        yield Clear(SILENT, subject, heard, "Heard of again")
        yield awaited
        return
    # When the last word came by the load, everything on it is silent for one reason.
    load = last.load if last is not None else None
    evidence = [Evidence(due, f"No signal since {instant(heard)}", expected=awaited, load=load)]
    yield found(SILENT, subject, setting, evidence, at=due, shipments=(history.id,))


def _arrived(history: ShipmentHistory) -> datetime | None:
    """When it reached its last stop: a truck at the dock has nothing to report before it is unloaded."""
    ends = history.stops_of_kind(UNLOADING)
    return ends[-1].actual("arrival", "delivery") if ends else None


def _waits_to_be_fetched(history: ShipmentHistory) -> bool:
    """A container that stands at a terminal has nothing to report: what it may cost there its free time tells."""
    last = max((at for stop in history.stops for (kind, _), at in stop.times.items() if kind == "actual"), default=None)
    return last is not None and any(stop.actual("available") == last for stop in history.stops)


def _usual_until(history: ShipmentHistory, heard: datetime) -> datetime:
    """Until when its silence is nothing unusual. What is learned has room for word that is under way to us.

    Whoever usually says nothing until the freight is there says nothing until a later slot that the receiver gave it.
    """
    usual = worked(heard, history.gap) if history.mode in RESTING_MODES else heard + history.gap
    for stop in history.stops_of_kind(UNLOADING)[-1:]:
        slot, planned = stop.appointment, stop.window_end
        if slot is None or slot.state != "rescheduled" or slot.ends_at is None or planned is None or usual < planned:
            continue
        usual += max(timedelta(0), slot.ends_at - planned)
    return usual


def worked(since: datetime, duration: timedelta) -> datetime:
    """When so much working time is over: Saturdays and Sundays (UTC) do not count."""
    midnight = since.replace(hour=0, minute=0, second=0, microsecond=0)
    if since.weekday() >= 5:
        since = midnight + timedelta(days=7 - since.weekday())
        midnight = since
    weekend = midnight + timedelta(days=5 - since.weekday())
    while since + duration > weekend:
        duration -= weekend - since
        since = weekend + timedelta(days=2)
        weekend = since + timedelta(days=5)
    return since + duration


def silence_of(history: ShipmentHistory) -> SubjectRef:
    leg = history.end_leg
    return SubjectRef(Subject.LEG, leg.id) if leg is not None else history.subject


RULES = (
    Rule(
        SILENT,
        judge,
        trigger="Freight on its way, on which somebody reports, was not heard of for much longer than this carrier's normal "
        "gap on this lane, and does not stand at a terminal to be fetched.",
        ends="Any signal, the arrival at the last stop, the end of the journey, or a late delivery that continues it.",
        uses="threshold: a fixed limit in place of the learned gap; none is set by default",
        one_load=True,
    ),
)
