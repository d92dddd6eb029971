"""Estimates and plans that stand in an IFTSTA: for the status itself, and for places the transport still comes to."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from exceptions.intake.adapters.building import event_data, joined, sound
from exceptions.intake.adapters.edifact import report as frame
from exceptions.intake.adapters.edifact.levels import Status
from exceptions.intake.adapters.edifact.report import Report
from exceptions.intake.adapters.edifact.values import Moment, place_of
from exceptions.intake.mapping.edifact import ESTIMATED
from exceptions.intake.mapping.meaning import Meaning
from exceptions.shipments.canonical import CanonicalEvent, EventType, Place

# 2005 of DTM: when it is expected, what of, and whether as an estimate or as a plan.
_EXPECTED: Final = {
    "132": ("arrival", "estimated"),
    "133": ("departure", "estimated"),
    "17": ("delivery", "estimated"),
    "232": ("arrival", "planned"),
    "189": ("departure", "planned"),
}


def estimate_stated(
    report: Report, status: Status, meaning: Meaning, place: Place | None, at: Moment
) -> CanonicalEvent:
    """A status that is itself an estimate: its time is the estimated one."""
    milestone = ESTIMATED.get(status.code.upper(), "arrival")
    found = frame.first_date([*status.own, *status.transport], tuple(_EXPECTED))
    expected = report.moment(found, place) if found is not None else at
    made_at = report.said_at.at if report.said_at else at.at
    return _estimate(report, status, (milestone, "estimated"), expected, place, meaning, made_at)


def estimates_beside(report: Report, status: Status, at: Moment) -> Iterator[CanonicalEvent]:
    """Estimates and plans of the transport for places still to come. Those before the event are history."""
    place: Place | None = None
    for segment in status.transport:
        if segment.tag == "TDT":
            place = None
        elif segment.tag == "LOC":
            place = place_of(segment)
        elif segment.tag == "DTM" and segment.value(1, 1) in _EXPECTED:
            expected = report.moment(segment, place)
            if expected.at > at.at:
                made_at = report.reported(at.at) or at.at
                what = _EXPECTED[segment.value(1, 1)]
                yield _estimate(report, status, what, expected, place, Meaning(None, None), made_at)


def delayed_until(report: Report, status: Status, place: Place | None, at: Moment) -> str | None:
    """Of a delay: until when, where the status itself says it."""
    found = frame.first_date(status.own, ("17", "132"))
    expected = report.moment(found, place) if found is not None else None
    return expected.at.isoformat() if expected and expected.at > at.at else None


def _estimate(
    report: Report,
    status: Status,
    what: tuple[str, str],
    expected: Moment,
    place: Place | None,
    meaning: Meaning,
    made_at: datetime,
) -> CanonicalEvent:
    milestone, classifier = what
    data = event_data(
        EventType.SHIPMENT_ETA_CHANGED,
        meaning,
        estimated=expected.at.isoformat(),
        milestone=milestone,
        classifier=classifier,
        unlocode=place.unlocode if place else "",
        note=frame.vessel_of(status.transport),
        detail=joined(expected.doubt, *report.message.warnings),
    )
    event = CanonicalEvent(
        EventType.SHIPMENT_ETA_CHANGED,
        made_at,
        status.references,
        place,
        data,
        source_code=status.code[:60],
        source_text=status.text,
        reported_at=made_at,
    )
    return sound(event, status.head.where)
