"""tracking_silent: nobody reported anything for longer than is usual on this lane."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from exceptions.cases.detection.history import MOVING, ShipmentHistory
from exceptions.cases.detection.rule import Rule, found
from exceptions.cases.detection.settings import Setting
from exceptions.cases.detection.verdicts import SIGNAL, Clear, Evidence, Expected, SubjectRef, Verdict
from exceptions.cases.detection.words import instant
from exceptions.cases.taxonomy import Subject

SILENT = "tracking_silent"


def judge(history: ShipmentHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    """Of freight on its way only. `rules.detect` drops it where a late delivery is found: it closes into it."""
    subject = silence_of(history)
    heard = history.heard_at
    if heard is None or history.status not in MOVING:
        yield Clear(SILENT, subject, history.status_at or now, "Not on its way")
        return
    if not history.is_tracked and not setting.threshold:
        yield Clear(SILENT, subject, heard, "Nobody reports on its way")
        return
    due = heard + (setting.threshold or history.gap) + history.lag
    leg = history.end_leg
    awaited = Expected(
        f"{history.subject.key}:signal", due, "", SIGNAL, shipment=history.id, leg=leg.id if leg is not None else None
    )
    if now < due:
        yield Clear(SILENT, subject, heard, "Heard of again")
        yield awaited
        return
    # When the last word came by the load, everything on it is silent for one reason.
    last = next((event for event in history.events if event.id == history.heard), None)
    load = last.load if last is not None else None
    evidence = [Evidence(due, f"No signal since {instant(heard)}", expected=awaited, load=load)]
    yield found(SILENT, subject, setting, evidence, at=due, shipments=(history.id,))


def silence_of(history: ShipmentHistory) -> SubjectRef:
    leg = history.end_leg
    return SubjectRef(Subject.LEG, leg.id) if leg is not None else history.subject


RULES = (
    Rule(
        SILENT,
        judge,
        trigger="Freight on its way, on which somebody reports, was not heard of for much longer than this carrier's normal "
        "gap on this lane.",
        ends="Any signal, the end of the journey, or a late delivery that continues it.",
        uses="threshold: a fixed limit in place of the learned gap; none is set by default",
        one_load=True,
    ),
)
