"""What all transport messages have in common: who reports what document when, and how a segment becomes an event."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from exceptions.intake.adapters.base import Refusal
from exceptions.intake.adapters.building import distinct, event_data, joined, sound
from exceptions.intake.adapters.edifact.framing import Message
from exceptions.intake.adapters.edifact.reader import Segment
from exceptions.intake.adapters.edifact.values import (
    Moment,
    celsius,
    default_zone,
    equipment_ref,
    is_empty,
    moment,
    place_of,
)
from exceptions.shipments.canonical import CanonicalEvent, EventType, Place, Ref, RefType

CANCELLED: Final = ("1", "3")  # 1225: cancellation, deletion
_READING, _SETTINGS = "3", ("1", "2", "SET")  # 6245: what the thermometer says, and what the unit is set to
_LATE: Final = "dated after the message was written"


@dataclass(frozen=True, slots=True)
class Report:
    """The frame of one message. `said_at` is when it was written (DTM 137, else UNB), None when nothing says it."""

    message: Message
    mapping: Mapping[str, Any]
    number: str
    function: str
    said_at: Moment | None
    written_at: Moment | None

    @property
    def zone(self) -> str:
        return default_zone(self.mapping)

    @property
    def cancels(self) -> bool:
        return self.function in CANCELLED

    def moment(self, segment: Segment, place: Place | None) -> Moment:
        """The time of a DTM, local to where it happened."""
        return moment(segment, (place.zone if place else "") or self.zone)

    def reported(self, at: datetime) -> datetime | None:
        """When it was reported: never before it happened, whatever date stands on the document."""
        return max(self.said_at.at, at) if self.said_at else None

    def event_id(self, code: str, subject: str) -> str:
        """A name for what this document says of one thing, by which a later document can take it back."""
        return f"{self.number} {code} {subject}"[:200].strip() if self.number else ""

    def detail(self, at: Moment, *more: str) -> str:
        """What is doubtful about an event: its time, its frame, and a time that cannot have come yet when it was sent."""
        late = bool(self.written_at and (at.at - self.written_at.at).total_seconds() > 2 * 86_400)
        return joined(at.doubt, *more, _LATE if late else "", *self.message.warnings)

    def retraction(self, code: str, subject: str, references: tuple[Ref, ...], where: str) -> CanonicalEvent:
        """The same report taken back: the one that the message names (RFF ACW), else the one of its own number."""
        earlier = next(
            (
                segment.value(1, 2)
                for segment in self.message.segments
                if segment.tag == "RFF" and segment.value(1, 1) == "ACW" and segment.value(1, 2)
            ),
            self.number,
        )
        if not earlier or self.said_at is None:
            raise Refusal("a cancellation that does not say what it cancels, or when", where)
        event = CanonicalEvent(
            EventType.EVENT_RETRACTED,
            self.said_at.at,
            references,
            data={"event_id": f"{earlier} {code} {subject}"[:200].strip()},
            reported_at=self.said_at.at,
        )
        return sound(event, where)


def report_of(message: Message, prepared: tuple[str, str], mapping: Mapping[str, Any]) -> Report:
    """BGM and the document's date. Raises `Refusal` without BGM or with a date that is none."""
    bgm = next((segment for segment in message.segments if segment.tag == "BGM"), None)
    if bgm is None:
        raise Refusal("the message has no beginning (BGM)", message.where)
    dated = next(
        (segment for segment in message.segments if segment.tag == "DTM" and segment.value(1, 1) == "137"), None
    )
    written = _prepared(prepared)
    said = moment(dated, default_zone(mapping)) if dated is not None else written
    return Report(message, mapping, bgm.value(2, 1)[:60], bgm.value(3, 1), said, written or said)


def _prepared(stamp: tuple[str, str]) -> Moment | None:
    """Date and time of UNB, which have no zone; None when there are none."""
    day, clock = stamp
    if len(clock) != 4:
        clock = "0000"
    try:
        return moment(Segment("UNB", (("", f"{day}{clock}", ""),), 1, 0, 0), "")
    except Refusal:
        return None


def groups(segments: Sequence[Segment], tag: str) -> tuple[Sequence[Segment], list[Sequence[Segment]]]:
    """Segments before the first one with this tag, and the groups that each such segment begins."""
    starts = [index for index, segment in enumerate(segments) if segment.tag == tag]
    if not starts:
        return segments, []
    ends = [*starts[1:], len(segments)]
    return segments[: starts[0]], [segments[start:end] for start, end in zip(starts, ends, strict=True)]


def first_place(segments: Iterable[Segment], qualifiers: Sequence[str]) -> Place | None:
    """The place of the LOC whose qualifier comes first in `qualifiers`."""
    found = {segment.value(1, 1): segment for segment in reversed(list(segments)) if segment.tag == "LOC"}
    for qualifier in qualifiers:
        place = place_of(found[qualifier]) if qualifier in found else None
        if place is not None:
            return place
    return None


def first_date(segments: Iterable[Segment], qualifiers: Sequence[str]) -> Segment | None:
    """The DTM whose qualifier comes first in `qualifiers`."""
    found = {segment.value(1, 1): segment for segment in reversed(list(segments)) if segment.tag == "DTM"}
    return next((found[qualifier] for qualifier in qualifiers if qualifier in found), None)


def vessel_of(segments: Iterable[Segment]) -> str:
    """ "Vessel EVER GIVEN, voyage 1224E" of the main carriage; empty where none is named."""
    for segment in segments:
        if segment.tag == "TDT" and segment.value(1, 1) == "20":
            name, voyage = segment.value(8, 4) or segment.value(8, 1), segment.value(2, 1)
            return ", ".join(
                text for text in (f"Vessel {name}" if name else "", f"voyage {voyage}" if voyage else "") if text
            )
    return ""


def free_text(segments: Iterable[Segment]) -> str:
    """The words of FTX segments, in their order."""
    texts = [" ".join(part for part in segment.elements[3] if part) for segment in segments
             if segment.tag == "FTX" and len(segment.elements) > 3]  # fmt: skip
    return " / ".join(text for text in texts if text)[:500]


def seal_of(segments: Iterable[Segment]) -> str:
    return next((segment.value(1, 1) for segment in segments if segment.tag == "SEL" and segment.value(1, 1)), "")


def remarks(
    report: Report,
    equipment: Segment,
    segments: Sequence[Segment],
    at: Moment,
    place: Place | None,
    refs: tuple[Ref, ...],
) -> list[CanonicalEvent]:
    """What is said of a container beside its move: a temperature that was read, damage, a seal that is not right."""
    said: list[tuple[str, dict[str, Any], Segment]] = []
    settings = [celsius(item) for item in segments if item.tag == "TMP" and item.value(1, 1) in _SETTINGS]
    for item in segments:
        if item.tag == "TMP" and item.value(1, 1) == _READING and (value := celsius(item)) is not None:
            fields = {"value": f"{value:g}", "unit": "C", "sensor": equipment.value(2, 1)[:40]}
            if settings and settings[0] is not None:
                fields["set_point"] = f"{settings[0]:g}"
            said.append((EventType.SHIPMENT_TEMPERATURE_READ, fields, item))
        elif item.tag == "DAM" and not is_empty(equipment):
            words = ", ".join(text for element in item.elements[1:3] for text in element[-1:] if text)
            said.append(
                (EventType.SHIPMENT_PROBLEM_REPORTED, {"note": f"Damage to the equipment: {words or 'noted'}"}, item)
            )
        elif item.tag == "SEL" and item.value(3, 1) in ("2", "3"):
            state = "damaged" if item.value(3, 1) == "2" else "missing"
            said.append((EventType.SHIPMENT_PROBLEM_REPORTED, {"note": f"Seal {item.value(1, 1)} {state}"}, item))
    return [
        sound(
            CanonicalEvent(
                event_type,
                at.at,
                refs,
                place,
                event_data(event_type, detail=report.detail(at), **fields),
                reported_at=report.reported(at.at),
            ),
            item.where,
        )
        for event_type, fields, item in said
    ]


def merged(levels: Sequence[Sequence[Ref]], equipment: Sequence[Ref]) -> tuple[Ref, ...]:
    """References of several levels, the inner first: an inner level's number of a kind stands for the outer ones, and the
    equipment itself for all numbers of equipment."""
    kept: list[Ref] = list(equipment)
    kinds = {ref.type for ref in equipment}
    if kinds:
        kinds |= {RefType.CONTAINER, RefType.TRAILER}
    for level in levels:
        kept += [ref for ref in level if ref.type not in kinds]
        kinds |= {ref.type for ref in level}
    return distinct(kept)


def equipment_refs(equipment: Iterable[Segment]) -> list[Ref]:
    return [equipment_ref(segment) for segment in equipment]
