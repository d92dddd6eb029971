"""customs_hold: an authority holds the shipment. Holds of other kinds are in `holds`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from exceptions.cases.detection.folding import Statement, episode
from exceptions.cases.detection.history import RELEASE, ShipmentHistory
from exceptions.cases.detection.rule import Rule, found
from exceptions.cases.detection.settings import Setting
from exceptions.cases.detection.verdicts import Clear, Expected, Verdict
from exceptions.shipments.canonical import EventType as E

HOLD = "customs_hold"
EXAM = "exam"
KINDS = ("customs", EXAM, "documents")


def judge(history: ShipmentHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    """An exam is an order and stands at once; what is held otherwise is mostly let go within the hour."""
    held = [event for event in history.of(E.SHIPMENT_HELD) if event.data.get("kind", "other") in KINDS]
    if not held:
        return
    ends = history.of(E.SHIPMENT_RELEASED, E.SHIPMENT_DELIVERED, E.SHIPMENT_CANCELLED)
    over = episode([*(Statement(e, True, e.words) for e in held), *(Statement(e, False) for e in ends)])
    if over.stands:
        due = over.evidence[0].at + setting.threshold + history.under_way(RELEASE)
        awaited = Expected(f"{history.subject.key}:release", due, "release", shipment=history.id)
        ordered = any(e.id == piece.event and e.data["kind"] == EXAM for e in held for piece in over.evidence)
        if not ordered and now < due:
            yield Clear(HOLD, history.subject, now, "Held, as freight is for an hour or two")
            yield awaited
            return
        yield found(HOLD, history.subject, setting, over.evidence, at=now, shipments=(history.id,))
    elif over.ended is not None:
        yield Clear(HOLD, history.subject, over.ended.event.at, E(over.ended.event.type).label)


RULES = (
    Rule(
        HOLD,
        judge,
        trigger="Customs or another authority orders an exam, or holds it or waits for documents for longer than is routine.",
        ends="A release, a delivery or a cancellation that happened later. One release ends all holds.",
        uses="threshold: how long a hold that is no exam may stand as routine",
        default=Setting(threshold=timedelta(hours=2)),
    ),
)
