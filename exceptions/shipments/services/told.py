"""Stored events, read again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exceptions.shipments.canonical import CanonicalEvent, Place, Ref
from exceptions.shipments.models import Event, Stop
from exceptions.shipments.payloads import payload_of
from exceptions.shipments.precedence import Report
from exceptions.shipments.projection import StopView


@dataclass(frozen=True)
class Told:
    """A stored event with what it says."""

    row: Event
    event: CanonicalEvent
    payload: Any


def canonical_of(row: Event) -> CanonicalEvent:
    """The event as it was recorded."""
    return CanonicalEvent(
        type=row.type,
        occurred_at=row.occurred_at,
        references=tuple(Ref(ref.type, ref.value, ref.issuer_key) for ref in row.event_references.all()),
        place=Place(**row.place) if row.place else None,
        data=row.data,
        source_code=row.source_code,
        source_text=row.source_text,
        event_id=row.sender_event_id,
        reported_at=row.reported_at,
    )


def told(row: Event) -> Told:
    event = canonical_of(row)
    return Told(row, event, payload_of(event))


def plan_key(row: Event) -> str:
    """Sorts plans of one thing by when they were reported; the digest breaks ties, the same way everywhere."""
    return f"{row.reported_at:%Y-%m-%dT%H:%M:%S.%f} {row.digest}"


def view_of(stop: Stop) -> StopView:
    return StopView(stop.pk, stop.sequence, stop.kind, stop.name, stop.city, stop.region, stop.country, stop.unlocode)


def report_of(row: Event, value: datetime) -> Report:
    return Report(value, row.source_rank, row.reported_at, row.digest)
