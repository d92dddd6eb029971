"""Prices a case: commitments, stakes, rank, when to look again, and the words for all of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from controltower.audit import SYSTEM, record
from exceptions.cases.models import (
    Case,
    CaseState,
    Commitment,
    CommitmentState,
    EntryKind,
    StakeState,
)
from exceptions.cases.models import Stake as StakeRow
from exceptions.cases.services.combined import promises_of_all
from exceptions.cases.services.promises import ARRIVAL_TERMS, Promise, Promises
from exceptions.cases.services.recording import case_locked, case_news, minor, timeline_add
from exceptions.sla.book import Book, book_now
from exceptions.sla.explaining import assumptions, clock, money, phrase, sentences, wording
from exceptions.sla.exposure import IDLE_REST, Assessment, Choice, Stake, assess, saves

MONEY = ("at_risk", "avoidable", "unavoidable", "lost", "recoverable")


def case_price(case: Case, *, now: datetime) -> Case:
    """Price the case as things stand. Idempotent. One that is not open any more is settled: nothing is at risk.

    Writes rank, act_by, amounts and the explanation; says on the timeline when an option closed or money was lost.
    The version stays, so that pricing never refuses what somebody is about to post.
    """
    case = case_locked(case)
    book = book_now()
    promises = promises_of_all(case, book, now)
    stakes = [stake for promise in promises.found for stake in promise.stakes if _counts(case, promise, stake, now)]
    assessment = assess(stakes, now, half_life=book.half_life, house_currency=book.currency)
    _store_promises(case, promises, assessment, now)
    explanation = _explanation(case, promises, assessment, now)
    explanation["would_change"] = _would_change(promises, stakes, assessment, now, book)
    _store(case, assessment, explanation, now)
    return case


def _counts(case: Case, promise: Promise, stake: Stake, now: datetime) -> bool:
    """Open stakes, and lost ones of contracts. What the house charged itself yesterday is nobody's loss today."""
    state = _stake_state(case, promise, stake, now)
    return state == StakeState.OPEN or (state == StakeState.LOST and not stake.is_house)


def _stake_state(case: Case, promise: Promise, stake: Stake, now: datetime) -> StakeState:
    if case.state == CaseState.NOT_EXCEPTION:
        return StakeState.VOID
    if promise.kept_at is not None:
        return StakeState.LOST if stake.books_at < promise.kept_at else StakeState.SAVED
    if stake.books_at <= _until(case, now):
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


def _store_promises(case: Case, promises: Promises, assessment: Assessment, now: datetime) -> None:
    """Bring commitments and stakes in line; what no longer applies is void, not deleted."""
    commitments = {row.key: row for row in Commitment.objects.filter(case=case)}
    rows = {row.key: row for row in StakeRow.objects.filter(case=case)}
    chosen = {choice.stake.key: choice for choice in assessment.choices}
    seen: set[str] = set()
    for promise in promises.found:
        commitment = commitments.pop(promise.key, None) or Commitment(case=case, key=promise.key)
        _fill_commitment(case, commitment, promise, now)
        commitment.save()
        for stake in promise.stakes:
            row = rows.get(stake.key) or StakeRow(case=case, key=stake.key)
            row.commitment = commitment
            _fill_stake(row, stake, chosen.get(stake.key), _stake_state(case, promise, stake, now), now)
            row.save()
            seen.add(stake.key)
    open_before = [row for row in commitments.values() if row.state == CommitmentState.OPEN]
    for commitment in open_before:
        commitment.state, commitment.settled_at = CommitmentState.VOID, now
        commitment.save(update_fields=["state", "settled_at"])
    gone = [row.pk for key, row in rows.items() if key not in seen and row.state == StakeState.OPEN]
    StakeRow.objects.filter(pk__in=gone).update(
        state=StakeState.VOID, settled_at=now, act_by=None, saves=0, current=None
    )


def _fill_commitment(case: Case, row: Commitment, promise: Promise, now: datetime) -> None:
    row.kind, row.promise, row.due_at = promise.kind, promise.text, promise.due_at
    row.felt_due_at = promise.due_at
    row.term = promise.term.row if promise.term else None
    row.account_id, row.shipment_id, row.stop_id = promise.account_id, promise.shipment_id, promise.stop_id
    state = _commitment_state(case, promise, now)
    if row.state != state or row.pk is None:
        row.state = state
        row.settled_at = None if state == CommitmentState.OPEN else promise.kept_at or now


def _fill_stake(row: StakeRow, stake: Stake, choice: Choice | None, state: StakeState, now: datetime) -> None:
    current = choice.option if choice else None
    priced = choice.stake if choice else stake
    row.label = f"{money(stake.payable, stake.currency)} if {stake.unless}"[:300]
    row.books_at, row.currency, row.p_idle = stake.books_at, stake.currency, float(stake.p_idle)
    row.payable, row.recoverable = minor(stake.payable), minor(stake.recoverable)
    row.options = [
        {
            "action": option.action,
            "act_by": option.act_by.isoformat(),
            "cost": str(round(option.cost, 2)),
            "p_act": str(option.p_act),
            "saves": str(saves(priced, option)),
            "label": wording(option.action).imperative,
        }
        for option in priced.options
    ]
    row.current = priced.options.index(current) if current else None
    row.act_by = current.act_by if current else None
    row.saves = minor(choice.saves) if choice else 0
    if row.state != state or row.pk is None:
        row.state = state
        row.settled_at = None if state == StakeState.OPEN else now


def _explanation(case: Case, promises: Promises, assessment: Assessment, now: datetime) -> dict[str, Any]:
    leading = assessment.leading
    return {
        "phrase": phrase(assessment, now),
        "sentences": list(sentences(assessment, now)),
        "assumed": [*dict.fromkeys([*assumptions(assessment), *promises.assumed])],
        "terms": promises.trace,
        "unavoidable": assessment.is_unavoidable,
        "action": leading.option.action if leading and leading.option else "",
        "zone": leading.stake.zone if leading else "",
        "place": leading.stake.place if leading else "",
        "recoverable_from": promises.recoverable_from,
        **({"recovered": case.explanation["recovered"]} if case.explanation.get("recovered") else {}),
    }


def _would_change(
    promises: Promises,
    stakes: list[Stake],
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
    changed = [replace(stake, p_idle=IDLE_REST) if stake.key in arrivals else stake for stake in stakes]
    first = min(
        (stake for stake in stakes if stake.key in arrivals and stake.books_at > now), default=None, key=_books_at
    )
    if first is None or assessment.rank is None or assessment.is_unavoidable:
        return {}
    other = assess(changed, now, half_life=book.half_life, house_currency=book.currency)
    when = f"{clock(first.books_at, now, first.zone)} {first.place}".strip()
    return {"if": f"the ETA is confirmed before {when}", "rank": other.rank}


def _books_at(stake: Stake) -> datetime:
    return stake.books_at


def _store(case: Case, assessment: Assessment, explanation: dict[str, Any], now: datetime) -> None:
    before = {name: getattr(case, name) for name in ("rank", "act_by", "currency", *MONEY)}
    told = case.explanation
    for name in MONEY:
        setattr(case, name, max(0, minor(getattr(assessment, name))))
    case.rank, case.act_by, case.currency = assessment.rank, assessment.act_by, assessment.currency
    case.next_change_at = assessment.next_change_at if case.is_open else None
    case.explanation, case.priced_at = explanation, now
    case.save(update_fields=[*before, "next_change_at", "explanation", "priced_at"])
    changed = {name for name, value in before.items() if getattr(case, name) != value}
    if not changed:
        return
    for text in _news(case, before, told, explanation, now):
        timeline_add(case, EntryKind.PRICED, text, actor=SYSTEM, now=now)
    case_news(case, changed, now=now)
    after = {"rank": case.rank, **{name: getattr(case, name) for name in MONEY}, "currency": case.currency}
    record(verb="case.priced", subject=f"case:{case.pk}", actor=SYSTEM, after=after, now=now)


def _news(
    case: Case, before: dict[str, Any], told: dict[str, Any], explanation: dict[str, Any], now: datetime
) -> list[str]:
    """What of it belongs on the timeline: money that booked, and an option that closed."""
    found = []
    if told and case.lost > before["lost"] and case.currency == before["currency"]:
        found += [sentence for sentence in explanation["sentences"] if " lost: " in sentence] or ["Money was lost"]
    closed = before["act_by"] is not None and before["act_by"] <= now and told.get("action")
    if closed and told["action"] != explanation["action"]:
        gerund = wording(told["action"]).gerund
        found.append(f"{gerund.capitalize()} does not work any more: {explanation['phrase']}")
    return found
