"""Counts beside views: how many cases filters fit, all of them in one statement that stays cheap on a long backlog.

Each count is read along one index and ends at 1,000. Where every condition is a range of that index, it is exact. Where
others have to be tested row by row, it looks at 2,000 rows of the range (5,000 where the index holds what they test),
and if it neither came to the end nor to 1,000, it says nothing: what is rare among a million costs more than a number
beside a name is worth. A second way is tried where there is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from exceptions.cases.models.cases import LOOKED_AT
from exceptions.cases.selectors.conditions import PINNED, Asked
from exceptions.cases.selectors.grammar import Scope
from exceptions.cases.selectors.orders import EXPOSURE, ORDERS, Condition
from exceptions.cases.selectors.rows import Count

COUNTED: Final = 999
LOOKED: Final = 2_000
# Of an index that holds what is tested, more rows cost the same.
LOOKED_IN_INDEX: Final = 5_000
_HELD: Final = {"pinned", "rank", "at_risk", "id", "account_id", "owner_id"} | {*LOOKED_AT}
# How many values of an index's first column are worth a range each.
LEADS: Final = 1_000

COLUMN: Final = re.compile(r"\bc\.(\w+)")
_EXPOSURE: Final = EXPOSURE.by("c")
_OWN_ORDER: Final = {Scope.SNOOZED: ORDERS["wakes"].by("c"), Scope.RESOLVED: ORDERS["ended"].by("c")}


@dataclass(frozen=True)
class Way:
    """A range of an index: its first column with the values that are asked for ("" for none), the conditions that it
    answers besides, and the order that makes the planner take it."""

    column: str
    keys: Sequence[Any]
    answers: tuple[Condition, ...]
    order: str


def count_column(asked: Asked) -> Condition:
    """A scalar subquery: the number of cases that fit, at most 1,000, or NULL where it cannot be had cheaply."""
    if asked.is_empty:
        return "0", []
    counts = [_count(asked, way) for way in _ways(asked)]
    sql = ", ".join(sql for sql, _ in counts)
    return f"coalesce({sql})", [value for _, params in counts for value in params]


def counted(values: Mapping[str, int | None]) -> dict[str, Count]:
    """Numbers of `count_column` as they are shown; without those that are not known."""
    return {key: Count(min(value, COUNTED), value > COUNTED) for key, value in values.items() if value is not None}


def _ways(asked: Asked) -> list[Way]:
    """One way through the table, or two where neither is known to be short."""
    if asked.scope != Scope.OPEN:
        return [Way("", (), (), _OWN_ORDER[asked.scope])]
    ways = [*_lead_ways(asked), *_range_ways(asked)] or [Way("", (), tuple(asked.marks), _EXPOSURE)]
    exact = [way for way in ways if not _rest(asked, way)]
    return exact[:1] or ways[:2]


def _lead_ways(asked: Asked) -> Iterator[Way]:
    """By owner or by customer, whichever are fewer."""
    leads = sorted((len(keys), column) for column, keys in asked.leads.items() if len(keys) <= LEADS)
    for _, column in leads[:1]:
        due, unowned = asked.spans.get("act_by", ()), asked.spans.get("owner_id", ())
        if due and column == "account_id":
            yield Way(column, asked.leads[column], due, "c.act_by")
        elif unowned and column == "account_id":
            yield Way(column, asked.leads[column], unowned, "c.account_id")
        else:
            pinned = tuple(each for each in asked.marks if each[0] == PINNED)
            yield Way(column, asked.leads[column], pinned, _EXPOSURE)


def _range_ways(asked: Asked) -> Iterator[Way]:
    spans = asked.spans
    due = spans.get("act_by", ())
    if "type" in spans:
        yield Way("", (), (*spans["type"], *due), "c.act_by")
    elif due:
        yield Way("", (), due, "c.act_by, c.id")
    orders = {
        "owner_id": f"c.owner_id, {_EXPOSURE}", "opened_at": "c.opened_at, c.id",
        "lane_from": "c.lane_from, c.lane_to",
    }  # fmt: skip
    for column, order in orders.items():
        if column in spans:
            yield Way("", (), spans[column], order)


def _rest(asked: Asked, way: Way) -> list[Condition]:
    return [each for each in (*asked.marks, *asked.all(but=way.column)) if each not in way.answers]


def _looked(way: Way, rest: Sequence[Condition]) -> int:
    """How many rows of a way are looked at. The indexes that lead by nothing or by customer hold more columns."""
    columns = {name for sql, _ in rest for name in COLUMN.findall(sql)}
    is_held = columns <= _HELD and (way.order == _EXPOSURE and way.column in ("", "account_id"))
    return LOOKED_IN_INDEX if is_held else LOOKED


def _count(asked: Asked, way: Way) -> Condition:
    rest = _rest(asked, way)
    fits, tested = (" AND ".join(sql for sql, _ in rest), [value for _, params in rest for value in params])
    limit = _looked(way, rest) if rest else COUNTED + 1
    bounds: list[Condition] = [asked.bounds[0], *way.answers]
    given: list[Any] = []
    if way.column and len(way.keys) == 1:
        bounds.append((f"c.{way.column} = %s", [way.keys[0]]))
    elif way.column:
        bounds.append((f"c.{way.column} = lead.key", []))
    where = " AND ".join(sql for sql, _ in bounds)
    params = [*tested, *(value for _, each in bounds for value in each), limit]
    rows = f"SELECT {f'({fits})' if rest else 'true'} AS fits FROM cases_case AS c WHERE {where} ORDER BY {way.order} LIMIT %s"
    if way.column and len(way.keys) > 1:
        rows = f"SELECT c.fits FROM unnest(%s::bigint[]) AS lead(key) CROSS JOIN LATERAL ({rows}) AS c LIMIT %s"
        given, params = [list(way.keys)], [*params, limit]
    if not rest:
        return f"(SELECT count(*) FROM ({rows}) AS b)", [*given, *params]
    # What fits, up to the last that is shown, and the mark of the last row that is looked at: it means there may be more.
    numbered = f"SELECT fits, row_number() OVER () = %s AS is_last FROM ({rows}) AS b"
    found = f"SELECT fits, is_last FROM ({numbered}) AS b WHERE fits OR is_last LIMIT %s"
    known = "count(*) FILTER (WHERE fits) > %s OR bool_or(is_last) IS NOT TRUE"
    sql = f"(SELECT CASE WHEN {known} THEN count(*) FILTER (WHERE fits) END FROM ({found}) AS b)"
    return sql, [COUNTED, limit, *given, *params, COUNTED + 1]
