"""Updates that the customer was owed before the last one: each was a promise of its own, and was kept or missed.

What is promised now begins with the last word. What was promised before it stands in what pricing stored; only of
words that came in between two pricings it is reckoned now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from exceptions.cases.models import Case, CommitmentState, StakeState
from exceptions.cases.services.priced_rows import CommitmentRow, StakeRow
from exceptions.cases.services.promises import Promise
from exceptions.cases.services.promises.of_case import GIVEN
from exceptions.cases.services.recording import major
from exceptions.sla.book import Book
from exceptions.sla.exposure import CERTAIN, Option, Stake
from exceptions.sla.models import TermKind


def earlier_updates(
    case: Case,
    found: Sequence[Promise],
    commitments: Mapping[str, CommitmentRow],
    stakes: Mapping[str, StakeRow],
    heard: Mapping[str, Sequence[datetime]],
    book: Book,
    now: datetime,
) -> Iterator[Promise]:
    """As they were stored, of the case and of those merged into it. found: everything that is promised now; heard: when
    the customer heard, as `Promises` has it.

    One that was open is kept by the word that came next, in time or late. What was missed and counted as lost stays
    so, also when nothing promises updates any more. Those that began after the last one that was stored, and were
    followed by another before anybody looked, come as the contract has them.
    """
    keys = {promise.key for promise in found}
    last = {_of(promise.key): promise for promise in found if promise.kind == TermKind.NEXT_UPDATE}
    for row in commitments.values():
        if row.kind != TermKind.NEXT_UPDATE or row.key in keys or _of(row.key) not in heard:
            continue
        after = last.get(_of(row.key))
        kept_at = _kept_at(row, after, heard[_of(row.key)])
        standing = _standing(case, row, stakes, after, book, now, with_open=kept_at is not None)
        if standing or (row.state == CommitmentState.OPEN and kept_at is not None):
            yield _promise(row, standing, after, kept_at)
    for promise in last.values():
        yield from _unseen(promise, commitments)


def as_missed(
    case: Case,
    promise: Promise,
    commitments: Mapping[str, CommitmentRow],
    stakes: Mapping[str, StakeRow],
    book: Book,
    now: datetime,
) -> Promise:
    """The time that a person gave the customer and that passed in silence stays missed, until the customer hears: a later
    one, or none, takes nothing back. Everything else comes as it is."""
    row = commitments.get(promise.key)
    if row is None or row.state != CommitmentState.BROKEN or not _was_given(row) or row.due_at >= promise.due_at:
        return promise
    standing = _standing(case, row, stakes, promise, book, now, with_open=True)
    stored = _promise(row, standing, promise, None)
    return replace(stored, since=promise.since, before=promise.before)


def _standing(
    case: Case,
    row: CommitmentRow,
    stakes: Mapping[str, StakeRow],
    after: Promise | None,
    book: Book,
    now: datetime,
    *,
    with_open: bool,
) -> list[Stake]:
    """The stakes of a stored promise that were lost, and those that were not yet."""
    house, lost = stakes_said(case, "house"), stakes_said(case, "lost")
    return [
        _stake(
            stake, stake.key in house or (stake.state == StakeState.LOST and stake.key not in lost), after, book, now
        )
        for stake in stakes.values()
        if stake.commitment == row.key
        and (stake.state == StakeState.LOST or (stake.state == StakeState.OPEN and with_open))
    ]


def stakes_said(case: Case, what: str) -> frozenset[str]:
    """Keys of the stakes of which pricing kept something that their rows do not say: that the house prices them ("house"),
    that they counted as lost ("lost")."""
    return frozenset(case.explanation.get("later", {}).get(what, ()))


def _unseen(promise: Promise, commitments: Mapping[str, CommitmentRow]) -> Iterator[Promise]:
    """Nothing is owed for the time before the first update that was promised and stored."""
    newest = max((_began(key) for key in commitments if _of(key) == _of(promise.key)), default=None)
    if newest is not None:
        yield from (earlier for earlier in promise.before if _began(earlier.key) > newest)


def _promise(row: CommitmentRow, stakes: Sequence[Stake], after: Promise | None, kept_at: datetime | None) -> Promise:
    return Promise(
        key=row.key,
        kind=TermKind(row.kind),
        text=row.promise,
        due_at=row.due_at,
        kept_at=kept_at,
        stakes=tuple(stakes),
        term=after.term if after is not None else None,
        account_id=row.account_id,
        felt_due_at=row.felt_due_at,
        is_given=_was_given(row),
    )


def _was_given(row: CommitmentRow) -> bool:
    """Whether it stood on the word of a person; behind what it says may come the number of a merged case."""
    return row.kind == TermKind.NEXT_UPDATE and row.promise.startswith(GIVEN.text)


def _kept_at(row: CommitmentRow, after: Promise | None, heard: Sequence[datetime]) -> datetime | None:
    """When the customer heard next; None when they have not."""
    began = _began(row.key)
    return next((at for at in heard if int(at.timestamp()) > began), after.since if after is not None else None)


def _stake(row: StakeRow, is_house: bool, after: Promise | None, book: Book, now: datetime) -> Stake:
    term = after.term.term.key if after is not None and after.term is not None else ""
    return stake_of_row(row, book, now, term=term, is_house=is_house, is_side=True)


def stake_of_row(
    row: StakeRow, book: Book, now: datetime, *, term: str = "", is_house: bool = False, is_side: bool = False
) -> Stake:
    """A stake as it was stored."""
    return Stake(
        key=row.key,
        books_at=row.books_at,
        payable=major(row.payable),
        currency=row.currency,
        recoverable=major(row.recoverable),
        options=tuple(
            Option(
                option["action"],
                datetime.fromisoformat(option["act_by"]),
                Decimal(option["whole"]),
                Decimal(option["p_act"]),
            )
            for option in row.options
        ),
        unless=row.label.partition(" if ")[2],
        term=term,
        is_house=is_house,
        is_side=is_side,
        zone=book.zone,
        rate=book.rate(row.currency, book.day(now)) or CERTAIN,
    )


def _of(key: str) -> str:
    """Whose updates a commitment is about: its key without the period."""
    return key.rpartition(":")[0]


def _began(key: str) -> int:
    """When the period of an update began, in seconds: the other part of its key."""
    return int(key.rpartition(":")[2])
