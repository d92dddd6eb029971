"""route_deviation: off its route, misrouted or missorted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from exceptions.cases.detection.folding import Statement, episode
from exceptions.cases.detection.history import ShipmentHistory
from exceptions.cases.detection.rule import Rule, found
from exceptions.cases.detection.settings import Setting
from exceptions.cases.detection.verdicts import Clear, Verdict
from exceptions.shipments.canonical import EventType as E

OFF = "route_deviation"


def judge(history: ShipmentHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    told = history.of(E.SHIPMENT_DEVIATED)
    if not told:
        return
    back = [
        event for event in history.of(E.SHIPMENT_ARRIVED, E.SHIPMENT_DEPARTED) if history.stop_of(event) is not None
    ]
    back += history.of(E.SHIPMENT_OUT_FOR_DELIVERY, E.SHIPMENT_DELIVERED, E.SHIPMENT_RETURNED, E.SHIPMENT_CANCELLED)
    over = episode([*(Statement(e, True) for e in told), *(Statement(e, False) for e in back)])
    if over.stands:
        yield found(OFF, history.subject, setting, over.evidence, at=now, shipments=(history.id,))
    elif over.ended is not None:
        yield Clear(OFF, history.subject, over.ended.event.at, "Back on its route")


RULES = (
    Rule(
        OFF,
        judge,
        trigger="Somebody reports it off its route, misrouted or missorted.",
        ends="A stop of the plan reached or left later, out for delivery, or the end of the journey.",
        one_load=True,
    ),
)
