"""What a filter means in the database, for one viewer at one instant: conditions on `cases_case AS c`.

Only operators that leak nothing about rows (equality and ranges of numbers, times and C-collated text) can use an index
under row-level security, so everything that narrows a lot is one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import Q

from controltower.tenancy.models import Member
from controltower.tenancy.viewer import Viewer
from exceptions.cases.selectors.grammar import Choice, Filters, Scope
from exceptions.cases.selectors.grammar.keys import STATES
from exceptions.cases.selectors.orders import Condition
from exceptions.cases.selectors.searching import Found, text_found
from exceptions.parties.models import Partner
from exceptions.parties.selectors import account_scope, accounts_named

_OPEN = "c.state IN ('new', 'open', 'waiting')"
# Word for word what the partial indexes say.
SCOPES: Final = {
    Scope.OPEN: f"{_OPEN} AND c.snoozed_until IS NULL",
    Scope.SNOOZED: f"{_OPEN} AND c.snoozed_until IS NOT NULL",
    Scope.RESOLVED: f"NOT ({_OPEN}) AND c.closed_at IS NOT NULL",
}
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

    @property
    def is_empty(self) -> bool:
        """Whether nothing can fit: no account is both granted and asked for, no colleague has this name."""
        return any(not values for values in self.leads.values())

    def all(self, *, but: str = "") -> list[Condition]:
        """Every condition but the bounds and one of the leads."""
        leads = [(f"c.{column} = ANY(%s)", [keys]) for column, keys in self.leads.items() if column != but]
        return [*leads, *self.rest]


def asked(viewer: Viewer, filters: Filters, now: datetime) -> Asked:
    """Names become ids here: a few statements, only for what was asked."""
    found = Asked([(SCOPES[filters.scope], [])])
    if filters.pinned is not None:
        found.bounds.append(("c.pinned = %s", [filters.pinned]))
    if filters.unavoidable is not None:
        past = "(c.explanation -> 'unavoidable') = 'true'::jsonb"
        into = found.bounds if filters.unavoidable else found.rest
        into.append((past if filters.unavoidable else f"({past}) IS NOT TRUE", []))
    _accounts(found, viewer, filters.customer)
    _owners(found, viewer, filters.owner)
    states = Choice(
        *(tuple(STATES[word][0] for word in words) for words in (filters.state.wanted, filters.state.unwanted))
    )
    for column, choice in (("state", states), ("type", filters.type), ("severity", filters.severity)):
        found.rest += _either(column, choice.wanted, choice.unwanted)
    if filters.partner:
        wanted, unwanted = _partners(filters.partner.wanted), _partners(filters.partner.unwanted)
        found.rest += _either("partner_id", wanted, unwanted, must=bool(filters.partner.wanted))
    found.rest += [(f"({sql})", params) for sql, params in _lanes(filters.lane)]
    zone = viewer.organisation.time_zone
    found.rest += _between("act_by", *filters.due.ahead(now, zone)) if filters.due else []
    found.rest += _between("opened_at", *filters.opened.ago(now, zone)) if filters.opened else []
    if filters.exposure:
        lowest, highest = filters.exposure.minor()
        found.rest += [("c.avoidable >= %s", [lowest])] if lowest is not None else []
        found.rest += [("c.avoidable <= %s", [highest])] if highest is not None else []
        found.rest += [("c.currency = %s", [filters.exposure.currency])] if filters.exposure.currency else []
    for text, exact in (*((each, True) for each in filters.exact), (filters.text, False)):
        if text:
            _text(found, text_found(text, exact=exact))
    return found


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


def _accounts(found: Asked, viewer: Viewer, customer: Choice) -> None:
    """The accounts asked for, of those that the viewer may see; with everything below them."""
    scope = account_scope(viewer)
    wanted = {pk for name in customer.wanted for pk in accounts_named(name)} if customer.wanted else None
    unwanted = {pk for name in customer.unwanted for pk in accounts_named(name)}
    if scope is None and wanted is None:
        found.rest += _either("account_id", (), sorted(unwanted))
        return
    kept = (scope if wanted is None else wanted if scope is None else wanted & scope) or set()
    found.leads["account_id"] = sorted(kept - unwanted)


def _owners(found: Asked, viewer: Viewer, owner: Choice) -> None:
    wanted, unwanted = _members(viewer, owner.wanted), _members(viewer, owner.unwanted)
    if owner.wanted and "none" not in owner.wanted:
        found.leads["owner_id"] = wanted
    elif owner.wanted:
        found.rest.append(("(c.owner_id IS NULL OR c.owner_id = ANY(%s))", [wanted]) if wanted else _NOBODY)
    found.rest += _either("owner_id", (), unwanted)
    if "none" in owner.unwanted:
        found.rest.append(("c.owner_id IS NOT NULL", []))


_NOBODY: Final[Condition] = ("c.owner_id IS NULL", [])


def _members(viewer: Viewer, names: Sequence[str]) -> list[int]:
    """Ids of the members that are meant by "me" and by beginnings of names and addresses; those who left, too."""
    ids = {viewer.member.pk} if "me" in names else set()
    called = Q()
    for name in names:
        if name not in ("me", "none"):
            called |= Q(user__name__istartswith=name) | Q(user__email__istartswith=name) | Q(label__istartswith=name)
    if called:
        ids |= set(Member.objects.filter(called).values_list("pk", flat=True))
    return sorted(ids)


def _partners(names: Sequence[str]) -> list[int]:
    called = Q()
    for name in names:
        called |= Q(name__istartswith=name) | Q(slug__startswith=name.lower())
    return sorted(Partner.objects.filter(called).values_list("pk", flat=True)) if called else []


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
