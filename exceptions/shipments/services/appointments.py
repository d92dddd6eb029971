"""Appointments from the whole set of events: every change kept, the latest reported standing."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from exceptions.shipments.canonical import EventType
from exceptions.shipments.models import Appointment, AppointmentChange, Event, Stop
from exceptions.shipments.projection import APPOINTMENTS, StopView, appointment_stop, stops_matched
from exceptions.shipments.services.removal import discard
from exceptions.shipments.services.told import Told, view_of


@dataclass(frozen=True)
class _Change:
    row: Event
    state: str
    number: str
    starts_at: datetime | None
    ends_at: datetime | None
    by: str


def appointments_replay(events: Sequence[Told], plan: Told | None, stops: Sequence[Stop]) -> None:
    changes: dict[int, list[_Change]] = defaultdict(list)
    for stop_id, change in _changes(events, plan, stops):
        changes[stop_id].append(change)
    held = {row.stop_id: row for row in Appointment.objects.filter(stop__in=stops).prefetch_related("changes")}
    discard(appointment for stop_id, appointment in held.items() if stop_id not in changes)
    for stop_id, said in changes.items():
        said.sort(key=lambda change: (change.row.reported_at, change.row.digest))
        _appointment_set(held.get(stop_id), stop_id, said)


def _changes(events: Sequence[Told], plan: Told | None, stops: Sequence[Stop]) -> Iterable[tuple[int, _Change]]:
    views = [view_of(stop) for stop in stops]
    for item in events:
        if item.row.type == EventType.SHIPMENT_BOOKED:
            yield from _planned_changes(item, views, in_force=item is plan)
        elif state := APPOINTMENTS.get(item.row.type):
            data = item.payload
            stop = appointment_stop(data.stop, item.event.place, views)
            if stop is not None:
                yield stop.id, _Change(item.row, state, data.number, data.starts_at, data.ends_at, data.by)


def _planned_changes(item: Told, views: Sequence[StopView], *, in_force: bool) -> Iterable[tuple[int, _Change]]:
    """What a plan says of appointments, also one that was replaced: silence does not take an appointment back."""
    planned = item.payload.stops
    if in_force:
        meant = {stop.sequence: stop.id for stop in views}
    else:
        wanted = [StopView(0, p.sequence, p.kind, p.name, p.city, p.region, p.country, p.unlocode) for p in planned]
        meant = stops_matched(views, wanted)
    for stop in planned:
        made = stop.appointment
        if made is not None and stop.sequence in meant:
            yield meant[stop.sequence], _Change(item.row, made.state, made.number, made.starts_at, made.ends_at, "")


def _appointment_set(appointment: Appointment | None, stop_id: int, changes: list[_Change]) -> None:
    """The latest change holds. One that says no time or number (missed, cancelled) leaves those as they were."""
    last = changes[-1]
    timed = next((change for change in reversed(changes) if change.ends_at or change.starts_at), last)
    values = {
        "state": last.state,
        "number": next((change.number for change in reversed(changes) if change.number), ""),
        "starts_at": timed.starts_at,
        "ends_at": timed.ends_at,
        "reported_at": last.row.reported_at,
    }
    if appointment is None:
        appointment = Appointment.objects.create(stop_id=stop_id, **values)
        known: set[int] = set()
    else:
        if any(getattr(appointment, name) != value for name, value in values.items()):
            Appointment.objects.filter(pk=appointment.pk).update(**values)
        kept = {change.event_id: change.pk for change in appointment.changes.all()}
        known = set(kept)
        # A plan that changed may have moved what an event meant to another stop.
        gone = [pk for event, pk in kept.items() if event not in {change.row.pk for change in changes}]
        if gone:
            AppointmentChange.objects.filter(pk__in=gone).delete()
    AppointmentChange.objects.bulk_create(
        AppointmentChange(
            appointment=appointment,
            state=change.state,
            number=change.number,
            starts_at=change.starts_at,
            ends_at=change.ends_at,
            by=change.by,
            reported_at=change.row.reported_at,
            event=change.row,
        )
        for change in changes
        if change.row.pk not in known
    )
