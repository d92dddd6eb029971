"""freight_short, freight_over, freight_damaged, freight_lost: what arrives is not what left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from exceptions.cases.detection.folding import Statement, episode, evidence_of
from exceptions.cases.detection.history import ShipmentHistory, Told
from exceptions.cases.detection.rule import Judge, Rule, found
from exceptions.cases.detection.settings import Setting
from exceptions.cases.detection.verdicts import Clear, SubjectRef, Verdict
from exceptions.cases.taxonomy import Subject
from exceptions.shipments.canonical import EventType as E

SHORT, OVER, DAMAGED, LOST = "freight_short", "freight_over", "freight_damaged", "freight_lost"
SEEN = (E.SHIPMENT_DELIVERED, E.SHIPMENT_SCANNED, E.SHIPMENT_OUT_FOR_DELIVERY, E.SHIPMENT_ARRIVED, E.SHIPMENT_RETURNED)


def _counted(type_code: str, wrong: int) -> Judge:
    """wrong: -1 for too little, 1 for too much."""

    def judge(history: ShipmentHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
        """One verdict for each handling unit that was counted; the last count holds."""
        counts: dict[SubjectRef, list[Statement]] = {}
        for event in history.of(E.SHIPMENT_COUNTED, E.SHIPMENT_PICKED_UP, E.SHIPMENT_DELIVERED):
            told = _count(history, event)
            if told is not None:
                subject, counted, expected = told
                text = f"{counted} of {expected} counted"
                counts.setdefault(subject, []).append(Statement(event, (counted - expected) * wrong > 0, text))
        for subject, said in counts.items():
            over = episode(said)
            if over.stands:
                yield found(type_code, subject, setting, over.evidence, at=now, shipments=(history.id,))
            elif over.ended is not None:
                yield Clear(type_code, subject, over.ended.event.at, over.ended.text)

    return judge


def _count(history: ShipmentHistory, event: Told) -> tuple[SubjectRef, int, int] | None:
    """What was counted, of what, against what; None when nothing was counted or nobody said how many there should be."""
    counted = event.data.get("counted", event.data.get("pieces"))
    if counted is None:
        return None
    number = event.data.get("unit")
    unit = history.units.get(number) if number is not None else None
    expected = event.data.get("expected")
    if expected is None:
        known = [unit] if unit is not None else list(history.units.values())
        numbers = [one.expected for one in known if one.expected is not None]
        expected = sum(numbers) if numbers and len(numbers) == len(known) else None
    if expected is None:
        return None
    return _about(history, event), int(counted), int(expected)


def damaged(history: ShipmentHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    """Nothing undoes damage, so nothing clears it."""
    by_unit: dict[SubjectRef, list[Told]] = {}
    for event in history.of(E.SHIPMENT_DAMAGED):
        by_unit.setdefault(_about(history, event), []).append(event)
    for subject, told in by_unit.items():
        evidence = [evidence_of(event) for event in sorted(told, key=lambda event: event.order)]
        yield found(DAMAGED, subject, setting, evidence, at=now, shipments=(history.id,))


def lost(history: ShipmentHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    by_unit: dict[SubjectRef, list[Statement]] = {}
    for event in history.of(E.SHIPMENT_LOST):
        by_unit.setdefault(_about(history, event), []).append(Statement(event, True))
    seen = [Statement(event, False) for event in history.of(*SEEN)] if by_unit else []
    for subject, said in by_unit.items():
        over = episode([*said, *seen])
        if over.stands:
            yield found(LOST, subject, setting, over.evidence, at=now, shipments=(history.id,))
        elif over.ended is not None:
            yield Clear(LOST, subject, over.ended.event.at, "Found again")


def _about(history: ShipmentHistory, event: Told) -> SubjectRef:
    """The handling unit that the event names. One that names none speaks of the only unit, or of the one that another
    report of the same kind names: two parties who tell of one damage tell of one thing. Else of the shipment."""
    own = event.data.get("unit")
    numbers: list[int] = [own] if own is not None else []
    if not numbers and event.type != E.SHIPMENT_COUNTED:
        numbers = sorted({other.data["unit"] for other in history.of(event.type) if other.data.get("unit") is not None})
    if not numbers and len(history.units) == 1:
        numbers = [*history.units]
    unit = next((history.units[number] for number in numbers if number in history.units), None)
    return SubjectRef(Subject.HANDLING_UNIT, unit.id) if unit is not None else history.subject


RULES = (
    Rule(
        SHORT,
        _counted(SHORT, -1),
        trigger="The last count is below what was expected, shipped or ordered.",
        ends="A later count that is complete.",
    ),
    Rule(
        OVER,
        _counted(OVER, 1),
        trigger="The last count is above what was expected, shipped or ordered.",
        ends="A later count that is right.",
    ),
    Rule(DAMAGED, damaged, trigger="Damage was noted.", ends="Nothing undoes damage; only taking the report back."),
    Rule(
        LOST,
        lost,
        trigger="Somebody reports the freight lost or stolen.",
        ends="A scan, arrival, delivery or return that happened later.",
        one_load=True,
    ),
)
