"""Text search: references of cases, shipments, orders and loads, numbers of cases, names of parties.

Every column searched is stored in the form it is searched by and collates as C, so that a beginning is a range of its
index (docs/queue.md says why not `LIKE`). A text that begins with a digit is looked for behind the letters
that a reference begins with, too: people say 40851 for QSXP-40851. A text that fits few cases becomes their ids; one
that fits many, such as "PRO", becomes a condition that the walk along the queue's order tests row by row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from controltower.db import rows
from exceptions.cases.selectors.orders import Condition
from exceptions.parties.selectors import accounts_named
from exceptions.shipments.canonical import normalised
from exceptions.shipments.models import Reference

FEW: Final = 2_000
_LAST: Final = "\U0010ffff"
# Each arm gives up at one more than is few.
_CANDIDATES: Final = """
(SELECT c.id FROM cases_case AS c WHERE c.number = %(number)s)
UNION (SELECT c.id FROM cases_case AS c WHERE {own} LIMIT %(limit)s)
UNION (SELECT beside.case_id FROM shipments_reference AS r
         JOIN cases_caseshipment AS beside ON beside.shipment_id = r.shipment_id
        WHERE {told} AND r.shipment_id IS NOT NULL LIMIT %(limit)s)
UNION (SELECT beside.case_id FROM shipments_reference AS r JOIN cases_caseorder AS beside ON beside.order_id = r.order_id
        WHERE {told} AND r.order_id IS NOT NULL LIMIT %(limit)s)
UNION (SELECT c.id FROM shipments_reference AS r JOIN cases_case AS c ON c.subject_load_id = r.load_id
        WHERE {told} AND r.load_id IS NOT NULL LIMIT %(limit)s)
UNION (SELECT beside.case_id FROM shipments_partyrole AS party
         JOIN cases_caseshipment AS beside ON beside.shipment_id = party.shipment_id
        WHERE party.account_id = ANY(%(accounts)s) LIMIT %(limit)s)
LIMIT %(limit)s
"""
_FITS: Final = """(
{own} OR c.account_id = ANY(%s)
OR EXISTS (SELECT FROM cases_caseshipment AS beside JOIN shipments_reference AS r ON r.shipment_id = beside.shipment_id
            WHERE beside.case_id = c.id AND {told})
OR EXISTS (SELECT FROM cases_caseorder AS beside JOIN shipments_reference AS r ON r.order_id = beside.order_id
            WHERE beside.case_id = c.id AND {told})
OR EXISTS (SELECT FROM shipments_reference AS r WHERE r.load_id = c.subject_load_id AND {told})
OR EXISTS (SELECT FROM cases_caseshipment AS beside
             JOIN shipments_partyrole AS party ON party.shipment_id = beside.shipment_id
            WHERE beside.case_id = c.id AND party.account_id = ANY(%s)))"""


@dataclass(frozen=True)
class Found:
    """What a text finds: cases by their ids and all cases of some customers. ids None: more than a few, and `condition`
    on `c` says which, those of the customers included."""

    ids: list[int] | None
    accounts: list[int]
    condition: Condition


def text_found(text: str, *, exact: bool = False) -> Found:
    """The cases that a text finds, ended ones included. `exact`: by the whole of what they are called."""
    key, accounts = normalised(text), accounts_named(text, exact=exact)
    if not key and not accounts:
        return Found([], [], ("false", []))
    columns = ("c.search_text", f"r.{Reference.searched_column(key)}")
    own, told = (_range(column, exact, "%(key)s", "%(until)s") for column in columns)
    # Without a key (a name in letters that no reference has) the arms of references find nothing.
    params = {"number": _number(key), "key": key or _LAST, "until": key + _LAST, "accounts": accounts, "limit": FEW + 1}
    ids = [pk for (pk,) in rows(_CANDIDATES.format(own=own, told=told), params)]
    if len(ids) <= FEW:
        return Found(ids, accounts, ("(c.id = ANY(%s) OR c.account_id = ANY(%s))", [ids, accounts]))
    bounds: list[Any] = [key or _LAST] if exact else [key or _LAST, key + _LAST]
    own, told = (_range(column, exact) for column in columns)
    sql = _FITS.format(own=own, told=told)
    return Found(None, accounts, (sql, [*bounds, accounts, *bounds, *bounds, *bounds, accounts]))


def _range(column: str, exact: bool, first: str = "%s", until: str = "%s") -> str:
    return f"{column} = {first}" if exact else f"{column} >= {first} AND {column} < {until}"


def _number(key: str) -> str:
    digits = key.removeprefix("EX")
    return f"EX-{digits}" if digits.isdigit() else ""
