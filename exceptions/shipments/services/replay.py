"""A shipment's state from everything that was said about it: the same whatever came first, or twice."""

from collections.abc import Mapping
from typing import Final

from django.db.models import QuerySet

from exceptions.shipments.canonical import EventType
from exceptions.shipments.models import Event, Load, LoadState, Order, OrderState, Shipment, Stop
from exceptions.shipments.projection import ACTUALS, APPOINTMENTS, ESTIMATES, SIGNALS, STATUS_OF, status_of
from exceptions.shipments.queries import events_of
from exceptions.shipments.services.appointments import appointments_replay
from exceptions.shipments.services.equipment import equipment_replay
from exceptions.shipments.services.milestones import estimate_add, milestones_replay
from exceptions.shipments.services.told import Told, plan_key, told
from exceptions.shipments.services.units import units_replay

# The types whose events shape a shipment's state; of the others only the time of the last one counts.
SHAPING: Final = frozenset(
    {*ACTUALS, *ESTIMATES, *APPOINTMENTS, *STATUS_OF, EventType.SHIPMENT_BOOKED, EventType.SHIPMENT_COUNTED}
)

_LOAD_STATES: Final[Mapping[str, str]] = {
    EventType.LOAD_TENDERED: LoadState.TENDERED,
    EventType.LOAD_ACCEPTED: LoadState.ACCEPTED,
    EventType.LOAD_REJECTED: LoadState.REJECTED,
}
_ORDER_STATES: Final[Mapping[str, str]] = {
    EventType.ORDER_RELEASED: OrderState.RELEASED,
    EventType.ORDER_HELD: OrderState.HELD,
    EventType.ORDER_CANCELLED: OrderState.CANCELLED,
}


def shipment_replay(shipment: Shipment) -> None:
    """Bring a shipment's state in line with everything that was said about it. The caller holds its row's lock."""
    rows = (
        Event.objects.filter(events_of(shipment), type__in=SHAPING)
        .select_related("partner")
        .prefetch_related("event_references")
        .distinct()
    )
    events = [told(row) for row in rows]
    stops = list(Stop.objects.filter(shipment=shipment, dropped=False).order_by("sequence"))
    plan = next((item for item in events if plan_key(item.row) == shipment.plan_key), None)
    milestones_replay(events, plan, stops)
    appointments_replay(events, plan, stops)
    equipment_replay(shipment, events, plan)
    units_replay(shipment, events, stops)
    shipment.status, shipment.status_at = status_of((item.row.type, item.row.occurred_at) for item in events)
    shipment.last_event = (
        Event.objects.filter(events_of(shipment), type__in=SIGNALS).order_by("-occurred_at", "-digest").first()
    )
    shipment.save(update_fields=["status", "status_at", "last_event"])


def load_replay(load: Load) -> None:
    row = _latest(Event.objects.filter(subjects__load=load, type__in=_LOAD_STATES))
    if row is not None:
        load.state, load.state_at = _LOAD_STATES[row.type], row.occurred_at
        load.save(update_fields=["state", "state_at"])


def order_replay(order: Order) -> None:
    row = _latest(Event.objects.filter(subjects__order=order, type__in=_ORDER_STATES))
    if row is not None:
        order.state, order.state_at = _ORDER_STATES[row.type], row.occurred_at
        held = order.state == OrderState.HELD
        order.hold_reason = (row.data.get("detail") or row.source_text)[:300] if held else ""
        order.save(update_fields=["state", "state_at", "hold_reason"])


def _latest(rows: QuerySet[Event]) -> Event | None:
    return rows.order_by("-occurred_at", "-digest").first()


def event_add(shipment: Shipment, item: Told) -> None:
    """Bring a shipment's state in line with one event more. The caller holds its row's lock."""
    if item.row.type == EventType.SHIPMENT_ETA_CHANGED:
        stops = list(Stop.objects.filter(shipment=shipment, dropped=False).order_by("sequence"))
        if not estimate_add(item, stops):
            shipment_replay(shipment)
            return
    elif item.row.type in SHAPING:
        shipment_replay(shipment)
        return
    if item.row.type in SIGNALS:
        _signal_note(shipment, item.row)


def _signal_note(shipment: Shipment, row: Event) -> None:
    last = shipment.last_event
    if last is None or (row.occurred_at, row.digest) > (last.occurred_at, last.digest):
        shipment.last_event = row
        shipment.save(update_fields=["last_event"])
