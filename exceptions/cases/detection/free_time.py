"""free_time_expiring and empty_return_late: clocks of containers and chassis that cost by the day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from exceptions.cases.detection.history import ShipmentHistory
from exceptions.cases.detection.rule import Rule, found
from exceptions.cases.detection.settings import Setting
from exceptions.cases.detection.verdicts import Clear, Evidence, Expected, SubjectRef, Verdict
from exceptions.cases.taxonomy import Subject
from exceptions.sla.defaults import FREE_TIME_NOTICE

EXPIRING, RETURN = "free_time_expiring", "empty_return_late"


def expiring(history: ShipmentHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    for piece in history.equipment:
        if piece.last_free_at is None:
            continue
        subject = SubjectRef(Subject.EQUIPMENT, piece.id)
        if piece.gated_out_at is not None or history.is_over:
            yield Clear(EXPIRING, subject, piece.gated_out_at or now, "Out of the gate")
            continue
        due = piece.last_free_at - setting.lead
        awaited = Expected(f"{subject.key}:gate_out", due, "gate_out", shipment=history.id)
        if now < due:
            yield Clear(EXPIRING, subject, now, "The last free day is not near")
            yield awaited
        else:
            evidence = [Evidence(due, "Not out of the gate and the last free day is near", expected=awaited)]
            yield found(EXPIRING, subject, setting, evidence, at=due, shipments=(history.id,))


def late_return(history: ShipmentHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    """Also after the delivery: the box is still out when the freight has long arrived."""
    for piece in history.equipment:
        if piece.return_by is None or piece.gated_out_at is None:
            continue
        subject = SubjectRef(Subject.EQUIPMENT, piece.id)
        if piece.returned_at is not None:
            yield Clear(RETURN, subject, piece.returned_at, "Returned empty")
            continue
        due = piece.return_by - setting.lead
        awaited = Expected(f"{subject.key}:empty_return", due, "empty_return", shipment=history.id)
        if now < due:
            yield Clear(RETURN, subject, now, "The return is not due yet")
            yield awaited
        else:
            evidence = [Evidence(due, "Not returned and its free days are nearly over", expected=awaited)]
            yield found(RETURN, subject, setting, evidence, at=due, shipments=(history.id,))


RULES = (
    Rule(
        EXPIRING,
        expiring,
        trigger="The last free day at the terminal is near and the container is not out of the gate.",
        ends="Gate-out, or a later last free day.",
        uses="lead: how long before the end of the last free day it should be out",
        default=Setting(lead=FREE_TIME_NOTICE),
    ),
    Rule(
        RETURN,
        late_return,
        trigger="A container or chassis is out and not returned when the end of its free days is near.",
        ends="The empty return, or a later return date.",
        uses="lead: how long before the return date it should be back",
        default=Setting(lead=timedelta(hours=12)),
    ),
)
