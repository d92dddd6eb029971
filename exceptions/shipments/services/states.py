"""States of loads, orders and supplies from everything that was said about them."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from exceptions.parties.models import Account
from exceptions.shipments.canonical import EventType
from exceptions.shipments.histories import EventRow, events_by
from exceptions.shipments.models import Load, LoadState, Order, OrderLine, OrderState, Supply, SupplyState
from exceptions.shipments.projection import moment_of
from exceptions.shipments.services.batch import ORDER_PLANS, plan_key
from exceptions.shipments.services.bulk import rows_update
from exceptions.shipments.services.charges import Invoices, charges_project
from exceptions.shipments.services.projecting import customer_code
from exceptions.shipments.services.resources import lines_prune

_LOAD_STATES: Final[Mapping[str, str]] = {
    EventType.LOAD_TENDERED: "tendered",
    EventType.LOAD_ACCEPTED: "accepted",
    EventType.LOAD_REJECTED: "rejected",
    EventType.LOAD_CANCELLED: "cancelled",
}
_ORDER_STATES: Final[Mapping[str, str]] = {
    EventType.ORDER_RELEASED: "released",
    EventType.ORDER_HELD: "held",
    EventType.ORDER_CANCELLED: "cancelled",
}
_SUPPLY_STATES: Final[Mapping[str, str]] = {
    EventType.SUPPLY_ANNOUNCED: "announced",
    EventType.SUPPLY_DELAYED: "delayed",
    EventType.SUPPLY_RECEIVED: "received",
}
_INVENTORY: Final = (EventType.INVENTORY_ALLOCATED, EventType.INVENTORY_SHORTFALL_DETECTED)


def loads_project(ids: Iterable[int]) -> None:
    """State, answer due and charges of loads."""
    wanted = sorted(set(ids))
    if not wanted:
        return
    types = (*_LOAD_STATES, EventType.INVOICE_ISSUED, EventType.INVOICE_RELEASED)
    said = events_by("load", wanted, types)
    columns = ("state", "state_at", "respond_by")
    changed = []
    for pk, *held in Load.objects.filter(pk__in=wanted).values_list("pk", *columns):
        rows = [row for row in said.get(pk, ()) if row.type in _LOAD_STATES and not row.retracted]
        last = max(rows, key=_happened, default=None)
        tender = max((row for row in rows if row.data.get("respond_by")), key=_happened, default=None)
        state = _LOAD_STATES[last.type] if last else str(LoadState.PLANNED)
        row = [state, last.occurred_at if last else None, moment_of(tender.data["respond_by"]) if tender else None]
        if row != held:
            changed.append((pk, *row))
    rows_update(Load, columns, changed)
    invoices = {pk: [row for row in said.get(pk, ()) if row.type.startswith("invoice.")] for pk in wanted}
    charges_project(Invoices(rows, load_id=pk, anew=True) for pk, rows in invoices.items())


def orders_project(ids: Iterable[int]) -> None:
    """State, hold and customer of orders, and what their lines have and lack."""
    wanted = sorted(set(ids))
    if not wanted:
        return
    said = events_by("order", wanted, (*_ORDER_STATES, *ORDER_PLANS, *_INVENTORY))
    columns = ("state", "state_at", "hold_kind", "hold_reason", "customer_id")
    codes = {pk: customer_code(_plans(rows)) for pk, rows in said.items()}
    accounts = dict(Account.objects.filter(code__in={*codes.values()} - {""}).values_list("code", "pk"))
    changed = []
    for pk, *held in Order.objects.filter(pk__in=wanted).values_list("pk", *columns):
        rows = [row for row in said.get(pk, ()) if row.type in _ORDER_STATES and not row.retracted]
        last = max(rows, key=_happened, default=None)
        row = [
            _ORDER_STATES[last.type] if last else str(OrderState.CREATED),
            last.occurred_at if last else None,
            *_hold(last),
            accounts.get(codes.get(pk, ""), held[-1]),
        ]
        if row != held:
            changed.append((pk, *row))
    rows_update(Order, columns, changed)
    _lines_project(wanted, said)
    lines_prune(wanted)


def _hold(last: EventRow | None) -> tuple[str, str]:
    if last is None or last.type != EventType.ORDER_HELD:
        return "", ""
    reason = str(last.data.get("detail") or last.source_text)
    return str(last.data.get("kind") or "other"), reason[:300]


def _lines_project(orders: Iterable[int], said: Mapping[int, list[EventRow]]) -> None:
    """What was allocated and what is missing, as reported last; nothing once that was taken back."""
    stock = {pk: [row for row in rows if row.type in _INVENTORY] for pk, rows in said.items()}
    if not any(stock.values()):
        return
    columns = ("released", "short", "alternates")
    changed = []
    held_rows = OrderLine.objects.filter(order__in=orders).values_list("pk", "order_id", "line_number", *columns)
    for pk, order, number, *held in held_rows:
        rows = [row for row in stock.get(order, ()) if row.data.get("line") == number]
        if not rows:
            continue
        last = max((row for row in rows if not row.retracted), key=_trusted, default=None)
        data = last.data if last else {}
        row = [_quantity(data.get("quantity")), _quantity(data.get("short")), list(data.get("alternates") or ())]
        if row != held:
            changed.append((pk, *row))
    rows_update(OrderLine, columns, changed)


def supplies_project(ids: Iterable[int]) -> None:
    """What is on its way under a purchase order, as the supplier said last."""
    wanted = sorted(set(ids))
    if not wanted:
        return
    said = events_by("supply", wanted, tuple(_SUPPLY_STATES))
    columns = ("state", "expected_at", "announced_for", "received_at", "reported_at", "lines")
    changed = []
    for pk, *held in Supply.objects.filter(pk__in=wanted).values_list("pk", *columns):
        rows = sorted((row for row in said.get(pk, ()) if not row.retracted), key=_reported)
        row = _supply(rows)
        if row != held:
            changed.append((pk, *row))
    rows_update(Supply, columns, changed)


def _supply(rows: list[EventRow]) -> list[Any]:
    """rows: in the order of their reports."""
    expected = [moment_of(row.data["expected_at"]) for row in rows if row.data.get("expected_at")]
    received = [row for row in rows if row.type == EventType.SUPPLY_RECEIVED]
    last = received[-1] if received else rows[-1] if rows else None
    return [
        _SUPPLY_STATES[last.type] if last else str(SupplyState.ANNOUNCED),
        expected[-1] if expected else None,
        expected[0] if expected else None,
        received[-1].occurred_at if received else None,
        rows[-1].reported_at if rows else None,
        _supply_lines(rows),
    ]


def _supply_lines(rows: Iterable[EventRow]) -> list[dict[str, Any]]:
    """By SKU: what was announced last, ordered by us as they say, and received last."""
    lines: dict[str, dict[str, Any]] = {}
    for row in rows:
        column = "received" if row.type == EventType.SUPPLY_RECEIVED else "expected"
        for line in row.data.get("lines") or ():
            sku = str(line.get("sku") or "")
            of_sku = lines.setdefault(sku, {"sku": sku, "expected": None, "ordered": None, "received": None})
            of_sku[column] = _text(line["quantity"])
            if line.get("ordered") is not None:
                of_sku["ordered"] = _text(line["ordered"])
    return [lines[sku] for sku in sorted(lines)]


def _plans(rows: Iterable[EventRow]) -> list[EventRow]:
    return sorted(
        (row for row in rows if row.type in ORDER_PLANS), key=lambda row: plan_key(row.reported_at, row.digest)
    )


def _happened(row: EventRow) -> tuple[Any, ...]:
    return (row.occurred_at, row.digest)


def _reported(row: EventRow) -> tuple[Any, ...]:
    return (row.reported_at, row.digest)


def _trusted(row: EventRow) -> tuple[Any, ...]:
    return (row.source_rank, row.reported_at, row.digest)


def _quantity(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.001"))


def _text(value: Any) -> str:
    return f"{Decimal(str(value)):f}"
