"""What pricing makes of promises: what counts, what it is worth now, and the words for it. Without the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from exceptions.cases.models import Case, CaseState, CommitmentState, StakeState
from exceptions.cases.services.earlier import as_missed, earlier_updates, stake_of_row, stakes_said
from exceptions.cases.services.priced_rows import CommitmentRow, StakeRow, stake_voided
from exceptions.cases.services.promises import ARRIVAL_TERMS, Promise, Promises
from exceptions.cases.services.recording import major, minor
from exceptions.sla.book import Book
from exceptions.sla.explaining import assumptions, clock, money, phrase, sentences, wording
from exceptions.sla.exposure import CERTAIN, IDLE_REST, Assessment, Choice, Stake, assess, rank_of, saves

MONEY: Final = ("at_risk", "avoidable", "unavoidable", "lost", "recoverable")
# A clock that is set back by less than this stands still for a case until it has caught up: nothing that passed comes
# back. One that is set back further was wrong before, and options are judged by the time that it shows now.
CLOCK_STEP: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Before:
    """What was stored of a case when it was priced last, by keys."""

    commitments: Mapping[str, CommitmentRow]
    stakes: Mapping[str, StakeRow]

    def is_booked(self, stake: Stake) -> bool:
        """Whether it was booked as lost before, for the same instant: no clock takes that back."""
        row = self.stakes.get(stake.key)
        return row is not None and row.state == StakeState.LOST and row.books_at == stake.books_at


@dataclass(frozen=True)
class Breach:
    """A promise to somebody outside that was found broken just now. term, contract: ids of what it stands in; None where
    only the word of a person stands behind it."""

    case: int
    commitment: str
    kind: str
    text: str
    due: str
    term: int | None
    contract: int | None


@dataclass(frozen=True)
class Priced:
    """A case as it stands at an instant: rows as they should be, those that no longer apply included."""

    commitments: list[CommitmentRow]
    stakes: list[StakeRow]
    assessment: Assessment
    explanation: dict[str, Any]
    breaches: list[Breach]


def instant_for(case: Case, now: datetime) -> datetime:
    """The instant to price a case by: now, but not shortly before it was priced last."""
    before = case.priced_at
    return before if before is not None and now < before <= now + CLOCK_STEP else now


def priced(
    case: Case, promises: Promises, before: Before, book: Book, now: datetime, *, lasting: Collection[str] = ()
) -> Priced:
    """Price a case that may change anything in memory only. Idempotent.

    lasting: keys of commitments that stand although no term in force promises them any more.
    """
    rows_before = (before.commitments, before.stakes)
    standing = [as_missed(case, promise, *rows_before, book, now) for promise in promises.found]
    earlier = earlier_updates(case, standing, *rows_before, promises.heard, book, now)
    found = [_as_booked(case, promise, before, book, now) for promise in standing]
    promises = replace(promises, found=[*found, *earlier])
    lost = [stake for key in lasting for stake in _still_lost(key, before, book, now)]
    stakes = [
        stake
        for promise in promises.found
        for stake in promise.stakes
        if _counts(stake, _stake_state(case, promise, stake, before, now))
    ]
    booked = frozenset(stake.key for stake in [*stakes, *lost] if before.is_booked(stake))
    assessment = _assess([*stakes, *lost], booked, book, now)
    explanation = _explanation(case, promises, assessment, now)
    explanation["later"] = _later([*stakes, *lost], assessment)
    explanation["would_change"] = _would_change(promises, [*stakes, *lost], booked, assessment, now, book)
    commitments, rows = _rows(case, promises, before, assessment, now)
    kept = {stake.key for stake in lost}
    return Priced(
        commitments + _ended_commitments(before, {row.key for row in commitments}, now),
        rows + _ended_stakes(before, {row.key for row in rows} | kept, promises, now),
        assessment,
        explanation,
        _breaches(promises, commitments, before, now),
    )


def _breaches(promises: Promises, rows: list[CommitmentRow], before: Before, now: datetime) -> list[Breach]:
    """What the house promised to nobody but itself is no breach, and a broken promise breaks once. What a person gave to
    the customer is one, whether a contract asks for it or not."""
    newly = {
        row.key: row
        for row in rows
        if row.state == CommitmentState.BROKEN
        and not ((old := before.commitments.get(row.key)) and old.state == row.state and old.due_at == row.due_at)
    }
    return [
        Breach(
            case=newly[promise.key].case_id,
            commitment=promise.key,
            kind=promise.kind,
            text=promise.text,
            due=_clock(promise, now),
            term=_term_id(promise),
            contract=promise.term.row.version.contract_id if promise.term is not None else None,
        )
        for promise in promises.found
        if promise.key in newly and (promise.is_given or (promise.term is not None and not promise.term.is_house))
    ]


def _clock(promise: Promise, now: datetime) -> str:
    stake = promise.stakes[0] if promise.stakes else None
    return f"{clock(promise.due_at, now, stake.zone)} {stake.place}".strip() if stake else f"{promise.due_at:%H:%M}Z"


def _assess(stakes: list[Stake], booked: Collection[str], book: Book, now: datetime) -> Assessment:
    return assess(stakes, now, half_life=book.half_life, house_currency=book.currency, booked=booked)


def _still_lost(key: str, before: Before, book: Book, now: datetime) -> list[Stake]:
    """What a commitment lost, as it was booked: a contract that ran out since takes nothing back."""
    return [
        stake_of_row(row, book, now)
        for row in before.stakes.values()
        if row.commitment == key and row.state == StakeState.LOST
    ]


def _as_booked(case: Case, promise: Promise, before: Before, book: Book, now: datetime) -> Promise:
    """What has booked keeps its amount when another term, or the house's rate, has come in the place of the one behind
    it; and what counted as lost by a contract goes on counting."""
    old = before.commitments.get(promise.key)
    if old is None or old.term_id == _term_id(promise) or not any(before.is_booked(stake) for stake in promise.stakes):
        return promise
    counted = stakes_said(case, "lost")
    return replace(
        promise,
        stakes=tuple(
            _with_amount(stake, before.stakes[stake.key], book, now)._replace(
                is_house=stake.is_house and stake.key not in counted
            )
            if before.is_booked(stake)
            else stake
            for stake in promise.stakes
        ),
    )


def _with_amount(stake: Stake, row: StakeRow, book: Book, now: datetime) -> Stake:
    """The stake as it was booked. Whether somebody else owes it is found out later: that part may still change."""
    rate = stake.rate if row.currency == stake.currency else book.rate(row.currency, book.day(now)) or CERTAIN
    owed = min(stake.recoverable * stake.rate / rate, major(row.payable))
    return stake._replace(payable=major(row.payable), currency=row.currency, rate=rate, recoverable=owed)


def _term_id(promise: Promise) -> int | None:
    return promise.term.row.pk if promise.term else None


def _counts(stake: Stake, state: StakeState) -> bool:
    """Open stakes, and lost ones of contracts. What the house charged itself yesterday is nobody's loss today."""
    return state == StakeState.OPEN or (state == StakeState.LOST and not stake.is_house)


def _stake_state(case: Case, promise: Promise, stake: Stake, before: Before, now: datetime) -> StakeState:
    if case.state == CaseState.NOT_EXCEPTION:
        return StakeState.VOID
    if promise.kept_at is not None:
        return StakeState.LOST if stake.books_at < promise.kept_at else StakeState.SAVED
    if stake.books_at <= _until(case, now) or before.is_booked(stake):
        return StakeState.LOST
    return StakeState.OPEN if case.is_open else StakeState.VOID


def _commitment_state(case: Case, promise: Promise, now: datetime) -> CommitmentState:
    if case.state == CaseState.NOT_EXCEPTION:
        return CommitmentState.VOID
    if promise.kept_at is not None:
        return CommitmentState.MET if promise.kept_at <= promise.due_at else CommitmentState.BROKEN
    if promise.due_at <= _until(case, now):
        return CommitmentState.BROKEN
    return CommitmentState.OPEN if case.is_open else CommitmentState.VOID


def _until(case: Case, now: datetime) -> datetime:
    """Losses book while the case is open; what the world does after that is not this case's."""
    return min(now, case.resolved_at) if case.resolved_at and not case.is_open else now


def _rows(
    case: Case, promises: Promises, before: Before, assessment: Assessment, now: datetime
) -> tuple[list[CommitmentRow], list[StakeRow]]:
    chosen = {choice.stake.key: choice for choice in assessment.choices}
    commitments, stakes = {}, {}
    for promise in promises.found:
        old_commitment = before.commitments.get(promise.key)
        row = _commitment_row(case, promise, old_commitment, now)
        if old_commitment is not None and any(before.is_booked(stake) for stake in promise.stakes):
            row = row._replace(term_id=old_commitment.term_id)
        commitments[promise.key] = row
        for stake in promise.stakes:
            state = _stake_state(case, promise, stake, before, now)
            old = before.stakes.get(stake.key)
            stakes[stake.key] = _stake_row(case, promise.key, stake, chosen.get(stake.key), state, old, now)
    return list(commitments.values()), list(stakes.values())


def _commitment_row(case: Case, promise: Promise, old: CommitmentRow | None, now: datetime) -> CommitmentRow:
    state = _commitment_state(case, promise, now)
    if old is not None and old.state == CommitmentState.BROKEN and old.due_at == promise.due_at:
        # What was broken stays so until the deadline or what is known about keeping it changes.
        state = CommitmentState.BROKEN if state == CommitmentState.OPEN else state
    settled = None if state == CommitmentState.OPEN else promise.kept_at or now
    return CommitmentRow(
        case_id=case.pk,
        key=promise.key,
        kind=promise.kind,
        term_id=_term_id(promise),
        account_id=promise.account_id,
        shipment_id=promise.shipment_id,
        stop_id=promise.stop_id,
        promise=promise.text[:300],
        due_at=promise.due_at,
        felt_due_at=promise.felt_due_at or promise.due_at,
        is_paused=promise.is_paused,
        state=state,
        settled_at=old.settled_at if old is not None and old.state == state else settled,
    )


def _stake_row(
    case: Case,
    commitment: str,
    stake: Stake,
    choice: Choice | None,
    state: StakeState,
    old: StakeRow | None,
    now: datetime,
) -> StakeRow:
    current = choice.option if choice else None
    costed = choice.stake if choice else stake
    return StakeRow(
        case_id=case.pk,
        commitment=commitment,
        key=stake.key,
        label=f"{money(stake.payable, stake.currency)} if {stake.unless}"[:300],
        books_at=stake.books_at,
        payable=minor(stake.payable),
        recoverable=minor(stake.recoverable),
        currency=stake.currency,
        p_idle=float(stake.p_idle),
        options=[
            {
                "action": option.action,
                "act_by": option.act_by.isoformat(),
                "cost": str(round(option.cost, 2)),
                "whole": str(whole.cost),
                "p_act": str(option.p_act),
                "saves": str(saves(costed, option)),
                "label": wording(option.action).imperative,
            }
            for option, whole in zip(costed.options, stake.options, strict=True)
        ],
        current=costed.options.index(current) if current else None,
        act_by=current.act_by if current else None,
        saves=minor(choice.saves) if choice else 0,
        state=state,
        settled_at=old.settled_at
        if old is not None and old.state == state
        else (None if state == StakeState.OPEN else now),
    )


def _ended_commitments(before: Before, seen: Collection[str], now: datetime) -> list[CommitmentRow]:
    """What is promised no longer is void, not deleted."""
    return [
        row._replace(state=CommitmentState.VOID, settled_at=now)
        for key, row in before.commitments.items()
        if key not in seen and row.state == CommitmentState.OPEN
    ]


def _ended_stakes(before: Before, kept: Collection[str], promises: Promises, now: datetime) -> list[StakeRow]:
    """The same for stakes; and what a contract had booked is void once a person has accepted an excuse."""
    standing = {promise.key for promise in promises.found}
    return [
        row._replace(**stake_voided(now))
        for key, row in before.stakes.items()
        if key not in kept
        and (
            row.state == StakeState.OPEN
            or (promises.is_excused and row.state == StakeState.LOST and row.commitment not in standing)
        )
    ]


def _explanation(case: Case, promises: Promises, assessment: Assessment, now: datetime) -> dict[str, Any]:
    leading = assessment.leading
    return {
        "phrase": phrase(assessment, now),
        "sentences": list(sentences(assessment, now)),
        "assumed": [*dict.fromkeys([*assumptions(assessment), *promises.assumed])],
        "terms": list(promises.trace),
        "unavoidable": assessment.is_unavoidable,
        "no_sla": not any(promise.term is not None and not promise.term.is_house for promise in promises.found),
        "action": leading.option.action if leading and leading.option else "",
        "zone": leading.stake.zone if leading else "",
        "place": leading.stake.place if leading else "",
        "recoverable_from": promises.recoverable_from,
        **({"recovered": case.explanation["recovered"]} if case.explanation.get("recovered") else {}),
    }


def _later(stakes: Sequence[Stake], assessment: Assessment) -> dict[str, Any]:
    """What the rows do not say of stakes, so that they can be assessed at another instant: see `selectors.later`."""
    return {
        "house": [stake.key for stake in stakes if stake.is_house],
        "side": [stake.key for stake in stakes if stake.is_side],
        "lost": [stake.key for stake in assessment.booked],
        "rates": {stake.currency: str(stake.rate) for stake in stakes},
    }


def _would_change(
    promises: Promises,
    stakes: list[Stake],
    booked: Collection[str],
    assessment: Assessment,
    now: datetime,
    book: Book,
) -> dict[str, Any]:
    """The same function on a changed input: where the case would stand if the ETA were confirmed in time."""
    arrivals = {
        stake.key
        for promise in promises.found
        if promise.kind in ARRIVAL_TERMS and promise.kept_at is None
        for stake in promise.stakes
    }
    first = min(
        (stake for stake in stakes if stake.key in arrivals and stake.books_at > now), default=None, key=_books_at
    )
    if first is None or assessment.rank is None or assessment.is_unavoidable:
        return {}
    changed = [stake._replace(p_idle=IDLE_REST) if stake.key in arrivals else stake for stake in stakes]
    other = rank_of(changed, now, half_life=book.half_life, booked=booked)
    when = f"{clock(first.books_at, now, first.zone)} {first.place}".strip()
    return {"if": f"the ETA is confirmed before {when}", "rank": other}


def news_of(case: Case, before: Mapping[str, Any], told: Mapping[str, Any], now: datetime) -> list[str]:
    """What of a pricing belongs on the timeline: money that booked, and an option that closed.

    before: the money columns as they were; told: the explanation as it was.
    """
    found = []
    if told and case.lost > before["lost"] and case.currency == before["currency"]:
        found += [sentence for sentence in case.explanation["sentences"] if " lost: " in sentence]
        found = found or ["Money was lost"]
    closed = before["act_by"] is not None and before["act_by"] <= now and told.get("action")
    if closed and told["action"] != case.explanation["action"]:
        gerund = wording(told["action"]).gerund
        found.append(f"{gerund.capitalize()} does not work any more: {case.explanation['phrase']}")
    return found


def _books_at(stake: Stake) -> datetime:
    return stake.books_at
