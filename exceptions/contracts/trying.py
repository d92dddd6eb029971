"""What would hold for typed facts, and why: terms, deadlines, prices, stakes, place. A function of its arguments."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from itertools import islice

from exceptions.sla.book import Book, BoundTerm, Hours, calendar_of
from exceptions.sla.calendars import NeverOpen, always_open
from exceptions.sla.clocks import Counted
from exceptions.sla.defaults import helps
from exceptions.sla.exposure import Assessment, Option, Stake, act_by, assess
from exceptions.sla.kinds import Side, Starts, Subkind, TermKind
from exceptions.sla.pricing import Money, PriceUnknown, Situation, price_steps
from exceptions.sla.reach import AT_STAKE
from exceptions.sla.reckoning import Reckoning, reckoned

STEPS_SHOWN = 8


@dataclass(frozen=True)
class Facts:
    """What is typed instead of a case. since: when the clock starts, for windows their end; value: of the order;
    theirs: the same situation as terms of the carrier or terminal are matched against, None when nobody is named."""

    situation: Situation
    since: datetime
    value: Money | None = None
    theirs: Situation | None = None


@dataclass(frozen=True)
class PriceStep:
    at: datetime
    amount: Decimal
    total: Decimal
    currency: str


@dataclass(frozen=True)
class Tried:
    """One kind of promise. bound: the term that applies, None when nothing was promised. unpriced: why no amount is
    known. reckoning: how the deadline came about, None when it is not counted from the time that was typed. side: who owes
    for it."""

    kind: TermKind
    label: str
    bound: BoundTerm | None
    trace: tuple[str, ...]
    zone: str
    reckoning: Reckoning | None = None
    prices: list[PriceStep] = field(default_factory=list)
    is_running: bool = False
    unpriced: str = ""
    side: Side = Side.PAYABLE


def try_facts(facts: Facts, book: Book, now: datetime) -> tuple[list[Tried], Assessment]:
    """Every promise that such a case would put at stake, and what it would be worth. A function of its arguments.

    What others owe us for the same comes after it, and is taken off nothing: nobody has accepted yet that it is theirs.
    """
    promised = ((TermKind.FIRST_RESPONSE, None), *AT_STAKE.get(facts.situation.case_type, ()))
    looked = [(subkind, _tried(kind, subkind, facts, book, now, Side.PAYABLE)) for kind, subkind in promised]
    theirs = [_tried(kind, subkind, facts, book, now, Side.RECOVERABLE) for kind, subkind in promised if facts.theirs]
    owed = [one for one in theirs if one.bound is not None]
    # A claim is against the carrier first.
    claims = [one for one in owed if one.kind == TermKind.CLAIM]
    against = {one.label for one in claims}
    # Of a kind with several, those that nobody promised are not worth a line each.
    ours = [one for subkind, one in looked if (subkind is None or one.bound is not None) and one.label not in against]
    stakes = [stake for one in (*ours, *claims) for stake in _stakes(one, facts, book, now)]
    return [*ours, *owed], assess(stakes, now, half_life=book.half_life, house_currency=book.currency)


def _tried(kind: TermKind, subkind: Subkind | None, facts: Facts, book: Book, now: datetime, side: Side) -> Tried:
    return replace(_promised(kind, subkind, facts, book, now, side), side=side)


def _promised(kind: TermKind, subkind: Subkind | None, facts: Facts, book: Book, now: datetime, side: Side) -> Tried:
    label = str(subkind.label if subkind else kind.label)
    is_theirs = side == Side.RECOVERABLE
    situation = facts.theirs if is_theirs and facts.theirs else facts.situation
    found = book.match(kind, situation._replace(subkind=subkind or ""), book.day(now), side, is_theirs)
    if found.bound is None:
        return Tried(kind, label, None, found.trace, book.zone)
    zone = book.zone
    if unknown := _unknown(found.bound):
        return Tried(kind, label, found.bound, found.trace, zone, unpriced=unknown)
    try:
        reckoning = reckoned(_counted(found.bound, facts.since, book))
    except NeverOpen:
        return Tried(
            kind, label, found.bound, found.trace, zone, unpriced="its calendar never has that much working time"
        )
    try:
        steps = list(
            islice(
                price_steps(found.bound.term.price, reckoning.due_at, value=facts.value, calendar=always_open(zone)),
                STEPS_SHOWN + 1,
            )
        )
    except PriceUnknown as problem:
        return Tried(kind, label, found.bound, found.trace, zone, reckoning, unpriced=str(problem))
    prices, total = [], Decimal(0)
    for step in steps[:STEPS_SHOWN]:
        total += step.money.amount
        prices.append(PriceStep(step.books_at, step.money.amount, total, step.money.currency))
    return Tried(kind, label, found.bound, found.trace, zone, reckoning, prices, is_running=len(steps) > STEPS_SHOWN)


def _unknown(bound: BoundTerm) -> str:
    """What such a term needs to be told that cannot be typed here; "" where it needs nothing else."""
    if bound.term.kind == TermKind.CLAIM and bound.starts == Starts.DISALLOWANCE:
        return "its time runs from the disallowance of the claim, and none is known"
    if bound.row.threshold is not None:
        return f"what a miss adds depends on the others of its {bound.row.period}"
    return ""


def _counted(bound: BoundTerm, since: datetime, book: Book) -> Counted:
    """By the term's own calendar, else by ours: whose place it would be is not said."""
    calendar = calendar_of(bound.row.calendar) if bound.row.calendar else book.ours.calendar
    return Counted("As you typed", since, bound.allowed, calendar)


def _stakes(tried: Tried, facts: Facts, book: Book, now: datetime) -> list[Stake]:
    """A stake for each step of the price, with the actions of the table; nobody is known, so all hours are open."""
    if tried.bound is None:
        return []
    is_side = tried.kind == TermKind.FIRST_RESPONSE
    known = [] if is_side else book.lead_times(facts.situation.case_type, facts.situation.mode, None)
    leads = [lead for lead in known if helps(lead.action, tried.kind)]
    stakes = []
    for number, step in enumerate(tried.prices):
        options = [Option("answer", step.at)] if is_side else []
        for lead in leads:
            hours = lead.hours or (book.ours if lead.party in ("", "us") else Hours(always_open(tried.zone), False))
            last = act_by(step.at, lead.lead, hours.calendar)
            if last is not None:
                unknown = "" if hours.is_known else f"the hours of the {lead.party} depend on who it is"
                options.append(Option(lead.action, last, lead.cost, lead.p_act, unknown))
        stakes.append(
            Stake(
                key=f"{tried.label}:{number}",
                books_at=step.at,
                payable=step.amount,
                currency=step.currency,
                options=tuple(options),
                unless="nobody has answered" if is_side else "it is not kept",
                term=tried.bound.term.key,
                is_house=tried.bound.is_house,
                is_side=is_side,
                zone=tried.zone,
                rate=book.rate(step.currency, book.day(now)) or Decimal(1),
            )
        )
    return stakes
