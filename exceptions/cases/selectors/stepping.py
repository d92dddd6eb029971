"""A page of what stands far down in the order: cases due in weeks, or of little worth.

The order by exposure follows the act-by and the amount, so a walk along it meets such cases last, and they may be most
of the list. Cases are therefore also filed by steps of both columns, a quarter of a day and a doubling, each step in the
order of the queue: the best of each step, merged, is a page, however many cases a step has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from controltower.db import rows
from exceptions.cases.models.cases import AVOIDABLE_STEP, DUE_STEP
from exceptions.cases.selectors.orders import Condition, Order, where

# Rows that are looked at in the first and last step, where the filter ends amid the step, and in each between them.
LOOKED_AT_ENDS: Final = 20_000
LOOKED: Final = 1_000
# A shorter span of time has few enough cases to be gathered.
WIDE: Final = timedelta(days=1)
_LAST: Final = 2**31 - 1

Bounds = tuple[int | None, int | None]


@dataclass(frozen=True)
class Steps:
    """A range of steps: `column` holds a case's step, `first` and `last` are those the range begins and ends in, "" for
    no end. currency: whether the ends depend on `span.name`, a currency, in which the cases are filed apart."""

    column: str
    first: Condition
    last: Condition
    by_currency: bool = False

    @property
    def filed(self) -> list[Condition]:
        """What the cases of a step have in common."""
        step: list[Condition] = [(f"c.{self.column} = lead.key", [])]
        return [("c.currency = lead.name", []), *step] if self.by_currency else step


def due_steps(first: datetime | None, until: datetime | None) -> Steps | None:
    """Those of a span of act-bys; None where it is short."""
    if first is not None and until is not None and until - first <= WIDE:
        return None
    step = DUE_STEP.format("%s::timestamptz")
    return Steps("due_step", (step, [first]) if first else ("", []), (step, [until]) if until else ("", []))


def avoidable_condition(bounds: Mapping[str, Bounds], house: str) -> list[Condition]:
    """Amounts in minor units between the bounds of their currency; in one that is not among them, those of the house."""
    ends = [_by_currency("c.currency", bounds, house, end) for end in (0, 1)]
    return [
        (f"c.avoidable {sign} {sql}", params) for sign, (sql, params) in zip((">=", "<="), ends, strict=True) if sql
    ]


def avoidable_steps(bounds: Mapping[str, Bounds], house: str) -> Steps:
    ends = (_by_currency("span.name", bounds, house, end) for end in (0, 1))
    first, last = ((AVOIDABLE_STEP.format(sql) if sql else "", params) for sql, params in ends)
    return Steps("avoidable_step", first, last, by_currency=True)


def _by_currency(name: str, bounds: Mapping[str, Bounds], house: str, end: int) -> Condition:
    """One end of the bounds, by the currency in a column."""
    if bounds[house][end] is None:
        return "", []
    known = {currency: each[end] for currency, each in bounds.items() if currency != house}
    cases = "".join(" WHEN %s THEN %s::bigint" for _ in known)
    given = [value for pair in known.items() for value in pair]
    return f"(CASE {name} WHEN %s THEN %s::bigint{cases} ELSE %s::bigint END)", [
        house, bounds[house][end], *given, bounds[house][end]
    ]  # fmt: skip


def step_keys(
    steps: Steps, bounds: Sequence[Condition], rest: Sequence[Condition], order: Order, *, forward: bool, limit: int
) -> list[tuple[Any, ...]] | None:
    """The page's sort values; None where a step was not looked through far enough to know."""
    leads, ends = _leads(steps, bounds[0][0])
    limits, given = where([*bounds, *steps.filed])
    fits, tested = where(rest)
    by, listed = order.by("c", forward=forward), order.listed("c")
    sql = f"""{leads},
    asked AS (SELECT *, CASE WHEN key IN (first, last) THEN %s ELSE %s END AS most FROM lead WHERE key >= first)
    SELECT {listed}, c.is_cut FROM asked AS lead CROSS JOIN LATERAL (
        SELECT {listed}, c.nth = lead.most AS is_cut FROM (
            SELECT {listed}, ({fits}) AS fits, row_number() OVER (ORDER BY {by}) AS nth FROM cases_case AS c
            WHERE {limits} ORDER BY {by} LIMIT lead.most) AS c
        WHERE c.fits OR c.nth = lead.most ORDER BY {by} LIMIT %s) AS c
    ORDER BY {by} LIMIT %s"""  # noqa: S608 - put together of constants
    found = rows(sql, [*ends, LOOKED_AT_ENDS, LOOKED, *tested, *given, limit, limit])
    # Behind a row that was the last to be looked at there may be others that fit, in front of what follows here.
    return None if any(row[-1] for row in found) else [row[:-1] for row in found]


def step_count(steps: Steps, conditions: Sequence[Condition], most: int) -> int:
    """How many cases of the steps fit the conditions, the first of which says which list, looking no further than `most`."""
    leads, ends = _leads(steps, conditions[0][0])
    limits, given = where([*conditions, *steps.filed])
    sql = f"""{leads} SELECT count(*) FROM (SELECT FROM lead CROSS JOIN LATERAL (
        SELECT FROM cases_case AS c WHERE {limits} LIMIT %s) AS c WHERE lead.key >= lead.first LIMIT %s) AS bounded"""  # noqa: S608 - put together of constants
    return int(rows(sql, [*ends, *given, most, most])[0][0])


def _leads(steps: Steps, scope: str) -> Condition:
    """A table `lead`: each step (`key`) of the range that has cases, with the range it is of (`name`, `first`, `last`)."""
    filed = " AND c.currency = lead.name" if steps.by_currency else ""
    sql = f"""
    WITH RECURSIVE {_currencies(scope) if steps.by_currency else "present(name) AS (SELECT ''::text)"},
    span AS (SELECT name, {steps.first[0] or "0"} AS first, {steps.last[0] or "%s"} AS last
        FROM present AS span WHERE name IS NOT NULL),
    lead(name, first, last, key) AS (
        SELECT name, first, last, first - 1 FROM span
        UNION ALL SELECT name, first, last, (SELECT c.{steps.column} FROM cases_case AS c WHERE {scope}{filed}
            AND c.{steps.column} > lead.key AND c.{steps.column} <= lead.last ORDER BY c.{steps.column} LIMIT 1)
        FROM lead WHERE lead.key IS NOT NULL)"""  # noqa: S608 - put together of constants
    return sql, [*steps.first[1], *(steps.last[1] if steps.last[0] else [_LAST])]


def _currencies(scope: str) -> str:
    """The currencies that there are cases in, each found from the one before."""
    first = f"SELECT c.currency::text FROM cases_case AS c WHERE {scope} ORDER BY c.currency LIMIT 1"  # noqa: S608 - put together of constants
    following = first.replace(" ORDER BY", " AND c.currency > present.name ORDER BY")
    return f"present(name) AS (({first}) UNION ALL SELECT ({following}) FROM present WHERE name IS NOT NULL)"  # noqa: S608 - put together of constants
