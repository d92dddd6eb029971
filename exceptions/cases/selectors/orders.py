"""The orders of the queue, and where a page of one begins and ends. Pure: cursors in, pieces of SQL out.

All columns of an order run the same way and end with the id, so that a page is a range of the order's index in both
directions. What the rows of a range have in common (pinned or not, with a value or without) is said as a condition of
its own: the index cannot start in the middle of a comparison with nothing.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from controltower.errors import BadRequest
from exceptions.cases.selectors.grammar import Filters, Scope, Sort

Kind = Literal["boolean", "float8", "bigint", "timestamptz"]
Condition = tuple[str, list[Any]]
NOTHING: Final[Condition] = ("", [])


def where(conditions: Iterable[Condition]) -> Condition:
    """All of them as one."""
    told = list(conditions)
    return " AND ".join(sql for sql, _ in told), [value for _, params in told for value in params]


@dataclass(frozen=True)
class Column:
    """A column of `cases_case` that an order sorts by. Nulls come last."""

    name: str
    kind: Kind
    nullable: bool = False


@dataclass(frozen=True)
class Order:
    name: str
    columns: tuple[Column, ...]
    descending: bool

    def by(self, table: str, *, forward: bool = True) -> str:
        """The ORDER BY list that the order's index serves, or its exact reverse."""
        way = "DESC" if self.descending is forward else "ASC"
        nulls = " NULLS LAST" if forward else " NULLS FIRST"
        return ", ".join(f"{table}.{each.name} {way}{nulls if each.nullable else ''}" for each in self.columns)

    def listed(self, table: str) -> str:
        return ", ".join(f"{table}.{each.name}" for each in self.columns)


_ID: Final = Column("id", "bigint")
EXPOSURE: Final = Order(
    "exposure",
    (Column("pinned", "boolean"), Column("rank", "float8", nullable=True), Column("at_risk", "bigint"), _ID),
    descending=True,
)
_OPENED = (Column("opened_at", "timestamptz"), _ID)
ORDERS: Final = {
    order.name: order
    for order in (
        EXPOSURE,
        Order("due", (Column("act_by", "timestamptz", nullable=True), _ID), descending=False),
        Order("opened", _OPENED, descending=True),
        Order("oldest", _OPENED, descending=False),
        Order("wakes", (Column("snoozed_until", "timestamptz"), _ID), descending=False),
        Order("ended", (Column("closed_at", "timestamptz"), _ID), descending=True),
    )
}


def order_of(filters: Filters) -> Order:
    """Open cases stand as asked, sleeping ones by when they wake, ended ones by when they ended."""
    names = {Scope.SNOOZED: "wakes", Scope.RESOLVED: "ended"}
    return ORDERS[names.get(filters.scope, Sort(filters.sort).value)]


@dataclass(frozen=True)
class Cursor:
    """A row that a page begins behind, or with `back` ends before: its values in the columns of the order."""

    order: str
    values: tuple[Any, ...]
    back: bool = False

    def __str__(self) -> str:
        values = [each.isoformat() if isinstance(each, datetime) else each for each in self.values]
        text = json.dumps([self.order, int(self.back), *values], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def cursor_read(text: str, order: Order) -> Cursor:
    """A cursor that we gave out for this order. BadRequest for anything else."""
    try:
        name, back, *values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if name == order.name and back in (0, 1) and len(values) == len(order.columns):
            pairs = zip(order.columns, values, strict=True)
            return Cursor(order.name, tuple(_value(column, value) for column, value in pairs), bool(back))
    except (binascii.Error, ValueError, TypeError, RecursionError, OverflowError):
        pass
    raise BadRequest("This page of the queue cannot be found. Start from the top.", code="bad_cursor")


def _value(column: Column, value: Any) -> Any:
    if value is None and column.nullable:
        return None
    if column.kind == "timestamptz" and isinstance(value, str):
        found = datetime.fromisoformat(value)
        if found.tzinfo is not None:
            return found
    if column.kind == "boolean" and isinstance(value, bool):
        return value
    if isinstance(value, bool):
        raise ValueError(value)
    if column.kind == "float8" and isinstance(value, int | float) and math.isfinite(value):
        return float(value)
    if column.kind == "bigint" and isinstance(value, int) and abs(value) < 2**63:
        return value
    raise ValueError(value)


def ranges(order: Order, cursor: Cursor | None) -> list[Condition]:
    """Conditions on `c`, each a range of the index, that together are everything beyond the cursor, the nearest first."""
    if cursor is None:
        return [NOTHING]
    return _beyond(order, order.columns, cursor.values, forward=not cursor.back)


def _beyond(order: Order, columns: Sequence[Column], values: Sequence[Any], *, forward: bool) -> list[Condition]:
    head, value = columns[0], values[0]
    if head.kind == "boolean":
        same, there = f"c.{head.name} = %s", order.descending is forward
        inner = _beyond(order, columns[1:], values[1:], forward=forward)
        found = [(f"{same} AND {sql}", [value, *params]) for sql, params in inner]
        return [*found, (same, [not value])] if value is there else found
    if not head.nullable:
        return [_compared(order, columns, values, forward=forward)]
    if value is None:
        sql, params = _compared(order, columns[1:], values[1:], forward=forward)
        nearest = (f"c.{head.name} IS NULL AND {sql}", params)
        return [nearest] if forward else [nearest, (f"c.{head.name} IS NOT NULL", [])]
    nearest = _compared(order, columns, values, forward=forward)
    return [nearest, (f"c.{head.name} IS NULL", [])] if forward else [nearest]


def _compared(order: Order, columns: Sequence[Column], values: Sequence[Any], *, forward: bool) -> Condition:
    sign = "<" if order.descending is forward else ">"
    marks = ", ".join(f"%s::{each.kind}" for each in columns)
    return f"({', '.join(f'c.{each.name}' for each in columns)}) {sign} ({marks})", list(values)
