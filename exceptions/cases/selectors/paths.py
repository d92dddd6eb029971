"""The way to a page: which index it is read from. Answers the sort values of its rows, the id last.

- Nothing narrows: a range of the order's index.
- Only owners or only accounts are asked for: one's own index; of several the best of each, merged, unless the first rows
  of the whole list have a page of them.
- Else a walk along the order that tests each row, for as long as that is cheap. Filters that fit many cases are done
  here, whatever they are made of.
- Cases that are due late or of little worth stand last, and may be most of the list: the best of each step of these,
  merged (`stepping`).
- Filters that fit few end up in the last way: gather everything that fits by the index that fits best (the planner
  knows the values' frequencies), then sort. A planner left alone with a LIMIT would walk the whole order for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from controltower.db import rows
from exceptions.cases.selectors.conditions import Asked
from exceptions.cases.selectors.grammar import Scope
from exceptions.cases.selectors.orders import EXPOSURE, Condition, Cursor, Order, ranges, where
from exceptions.cases.selectors.stepping import step_count, step_keys

# Rows that a walk looks at before it gives up; how many owners or accounts are worth a range each.
WALK: Final = 2_000
MERGED: Final = 1_000

Keys = list[tuple[Any, ...]]


def page_keys(asked: Asked, order: Order, cursor: Cursor | None, limit: int) -> Keys:
    """The `limit` rows nearest to the cursor on its side, in the order of the list."""
    forward = cursor is None or not cursor.back
    found: Keys = []
    for bound in ranges(order, cursor):
        if len(found) < limit:
            found += _range_keys(asked, order, bound, forward, limit - len(found))
    return found if forward else found[::-1]


def count_up_to(asked: Asked, most: int) -> int:
    """How many cases fit, looking no further than `most`."""
    if asked.is_empty:
        return 0
    # An act-by has an index of its own; an amount is found by its steps alone.
    by_amount = [steps for steps in asked.steps if steps.by_currency and asked.scope == Scope.OPEN]
    if by_amount and not asked.leads and not asked.is_searched:
        return step_count(by_amount[0], [*asked.bounds, *asked.all()], most)
    sql, params = where([*asked.bounds, *asked.all()])
    found = rows(f"SELECT count(*) FROM (SELECT FROM cases_case AS c WHERE {sql} LIMIT %s) AS bounded", [*params, most])
    return int(found[0][0])


def ids_behind(asked: Asked, behind: int, limit: int) -> list[int]:
    """The next ids behind one, in their own order, which no change of a case moves."""
    if asked.is_empty:
        return []
    sql, params = where([*asked.bounds, *asked.all(), ("c.id > %s", [behind])])
    return [
        pk for (pk,) in rows(f"SELECT c.id FROM cases_case AS c WHERE {sql} ORDER BY c.id LIMIT %s", [*params, limit])
    ]


def _range_keys(asked: Asked, order: Order, bound: Condition, forward: bool, limit: int) -> Keys:
    if asked.is_empty:
        return []
    bounds = [*asked.bounds, bound] if bound[0] else asked.bounds
    if asked.is_searched:
        return _gathered([*bounds, *asked.all()], order, forward, limit)
    column, keys = _lead(asked, order)
    rest = asked.all(but=column)
    if len(keys) > 1 and not rest:
        found = _walked(bounds, asked.all(), order, forward, limit)
        return found if len(found) == limit else _merged(column, keys, bounds, order, forward, limit)
    if len(keys) == 1:
        bounds = [*bounds, (f"c.{column} = %s", keys)]
    elif column:
        rest = asked.all()
    if not rest:
        sql, params = where(bounds)
        return _asked(
            f"SELECT {order.listed('c')} FROM cases_case AS c WHERE {sql} ORDER BY {order.by('c', forward=forward)}",
            params, limit,
        )  # fmt: skip
    found = _walked(bounds, rest, order, forward, limit)
    if len(found) == limit:
        return found
    stepped = None
    if order is EXPOSURE and asked.scope == Scope.OPEN and len(keys) != 1 and asked.steps:
        stepped = step_keys(asked.steps[0], bounds, rest, order, forward=forward, limit=limit)
    return _gathered([*bounds, *rest], order, forward, limit) if stepped is None else stepped


def _lead(asked: Asked, order: Order) -> tuple[str, list[int]]:
    """The column that an index begins with before the order: the one with the fewest values."""
    if order is not EXPOSURE or not asked.leads:
        return "", []
    column = min(asked.leads, key=lambda name: len(asked.leads[name]))
    return (column, asked.leads[column]) if len(asked.leads[column]) <= MERGED else ("", [])


def _merged(column: str, keys: list[int], bounds: Sequence[Condition], order: Order, forward: bool, limit: int) -> Keys:
    """The best of each key, from the index led by them. What stands first of a key that has n others before it is nowhere
    before the n-th row, so of that key no more than the rest of the page is read."""
    sql, params = where(bounds)
    by, listed = order.by("c", forward=forward), order.listed("c")
    best = f"SELECT {listed} FROM cases_case AS c WHERE c.{column} = lead.key AND {sql} ORDER BY {by} LIMIT"
    firsts = (
        f"SELECT lead.key, row_number() OVER (ORDER BY {by}) AS nth FROM unnest(%s::bigint[]) AS lead(key) "
        f"CROSS JOIN LATERAL ({best} 1) AS c ORDER BY nth LIMIT %s"
    )
    return _asked(
        f"SELECT {listed} FROM ({firsts}) AS lead CROSS JOIN LATERAL ({best} %s + 1 - lead.nth) AS c ORDER BY {by}",
        [keys, *params, limit, *params, limit], limit,
    )  # fmt: skip


def _walked(bounds: Sequence[Condition], rest: Sequence[Condition], order: Order, forward: bool, limit: int) -> Keys:
    sql, params = where(bounds)
    fits, more = where(rest)
    by, listed = order.by("c", forward=forward), order.listed("c")
    walk = f"SELECT {listed}, ({fits}) AS fits FROM cases_case AS c WHERE {sql} ORDER BY {by} LIMIT %s"
    return _asked(f"SELECT {listed} FROM ({walk}) AS c WHERE c.fits ORDER BY {by}", [*more, *params, WALK], limit)


def _gathered(conditions: Sequence[Condition], order: Order, forward: bool, limit: int) -> Keys:
    sql, params = where(conditions)
    listed = order.listed("c")
    # OFFSET 0 keeps the LIMIT from reaching in: the planner would take the order's index for it.
    return _asked(
        f"SELECT {listed} FROM (SELECT {listed} FROM cases_case AS c WHERE {sql} OFFSET 0) AS c "
        f"ORDER BY {order.by('c', forward=forward)}",
        params, limit,
    )  # fmt: skip


def _asked(sql: str, params: Sequence[Any], limit: int) -> Keys:
    return rows(f"{sql} LIMIT %s", [*params, limit])
