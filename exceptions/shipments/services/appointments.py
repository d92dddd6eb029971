"""Appointments from the whole set of events: every change kept, the latest reported standing."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from exceptions.shipments.models import Appointment, AppointmentChange, Event, Stop
from exceptions.shipments.projection import APPOINTMENTS, appointment_stop
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
    ids = {stop.sequence: stop.pk for stop in stops}
    for planned in plan.payload.stops if plan else ():
        if (made := planned.appointment) is not None and plan is not None:
            yield ids[planned.sequence], _Change(plan.row, made.state, made.number, made.starts_at, made.ends_at, "")
    views = [view_of(stop) for stop in stops]
    for item in events:
        state = APPOINTMENTS.get(item.row.type)
        if state is None:
            continue
        data = item.payload
        stop = appointment_stop(data.stop, item.event.place, views)
        if stop is not None:
            yield stop.id, _Change(item.row, state, data.number, data.starts_at, data.ends_at, data.by)


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
        Appointment.objects.filter(pk=appointment.pk).update(**values)
        known = {change.event_id for change in appointment.changes.all()}
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
