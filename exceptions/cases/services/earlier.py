"""Updates that the customer was owed before the last one: each was a promise of its own, and was kept or missed.

What is promised now begins with the last notice. What was promised before it stands in what pricing stored; only of
notices that came in between two pricings it is reckoned now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from exceptions.cases.models import Case, CommitmentState, StakeState
from exceptions.cases.services.priced_rows import CommitmentRow, StakeRow
from exceptions.cases.services.promises import Promise
from exceptions.cases.services.promises.of_case import ANSWER, UPDATE
from exceptions.cases.services.recording import major
from exceptions.sla.book import Book
from exceptions.sla.exposure import CERTAIN, Option, Stake
from exceptions.sla.models import TermKind


def earlier_updates(
    case: Case,
    found: Sequence[Promise],
    commitments: Mapping[str, CommitmentRow],
    stakes: Mapping[str, StakeRow],
    book: Book,
    now: datetime,
) -> Iterator[Promise]:
    """As they were stored, of the case and of those merged into it. found: everything that is promised now.

    One that was open is kept by the notice that came next, in time or late. What was missed and counted as lost stays
    so, also when no contract promises updates any more. Those that began after the last one that was stored, and were
    followed by another before anybody looked, come as the contract has them.
    """
    keys = {promise.key for promise in found}
    last = {_of(promise.key): promise for promise in found if promise.kind == TermKind.NEXT_UPDATE}
    answers = [promise.key for promise in found if promise.kind == TermKind.FIRST_RESPONSE]
    known = {UPDATE.key, *last, *(key.removesuffix(ANSWER.key) + UPDATE.key for key in answers)}
    later = case.explanation.get("later", {})
    house, lost = set(later.get("house", ())), set(later.get("lost", ()))
    for row in commitments.values():
        if row.kind != TermKind.NEXT_UPDATE or row.key in keys or _of(row.key) not in known:
            continue
        after = last.get(_of(row.key))
        standing = [
            _stake(
                stake,
                stake.key in house or (stake.state == StakeState.LOST and stake.key not in lost),
                after,
                book,
                now,
            )
            for stake in stakes.values()
            if stake.commitment == row.key
            and (stake.state == StakeState.LOST or (stake.state == StakeState.OPEN and after is not None))
        ]
        if standing or (row.state == CommitmentState.OPEN and after is not None):
            yield _promise(row, standing, after)
    for promise in last.values():
        yield from _unseen(promise, commitments)


def _unseen(promise: Promise, commitments: Mapping[str, CommitmentRow]) -> Iterator[Promise]:
    """Nothing is owed for the time before the first update that was promised and stored."""
    newest = max((_began(key) for key in commitments if _of(key) == _of(promise.key)), default=None)
    if newest is not None:
        yield from (earlier for earlier in promise.before if _began(earlier.key) > newest)


def _promise(row: CommitmentRow, stakes: Sequence[Stake], after: Promise | None) -> Promise:
    return Promise(
        key=row.key,
        kind=TermKind(row.kind),
        text=row.promise,
        due_at=row.due_at,
        kept_at=_kept_at(row, after) if after is not None else None,
        stakes=tuple(stakes),
        term=after.term if after is not None else None,
        account_id=row.account_id,
        felt_due_at=row.felt_due_at,
    )


def _kept_at(row: CommitmentRow, after: Promise) -> datetime | None:
    """When the customer heard next."""
    began = _began(row.key)
    return next((at for at in after.heard if int(at.timestamp()) > began), after.since)


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
