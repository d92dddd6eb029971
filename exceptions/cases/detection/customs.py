"""customs_hold: an authority holds the shipment. Holds of other kinds are in `holds`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from exceptions.cases.detection.folding import Statement, episode
from exceptions.cases.detection.history import ShipmentHistory
from exceptions.cases.detection.rule import Rule, found
from exceptions.cases.detection.settings import Setting
from exceptions.cases.detection.verdicts import Clear, Verdict
from exceptions.shipments.canonical import EventType as E

HOLD = "customs_hold"
KINDS = ("customs", "exam", "documents")


def judge(history: ShipmentHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    held = [event for event in history.of(E.SHIPMENT_HELD) if event.data.get("kind", "other") in KINDS]
    if not held:
        return
    ends = history.of(E.SHIPMENT_RELEASED, E.SHIPMENT_DELIVERED, E.SHIPMENT_CANCELLED)
    over = episode([*(Statement(e, True, e.words) for e in held), *(Statement(e, False) for e in ends)])
    if over.stands:
        yield found(HOLD, history.subject, setting, over.evidence, at=now, shipments=(history.id,))
    elif over.ended is not None:
        yield Clear(HOLD, history.subject, over.ended.event.at, E(over.ended.event.type).label)


RULES = (
    Rule(
        HOLD,
        judge,
        trigger="Customs or another authority holds it, orders an exam, or waits for documents.",
        ends="A release, a delivery or a cancellation that happened later. One release ends all holds.",
    ),
)
