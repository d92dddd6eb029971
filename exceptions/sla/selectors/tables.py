"""Lead times and rates as they stand: what is shipped, and beside it what the organisation says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from controltower.errors import NotFound
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer, require
from exceptions.parties.selectors import account_scope
from exceptions.sla.book import Book
from exceptions.sla.defaults import DOLLARS, LEAD_TIMES, LeadTimeDefault
from exceptions.sla.models import CurrencyRate, LeadTime
from exceptions.sla.selectors.contracts import contracts_visible
from exceptions.sla.services.rates import currency_users

Key = tuple[str, str, str]


@dataclass(frozen=True)
class ActionRow:
    """One action for a type of case and a mode. shipped: None for an action of the organisation's own.

    own: the correction that holds for everybody. of_parties: those that hold for one acting party."""

    action: str
    case_type: str
    mode: str
    shipped: LeadTimeDefault | None = None
    own: LeadTime | None = None
    of_parties: list[LeadTime] = field(default_factory=list)


@dataclass(frozen=True)
class RateRow:
    """Each rate a currency has had, the newest first; users: contracts in it. worth: what pricing counts with now,
    None when nothing is known."""

    currency: str
    worth: Decimal | None
    rates: list[CurrencyRate]
    users: list[str]
    is_shipped: bool


def lead_times_table(viewer: Viewer) -> list[ActionRow]:
    """Every row that is shipped or corrected, by type of case, then action, then mode."""
    require(viewer, Verb.VIEW)
    shipped: dict[Key, LeadTimeDefault] = {(row.case_type, row.action, row.mode): row for row in LEAD_TIMES}
    own: dict[Key, LeadTime] = {}
    of_parties: dict[Key, list[LeadTime]] = {}
    found = LeadTime.objects.select_related("account", "calendar", "changed_by__user").order_by("account__name", "pk")
    scope = account_scope(viewer)
    if scope is not None:
        found = found.filter(Q(account=None) | Q(account__in=scope))
    for row in found:
        key = (row.case_type, row.action, row.mode)
        if row.account_id is None:
            own[key] = row
        else:
            of_parties.setdefault(key, []).append(row)
    return [
        ActionRow(action, case_type, mode, shipped.get(key), own.get(key), of_parties.get(key, []))
        for key in sorted({*shipped, *own, *of_parties})
        for case_type, action, mode in [key]
    ]


def lead_time_find(viewer: Viewer, *, action: str, case_type: str, mode: str, account: int | None) -> LeadTime | None:
    """The correction of exactly this scope."""
    require(viewer, Verb.VIEW)
    rows = LeadTime.objects.select_related("account", "calendar", "changed_by__user")
    return rows.filter(action=action, case_type=case_type, mode=mode, account=account).first()


def lead_time_get(viewer: Viewer, pk: int) -> LeadTime:
    require(viewer, Verb.VIEW)
    found = LeadTime.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound("This row is reset already, or it never was.")
    return found


def rates_table(viewer: Viewer, book: Book, *, now: datetime) -> list[RateRow]:
    """Currencies that have a rate of ours, are shipped, or are needed by a contract that the viewer sees; the house's
    own is not listed."""
    require(viewer, Verb.VIEW)
    found: dict[str, list[CurrencyRate]] = {}
    for row in CurrencyRate.objects.order_by("currency", "-valid_from"):
        found.setdefault(row.currency, []).append(row)
    needed = currencies_needed(viewer)
    names = {*found, *needed, *DOLLARS} - {book.currency}
    return [
        RateRow(name, book.rate(name, book.day(now)), found.get(name, []), needed.get(name, []), name in DOLLARS)
        for name in sorted(names, key=lambda name: (name not in needed, name not in found, name))
    ]


def currencies_needed(viewer: Viewer) -> dict[str, list[str]]:
    """Currencies of the contracts that the viewer sees, each with the codes of those that are in it."""
    users: dict[str, set[str]] = {}
    for currency, code in currency_users(contracts_visible(viewer)):
        users.setdefault(currency, set()).add(code)
    return {currency: sorted(codes) for currency, codes in users.items()}


def rate_get(viewer: Viewer, pk: int) -> CurrencyRate:
    require(viewer, Verb.VIEW)
    found = CurrencyRate.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such rate.")
    return found
