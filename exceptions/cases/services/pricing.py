"""Prices cases: commitments, stakes, rank, when to look again, and the words for all of it. Many with as many statements
as one."""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from controltower.audit import SYSTEM, record
from controltower.errors import NotFound
from controltower.tenancy.context import current_organisation_id
from controltower.web import live
from exceptions.cases import signals
from exceptions.cases.models import Case, EntryKind
from exceptions.cases.services.assessing import MONEY, Before, Breach, Priced, instant_for, news_of, priced
from exceptions.cases.services.combined import Family, families_of, promises_of_all
from exceptions.cases.services.escalating import escalations_begin
from exceptions.cases.services.priced_rows import cases_write, commitments_of, rows_write, stakes_of
from exceptions.cases.services.recording import minor, timelines_add
from exceptions.cases.services.state import Known
from exceptions.sla.book import Book, book_now

# What makes a pricing news; the words and when to look again change without anybody having to hear of it.
TOLD = ("rank", "act_by", "currency", *MONEY)


def case_price(case: Case, *, now: datetime) -> Case:
    """Price one case, as `cases_price` does. Returns it as it is stored then; NotFound when there is none."""
    found = cases_price([case.pk], now=now)
    if not found:
        raise NotFound("This case does not exist.")
    return found[0]


def cases_price(ids: Iterable[int], *, now: datetime, known: Iterable[Known] = ()) -> list[Case]:
    """Price cases as things stand, with a fixed number of statements. Idempotent; what did not change is not written.

    Locks them in order of id, to the end of the transaction. One that is not open any more is settled: nothing is at
    risk. Writes rank, act_by, amounts and the explanation; says on the timeline when an option closed or money was
    lost. Versions stay, so that pricing never refuses what somebody is about to post.

    known: shipments that the caller read just now, in the same transaction.
    """
    with _collecting_later():
        return _cases_price(set(ids), now, known)


@contextmanager
def _collecting_later() -> Iterator[None]:
    """A batch makes tens of thousands of objects that all go at its end, and none in circles: looking for circles among
    them again and again took a fifth of its time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _cases_price(ids: Collection[int], now: datetime, known: Iterable[Known]) -> list[Case]:
    locked = Case.objects.select_for_update(no_key=True, of=("self",)).select_related("account")
    cases = list(locked.filter(pk__in=ids).order_by("pk"))
    if not cases:
        return []
    book = book_now()
    keys = [case.pk for case in cases]
    families, commitments, stakes = families_of(cases, book, now, known), commitments_of(keys), stakes_of(keys)
    commitment_rows, stake_rows, changes = [], [], []
    for case in cases:
        before = Before(commitments.get(case.pk, {}), stakes.get(case.pk, {}))
        at = instant_for(case, now)
        found = family_priced(families[case.pk], before, book, at)
        new_commitments = [row for row in found.commitments if before.commitments.get(row.key) != row]
        new_stakes = [row for row in found.stakes if before.stakes.get(row.key) != row]
        commitment_rows += new_commitments
        stake_rows += new_stakes
        if was := _take(case, found, at, bool(new_commitments or new_stakes)):
            changes.append(Change(case, was, found.breaches))
    rows_write(commitment_rows, stake_rows)
    cases_write([change.case for change in changes])
    _tell([change for change in changes if change.is_news], now)
    return cases


@dataclass(frozen=True)
class Change:
    """A case that was written, with what stood in it before."""

    case: Case
    was: Mapping[str, Any]
    breaches: Sequence[Breach]

    @property
    def is_news(self) -> bool:
        return bool(self.breaches) or any(getattr(self.case, name) != self.was[name] for name in TOLD)

    @property
    def has_lost(self) -> bool:
        return self.case.lost > self.was["lost"] or (self.case.lost > 0 and self.case.currency != self.was["currency"])

    def texts(self, now: datetime) -> list[str]:
        """What the timeline says of it."""
        broken = [f"Broken: {breach.text}, due {breach.due}" for breach in self.breaches]
        return broken + news_of(self.case, self.was, self.was["explanation"], now)


def family_priced(family: Family, before: Before, book: Book, now: datetime) -> Priced:
    """A case with those merged into it, as a Book prices them. In memory only."""
    promises = promises_of_all(family, book, now)
    lasting = [] if promises.is_excused else family.lasting(before.commitments.values(), promises)
    return priced(family.case, promises, before, book, now, lasting=lasting)


def _take(case: Case, found: Priced, now: datetime, rows_changed: bool) -> dict[str, Any]:
    """Put what was found into the case. Returns what stood there before, nothing when all is as it was."""
    was = {name: getattr(case, name) for name in (*TOLD, "next_change_at", "explanation")}
    assessment = found.assessment
    for name in MONEY:
        setattr(case, name, max(0, minor(getattr(assessment, name))))
    case.rank, case.act_by, case.currency = assessment.rank, assessment.act_by, assessment.currency
    case.next_change_at = _looks_again(case, assessment.next_change_at, now) if case.is_open else None
    case.explanation = found.explanation
    if not rows_changed and case.priced_at is not None and all(getattr(case, name) == was[name] for name in was):
        return {}
    case.priced_at = now
    return was


def _looks_again(case: Case, changes_at: datetime | None, now: datetime) -> datetime | None:
    """When an option closes or a loss books, or the time that the customer was given passes: it is no fact any more."""
    given = case.next_update_at if case.next_update_at is not None and case.next_update_at > now else None
    return min((at for at in (changes_at, given) if at is not None), default=None)


def _tell(changes: Sequence[Change], now: datetime) -> None:
    """Timeline, audit, news above and on the screens, each once for all."""
    if not changes:
        return
    lines = ((change.case.pk, text, None) for change in changes for text in change.texts(now))
    timelines_add(EntryKind.PRICED, lines, now=now)
    escalations_begin([breach for change in changes if change.case.is_open for breach in change.breaches], now=now)
    for change in changes:
        _audit(change, now)
    signals.cases_priced.send(sender=Case, cases=[change.case for change in changes], now=now)
    live.changed(current_organisation_id())


def _audit(change: Change, now: datetime) -> None:
    case, subject = change.case, f"case:{change.case.pk}"
    for breach in change.breaches:
        broken = {"commitment": breach.commitment, "kind": breach.kind, "term": breach.term}
        record(verb="commitment.broken", subject=subject, actor=SYSTEM, after=broken, now=now)
    # One entry for each case: a booked loss is a pricing that the trail can be searched for.
    verb = "loss.booked" if change.has_lost else "case.priced"
    was = {"lost": change.was["lost"], "currency": change.was["currency"]} if change.has_lost else None
    after = {"rank": case.rank, **{name: getattr(case, name) for name in MONEY}, "currency": case.currency}
    record(verb=verb, subject=subject, actor=SYSTEM, before=was, after=after, now=now)
