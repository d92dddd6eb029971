"""delivery_attempt_failed and delivery_refused: at the door, and yet not delivered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from exceptions.cases.detection.folding import Statement, episode
from exceptions.cases.detection.history import UNLOADING, ShipmentHistory
from exceptions.cases.detection.rule import Judge, Rule, found
from exceptions.cases.detection.settings import Setting
from exceptions.cases.detection.verdicts import Clear, SubjectRef, Verdict
from exceptions.shipments.canonical import EventType as E


def _until_delivered(type_code: str, bad: E, *also_ends: E) -> Judge:
    def judge(history: ShipmentHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
        """Grouped by the stop that the events name; the door where they name none."""
        told = history.of(bad)
        if not told:
            return
        ends = history.of(E.SHIPMENT_DELIVERED, E.SHIPMENT_CANCELLED, *also_ends)
        by_door: dict[SubjectRef, list[Statement]] = {}
        for event in told:
            stop = history.stop_of(event, UNLOADING)
            by_door.setdefault(stop.subject if stop else history.door, []).append(Statement(event, True))
        for subject, said in by_door.items():
            over = episode([*said, *(Statement(event, False, event.words) for event in ends)])
            if over.stands:
                yield found(type_code, subject, setting, over.evidence, at=now, shipments=(history.id,))
            elif over.ended is not None:
                yield Clear(type_code, subject, over.ended.event.at, E(over.ended.event.type).label)

    return judge


RULES = (
    Rule(
        "delivery_attempt_failed",
        _until_delivered("delivery_attempt_failed", E.SHIPMENT_DELIVERY_ATTEMPTED, E.SHIPMENT_RETURNED),
        trigger="A delivery was attempted in vain.",
        ends="A delivery that happened later, a return or a cancellation.",
    ),
    Rule(
        "delivery_refused",
        _until_delivered("delivery_refused", E.SHIPMENT_REFUSED),
        trigger="The receiver refused the freight, in whole or in part.",
        ends="A delivery that happened later, or a cancellation.",
    ),
)
