"""How a case is worked on: answered, kept up to date, resolved, and not left open another day.

The next word to the customer is owed by a contract, by what a person promised them, or by both: then by the earlier.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from exceptions.cases.models import Case
from exceptions.cases.services.promises.base import OPENED, STEPS, Look, Promise, Promises, situation_of
from exceptions.sla import pricing
from exceptions.sla.book import BoundTerm, calendar_of
from exceptions.sla.calendars import Calendar, NeverOpen, always_open
from exceptions.sla.clocks import Allowed, Clock, Counted, Pause, clock, counted_pauses
from exceptions.sla.defaults import FIRST_RESPONSE_RATE, FIRST_RESPONSE_WITHIN, OPEN_DAY_RATE
from exceptions.sla.exposure import Option, Stake
from exceptions.sla.models import Counting, TermKind
from exceptions.sla.reach import EXCUSABLE

DAY = timedelta(hours=24)
ANSWER_MINUTES = FIRST_RESPONSE_WITHIN // timedelta(minutes=1)
HEARD = "Last word to the customer"


@dataclass(frozen=True)
class Told:
    """How a promise about a case is worded: the action that keeps it, and what is said when it is not kept."""

    key: str
    text: str
    action: str
    unless: str


ANSWER = Told("first_response", "First response", "answer", "nobody has answered")
RESOLVE = Told("resolution", "Resolved", "resolve", "not resolved")
UPDATE = Told("next_update", "Next update to the customer", "update_customer", "the customer has heard nothing new")
GIVEN = Told(UPDATE.key, "Update promised to the customer", UPDATE.action, UPDATE.unless)
OPEN_DAY = Told("open_day", "Closed within a day", "resolve", "still open")
TOLD: dict[TermKind, Told] = {
    TermKind.FIRST_RESPONSE: ANSWER,
    TermKind.HOUSE_RATE: OPEN_DAY,
    TermKind.RESOLUTION: RESOLVE,
    TermKind.NEXT_UPDATE: UPDATE,
}


def promises_of_case(case: Case, look: Look, promises: Promises) -> Iterator[Promise]:
    """The clocks that every case has; resolution and updates where a term promises them.

    A term whose deadline or price cannot be said is not priced, and that is said: it must not stop the others.
    """
    for kind in TOLD:
        situation = situation_of(case, None, case.account)
        bound = look.match(kind, situation).bound
        try:
            made = _made(case, kind, bound, look, promises)
            then = look.when_due(made.due_at) if made is not None else None
            held = then.match(kind, situation).bound if then is not None else None
            if held is not None and held is not bound and then is not None:
                # What fell due counts by the term that was in force on that day.
                made = _made(case, kind, held, then, promises)
                promises.trace_then(held, then)
            if made is not None and made.since is not None and look.clocks.told:
                made = replace(made, before=tuple(_updates_before(case, look, promises)))
        except (pricing.PriceUnknown, NeverOpen) as problem:
            promises.assume(f"{bound.term.key if bound else TOLD[kind].text} is not priced: {problem}")
        else:
            if made is not None:
                yield made


def _updates_before(case: Case, look: Look, promises: Promises) -> Iterator[Promise]:
    """Each update that was owed before the last word, kept by the word that followed; by what was promised on its day.

    What a person had promised instead, then, is not known any more. One whose price cannot be said is left out, and that
    is said: it must not stop the one that is owed now.
    """
    situation = situation_of(case, None, case.account)
    for number, kept_at in enumerate(look.clocks.told):
        earlier = replace(look, clocks=replace(look.clocks, told=look.clocks.told[:number]))
        bound = earlier.match(TermKind.NEXT_UPDATE, situation).bound
        if bound is None:
            return
        try:
            made = _promised(case, TermKind.NEXT_UPDATE, bound, earlier, Promises(), kept_at)
            then = earlier.when_due(made.due_at)
            held = then.match(TermKind.NEXT_UPDATE, situation).bound if then is not None else bound
            if held is not None:
                yield _promised(case, TermKind.NEXT_UPDATE, held, then or earlier, Promises(), kept_at)
        except (pricing.PriceUnknown, NeverOpen) as problem:
            promises.assume(f"{bound.term.key} is not priced: {problem}")


def _made(case: Case, kind: TermKind, bound: BoundTerm | None, look: Look, promises: Promises) -> Promise | None:
    match kind:
        case TermKind.FIRST_RESPONSE:
            return _first_response(case, bound, look)
        case TermKind.HOUSE_RATE:
            return _open_day(case, bound, look)
        case TermKind.NEXT_UPDATE:
            return _update(case, bound, look, promises)
    return _promised(case, kind, bound, look, promises) if bound is not None else None


def _first_response(case: Case, bound: BoundTerm | None, look: Look) -> Promise:
    price: pricing.Price = pricing.Flat(pricing.Money(FIRST_RESPONSE_RATE, look.book.currency))
    allowed = Allowed(minutes=ANSWER_MINUTES, counting=Counting.BUSINESS)
    hours = look.book.ours.calendar
    if bound is not None:
        price, hours = bound.term.price, _own_calendar(bound) or hours
        minutes = ANSWER_MINUTES if bound.row.allowed_minutes is None else bound.row.allowed_minutes
        allowed = Allowed(minutes=minutes, counting=Counting(bound.row.counting))
    counted = Counted(OPENED, case.opened_at, allowed, hours)
    due = counted.due_at
    return Promise(
        ANSWER.key,
        TermKind.FIRST_RESPONSE,
        ANSWER.text,
        due,
        case.first_response_at,
        _stakes(ANSWER, ANSWER.key, due, price, bound, look),
        bound,
        counted=counted,
    )


def _open_day(case: Case, bound: BoundTerm | None, look: Look) -> Promise:
    """The house rate charges every further day that the case is open; the next one is what can be avoided."""
    price: pricing.Price = pricing.PerUnit(pricing.Unit.DAY, (pricing.Tier(OPEN_DAY_RATE),), look.book.currency)
    if bound is not None:
        price = bound.term.price
    days = max(1, (look.now - case.opened_at) // DAY + 1)
    due = case.opened_at + days * DAY
    # Each day is asked about by itself: what comes after the next one is that day's.
    stakes = _stakes(OPEN_DAY, f"{OPEN_DAY.key}:{days}", due, price, bound, look, is_house=True, most=1)
    return Promise(OPEN_DAY.key, TermKind.HOUSE_RATE, OPEN_DAY.text, due, None, stakes, bound)


def _update(case: Case, bound: BoundTerm | None, look: Look, promises: Promises) -> Promise | None:
    """What the customer is owed next: by the contract, or before that by the word of a person.

    A later word does not put the contract off. Where no contract asks for updates, the house's rate of an answer counts.
    """
    start = _heard_last(case, look)
    given = case.next_update_at if case.next_update_at is not None and case.next_update_at > start else None
    try:
        made = _promised(case, TermKind.NEXT_UPDATE, bound, look, promises) if bound is not None else None
    except (pricing.PriceUnknown, NeverOpen) as problem:
        if given is None or bound is None:
            raise
        promises.assume(f"{bound.term.key} is not priced: {problem}")
        made = bound = None
    if given is None or (made is not None and made.due_at <= given):
        return made
    counted = Counted("Next update as promised", given, Allowed(), look.book.ours.calendar)
    price = bound.term.price if bound else pricing.Flat(pricing.Money(FIRST_RESPONSE_RATE, look.book.currency))
    key, due = update_key(start), counted.due_at
    return Promise(
        key,
        TermKind.NEXT_UPDATE,
        GIVEN.text,
        due,
        None,
        _stakes(GIVEN, key, due, price, bound, look),
        bound,
        account_id=case.account_id,
        counted=counted,
        since=start,
        is_given=True,
    )


def _heard_last(case: Case, look: Look) -> datetime:
    """From when on the customer is owed the next word."""
    return look.clocks.told[-1] if look.clocks.told else case.opened_at


def _promised(
    case: Case, kind: TermKind, bound: BoundTerm, look: Look, promises: Promises, kept_at: datetime | None = None
) -> Promise:
    """A resolution in our time, or the next update in the customer's, from the last one on.

    kept_at: of an update, when the customer heard again.
    """
    row, told = bound.row, TOLD[kind]
    is_update = kind == TermKind.NEXT_UPDATE
    theirs = look.book.hours_of_account(case.account_id) if is_update else look.book.ours
    hours = _own_calendar(bound) or (theirs.calendar if theirs else always_open(look.book.zone))
    if is_update and theirs is None and row.counting == Counting.BUSINESS and row.calendar is None:
        promises.assume("the customer's hours are not known: around the clock is assumed")
    start = _heard_last(case, look) if is_update else case.opened_at
    allowed = Allowed(minutes=row.allowed_minutes or 0, counting=Counting(row.counting))
    counted = Counted(HEARD if is_update and look.clocks.told else OPENED, start, allowed, hours)
    run, untold = _clock(kind, counted, row.notice_minutes, look)
    kept = kept_at if is_update else case.resolved_at
    key = update_key(start) if is_update else told.key
    stakes = () if run.is_paused else _stakes(told, key, run.due_at, bound.term.price, bound, look)
    return Promise(
        key,
        kind,
        bound.row.name,
        run.due_at,
        kept,
        stakes,
        bound,
        account_id=case.account_id,
        felt_due_at=run.felt_due_at,
        is_paused=run.is_paused,
        counted=counted,
        stood=run.stood,
        untold=untold,
        since=start if is_update else None,
    )


def update_key(start: datetime) -> str:
    """Each update is a promise of its own: what was missed stays missed when the next one is sent."""
    return f"{UPDATE.key}:{int(start.timestamp())}"


def _clock(kind: TermKind, counted: Counted, notice: int | None, look: Look) -> tuple[Clock, tuple[Pause, ...]]:
    """The clock, and the pauses that do not count."""
    due = counted.due_at
    if kind not in EXCUSABLE:
        return Clock(due, due), ()
    pauses = counted_pauses(look.clocks.pauses, None if notice is None else timedelta(minutes=notice))
    untold = tuple(one for one in look.clocks.pauses if one not in pauses)
    return clock(due, pauses, look.now, counted.running, start=counted.begins), untold


def _own_calendar(bound: BoundTerm) -> Calendar | None:
    return calendar_of(bound.row.calendar) if bound.row.calendar is not None else None


def _stakes(
    told: Told,
    key: str,
    due: datetime,
    price: pricing.Price,
    bound: BoundTerm | None,
    look: Look,
    *,
    is_house: bool = False,
    most: int = STEPS,
) -> tuple[Stake, ...]:
    """One for each step of the price that costs: a running charge books step after step. most: of them, from the first."""
    steps = pricing.price_steps(price, due, calendar=always_open(look.book.zone))
    return tuple(
        Stake(
            key=f"{key}:{number}",
            books_at=step.books_at,
            payable=step.money.amount,
            currency=step.money.currency,
            options=(Option(told.action, step.books_at),),
            unless=told.unless,
            term=bound.term.key if bound else "house rate",
            is_house=is_house or bound is None or bound.is_house,
            is_side=True,
            zone=look.book.zone,
            rate=look.rate(step.money.currency),
        )
        for number, step in enumerate(pricing.costing_steps(steps, most))
    )
