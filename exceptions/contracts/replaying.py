"""What is promised in cases that exist, deadline by deadline, and what a draft would make of them. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from exceptions.cases.models import Case
from exceptions.cases.services.assessing import Before, Priced, instant_for
from exceptions.cases.services.combined import Family, families_of, promises_of_all
from exceptions.cases.services.priced_rows import commitments_of, stakes_of
from exceptions.cases.services.pricing import family_priced
from exceptions.cases.services.promises import Promise
from exceptions.contracts.words import length_words
from exceptions.sla.book import Book
from exceptions.sla.explaining import phrase
from exceptions.sla.reckoning import Reckoning, reckoned

REPLAYED = 200
CHANGES_SHOWN = 10


@dataclass(frozen=True)
class Timed:
    """A promise with how its deadline came about; reckoning: None where it was reported as it is. length: the time
    allowed in words. zone: in which it is shown. state: "kept", "late" (kept, but later), "stopped", "missed" or ""."""

    promise: Promise
    state: str
    zone: str
    length: str
    reckoning: Reckoning | None


@dataclass(frozen=True)
class Change:
    """An open case that a draft would move: its line before and after."""

    number: str
    before: str
    after: str
    more: Decimal
    currency: str


@dataclass(frozen=True)
class Replay:
    """looked_at: open cases that were priced both ways; is_bounded: there are more. changed: how many would differ."""

    looked_at: int
    is_bounded: bool
    changed: int
    first: list[Change]


@dataclass(frozen=True)
class Seen:
    """What a Book makes of a case and of those merged into it: its price, and every deadline, the earliest first."""

    priced: Priced
    deadlines: list[Timed]


def case_seen(case: Case, book: Book, now: datetime) -> Seen:
    """A case as it would be priced now. A fixed number of queries."""
    family, at = families_of([case], book, now)[case.pk], instant_for(case, now)
    return _seen(family, family_priced(family, _before([case])[case.pk], book, at), book, at)


def replay(
    cases: Sequence[Case], book: Book, other: Book, now: datetime, *, case: Case | None = None
) -> tuple[Replay, Seen | None]:
    """What would change for these cases if `other` held instead of `book`; those that change most come first.

    case: one that is asked about besides; what `other` makes of it comes second. A fixed number of queries.
    """
    looked = list(cases[:REPLAYED])
    everybody = list({one.pk: one for one in (*looked, *([case] if case else []))}.values())
    families = families_of(everybody, max(book, other, key=lambda each: len(each.period_accounts)), now)
    stored = _before(everybody)
    before, after = (
        {
            key: family_priced(family, stored[key], each, instant_for(family.case, now))
            for key, family in families.items()
        }
        for each in (book, other)
    )
    changes = []
    for one in looked:
        was, will = before[one.pk].assessment, after[one.pk].assessment
        if (was.rank, was.at_risk, was.avoidable, was.lost) == (will.rank, will.at_risk, will.avoidable, will.lost):
            continue
        changes.append(
            Change(one.number, phrase(was, now), phrase(will, now), will.at_risk - was.at_risk, will.currency)
        )
    changes.sort(key=lambda change: -abs(change.more))
    found = Replay(len(looked), len(cases) > REPLAYED, len(changes), changes[:CHANGES_SHOWN])
    return found, _seen(families[case.pk], after[case.pk], other, now) if case else None


def _seen(family: Family, made: Priced, book: Book, now: datetime) -> Seen:
    return Seen(made, _timed(promises_of_all(family, book, now).found, book, now))


def _before(cases: Sequence[Case]) -> Mapping[int, Before]:
    keys = [case.pk for case in cases]
    commitments, stakes = commitments_of(keys), stakes_of(keys)
    return {key: Before(commitments.get(key, {}), stakes.get(key, {})) for key in keys}


def _timed(promises: Iterable[Promise], book: Book, now: datetime) -> list[Timed]:
    found = []
    for promise in sorted(promises, key=lambda each: each.due_at):
        counted = promise.counted
        zone = counted.calendar.zone if counted else next((stake.zone for stake in promise.stakes), book.zone)
        length = length_words(counted.allowed) if counted else ""
        reckoning = reckoned(counted, promise.stood) if counted else None
        found.append(Timed(promise, _state(promise, now), zone, length, reckoning))
    return found


def _state(promise: Promise, now: datetime) -> str:
    if promise.kept_at is not None:
        return "kept" if promise.kept_at <= promise.due_at else "late"
    if promise.is_paused:
        return "stopped"
    return "missed" if promise.due_at <= now else ""
