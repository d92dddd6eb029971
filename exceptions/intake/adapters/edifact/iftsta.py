"""IFTSTA: the status of consignments, as carriers report it (directories D.95B to D.16A and beyond).

Each status (STS) becomes an event, with what it says of references, times, places, transport and containers; what it
leaves out is taken from the levels above it (`levels.py`). Estimates beside it are events too (`estimates.py`).
"""

from collections.abc import Iterator, Sequence
from typing import Final

from exceptions.intake.adapters.base import Refusal
from exceptions.intake.adapters.building import distinct, event_data, hold_kind, joined, on_a_shipment, sound
from exceptions.intake.adapters.edifact import report as frame
from exceptions.intake.adapters.edifact.estimates import delayed_until, estimate_stated, estimates_beside
from exceptions.intake.adapters.edifact.levels import Status, statuses, tail_of
from exceptions.intake.adapters.edifact.reader import Segment
from exceptions.intake.adapters.edifact.report import Report
from exceptions.intake.adapters.edifact.values import (
    Moment,
    equipment_ref,
    is_empty,
    place_of,
)
from exceptions.intake.mapping.meaning import Meaning, own_meaning, status_meaning
from exceptions.shipments.canonical import CanonicalEvent, EventType, Place, RefType

_E = EventType

# 2005 of DTM: when it happened. 334 is the status itself, the others say it in the words of the event.
_HAPPENED: Final = ("334", "78", "7", "178", "186", "35", "203", "200", "310", "50", "11", "9")
# 3227 of LOC: where it happened, else the end of the leg that the event is about.
_HERE: Final = ("175", "14", "165", "89", "18", "197", "198")
_STARTS: Final = ("9", "5", "88", "76")
_ENDS: Final = ("11", "8", "60", "12", "7")
_AT_THE_START: Final = frozenset(
    {_E.SHIPMENT_DEPARTED, _E.SHIPMENT_PICKED_UP, _E.SHIPMENT_ANNOUNCED, _E.EQUIPMENT_LOADED, _E.EQUIPMENT_GATED_IN}
)
_DOCUMENTS: Final = {"359": "bol", "378": "delivery_order"}


def understand(report: Report) -> list[CanonicalEvent]:
    """The events of one message; estimates that stand beside a status are events of their own."""
    events: list[CanonicalEvent] = []
    for status in statuses(report):
        if not status.references:
            raise Refusal("there is no reference: nothing says which freight is meant", status.head.where)
        events += _events(report, status)
    return events


def _events(report: Report, status: Status) -> Iterator[CanonicalEvent]:
    meaning = _meaning(report, status)
    place = _place(status, meaning.event_type)
    at = _moment(report, status, place)
    subject = "+".join(ref.value for ref in status.references)[:120]
    if report.cancels:
        yield report.retraction(status.code, subject, status.references, status.head.where)
        return
    if meaning.event_type == _E.SHIPMENT_ETA_CHANGED:
        yield estimate_stated(report, status, meaning, place, at)
    else:
        yield from _happened(report, status, meaning, place, at, subject)
    yield from estimates_beside(report, status, at)
    for item in status.equipment:
        around = _around(item, [*status.own, *status.transport, *tail_of(report, item)])
        yield from frame.remarks(report, item, around, at, place, status.references)


def _meaning(report: Report, status: Status) -> Meaning:
    found = status_meaning(report.mapping, "edifact.4405", status.code, status.text)
    reason = found.reason
    for code in status.reasons:
        own = own_meaning(report.mapping, "edifact.9013", code).reason
        said = status_meaning(report.mapping, "edifact.9013", code, "")
        reason = own or reason or said.reason
    event_type = on_a_shipment(found.event_type) or (_E.SHIPMENT_PROBLEM_REPORTED if reason else _E.SHIPMENT_SCANNED)
    unmapped = found.unmapped if found.unmapped != "text" or not status.code else ""
    if not unmapped and status.reasons and reason is None:
        unmapped = f"edifact.9013.{status.reasons[0][:20]}"
    return Meaning(event_type, reason, unmapped)


def _happened(
    report: Report, status: Status, meaning: Meaning, place: Place | None, at: Moment, subject: str
) -> Iterator[CanonicalEvent]:
    """The status as an event: one for each container where it moves containers, else one for all of them."""
    assert meaning.event_type is not None, "_meaning always says what it is"
    event_type = meaning.event_type
    moved = event_type.startswith("equipment.") and len(status.equipment) > 1
    for item in status.equipment if moved else [None]:
        references = distinct(
            [
                equipment_ref(item),
                *(ref for ref in status.references if ref.type not in (RefType.CONTAINER, RefType.TRAILER)),
            ]
            if item is not None
            else status.references
        )
        empty = [is_empty(each) for each in ([item] if item is not None else status.equipment)]
        data = event_data(
            event_type,
            meaning,
            note=joined(frame.vessel_of(status.transport), "empty" if empty and all(empty) else ""),
            detail=report.detail(at),
            status=status.text[:200],
            seal=frame.seal_of(_around(item, tail_of(report, item)))
            if item is not None
            else _only_seal(report, status),
            kind=_kind(event_type, status.code, meaning.reason),
            estimated=delayed_until(report, status, place, at),
        )
        event = CanonicalEvent(
            event_type,
            at.at,
            references,
            place,
            data,
            source_code=status.code[:60],
            source_text=status.text,
            event_id=report.event_id(status.code, subject),
            reported_at=report.reported(at.at),
        )
        yield sound(event, status.head.where)


def _kind(event_type: str, code: str, reason: str | None) -> str:
    if event_type == _E.DOCUMENT_RECEIVED:
        return _DOCUMENTS.get(code, "other")
    if event_type == _E.CUSTOMER_REQUESTED_CHANGE:
        return "other"
    if event_type == _E.SHIPMENT_HELD:
        return hold_kind(reason, "customs" if code.startswith("P") or code in ("17", "184", "229", "232") else "other")
    return ""


def _only_seal(report: Report, status: Status) -> str:
    return frame.seal_of(tail_of(report, status.equipment[0])) if len(status.equipment) == 1 else ""


def _around(equipment: Segment | None, segments: Sequence[Segment]) -> Sequence[Segment]:
    return [segment for segment in segments if segment.tag in ("SEL", "TMP", "DAM")] if equipment is not None else []


def _place(status: Status, event_type: str | None) -> Place | None:
    ends: tuple[str, ...] = (*_STARTS, *_ENDS) if event_type in _AT_THE_START else (*_ENDS, *_STARTS)
    if event_type == _E.SHIPMENT_DELIVERED:
        ends = ("7", *ends)
    for level in (status.own, status.outer):
        if (place := frame.first_place(level, _HERE)) is not None:
            return place
    own = [segment for segment in status.own if segment.tag == "LOC"]
    if (place := frame.first_place(own, ends)) is not None:
        return place
    if len(own) == 1 and (place := place_of(own[0])) is not None:
        return place
    for level in (status.transport, status.outer):
        if (place := frame.first_place(level, ends)) is not None:
            return place
    return None


def _moment(report: Report, status: Status, place: Place | None) -> Moment:
    """When it happened: the status says it, else its transport, its consignment, the header; at last the document's date."""
    for level in (status.own, status.transport, status.outer):
        if (found := frame.first_date(level, _HAPPENED)) is not None:
            return report.moment(found, place)
    if report.said_at is None:
        raise Refusal("nothing says when it happened", status.head.where)
    return Moment(report.said_at.at, joined(report.said_at.doubt, "dated by the message"))
