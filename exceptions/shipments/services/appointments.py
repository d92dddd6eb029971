"""Appointments from whole histories: every change kept, the latest reported standing. Only what differs is written."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from exceptions.shipments.canonical import EventType
from exceptions.shipments.histories import AppointmentRow, EventRow, History
from exceptions.shipments.models import Appointment, AppointmentChange
from exceptions.shipments.projection import APPOINTMENTS, StopView, appointment_stop, moment_of, stops_matched
from exceptions.shipments.services.bulk import rows_delete, rows_insert, rows_update
from exceptions.shipments.services.removal import discard_all
from exceptions.shipments.services.told import place_of, plan_in_force

_STANDING = ("state", "number", "starts_at", "ends_at", "reported_at")
_CHANGE = ("appointment_id", "state", "number", "starts_at", "ends_at", "by", "reported_at", "event_id")


@dataclass(frozen=True, slots=True)
class _Change:
    row: EventRow
    state: str
    number: str
    starts_at: datetime | None
    ends_at: datetime | None
    by: str


def appointments_project(histories: Mapping[int, History], *, fresh: Set[int], anew: Set[int]) -> None:
    """Bring appointments and their changes in line with the histories, also those that the histories hold.

    fresh: ids of the events whose changes nobody stored. anew: shipments of which any change may have moved.
    """
    said: list[tuple[History, int, list[_Change]]] = []
    gone: list[int] = []
    for history in histories.values():
        changes = _by_stop(history)
        gone += [history.appointments.pop(stop).id for stop in set(history.appointments) - set(changes)]
        said += [(history, stop, of_stop) for stop, of_stop in changes.items()]
    if gone:
        discard_all(Appointment.objects.filter(pk__in=gone))
    new, changed = [], []
    for history, stop, changes_of in said:
        held, standing = history.appointments.get(stop), _standing(changes_of)
        if held is None:
            new.append((history, stop, standing))
        else:
            if held[1:] != standing[1:]:
                changed.append((held.id, *standing[1:]))
            history.appointments[stop] = standing._replace(id=held.id)
    rows_update(Appointment, _STANDING, changed)
    made = rows_insert(Appointment, ("stop_id", *_STANDING), [(stop, *row[1:]) for _, stop, row in new])
    for (history, stop, standing), pk in zip(new, made, strict=True):
        history.appointments[stop] = standing._replace(id=pk)
    _store_changes(said, made=set(made), fresh=fresh, anew=anew)


def _by_stop(history: History) -> dict[int, list[_Change]]:
    changes: dict[int, list[_Change]] = defaultdict(list)
    plan = plan_in_force(history)
    for row in history.events:
        if row.retracted:
            continue
        if row.type == EventType.SHIPMENT_BOOKED:
            for stop_id, change in _planned(row, history, in_force=row is plan):
                changes[stop_id].append(change)
        elif state := APPOINTMENTS.get(row.type):
            stop = appointment_stop(row.data.get("stop"), place_of(row), history.stops, row.data.get("stop_kind"))
            if stop is not None:
                changes[stop.id].append(_change(row, state, row.data))
    for of_stop in changes.values():
        of_stop.sort(key=attrgetter("row.reported_at", "row.digest"))
    return changes


def _planned(row: EventRow, history: History, *, in_force: bool) -> Iterable[tuple[int, _Change]]:
    """What a plan says of appointments, also one that was replaced: silence does not take an appointment back."""
    planned = row.data.get("stops") or ()
    if not any(stop.get("appointment") for stop in planned):
        return
    if in_force:
        meant = {stop.sequence: stop.id for stop in history.stops}
    else:
        places = ("name", "city", "region", "country", "unlocode")
        wanted = [StopView(0, p["sequence"], p["kind"], *(p.get(name) or "" for name in places)) for p in planned]
        meant = stops_matched(history.stops, wanted)
    for stop in planned:
        made = stop.get("appointment")
        if made and stop["sequence"] in meant:
            yield meant[stop["sequence"]], _change(row, made["state"], made)


def _change(row: EventRow, state: str, data: Mapping[str, str]) -> _Change:
    starts_at, ends_at = moment_of(data.get("starts_at")), moment_of(data.get("ends_at"))
    return _Change(row, state, data.get("number") or "", starts_at, ends_at, data.get("by") or "")


def _standing(changes: list[_Change]) -> AppointmentRow:
    """The latest change holds. One that says no time or number (missed, cancelled) leaves those as they were."""
    last = changes[-1]
    timed = next((change for change in reversed(changes) if change.ends_at or change.starts_at), last)
    number = next((change.number for change in reversed(changes) if change.number), "")
    return AppointmentRow(0, last.state, number, timed.starts_at, timed.ends_at, last.row.reported_at)


def _store_changes(
    said: Iterable[tuple[History, int, list[_Change]]], *, made: Set[int], fresh: Set[int], anew: Set[int]
) -> None:
    """As with milestones: where a plan changed, what an event meant may stand at another stop now."""
    rows, read = [], {}
    for history, stop, changes in said:
        pk = history.appointments[stop].id
        if pk not in made and history.shipment.id in anew:
            read[pk] = {change.row.id: change for change in changes}
            continue
        rows += [_row(pk, change) for change in changes if pk in made or change.row.id in fresh]
    gone = []
    if read:
        held = AppointmentChange.objects.filter(appointment__in=read).values_list("pk", "appointment_id", "event_id")
        for pk, appointment, event in held:
            if read[appointment].pop(event, None) is None:
                gone.append(pk)
        rows += [_row(pk, change) for pk, changes_of in read.items() for change in changes_of.values()]
    rows_delete(AppointmentChange, gone)
    rows_insert(AppointmentChange, _CHANGE, rows)


def _row(appointment: int, change: _Change) -> tuple[object, ...]:
    said = (change.state, change.number, change.starts_at, change.ends_at, change.by)
    return (appointment, *said, change.row.reported_at, change.row.id)
