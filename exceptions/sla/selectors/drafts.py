"""Contracts of the database in the words of drafts, and what a draft may speak of."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from exceptions.parties.models import Account
from exceptions.sla.book import book_now, calendar_of
from exceptions.sla.calendars import Calendar
from exceptions.sla.checking import InForce, World
from exceptions.sla.defaults import DOLLARS
from exceptions.sla.drafts import ContractDraft, TermDraft, regime_key
from exceptions.sla.models import Calendar as CalendarRow
from exceptions.sla.models import ClaimRegime, ContractVersion, CurrencyRate, Term, VersionState

# Columns of a term that a draft has under the same name and in the same form.
SAME = (
    "kind", "name", "subkind", "service", "mode", "lane", "case_type", "goods_class", "tier", "severity", "starts",
    "measured", "counting", "allowed_minutes", "allowed_days", "first_day_counts", "notice_minutes", "period",
    "threshold", "price",
)  # fmt: skip


def contract_draft(version: ContractVersion, *, but: int | None = None) -> ContractDraft:
    """A version with its terms as it is exported and checked, without the one of the id `but`. Three queries."""
    contract = version.contract
    terms = (
        Term.objects.filter(version=version)
        .exclude(pk__in=[] if but is None else [but])
        .select_related("account", "calendar", "regime")
    )
    return ContractDraft(
        code=contract.code,
        name=contract.name,
        currency=contract.currency,
        effective_from=version.effective_from,
        account=contract.account.code if contract.account else "",
        side=contract.side,
        effective_to=version.effective_to,
        note=version.note,
        terms=tuple(term_draft(term) for term in terms.order_by("pk")),
    )


def contract_world(draft: ContractDraft) -> World:
    """What the organisation has that this contract may name. Five queries.

    A version of it that began earlier does not stand in its way: it ends where this one begins.
    """
    rows = list(Account.objects.values_list("pk", "code", "path"))
    codes = {pk: code for pk, code, _ in rows}
    ways = {pk: [int(step) for step in path.split("/") if step] for pk, _, path in rows}
    calendars: dict[str, list[Calendar]] = defaultdict(list)
    for row in CalendarRow.objects.order_by("pk"):
        calendars[row.name].append(calendar_of(row))
    versions = ContractVersion.objects.filter(
        contract__code=draft.code, state=VersionState.ACTIVE, effective_from__gte=draft.effective_from
    )
    book = book_now()
    hours = {codes[pk]: book.hours_of_account(pk) for pk in sorted(book.accounts_with_hours) if pk in codes}
    candidates = {book.currency, *DOLLARS, *CurrencyRate.objects.values_list("currency", flat=True)}
    return World(
        accounts={
            code: (code, *(codes[step] for step in reversed(ways[pk]) if step != pk and step in codes))
            for pk, code in codes.items()
        },
        calendars={name: tuple(found) for name, found in calendars.items()},
        # One whose rate begins later is known, too.
        currencies=frozenset(currency for currency in candidates if book.rate(currency, date.max) is not None),
        regimes={
            regime_key(row.code, row.step, row.case_type): (row.step, row.case_type)
            for row in ClaimRegime.objects.all()
        },
        ours=book.ours.calendar,
        hours={code: found.calendar for code, found in hours.items() if found is not None},
        in_force=tuple(InForce(row.number, row.effective_from, row.effective_to) for row in versions),
    )


def term_draft(term: Term) -> TermDraft:
    """One term as it is checked and exported."""
    regime = term.regime
    return TermDraft(
        **{name: getattr(term, name) for name in SAME},
        account=term.account.code if term.account else "",
        calendar=term.calendar.name if term.calendar else "",
        regime=regime_key(regime.code, regime.step, regime.case_type) if regime else "",
    )
