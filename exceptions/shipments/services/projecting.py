"""A shipment's state from everything that was said about it: the same whatever came first, or twice."""

from collections.abc import Iterable, Mapping, Set
from datetime import datetime
from typing import Final

from django.db.models import Q

from exceptions.parties.models import Account
from exceptions.shipments.canonical import EventType
from exceptions.shipments.histories import EventRow, History
from exceptions.shipments.models import Event, EventSubject, HandlingUnit, Shipment, StopKind
from exceptions.shipments.projection import SIGNALS, status_of
from exceptions.shipments.services.appointments import appointments_project
from exceptions.shipments.services.bulk import rows_update
from exceptions.shipments.services.charges import Invoices, charges_project
from exceptions.shipments.services.equipment import equipment_project
from exceptions.shipments.services.milestones import milestones_project
from exceptions.shipments.services.told import bookings

Heard = tuple[datetime, str, int]
"""When a signal happened, its digest (for ties) and id."""
_STATE: Final = ("status", "status_at", "last_event_id", "customer_id")


def shipments_project(
    histories: Mapping[int, History], *, fresh: Set[int], anew: Set[int], positions: Mapping[int, Heard]
) -> None:
    """Bring the state of these shipments in line with their histories, in the tables and in the histories.

    fresh: ids of the events of this batch. anew: shipments whose plan changed, or that lost or found events said before.
    positions: the latest position report of this batch by shipment, as histories hold none.
    """
    milestones_project(histories, fresh=fresh, anew=anew)
    appointments_project(histories, fresh=fresh, anew=anew)
    equipment_project(histories)
    _units_project(histories)
    charges_project(Invoices(_invoices(history), shipment_id=pk, anew=pk in anew) for pk, history in histories.items())
    _state_project(histories, anew, positions)


def _invoices(history: History) -> list[EventRow]:
    return [row for row in history.events if row.type.startswith("invoice.") and row.load_id is None]


def _state_project(histories: Mapping[int, History], anew: Set[int], positions: Mapping[int, Heard]) -> None:
    moved = _positions_of({pk: histories[pk] for pk in anew if pk in histories})
    customers = _customers({pk: histories[pk] for pk in anew if pk in histories})
    changed = []
    for pk, history in histories.items():
        was = history.shipment
        status, status_at = status_of((row.type, row.occurred_at) for row in history.events if not row.retracted)
        heard = [
            (row.occurred_at, row.digest, row.id) for row in history.events if row.type in SIGNALS and not row.retracted
        ]
        heard += [one for one in (positions.get(pk), moved.get(pk)) if one is not None]
        if pk not in anew and was.last_event_id and was.last_heard_at is not None and was.last_digest is not None:
            heard.append((was.last_heard_at, was.last_digest, was.last_event_id))
        last = max(heard, default=None)
        is_now = was._replace(
            status=status,
            status_at=status_at,
            last_event_id=last[2] if last else None,
            last_heard_at=last[0] if last else None,
            last_digest=last[1] if last else None,
            customer_id=customers.get(pk, was.customer_id),
        )
        if is_now != was:
            history.shipment = is_now
            changed.append((pk, *(getattr(is_now, name) for name in _STATE)))
    rows_update(Shipment, _STATE, changed)


def _positions_of(histories: Mapping[int, History]) -> dict[int, Heard]:
    """The last position ever reported of each, for those of which something may have been lost or found."""
    if not histories:
        return {}
    riders: dict[int, list[int]] = {}
    for pk, history in histories.items():
        for load in history.loads:
            riders.setdefault(load.id, []).append(pk)
    about = Q(shipment__in=list(histories)) | Q(load__in=list(riders))
    subjects = EventSubject.objects.filter(about, shapes=False).values_list("shipment_id", "load_id", "event_id")
    wanted = list(subjects)
    if not wanted:
        return {}
    events = Event.objects.filter(pk__in=[event for _, _, event in wanted], retracted_by=None)
    heard = {pk: (at, mark, pk) for pk, at, mark in events.values_list("pk", "occurred_at", "digest")}
    found: dict[int, Heard] = {}
    for shipment, on_load, event in wanted:
        for pk in (shipment,) if shipment is not None else riders.get(on_load, ()):
            if event in heard:
                found[pk] = max(found.get(pk, heard[event]), heard[event])
    return found


def _customers(histories: Mapping[int, History]) -> dict[int, int]:
    """The customer by the latest plan that names one: a later one that is silent takes nothing away."""
    codes = {pk: customer_code(bookings(history)) for pk, history in histories.items()}
    wanted = {code for code in codes.values() if code}
    ids = dict(Account.objects.filter(code__in=wanted).values_list("code", "pk")) if wanted else {}
    return {pk: ids[code] for pk, code in codes.items() if code in ids}


def customer_code(plans: Iterable[EventRow]) -> str:
    """Of plans in the order of their reports."""
    return next((code for row in reversed(list(plans)) if (code := str(row.data.get("customer") or ""))), "")


def _units_project(histories: Mapping[int, History]) -> None:
    """What was counted on arrival; of several counts the most trusted, then the latest report. A count at the pickup
    says what was shipped, which the plan knows."""
    changed = []
    for history in histories.values():
        counts = [row for row in history.events if row.type == EventType.SHIPMENT_COUNTED]
        if not counts:
            continue
        pickups = {stop.sequence for stop in history.stops if stop.kind == StopKind.PICKUP}
        counts = [row for row in counts if not row.retracted and row.data.get("stop") not in pickups]
        counts.sort(key=lambda row: (row.source_rank, row.reported_at, row.digest))
        for place, unit in enumerate(history.units):
            of_unit = [row for row in counts if row.data.get("unit", unit.sequence) in (unit.sequence, None)]
            if len(history.units) > 1:
                of_unit = [row for row in of_unit if row.data.get("unit") is not None]
            received = of_unit[-1].data["counted"] if of_unit else None
            if received != unit.count_received:
                history.units[place] = unit._replace(count_received=received)
                changed.append((unit.id, received))
    rows_update(HandlingUnit, ("count_received",), changed)
