"""What a chunk of events, or of expectations that ran out, makes worth judging anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from controltower.db import rows
from exceptions.cases.detection.rules import ONE_LOAD
from exceptions.cases.models import OPEN_STATES, Case, CaseOrder, CaseShipment, Expectation
from exceptions.shipments.models import Equipment, Event, EventSubject, LoadShipment, OrderLine, Supply

# Shipments that bring a purchase order which lines of orders wait for.
BROUGHT = """
SELECT DISTINCT line.order_id FROM shipments_orderline line
JOIN shipments_reference ref ON ref.value_key = line.waits_for_key AND ref.type = 'po'
WHERE ref.shipment_id = ANY(%s) AND NOT line.waits_for_key = ''
"""


@dataclass
class Scope:
    """Ids of what to judge. `told` are the shipments that the chunk itself speaks of; the others are judged because
    they share a load or a case with one. `last` is the last event of each shipment in the chunk, by its id. `cases` are
    the open cases that touch any of it."""

    shipments: set[int] = field(default_factory=set)
    loads: set[int] = field(default_factory=set)
    orders: set[int] = field(default_factory=set)
    told: set[int] = field(default_factory=set)
    last: dict[int, Event] = field(default_factory=dict)
    cases: set[int] = field(default_factory=set)


def scope_of_events(events: Sequence[Event]) -> Scope:
    """Everything that these events speak of, and all that shares a case or a troubled load with it."""
    scope = Scope()
    by_id = {event.pk: event for event in events}
    riding: dict[int, list[Event]] = defaultdict(list)
    equipment: dict[int, list[Event]] = defaultdict(list)
    supplies: set[int] = set()
    about = EventSubject.objects.filter(event__in=by_id)
    columns = ("event_id", "shipment_id", "load_id", "order_id", "equipment_id", "supply_id")
    for event_id, shipment, load, order, piece, supply in about.values_list(*columns):
        event = by_id[event_id]
        if shipment is not None:
            _tell(scope, shipment, event)
        elif load is not None:
            riding[load].append(event)
        elif order is not None:
            scope.orders.add(order)
        elif piece is not None:
            equipment[piece].append(event)
        elif supply is not None:
            supplies.add(supply)
    _of_equipment(scope, equipment, riding)
    scope.loads |= set(riding)
    for load, riders in riders_of(riding).items():
        for event in riding[load]:
            for rider in riders:
                _tell(scope, rider, event)
    scope.orders |= _waiting_for(supplies)
    return widened(scope)


def scope_of_expired(expired: Iterable[Expectation]) -> Scope:
    """What expectations that ran out were about."""
    scope = Scope()
    for row in expired:
        for known, ids in ((row.shipment_id, scope.told), (row.load_id, scope.loads), (row.order_id, scope.orders)):
            if known is not None:
                ids.add(known)
    return widened(scope)


def widened(scope: Scope) -> Scope:
    """Add what shares an open case, the riders of loads that have one, and orders that wait for what is brought.

    A case can only be said to be over when all that it affects was looked at. Trouble of one shipment becomes that of
    its load when another one turns out to ride along, so cases of those that ride along are looked at too.
    """
    scope.shipments |= scope.told
    if scope.told:
        scope.orders |= {order for (order,) in rows(BROUGHT, [sorted(scope.told)])}
    # Each step by an index and with the ids of the one before: asked as one, the planner looks through all open cases.
    riding = set(LoadShipment.objects.filter(shipment__in=scope.told).values_list("load_id", flat=True))
    along = {rider for riders in riders_of(riding).values() for rider in riders}
    direct = _affecting(scope.told) | _affecting_orders(scope.orders)
    touching = (
        Q(pk__in=direct)
        | Q(subject_load__in=scope.loads | riding)
        | Q(pk__in=_affecting(along) - direct, type__in=ONE_LOAD)
    )
    columns = ("pk", "subject_load_id", "subject_order_id", "subject_order_line__order_id")
    for case, load, *orders in Case.objects.filter(touching, state__in=OPEN_STATES).values_list(*columns):
        scope.cases.add(case)
        scope.loads |= {load} - {None}
        scope.orders |= {*orders} - {None}
    if scope.cases:
        affected = CaseShipment.objects.filter(case__in=scope.cases).values_list("shipment_id", flat=True)
        scope.shipments |= set(affected)
        scope.shipments |= {rider for riders in riders_of(scope.loads).values() for rider in riders}
    return scope


def _affecting(shipments: Collection[int]) -> set[int]:
    """Cases that affect these shipments, open or not."""
    found = CaseShipment.objects.filter(shipment__in=shipments) if shipments else CaseShipment.objects.none()
    return set(found.values_list("case_id", flat=True))


def _affecting_orders(orders: Collection[int]) -> set[int]:
    found = CaseOrder.objects.filter(order__in=orders) if orders else CaseOrder.objects.none()
    return set(found.values_list("case_id", flat=True))


def riders_of(loads: Collection[int]) -> dict[int, list[int]]:
    """The shipments on each load."""
    if not loads:
        return {}
    riders: dict[int, list[int]] = {}
    riding = LoadShipment.objects.filter(load__in=list(loads)).order_by("shipment_id")
    for load_id, shipment_id in riding.values_list("load_id", "shipment_id"):
        riders.setdefault(load_id, []).append(shipment_id)
    return riders


def _tell(scope: Scope, shipment: int, event: Event) -> None:
    scope.told.add(shipment)
    held = scope.last.get(shipment)
    if held is None or event.occurred_at >= held.occurred_at:
        scope.last[shipment] = event


def _of_equipment(scope: Scope, equipment: Mapping[int, list[Event]], riding: Mapping[int, list[Event]]) -> None:
    """Shipments in or on pieces of equipment, directly or by the load."""
    if not equipment:
        return
    pieces = Equipment.objects.filter(pk__in=list(equipment)).values_list("pk", "shipment_id", "load_id")
    for piece, shipment, load in pieces:
        for event in equipment[piece]:
            if shipment is not None:
                _tell(scope, shipment, event)
            elif load is not None:
                riding[load].append(event)


def _waiting_for(supplies: Collection[int]) -> set[int]:
    """Orders with a line that waits for one of these supplies."""
    if not supplies:
        return set()
    keys = Supply.objects.filter(pk__in=list(supplies)).values_list("number_key", flat=True)
    return set(OrderLine.objects.filter(Q(waits_for_key__in=list(keys))).values_list("order_id", flat=True))
