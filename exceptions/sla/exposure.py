"""What acting now can still save, and the order that follows from it.

Pure functions of their arguments: no clock, no database. The derivation is in docs/exposure.md. Amounts are Decimal,
likelihoods Decimal between 0 and 1, instants aware.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import exp2, log2
from typing import NamedTuple

from exceptions.sla.calendars import Calendar, NeverOpen, subtract_business

T0 = datetime(2025, 1, 1, tzinfo=UTC)
CENT = Decimal("0.01")
FINE = Decimal("0.000001")
ZERO = Decimal(0)
CERTAIN = Decimal(1)

# Likelihood of missing a deadline by slack over the usual error of this lane's ETA: the first row whose ratio is not
# below the slack's. Shipped values, roughly the tail of a normal distribution; an organisation may replace the table.
IDLE_TABLE: tuple[tuple[Decimal, Decimal], ...] = tuple(
    (Decimal(ratio), Decimal(likelihood))
    for ratio, likelihood in (
        ("0.25", "0.45"),
        ("0.5", "0.35"),
        ("1", "0.20"),
        ("1.5", "0.10"),
        ("2", "0.05"),
        ("3", "0.02"),
    )
)
IDLE_REST = Decimal("0.01")


class Option(NamedTuple):
    """One admissible action for a stake.

    act_by: the last instant to begin it. cost: of the action as a whole. p_act: likelihood of the loss all the same.
    assumed: what was not known about it, as a clause, or "".
    """

    action: str
    act_by: datetime
    cost: Decimal = ZERO
    p_act: Decimal = ZERO
    assumed: str = ""


class Stake(NamedTuple):
    """`payable` books as lost at `books_at` unless the promise is kept by then.

    recoverable: the part that somebody else owes us. unless: the clause that completes "8,000 EUR if ...". term: the
    contract term behind it. is_house: priced by our own house rate, not by a contract. is_side: about how the case is
    worked on (answered, closed), not about the freight. place, zone: whose clock is
    shown. rate: value of one unit of `currency` in the organisation's.
    """

    key: str
    books_at: datetime
    payable: Decimal
    currency: str
    p_idle: Decimal = CERTAIN
    recoverable: Decimal = ZERO
    options: tuple[Option, ...] = ()
    unless: str = "not kept"
    term: str = ""
    is_house: bool = False
    is_side: bool = False
    place: str = ""
    zone: str = "UTC"
    rate: Decimal = CERTAIN


class Choice(NamedTuple):
    """A stake that has not booked, with its current option; `option` None means unavoidable. `then` comes after it."""

    stake: Stake
    option: Option | None
    saves: Decimal
    then: Option | None


@dataclass(frozen=True)
class Assessment:
    """What a case is about in money, at one instant and until `next_change_at`.

    The amounts are in `currency` and undiscounted; booked stakes count as lost only. leading: of the choices about the
    freight, or of all when there is none, the one that weighs most in the rank; its act_by is the case's. rank: None when nothing can be avoided.
    """

    currency: str
    at_risk: Decimal
    avoidable: Decimal
    unavoidable: Decimal
    lost: Decimal
    recoverable: Decimal
    choices: tuple[Choice, ...]
    booked: tuple[Stake, ...]
    leading: Choice | None
    rank: float | None
    next_change_at: datetime | None

    @property
    def act_by(self) -> datetime | None:
        """Until when the leading option works; None past saving: to answer or to close it is nothing to hurry for."""
        if self.is_unavoidable or self.leading is None or self.leading.option is None:
            return None
        return self.leading.option.act_by

    @property
    def is_unavoidable(self) -> bool:
        """Whether something is at stake and nothing of it can be saved any more, answering in time aside."""
        promised = [choice for choice in self.choices if not choice.stake.is_side and choice.stake.payable > 0]
        if not promised:
            return any(not stake.is_side for stake in self.booked) or (self.at_risk > 0 and self.avoidable == 0)
        return all(choice.option is None for choice in promised)


def likelihood_idle(
    slack: timedelta | None, eta_error: timedelta, table: Sequence[tuple[Decimal, Decimal]] = IDLE_TABLE
) -> Decimal:
    """p_idle: the likelihood of missing a deadline when nobody acts.

    slack: deadline minus ETA, None when no ETA is known. eta_error: how far this lane's ETAs are usually off. Certain
    without an ETA or with one at or past the deadline.
    """
    if slack is None or slack <= timedelta(0):
        return CERTAIN
    if eta_error <= timedelta(0):
        return IDLE_REST
    ratio = Decimal(slack.total_seconds()) / Decimal(eta_error.total_seconds())
    return next((likelihood for bound, likelihood in table if ratio <= bound), IDLE_REST)


def act_by(books_at: datetime, lead: timedelta | None, hours: Calendar) -> datetime | None:
    """The last instant to begin an action: `lead` counted back through the acting party's working hours.

    Without a known lead time it is `books_at` itself. None when the party has no such hours at all.
    """
    if lead is None:
        return books_at
    try:
        return subtract_business(hours, books_at, lead)
    except NeverOpen:
        return None


def gain(stake: Stake, option: Option) -> Decimal:
    """What an option changes in the expected loss, before its cost."""
    return max(ZERO, (stake.p_idle - option.p_act) * (stake.payable - stake.recoverable))


def saves(stake: Stake, option: Option) -> Decimal:
    """max(0, (p_idle - p_act) * (payable - recoverable) - cost), so fine that shares of a cost add up to it."""
    return max(ZERO, gain(stake, option) - option.cost).quantize(FINE, ROUND_HALF_UP)


def choose(stake: Stake, now: datetime) -> Choice:
    """The current option, the one that saves most with its act_by ahead, and the best of those that outlast it."""
    ahead = [
        (worth, option) for option in stake.options if option.act_by > now and (worth := saves(stake, option)) > ZERO
    ]
    if not ahead:
        return Choice(stake, None, ZERO, None)
    if len(ahead) > 1:
        # Alike in both, the first by name: sorting keeps the order of equals.
        ahead.sort(key=_action)
        ahead.sort(key=_worth_and_end, reverse=True)
    worth, current = ahead[0]
    then = next((option for _, option in ahead[1:] if option.act_by > current.act_by), None)
    return Choice(stake, current, worth, then)


def assess(
    stakes: Sequence[Stake],
    now: datetime,
    *,
    half_life: timedelta,
    house_currency: str,
    booked: Collection[str] = (),
) -> Assessment:
    """Everything that is stored with a case: money, act_by, rank, and when to look again.

    booked: keys of stakes that were booked before and stay so, whatever the clock says now.

    Stakes of one action in one case share its cost in proportion to what each gains by it: a trailer is rebooked once,
    however many shipments ride on it. Amounts are in the currency of what was promised when that is one, else in
    `house_currency`; others are converted by the stakes' rates.
    """
    gone = tuple(stake for stake in stakes if stake.books_at <= now or stake.key in booked)
    open_stakes = _open(stakes, now, booked)
    choices = tuple(choose(stake, now) for stake in open_stakes)
    currency, worth = _shown_currency(stakes, house_currency)

    def total(pairs: list[tuple[Stake, Decimal]]) -> Decimal:
        amounts = (amount if stake.currency == currency else amount * stake.rate / worth for stake, amount in pairs)
        return sum(amounts, ZERO).quantize(CENT, ROUND_HALF_UP)

    acting = [choice for choice in choices if choice.option is not None]
    return Assessment(
        currency=currency,
        at_risk=total([(choice.stake, choice.stake.p_idle * choice.stake.payable) for choice in choices]),
        avoidable=total([(choice.stake, choice.saves) for choice in choices]),
        unavoidable=total(
            [(choice.stake, choice.stake.p_idle * choice.stake.payable) for choice in choices if choice.option is None]
        ),
        lost=total([(stake, stake.payable) for stake in gone]),
        recoverable=total([(stake, stake.recoverable) for stake in stakes]),
        choices=choices,
        booked=gone,
        leading=_leading(acting, half_life),
        rank=rank(choices, half_life),
        next_change_at=min([choice.stake.books_at for choice in choices] + _closings(open_stakes, now), default=None),
    )


def rank_of(
    stakes: Sequence[Stake], now: datetime, *, half_life: timedelta, booked: Collection[str] = ()
) -> float | None:
    """The rank that `assess` gives, without the rest: for who asks where a case would stand."""
    return rank([choose(stake, now) for stake in _open(stakes, now, booked)], half_life)


def rank(choices: Sequence[Choice], half_life: timedelta) -> float | None:
    """log2(sum of saves * 2^(-(act_by - T0) / H)), by log-sum-exp; None when nothing can be avoided.

    Ordering cases by it is ordering them by `urgency` at any instant, because that differs from it only by a factor
    that all cases share. half_life must be the same for all cases that are compared.
    """
    weights = [_weight(choice, half_life) for choice in choices if choice.option is not None]
    if not weights:
        return None
    highest = max(weights)
    return highest + log2(sum(exp2(weight - highest) for weight in weights))


def urgency(choices: Sequence[Choice], at: datetime, half_life: timedelta) -> float:
    """X(t): urgency-weighted avoidable exposure at an instant. Shown nowhere; it is what `rank` orders by."""
    return sum(
        float(choice.saves * choice.stake.rate) * exp2((at - choice.option.act_by) / half_life)
        for choice in choices
        if choice.option is not None
    )


def _leading(acting: list[Choice], half_life: timedelta) -> Choice | None:
    freight = [choice for choice in acting if not choice.stake.is_side]
    return max(freight or acting, key=lambda choice: _weight(choice, half_life), default=None)


def _weight(choice: Choice, half_life: timedelta) -> float:
    assert choice.option is not None
    return log2(float(choice.saves * choice.stake.rate)) - (choice.option.act_by - T0) / half_life


def _shown_currency(stakes: Sequence[Stake], house_currency: str) -> tuple[str, Decimal]:
    """The currency of the amounts, and what a unit of it is worth in the house's."""
    promised = {stake.currency: stake.rate for stake in stakes if not stake.is_house}
    return promised.popitem() if len(promised) == 1 else (house_currency, CERTAIN)


def _closings(stakes: list[Stake], now: datetime) -> list[datetime]:
    """When useful options close. Those not chosen count too: they carry a part of an action's cost until then."""
    return [
        option.act_by for stake in stakes for option in stake.options if option.act_by > now and gain(stake, option) > 0
    ]


def _open(stakes: Sequence[Stake], now: datetime, booked: Collection[str]) -> list[Stake]:
    ahead = [stake for stake in stakes if stake.books_at > now and stake.key not in booked]
    return _with_shared_costs(ahead, now)


def _with_shared_costs(stakes: list[Stake], now: datetime) -> list[Stake]:
    if len(stakes) == 1:
        return stakes
    gains = [[gain(stake, option) * stake.rate for option in stake.options] for stake in stakes]
    whole: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for stake, worth in zip(stakes, gains, strict=True):
        for option, part in zip(stake.options, worth, strict=True):
            if option.act_by > now:
                whole[option.action] += part
    return [_sharing(stake, worth, whole) for stake, worth in zip(stakes, gains, strict=True)]


def _sharing(stake: Stake, gains: Sequence[Decimal], whole: Mapping[str, Decimal]) -> Stake:
    """The stake with its part of what each action costs. Most actions cost nothing: those stay as they are."""
    options = tuple(
        Option(option.action, option.act_by, option.cost * part / total, option.p_act, option.assumed)
        if option.cost and part != (total := whole.get(option.action, ZERO)) and total
        else option
        for option, part in zip(stake.options, gains, strict=True)
    )
    return stake if options == stake.options else stake._replace(options=options)


def _action(entry: tuple[Decimal, Option]) -> str:
    return entry[1].action


def _worth_and_end(entry: tuple[Decimal, Option]) -> tuple[Decimal, datetime]:
    return entry[0], entry[1].act_by
