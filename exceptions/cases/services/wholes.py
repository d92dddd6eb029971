"""Histories of loads and orders in the words of the rules. Nothing is asked where none is spoken of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Min

from exceptions.cases.detection import LineFacts, LoadHistory, OrderHistory, SupplyFacts, Told
from exceptions.cases.services.histories import OURS, account_ways
from exceptions.cases.services.scope import riders_of
from exceptions.shipments.canonical import RefType
from exceptions.shipments.models import (
    EventSubject,
    Load,
    Milestone,
    MilestoneCode,
    MilestoneKind,
    Order,
    OrderLine,
    Reference,
    Shipment,
    ShipmentOrderLine,
    Stop,
    StopKind,
    Supply,
)

_EVENT = (
    "id",
    "type",
    "occurred_at",
    "reported_at",
    "digest",
    "data",
    "source_text",
    "recorded_at",
    "partner_id",
    "source_code",
)


def load_histories(ids: Collection[int]) -> list[LoadHistory]:
    """What was said of loads as such: tenders and their answers."""
    if not ids:
        return []
    riders = riders_of(ids)
    everybody = {rider for aboard in riders.values() for rider in aboard}
    freight = {
        key: (lane, customer)
        for key, lane, customer in Shipment.objects.filter(pk__in=everybody).values_list("pk", "lane", "customer_id")
    }
    ways = account_ways({customer for _, customer in freight.values() if customer is not None})
    told = _events("load_id", ids)
    found = []
    for key, number in Load.objects.filter(pk__in=list(ids)).order_by("pk").values_list("pk", "number"):
        aboard = tuple(riders.get(key, ()))
        lanes = {freight[rider][0] for rider in aboard if rider in freight}
        customers = {freight[rider][1] for rider in aboard if rider in freight}
        found.append(
            LoadHistory(
                key,
                number,
                aboard,
                lanes.pop() if len(lanes) == 1 else "",
                ways.get(customers.pop() or 0, ()) if len(customers) == 1 else (),
                told[key],
            )
        )
    return found


def order_histories(ids: Collection[int]) -> list[OrderHistory]:
    """Orders with their lines, what the lines wait for, and the shipments that carry them."""
    if not ids:
        return []
    orders = list(Order.objects.filter(pk__in=list(ids)).order_by("pk"))
    lines = list(OrderLine.objects.filter(order__in=list(ids)).order_by("line_number"))
    aboard: dict[int, list[int]] = defaultdict(list)
    carried = ShipmentOrderLine.objects.filter(order_line__in=[line.pk for line in lines]).order_by("shipment_id")
    for line_id, shipment_id in carried.values_list("order_line_id", "shipment_id"):
        aboard[line_id].append(shipment_id)
    supplies = _supplies({line.waits_for_key: line.waits_for for line in lines if line.waits_for_key})
    leaving = _leaving({shipment for ids in aboard.values() for shipment in ids})
    ways = account_ways({order.customer_id for order in orders if order.customer_id is not None})
    told = _events("order_id", ids)
    return [
        _order(order, [line for line in lines if line.order_id == order.pk], aboard, supplies, leaving, ways, told)
        for order in orders
    ]


def _order(
    order: Order,
    lines: Sequence[OrderLine],
    aboard: Mapping[int, list[int]],
    supplies: Mapping[str, SupplyFacts],
    leaving: Mapping[int, datetime],
    ways: Mapping[int, tuple[int, ...]],
    told: Mapping[int, tuple[Told, ...]],
) -> OrderHistory:
    shipments = sorted({shipment for line in lines for shipment in aboard.get(line.pk, ())})
    return OrderHistory(
        id=order.pk,
        number=order.number,
        state=order.state,
        need_by=order.need_by,
        ships_at=min((leaving[shipment] for shipment in shipments if shipment in leaving), default=None),
        accounts=ways.get(order.customer_id or 0, ()),
        lines=tuple(
            LineFacts(
                line.pk,
                line.line_number,
                line.sku,
                line.ordered,
                line.need_by,
                supplies.get(line.waits_for_key),
                tuple(aboard.get(line.pk, ())),
            )
            for line in lines
        ),
        shipments=tuple(shipments),
        events=told[order.pk],
    )


def _events(column: str, ids: Iterable[int]) -> dict[int, tuple[Told, ...]]:
    """What was said of loads, orders or supplies, by their ids; retracted events left out."""
    about = EventSubject.objects.filter(**{f"{column}__in": list(ids)}, event__retracted_by=None)
    found: dict[int, list[Told]] = defaultdict(list)
    for key, *row in about.values_list(column, *(f"event__{name}" for name in _EVENT)):
        found[key].append(_told(row))
    return defaultdict(tuple, {key: tuple(sorted(told, key=lambda event: event.order)) for key, told in found.items()})


def _told(row: Sequence[Any]) -> Told:
    key, type_, at, reported_at, mark, data, text, recorded_at, partner, code = row
    by_us = partner is None and code == OURS
    return Told(key, type_, at, reported_at, mark, data, text, recorded_at=recorded_at, by_us=by_us)


def _supplies(wanted: Mapping[str, str]) -> dict[str, SupplyFacts]:
    """What is known of purchase orders, by normalised number; also of those that nobody has spoken of yet."""
    if not wanted:
        return {}
    rows = {supply.number_key: supply for supply in Supply.objects.filter(number_key__in=list(wanted))}
    told = _events("supply_id", [supply.pk for supply in rows.values()])
    coming = _coming(list(wanted))
    found = {}
    for key, number in wanted.items():
        supply = rows.get(key)
        eta, event = coming.get(key, (None, None))
        found[key] = SupplyFacts(
            number,
            supply.state if supply is not None else "",
            supply.expected_at if supply is not None else None,
            supply.received_at if supply is not None else None,
            told[supply.pk] if supply is not None else (),
            eta,
            event,
        )
    return found


def _coming(keys: Sequence[str]) -> dict[str, tuple[datetime, Told]]:
    """When the shipments that bring purchase orders are expected: the latest of each, and the event that says so."""
    bringing = Reference.objects.filter(type=RefType.PO, value_key__in=keys, shipment__isnull=False)
    by_shipment: dict[int, set[str]] = defaultdict(set)
    for shipment, key in bringing.values_list("shipment_id", "value_key"):
        by_shipment[shipment].add(key)
    estimates = Milestone.objects.filter(
        stop__shipment__in=list(by_shipment),
        stop__kind=StopKind.DELIVERY,
        stop__dropped=False,
        kind=MilestoneKind.ESTIMATED,
        code__in=(MilestoneCode.ARRIVAL, MilestoneCode.DELIVERY),
    )
    found: dict[str, tuple[datetime, Told]] = {}
    columns = ("stop__shipment_id", "value", *(f"reports__event__{name}" for name in _EVENT), "reports__value")
    for shipment, value, *row, said in estimates.values_list(*columns):
        if said != value:
            continue
        for key in by_shipment[shipment]:
            if key not in found or value > found[key][0]:
                found[key] = (value, _told(row))
    return found


def _leaving(shipments: Collection[int]) -> dict[int, datetime]:
    """When each shipment is planned to leave: the end of its first pickup window, else a planned departure."""
    if not shipments:
        return {}
    pickups = Stop.objects.filter(shipment__in=list(shipments), kind=StopKind.PICKUP, dropped=False)
    windows = pickups.filter(window_end__isnull=False).values("shipment_id").annotate(at=Min("window_end"))
    planned = Milestone.objects.filter(
        stop__in=pickups, kind=MilestoneKind.PLANNED, code=MilestoneCode.DEPARTURE
    ).values_list("stop__shipment_id", "value")
    found = {shipment: at for shipment, at in planned if shipment is not None}
    return found | {row["shipment_id"]: row["at"] for row in windows}
