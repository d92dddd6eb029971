"""seal_discrepancy: the seal is broken, missing or another one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from exceptions.cases.detection.folding import Statement, episode
from exceptions.cases.detection.history import EquipmentFacts, ShipmentHistory, Told
from exceptions.cases.detection.rule import Rule, found
from exceptions.cases.detection.settings import Setting
from exceptions.cases.detection.verdicts import Clear, SubjectRef, Verdict
from exceptions.cases.taxonomy import Subject
from exceptions.shipments.canonical import EventType as E
from exceptions.shipments.canonical import normalised

SEAL = "seal_discrepancy"
AT_A_GATE = (E.EQUIPMENT_GATED_IN, E.EQUIPMENT_GATED_OUT)


def judge(history: ShipmentHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    """One verdict for each piece of equipment whose seal was looked at; the last look holds."""
    looks: dict[SubjectRef, list[Statement]] = {}
    for event in history.of(E.EQUIPMENT_SEAL_CHECKED, *AT_A_GATE):
        piece = _piece(history, event)
        seen = event.data.get("found", event.data.get("seal"))
        wanted = event.data.get("expected") or (piece.seal if piece is not None else "")
        if seen is None or not wanted or (event.type in AT_A_GATE and not seen):
            continue  # a gate that notes no seal has not looked
        text = f"Seal {seen} instead of {wanted}" if seen else f"Seal {wanted} is missing"
        subject = SubjectRef(Subject.EQUIPMENT, piece.id) if piece is not None else history.subject
        is_other = normalised(str(seen)) != normalised(str(wanted))
        looks.setdefault(subject, []).append(Statement(event, is_other, text))
    for subject, said in looks.items():
        over = episode(said)
        if over.stands:
            yield found(SEAL, subject, setting, over.evidence, at=now, shipments=(history.id,))
        elif over.ended is not None:
            yield Clear(SEAL, subject, over.ended.event.at, "The seal is the right one")


def _piece(history: ShipmentHistory, event: Told) -> EquipmentFacts | None:
    """The equipment that the event names; the only one where it names none."""
    named = history.named.get(event.id, frozenset())
    fitting = [piece for piece in history.equipment if not named or normalised(piece.number) in named]
    return fitting[0] if len(fitting) == 1 or (fitting and named) else None


RULES = (
    Rule(
        SEAL,
        judge,
        trigger="A check or a gate saw another seal than the expected one, or none.",
        ends="A later look that finds the right seal.",
    ),
)
