"""What a filter means in the database, for one viewer at one instant: conditions on `cases_case AS c`.

Only operators that leak nothing about rows (equality and ranges of numbers, times and C-collated text) can use an index
under row-level security, so everything that narrows a lot is one of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from controltower.tenancy.viewer import Viewer
from exceptions.cases.selectors.grammar import Choice, Filters, Scope
from exceptions.cases.selectors.grammar.keys import STATES
from exceptions.cases.selectors.grammar.ranges import Amounts
from exceptions.cases.selectors.naming import NO_NAMES, Names, names_of
from exceptions.cases.selectors.orders import Condition
from exceptions.cases.selectors.searching import Found, text_found
from exceptions.cases.selectors.stepping import Steps, avoidable_condition, avoidable_steps, due_steps
from exceptions.parties.selectors import account_scope
from exceptions.sla.selectors.rates import rates_on

_OPEN = "c.state IN ('new', 'open', 'waiting')"
# Word for word what the partial indexes say.
SCOPES: Final = {
    Scope.OPEN: f"{_OPEN} AND c.snoozed_until IS NULL",
    Scope.SNOOZED: f"{_OPEN} AND c.snoozed_until IS NOT NULL",
    Scope.RESOLVED: f"NOT ({_OPEN}) AND c.closed_at IS NOT NULL",
}
PINNED: Final = "c.pinned = %s"
LAST: Final = "\U0010ffff"


@dataclass
class Asked:
    """A filter resolved. `bounds` go with every way through the table (which list; pinned, past saving: they have
    indexes in the queue's order), `rest` are the other conditions.

    leads: values of an indexed column of which a case must have one ("owner_id", "account_id"); they are not in `rest`.
    """

    bounds: list[Condition]
    rest: list[Condition] = field(default_factory=list)
    leads: dict[str, list[int]] = field(default_factory=dict)
    is_searched: bool = False
    """A few cases by their ids: there is nothing to walk along."""
    scope: Scope = Scope.OPEN
    spans: dict[str, tuple[Condition, ...]] = field(default_factory=dict)
    """Conditions that are one range of an index, by its column: "act_by", "opened_at", "type", "owner_id", "lane_from".
    They are in `rest` too."""
    steps: list[Steps] = field(default_factory=list)
    """Ranges of what the queue's order follows; what narrows them is in `rest`."""
    unmet: list[tuple[str, str]] = field(default_factory=list)
    """(key, name) of each name to be left out that nothing is called: what is left is more than was meant."""

    @property
    def marks(self) -> list[Condition]:
        """Bounds beside the list itself: pinned or not, past saving."""
        return self.bounds[1:]

    @property
    def is_empty(self) -> bool:
        """Whether nothing can fit: no account is both granted and asked for, no colleague has this name."""
        return any(not values for values in self.leads.values())

    def all(self, *, but: str = "") -> list[Condition]:
        """Every condition but the bounds and one of the leads."""
        leads = [(f"c.{column} = ANY(%s)", [keys]) for column, keys in self.leads.items() if column != but]
        return [*leads, *self.rest]


def asked(viewer: Viewer, filters: Filters, now: datetime, names: Names | None = None) -> Asked:
    """Names become ids here, in one statement unless `names` has them; a text takes a few."""
    names = names_of([filters]) if names is None else names
    found = Asked([(SCOPES[filters.scope], [])], scope=filters.scope, unmet=_unmet(viewer, filters, names))
    if filters.pinned is not None:
        found.bounds.append((PINNED, [filters.pinned]))
    if filters.unavoidable is not None:
        past = "(c.explanation -> 'unavoidable') = 'true'::jsonb"
        into = found.bounds if filters.unavoidable else found.rest
        into.append((past if filters.unavoidable else f"({past}) IS NOT TRUE", []))
    _accounts(found, viewer, filters.customer, names)
    _owners(found, viewer, filters.owner, names)
    states = Choice(
        *(tuple(STATES[word][0] for word in words) for words in (filters.state.wanted, filters.state.unwanted))
    )
    for column, choice in (("state", states), ("type", filters.type), ("severity", filters.severity)):
        either = _either(column, choice.wanted, choice.unwanted)
        found.rest += either
        if column == "type" and len(choice.wanted) == 1:
            found.spans[column] = tuple(either[:1])
    if filters.partner:
        wanted, unwanted = (
            sorted(names.ids("partner", each)) for each in (filters.partner.wanted, filters.partner.unwanted)
        )
        found.rest += _either("partner_id", wanted, unwanted, must=bool(filters.partner.wanted))
    found.rest += (lanes := [(f"({sql})", params) for sql, params in _lanes(filters.lane)])
    if len(filters.lane.wanted) == 1 and ">" not in filters.lane.wanted[0]:
        found.spans["lane_from"] = (lanes[0],)
    zone = viewer.organisation.time_zone
    if filters.due:
        ahead = filters.due.ahead(now, zone)
        _span(found, "act_by", _between("act_by", *ahead))
        found.steps += [steps] if (steps := due_steps(*ahead)) else []
    _span(found, "opened_at", _between("opened_at", *filters.opened.ago(now, zone)) if filters.opened else [])
    if filters.exposure:
        _exposure(found, viewer, filters.exposure, now)
    for text, exact in (*((each, True) for each in filters.exact), (filters.text, False)):
        if text:
            _text(found, text_found(text, exact=exact))
    return found


def _unmet(viewer: Viewer, filters: Filters, names: Names) -> list[tuple[str, str]]:
    """A member limited to accounts is told of colleagues only: not which other customers, and connections of theirs, there
    are. A shared view may name some."""
    left_out = [("owner", name) for name in filters.owner.unwanted if name not in NO_NAMES]
    if account_scope(viewer) is None:
        left_out += [("customer", name) for name in filters.customer.unwanted]
        left_out += [("partner", name) for name in filters.partner.unwanted]
    return [(key, name) for key, name in left_out if not names.ids(key, [name])]


def _exposure(found: Asked, viewer: Viewer, amounts: Amounts, now: datetime) -> None:
    """Amounts compared in the currency that is named, else in the organisation's own, at today's rates. A currency that
    nobody knows a rate of counts one for one, as it does where cases are priced."""
    house = viewer.organisation
    rates = rates_on(house.currency, now.astimezone(ZoneInfo(house.time_zone)).date())
    named = rates.setdefault(amounts.currency or house.currency, Decimal(1))
    bounds = {currency: amounts.minor(named / rate) for currency, rate in rates.items()}
    found.rest += avoidable_condition(bounds, house.currency)
    found.steps.append(avoidable_steps(bounds, house.currency))


def _text(asked: Asked, found: Found) -> None:
    """A text that finds single cases is their ids; one that finds customers only is like asking for these."""
    if found.ids is not None and not found.accounts:
        asked.rest.append(("c.id = ANY(%s)", [found.ids]))
        asked.is_searched = True
    elif found.ids == []:
        before = asked.leads.get("account_id", found.accounts)
        asked.leads["account_id"] = sorted({*before} & {*found.accounts})
    else:
        asked.rest.append(found.condition)


def _accounts(found: Asked, viewer: Viewer, customer: Choice, names: Names) -> None:
    """The accounts asked for, of those that the viewer may see; with everything below them."""
    scope = account_scope(viewer)
    wanted = names.ids("customer", customer.wanted) if customer.wanted else None
    unwanted = names.ids("customer", customer.unwanted)
    if scope is None and wanted is None:
        found.rest += _either("account_id", (), sorted(unwanted))
        return
    kept = (scope if wanted is None else wanted if scope is None else wanted & scope) or set()
    found.leads["account_id"] = sorted(kept - unwanted)


def _owners(found: Asked, viewer: Viewer, owner: Choice, names: Names) -> None:
    wanted, unwanted = (
        sorted(names.ids("owner", each) | ({viewer.member.pk} if "me" in each else set()))
        for each in (owner.wanted, owner.unwanted)
    )
    if owner.wanted and "none" not in owner.wanted:
        found.leads["owner_id"] = wanted
    elif owner.wanted:
        if wanted:
            found.rest.append(("(c.owner_id IS NULL OR c.owner_id = ANY(%s))", [wanted]))
        else:
            _span(found, "owner_id", [_NOBODY])
    found.rest += _either("owner_id", (), unwanted)
    if "none" in owner.unwanted:
        found.rest.append(("c.owner_id IS NOT NULL", []))


_NOBODY: Final[Condition] = ("c.owner_id IS NULL", [])


def _span(found: Asked, column: str, conditions: list[Condition]) -> None:
    found.rest += conditions
    if conditions:
        found.spans[column] = tuple(conditions)


def _either(column: str, wanted: Iterable[Any], unwanted: Iterable[Any], *, must: bool = False) -> list[Condition]:
    """One of `wanted` (of nothing, with `must`), and none of `unwanted`, which a case without a value is not."""
    of, not_of = list(wanted), list(unwanted)
    found: list[Condition] = []
    if of or must:
        found.append((f"c.{column} = %s", of) if len(of) == 1 else (f"c.{column} = ANY(%s)", [of]))
    if not_of:
        found.append((f"(c.{column} = ANY(%s)) IS NOT TRUE", [not_of]))
    return found


def _between(column: str, first: datetime | None, until: datetime | None) -> list[Condition]:
    found: list[Condition] = [(f"c.{column} >= %s", [first])] if first else []
    return [*found, (f"c.{column} < %s", [until])] if until else found


def _lanes(choice: Choice) -> list[Condition]:
    """`dallas>chicago` by the beginning of both ends, `dallas` or `>chicago` by one of them."""
    found: list[Condition] = []
    for texts, ending in ((choice.wanted, ""), (choice.unwanted, " IS NOT TRUE")):
        parts: list[str] = []
        params: list[Any] = []
        for text in texts:
            origin, _, destination = (part.strip() for part in text.lower().partition(">"))
            ends = [pair for pair in (("lane_from", origin), ("lane_to", destination)) if pair[1]]
            parts.append(" AND ".join(f"c.{column} >= %s AND c.{column} < %s" for column, _ in ends))
            params += [value for _, begin in ends for value in (begin, begin + LAST)]
        if parts:
            found.append((f"({' OR '.join(parts)}){ending}", params))
    return found
