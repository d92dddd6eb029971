"""CODECO and COARRI: containers through the gate and over the quay, reported by terminals and depots.

The kind of report stands once, in BGM; each EQD is one move. An empty container at the gate is about equipment and not
yet, or no longer, about freight: in, it was returned; out, it was fetched for loading.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from exceptions.intake.adapters.base import Refusal
from exceptions.intake.adapters.building import event_data, joined, sound
from exceptions.intake.adapters.edifact import report as frame
from exceptions.intake.adapters.edifact.reader import Segment
from exceptions.intake.adapters.edifact.report import Report
from exceptions.intake.adapters.edifact.values import Moment, equipment_ref, is_empty, references_of
from exceptions.intake.mapping.meaning import Meaning, own_meaning, status_meaning
from exceptions.shipments.canonical import CanonicalEvent, EventType, Place

_E = EventType
_KINDS: Final = {
    "CODECO": (_E.EQUIPMENT_GATED_IN, _E.EQUIPMENT_GATED_OUT),
    "COARRI": (_E.EQUIPMENT_DISCHARGED, _E.EQUIPMENT_LOADED),
}
_EMPTY: Final = {_E.EQUIPMENT_GATED_IN: _E.EQUIPMENT_RETURNED, _E.EQUIPMENT_GATED_OUT: _E.SHIPMENT_ANNOUNCED}
_NOTES: Final = {_E.EQUIPMENT_RETURNED: "Empty in", _E.SHIPMENT_ANNOUNCED: "Empty container fetched"}
# 2005 of DTM: the move itself; a terminal that says only when it was executed, or when the vessel came, says that.
_HAPPENED: Final = ("7", "203", "334", "181", "182", "180", "178", "186", "78", "9", "ACT")
_HERE: Final = ("165", "89", "175", "14", "83", "98", "99")
_QUAYS: Final = {
    _E.EQUIPMENT_DISCHARGED: ("11", "9"),
    _E.EQUIPMENT_GATED_OUT: ("11", "9"),
    _E.EQUIPMENT_LOADED: ("9", "11"),
    _E.EQUIPMENT_GATED_IN: ("9", "11"),
}


def understand(report: Report) -> list[CanonicalEvent]:
    """The events of one message. Raises `Refusal` without any equipment."""
    header, moves = frame.groups(report.message.segments, "EQD")
    if not moves:
        raise Refusal("there is no equipment (EQD)", report.message.where)
    move, meaning = _move(report)
    return [event for group in moves for event in _events(report, header, group, move, meaning)]


def _move(report: Report) -> tuple[str, Meaning]:
    """What the report is about: its document name, or where that is none, what the partner's mapping makes of it."""
    code = next((segment.value(1, 1) for segment in report.message.segments if segment.tag == "BGM"), "")
    own = own_meaning(report.mapping, "edifact.1001", code)
    meaning = status_meaning(report.mapping, "edifact.1001", code, "")
    fits = own.event_type or (meaning.event_type if meaning.event_type in _KINDS[report.message.kind] else None)
    if fits is None:
        unmapped = f"edifact.1001.{code[:20]}" if code else "text"
        return _E.SHIPMENT_SCANNED, Meaning(None, None, unmapped)
    return fits, Meaning(fits, own.reason)


def _events(
    report: Report, header: Sequence[Segment], group: Sequence[Segment], move: str, meaning: Meaning
) -> Iterator[CanonicalEvent]:
    equipment = group[0]
    if not equipment.value(2, 1):
        raise Refusal("the equipment has no number", equipment.where)
    inland = next((index for index, item in enumerate(group) if item.tag in ("TDT", "NAD", "CNT")), len(group))
    own = group[:inland]
    references = frame.merged(
        [references_of(own, report.mapping), references_of(_references_above(header), report.mapping)],
        [equipment_ref(equipment)],
    )
    code = next((segment.value(1, 1) for segment in header if segment.tag == "BGM"), "")
    subject = equipment.value(2, 1)
    if report.cancels:
        yield report.retraction(code, subject, references, equipment.where)
        return
    event_type = _EMPTY.get(EventType(move), move) if is_empty(equipment) else move
    place = _place(own, header, move)
    at = _moment(report, group, header, place)
    data = event_data(
        event_type,
        meaning,
        note=joined(_NOTES.get(EventType(event_type), ""), frame.vessel_of(header)),
        detail=report.detail(at),
        seal=frame.seal_of(group),
    )
    event = CanonicalEvent(
        event_type,
        at.at,
        references,
        place,
        data,
        source_code=code[:60],
        source_text=frame.free_text(own),
        event_id=report.event_id(code, subject),
        reported_at=report.reported(at.at),
    )
    yield sound(event, equipment.where)
    yield from frame.remarks(report, equipment, group, at, place, references)


def _references_above(header: Sequence[Segment]) -> list[Segment]:
    """References of the whole message; what follows the vessel (TDT) numbers the voyage."""
    end = next((index for index, item in enumerate(header) if item.tag == "TDT"), len(header))
    return [item for item in header[:end] if item.tag == "RFF"]


def _place(own: Sequence[Segment], header: Sequence[Segment], move: str) -> Place | None:
    for qualifiers in (_HERE, _QUAYS.get(EventType(move), ("9", "11"))):
        for level in (own, header):
            if (place := frame.first_place(level, qualifiers)) is not None:
                return place
    return None


def _moment(report: Report, group: Sequence[Segment], header: Sequence[Segment], place: Place | None) -> Moment:
    for level in (group, header):
        if (found := frame.first_date(level, _HAPPENED)) is not None:
            return report.moment(found, place)
    if report.said_at is None:
        raise Refusal("nothing says when it happened", group[0].where)
    return Moment(report.said_at.at, joined(report.said_at.doubt, "dated by the message"))
