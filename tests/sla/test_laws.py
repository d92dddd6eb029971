"""The law of the order, held against exact arithmetic: far times, large amounts, what passes, what is added."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from exceptions.sla.exposure import T0, Assessment, Option, Stake, assess, saves
from exceptions.sla.pricing import Credit, Credits, Flat, Money, ShareOfValue, Tally, marginal

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
HALF_LIVES = [timedelta(hours=hours) for hours in (0.25, 4, 24, 168)]
TEN_YEARS = 10 * 365 * 24 * 60


def seen(stakes: list[Stake], half_life: timedelta = HALF_LIVES[1], now: datetime = NOW) -> Assessment:
    return assess(stakes, now, half_life=half_life, house_currency="USD")


def one(key: str, cents: int, minutes: int) -> Stake:
    due = NOW + timedelta(minutes=minutes)
    return Stake(key, due, Decimal(cents) / 100, "USD", options=(Option(f"act {key}", due),))


def exact_rank(stakes: list[Stake], half_life: timedelta) -> Decimal:
    """The definition itself, in 60 digits."""
    with localcontext() as context:
        context.prec, context.Emin, context.Emax = 60, -999_999_999, 999_999_999
        two, total = Decimal(2), Decimal(0)
        for stake in stakes:
            (option,) = stake.options
            seconds = Decimal((option.act_by - T0) // timedelta(microseconds=1))
            total += saves(stake, option) * two ** -(seconds / Decimal(half_life // timedelta(microseconds=1)))
        return total.ln() / two.ln()


amounts = st.integers(1, 10**14)  # cents: twelve orders of magnitude and more
minutes_ahead = st.integers(1, TEN_YEARS)


@given(st.lists(st.tuples(amounts, minutes_ahead), min_size=1, max_size=8), st.sampled_from(HALF_LIVES))
@settings(max_examples=200, deadline=None)
def test_the_rank_is_exact_over_ten_years_and_twelve_orders_of_magnitude(
    told: list[tuple[int, int]], half_life: timedelta
) -> None:
    stakes = [one(str(number), cents, minutes) for number, (cents, minutes) in enumerate(told)]
    rank = seen(stakes, half_life).rank
    exact = exact_rank(stakes, half_life)
    assert rank is not None
    # A float near 350,000 (ten years in quarters of an hour) is off by 3e-11 at most, the sum by a few of its kind.
    assert abs(Decimal(rank) - exact) <= Decimal("1e-9")


@given(
    st.lists(st.tuples(amounts, minutes_ahead), min_size=1, max_size=4),
    st.lists(st.tuples(amounts, minutes_ahead), min_size=1, max_size=4),
    st.integers(-TEN_YEARS, TEN_YEARS),
)
@settings(max_examples=200, deadline=None)
def test_order_by_rank_is_order_by_urgency_computed_at_any_instant(
    first: list[tuple[int, int]], second: list[tuple[int, int]], at: int
) -> None:
    """X(t) in 60 digits at any instant, not only now: the factor that all cases share never matters."""
    cases = [[one(str(n), cents, minutes) for n, (cents, minutes) in enumerate(told)] for told in (first, second)]
    with localcontext() as context:
        context.prec, context.Emin, context.Emax = 60, -999_999_999, 999_999_999
        instant = NOW + timedelta(minutes=at)
        urgencies = [
            sum(
                saves(stake, option)
                * Decimal(2) ** (Decimal((instant - option.act_by) // timedelta(seconds=1)) / 14400)
                for stake in stakes
                for option in stake.options
            )
            for stakes in cases
        ]
        assume(abs(urgencies[0] / urgencies[1] - 1) > Decimal("1e-8"))
    ranks = [seen(stakes).rank for stakes in cases]
    assert ranks[0] is not None and ranks[1] is not None
    assert (ranks[0] > ranks[1]) == (urgencies[0] > urgencies[1])


@given(st.lists(st.tuples(amounts, minutes_ahead), max_size=6), amounts, minutes_ahead)
@settings(max_examples=200, deadline=None)
def test_one_more_avoidable_stake_never_lowers_a_rank(told: list[tuple[int, int]], cents: int, minutes: int) -> None:
    stakes = [one(str(number), *entry) for number, entry in enumerate(told)]
    before, after = seen(stakes).rank, seen([*stakes, one("more", cents, minutes)]).rank
    assert after is not None and (before is None or after >= before)


@given(
    st.lists(st.tuples(st.integers(1, 500), st.integers(1, 100), st.integers(0, 90)), min_size=1, max_size=6),
    st.lists(st.integers(0, 600), min_size=1, max_size=6),
)
@settings(max_examples=200, deadline=None)
def test_an_option_that_has_passed_is_never_counted_again(
    told: list[tuple[int, int, int]], instants: list[int]
) -> None:
    options = tuple(
        Option(f"o{number}", NOW + timedelta(minutes=act_by), Decimal(cost), Decimal(percent) / 100)
        for number, (act_by, cost, percent) in enumerate(told)
    )
    stake = Stake("s", NOW + timedelta(minutes=501), Decimal(1000), "USD", options=options)
    passed: set[str] = set()
    for minutes in sorted(instants):
        now = NOW + timedelta(minutes=minutes)
        passed |= {option.action for option in options if option.act_by <= now}
        for choice in seen([stake], now=now).choices:
            for option in (choice.option, choice.then):
                assert option is None or option.action not in passed
        if minutes >= 501:
            assert seen([stake], now=now).avoidable == 0 and seen([stake], now=now).lost == 1000


# The marginal price of a miss.

FEE, SHARE = Flat(Money(Decimal(100), "EUR")), ShareOfValue(Decimal(3), cap=Decimal(500))


@pytest.mark.parametrize(
    ("missed", "price"),
    [(0, None), (1, None), (2, Flat(Money(Decimal(300), "EUR"))), (3, FEE), (9, FEE)],
)
def test_the_miss_that_breaks_the_rate_makes_those_before_it_cost_as_well(missed: int, price: object) -> None:
    """Of a hundred, 98 % are agreed: two may fail, the third costs three, the fourth itself."""
    assert marginal(FEE, Decimal(98), Tally(100, missed)) == price


def test_a_share_and_its_cap_are_multiplied_alike() -> None:
    assert marginal(SHARE, Decimal(98), Tally(100, 2)) == ShareOfValue(Decimal(9), cap=Decimal(1500))


CREDITS = Credits((Credit(Decimal(98), Decimal(1000)), Credit(Decimal(95), Decimal(4000))), "EUR")


@given(st.integers(1, 400), st.data())
@settings(max_examples=100, deadline=None)
def test_the_marginal_prices_of_all_misses_add_up_to_what_the_period_costs(total: int, data: st.DataObject) -> None:
    misses = data.draw(st.integers(0, total))
    for price, owed in (
        (FEE, lambda rate: 100 * misses if rate < 98 else 0),
        (CREDITS, lambda rate: 4000 if rate < 95 else 1000 if rate < 98 else 0),
    ):
        steps = [marginal(price, Decimal(98), Tally(total, missed)) for missed in range(misses)]
        paid = sum(step.fee.amount for step in steps if isinstance(step, Flat))
        assert paid == owed(Tally(total, 0).rate(misses))
