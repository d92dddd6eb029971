"""What missing a promise costs: a price is a row of steps, each an amount that books at an instant.

A flat fee has one step; a charge per started hour has one each hour. Nothing here reads a clock or a database: who
wants to know what is owed at an instant passes the instant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from itertools import chain, islice, pairwise, repeat
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from exceptions.sla.calendars import SEARCH_DAYS, Calendar, NeverOpen, always_open

CENT = Decimal("0.01")
# Free units that are looked past for the first that costs: the hours of a month.
FREE_UNITS = 31 * 24
# What the stored form of each kind of price may say.
PRICE_FIELDS: dict[str, set[str]] = {
    "flat": {"kind", "amount", "currency"},
    "percent": {"kind", "percent", "cap"},
    "per_unit": {"kind", "unit", "rate", "tiers", "cap", "currency"},
    "credits": {"kind", "steps", "currency"},
    "disputed": {"kind"},
}


class PriceUnknown(ValueError):
    """The price cannot be said, because the value that it is a share of is not known."""


@dataclass(frozen=True)
class Money:
    """An amount in one currency (ISO 4217 code). Adding different currencies raises ValueError."""

    amount: Decimal
    currency: str

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.amount + other.amount, self.currency)


class Unit(StrEnum):
    """What a running charge counts: started hours, started periods of 24 h, days begun by the date at the place."""

    HOUR = "hour"
    DAY = "day"
    CALENDAR_DAY = "calendar_day"
    WORKING_DAY = "working_day"


@dataclass(frozen=True)
class Flat:
    """One fee, however late."""

    fee: Money


@dataclass(frozen=True)
class ShareOfValue:
    """Percent of the order's value, at most `cap` in the value's currency."""

    percent: Decimal
    cap: Decimal | None = None


@dataclass(frozen=True)
class Tier:
    """`rate` for each of `units` units; None is for all that follow."""

    rate: Decimal
    units: int | None = None


@dataclass(frozen=True)
class PerUnit:
    """A charge for each started unit, by tiers, until `cap` in total is reached."""

    unit: Unit
    tiers: tuple[Tier, ...]
    currency: str
    cap: Decimal | None = None


@dataclass(frozen=True)
class Credit:
    """`amount` is owed for a period whose rate is below `below` percent."""

    below: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Credits:
    """What a period costs by its rate: the deeper it falls, the more, not in addition. Steps from high to low."""

    steps: tuple[Credit, ...]
    currency: str


@dataclass(frozen=True)
class Disputed:
    """The part of an invoice that becomes undisputable."""


Price = Flat | ShareOfValue | PerUnit | Credits | Disputed


class Step(NamedTuple):
    """`money` is owed by who has not delivered at `books_at` (aware UTC), on top of the steps before."""

    books_at: datetime
    money: Money


def price_steps(
    price: Price, missed_at: datetime, *, value: Money | None = None, calendar: Calendar | None = None
) -> Iterator[Step]:
    """The steps of a price in order of time, possibly without end.

    missed_at: the deadline, where the first step books. value: what a share is taken of, or what is disputed;
    PriceUnknown when it is needed and None, and for credits of a period (`marginal` prices one miss of it). calendar: the place whose midnights and working days count (default: UTC, every day).
    """
    match price:
        case Flat(fee):
            yield Step(missed_at, fee)
        case ShareOfValue(percent, cap):
            if value is None:
                raise PriceUnknown("the order's value is not known")
            share = (value.amount * percent / 100).quantize(CENT, ROUND_HALF_UP)
            yield Step(missed_at, Money(share if cap is None else min(share, cap), value.currency))
        case Disputed():
            if value is None:
                raise PriceUnknown("what is disputed is not known")
            yield Step(missed_at, value)
        case Credits():
            raise PriceUnknown("the period's rate is not known")
        case PerUnit(unit, tiers, currency, cap):
            left = cap
            for books_at, rate in zip(
                _unit_starts(unit, missed_at, calendar or always_open()), _rates(tiers), strict=False
            ):
                amount = rate
                if left is not None:
                    if left <= 0:
                        return
                    amount = min(rate, left)
                    left -= amount
                yield Step(books_at, Money(amount, currency))


def costing_steps(steps: Iterator[Step], most: int) -> list[Step]:
    """The first `most` steps that cost anything. A tariff may begin with units that are free; one that is free for
    longer than `FREE_UNITS` counts as free."""
    return list(islice((step for step in islice(steps, FREE_UNITS + most) if step.money.amount > 0), most))


def price_at(
    price: Price, missed_at: datetime, at: datetime, *, value: Money | None = None, calendar: Calendar | None = None
) -> Money | None:
    """What is owed when the promise is kept at `at`; None when it was kept in time.

    Keeping it at the very instant a step books is still in time for that step.
    """
    owed: Money | None = None
    for step in price_steps(price, missed_at, value=value, calendar=calendar):
        if step.books_at >= at:
            break
        owed = step.money if owed is None else owed + step.money
    return owed


@dataclass(frozen=True)
class Tally:
    """What a period counts: `total` promises fall due in it, `missed` of them failed, the one in question apart."""

    total: int
    missed: int

    def rate(self, missed: int) -> Decimal:
        """Percent kept when so many are missed."""
        return Decimal(100 * (self.total - missed)) / Decimal(self.total)


def marginal(price: Price, threshold: Decimal, tally: Tally) -> Price | None:
    """What one more miss adds to what the period costs; None when it adds nothing.

    Below the threshold a flat fee or a share is owed for every miss of the period: the one that breaks it makes those
    before it cost as well (each counted like this one), the next ones cost themselves. Credits are owed for the period.
    tally.total counts the promise in question.
    """
    before, after = tally.rate(tally.missed), tally.rate(tally.missed + 1)
    if isinstance(price, Credits):
        more = _credit(price, after) - _credit(price, before)
        return Flat(Money(more, price.currency)) if more > 0 else None
    if after >= threshold:
        return None
    return price if before < threshold else _times(price, tally.missed + 1)


def credit_once(price: Flat, threshold: Decimal) -> Credits:
    """One credit for a period below the threshold, however deep."""
    return Credits((Credit(threshold, price.fee.amount),), price.fee.currency)


def _credit(price: Credits, rate: Decimal) -> Decimal:
    return next((step.amount for step in reversed(price.steps) if rate < step.below), Decimal(0))


def _times(price: Price, count: int) -> Price:
    match price:
        case Flat(fee):
            return Flat(Money(fee.amount * count, fee.currency))
        case ShareOfValue(percent, cap):
            return ShareOfValue(percent * count, None if cap is None else cap * count)
    return price


def price_from_data(data: Mapping[str, Any]) -> Price:
    """Read the stored form of a price; ValueError says what is wrong. Amounts are strings.

    {"kind": "flat", "amount": "450", "currency": "USD"}
    {"kind": "percent", "percent": "3", "cap": "5000"}
    {"kind": "per_unit", "unit": "hour", "rate": "75", "cap": "900", "currency": "EUR"}
    {"kind": "per_unit", "unit": "calendar_day", "tiers": [{"units": 4, "rate": "150"}, {"rate": "280"}], "currency": "USD"}
    {"kind": "credits", "steps": [{"below": "98", "amount": "1000"}, {"below": "95", "amount": "4000"}], "currency": "EUR"}
    {"kind": "disputed"}
    """
    if unknown := set(data) - PRICE_FIELDS.get(str(data.get("kind")), {*data}):
        raise ValueError(f"a price of this kind has no {', '.join(sorted(map(str, unknown)))}")
    try:
        cap = _amount(data["cap"]) if data.get("cap") not in (None, "") else None
        match data.get("kind"):
            case "flat":
                return Flat(Money(_amount(data["amount"]), _currency(data)))
            case "percent":
                return ShareOfValue(_amount(data["percent"]), cap)
            case "per_unit":
                return PerUnit(Unit(data["unit"]), _tiers(data), _currency(data), cap)
            case "credits":
                return Credits(_credits(data), _currency(data))
            case "disputed":
                return Disputed()
            case kind:
                raise ValueError(f"a price is {', '.join(PRICE_FIELDS)}, not {kind!r}")
    except KeyError as missing:
        raise ValueError(f"the price lacks {missing}") from missing
    except (TypeError, AttributeError) as problem:
        raise ValueError("the price has a list where a value belongs, or a value where a list does") from problem


@dataclass(frozen=True)
class Term:
    """What a contract says about one kind of promise. Empty criteria match everything.

    key names it in traces ("FRT-2026 v2, late delivery"). account_id: the counterparty, None in house terms.
    """

    key: str
    kind: str
    price: Price
    subkind: str = ""
    account_id: int | None = None
    case_type: str = ""
    service: str = ""
    mode: str = ""
    lane: str = ""
    goods_class: str = ""
    tier: int | None = None
    severity: str = ""
    version: int = 1


class Situation(NamedTuple):
    """What terms are matched against. accounts: the account and its parents, nearest first. subkind: which of a kind."""

    accounts: tuple[int, ...] = ()
    case_type: str = ""
    service: str = ""
    mode: str = ""
    lane: str = ""
    goods_class: str = ""
    tier: int | None = None
    severity: str = ""
    subkind: str = ""


@dataclass(frozen=True)
class Match:
    """term: the most specific one, or None: nothing was promised. trace: why, one sentence for each term."""

    term: Term | None
    trace: tuple[str, ...]


# The order in which one matching term beats another. First the nearer account (its own before its parent's before the
# house's), then the one that names more of these, the earlier names weighing more; then the newer version; then the key.
PRECEDENCE = ("case_type", "service", "lane", "mode", "goods_class", "tier", "severity")


def best_term(terms: list[Term] | tuple[Term, ...], kind: str, situation: Situation) -> Match:
    """The most specific term of this kind that applies, by PRECEDENCE. Independent of the order of `terms`."""
    trace: list[str] = []
    fitting: list[Term] = []
    of_kind = [term for term in terms if term.kind == kind and term.subkind == situation.subkind]
    for term in sorted(of_kind, key=lambda term: term.key):
        mismatch = _mismatch(term, situation)
        if mismatch:
            trace.append(f"{term.key} does not apply: {mismatch}")
        else:
            fitting.append(term)
    fitting.sort(key=lambda term: _specificity(term, situation))
    if not fitting:
        return Match(None, (*trace, f"no {kind.replace('_', ' ')} term applies: nothing is promised"))
    winner = fitting[0]
    beaten = [f"{other.key} applies too, but {_advantage(winner, other, situation)}" for other in fitting[1:]]
    return Match(winner, (*trace, *beaten, f"{winner.key} is the most specific term that applies"))


def _mismatch(term: Term, situation: Situation) -> str:
    if term.account_id is not None and term.account_id not in situation.accounts:
        return "it is another account's"
    for name in PRECEDENCE:
        wanted, found = getattr(term, name), getattr(situation, name)
        if wanted and wanted != found:
            return f"{name.replace('_', ' ')} is {found or 'not known'}, not {wanted}"
    return ""


def _distance(term: Term, situation: Situation) -> int:
    return len(situation.accounts) if term.account_id is None else situation.accounts.index(term.account_id)


def _specificity(term: Term, situation: Situation) -> tuple[object, ...]:
    named = tuple(not getattr(term, name) for name in PRECEDENCE)
    return (_distance(term, situation), named, -term.version, term.key)


def _advantage(winner: Term, other: Term, situation: Situation) -> str:
    if _distance(winner, situation) != _distance(other, situation):
        return f"{winner.key} is of the nearer account"
    for name in PRECEDENCE:
        if bool(getattr(winner, name)) != bool(getattr(other, name)):
            return f"{winner.key} names the {name.replace('_', ' ')}"
    return f"{winner.key} is newer" if winner.version != other.version else f"{winner.key} comes first by name"


def _rates(tiers: tuple[Tier, ...]) -> Iterator[Decimal]:
    return chain.from_iterable(
        repeat(tier.rate) if tier.units is None else repeat(tier.rate, tier.units) for tier in tiers
    )


def _unit_starts(unit: Unit, missed_at: datetime, calendar: Calendar) -> Iterator[datetime]:
    if unit in (Unit.HOUR, Unit.DAY):
        length = timedelta(hours=1 if unit is Unit.HOUR else 24)
        at = missed_at
        while True:
            yield at
            at += length
    yield missed_at
    zone = ZoneInfo(calendar.zone)
    day = missed_at.astimezone(zone).date()
    idle = 0
    while idle < SEARCH_DAYS:
        day += timedelta(days=1)
        if unit is Unit.WORKING_DAY and not calendar.intervals_on(day):
            idle += 1
            continue
        idle = 0
        yield datetime.combine(day, time(), zone).astimezone(UTC)
    raise NeverOpen("a charge by working days needs a calendar with working days")


def _tiers(data: Mapping[str, Any]) -> tuple[Tier, ...]:
    if "rate" in data:
        if data.get("tiers"):
            raise ValueError("a price has one rate or tiers, not both")
        return (Tier(_amount(data["rate"])),)
    _only(data["tiers"], "tier", {"units", "rate"})
    tiers = tuple(Tier(_amount(tier["rate"]), _units(tier.get("units"))) for tier in data["tiers"])
    if not tiers or any(tier.units is None for tier in tiers[:-1]):
        raise ValueError("tiers have a number of units each, except the last")
    return tiers


def _only(parts: Sequence[Mapping[str, Any]], name: str, known: set[str]) -> None:
    """What is not read is no part of a price."""
    for part in parts:
        if unknown := set(part) - known:
            raise ValueError(f"a {name} has no {', '.join(sorted(map(str, unknown)))}")


def _units(value: Any) -> int | None:
    if value in (None, ""):
        return None
    text = str(value)
    if isinstance(value, bool) or not is_whole(text):
        raise ValueError(f"{text[:10]!r} is not a number of units")
    return int(value)


def is_whole(text: str) -> bool:
    """Whether it is a whole number, and not longer than any that is meant."""
    return text.isdecimal() and len(text) < 10


def _credits(data: Mapping[str, Any]) -> tuple[Credit, ...]:
    _only(data["steps"], "step", {"below", "amount"})
    steps = tuple(Credit(_amount(step["below"]), _amount(step["amount"])) for step in data["steps"])
    if not steps:
        raise ValueError("credits have a step at least")
    for higher, lower in pairwise(steps):
        if not (higher.below > lower.below and higher.amount < lower.amount):
            raise ValueError("credits go from the highest rate down, and cost more with every step")
    if steps[0].below > 100:
        raise ValueError(f"no rate is above 100 percent, {steps[0].below} neither")
    return steps


def _currency(data: Mapping[str, Any]) -> str:
    currency = str(data["currency"])
    if len(currency) != 3 or not currency.isupper():
        raise ValueError(f"{currency!r} is not a currency code")
    return currency


def _amount(text: Any) -> Decimal:
    try:
        amount = Decimal(str(text))
    except InvalidOperation as problem:
        raise ValueError(f"{text!r} is not an amount") from problem
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"{text!r} is not an amount")
    return amount
