"""What if it waits until three: the same arithmetic at a later instant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exceptions.sla.explaining import waited
from exceptions.sla.exposure import Option, Stake, assess
from exceptions.sla.whatif import Waiting, stands_at, waiting

H = timedelta(hours=4)
HOUR = timedelta(hours=1)
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def option(hours: float, action: str = "rebook", *, cost: str = "0", p_act: str = "0") -> Option:
    return Option(action, NOW + hours * HOUR, Decimal(cost), Decimal(p_act))


def stake(payable: str | int, due_in: float, *options: Option, key: str = "s", **more: object) -> Stake:
    return Stake(key, NOW + due_in * HOUR, Decimal(payable), "USD", options=options, **more)  # type: ignore[arg-type]


def until(hours: float, *stakes: Stake) -> Waiting:
    return waiting(stakes, NOW, NOW + hours * HOUR, half_life=H, house_currency="USD")


LATE = stake(
    8000, 8, option(2, cost="1100"), option(6, "expedite", cost="3200"), unless="not at the dock", place="Lyon"
)


def test_what_still_works_at_three_is_named_with_what_it_saves_then() -> None:
    assert waited(until(4, LATE)) == (
        "4,800 of 8,000 USD would still be avoidable: expedite until 15:00",
        "waiting gives up 2,100 USD of what is avoidable now",
        "rebooking works only until 11:00",
    )


def test_when_no_option_is_left_it_says_to_notify_and_recover() -> None:
    said = waited(until(7, LATE))
    assert said[:2] == (
        "nothing of what was promised could be saved any more: notify and recover",
        "waiting gives up 6,900 USD of what is avoidable now",
    )
    assert until(7, LATE).then.rank is None


def test_what_is_left_of_the_house_does_not_hide_that_the_freight_is_lost() -> None:
    said = waited(until(9, LATE, stake(25, 20, option(20, "resolve"), key="day", is_house=True, is_side=True)))
    assert said[0] == "nothing of what was promised could be saved any more: notify and recover"


def test_what_has_booked_by_then_is_said_with_its_promise() -> None:
    said = waited(until(9, LATE, stake(500, 20, option(12, "answer"), key="later")))
    assert "8,000 USD has booked by then: not at the dock by 17:00 Lyon" in said
    assert said[0] == "500 of 500 USD would still be avoidable: answer until 21:00"


def test_waiting_that_costs_nothing_says_so() -> None:
    found = until(1, LATE)
    assert found.changes_nothing
    assert waited(found)[-1] == "nothing is given up by waiting until 10:00"


def test_what_the_house_charges_itself_meanwhile_is_nobodys_loss() -> None:
    found = until(3, LATE, stake(25, 2, option(2, "resolve"), key="day", is_house=True, is_side=True))
    assert found.then.lost == 0
    assert [one.key for one in found.books] == []


def test_what_was_booked_before_is_not_booked_again() -> None:
    lost = stake(900, -1, key="gone")
    found = until(9, lost, LATE)
    assert (found.now.lost, found.then.lost) == (900, 8900)
    assert [one.key for one in found.books] == ["s"]


def test_nothing_waits_until_yesterday() -> None:
    with pytest.raises(ValueError, match="has passed"):
        until(-1, LATE)


ACTIONS = ("rebook", "expedite", "call_carrier")
likelihood = st.sampled_from(["0", "0.1", "0.35", "0.9", "1"]).map(Decimal)


hours = st.integers(0, 40)


@st.composite
def cases(draw: st.DrawFn) -> list[Stake]:
    """Stakes that share actions, options before and after each other, some booked already, some in another currency."""

    def one(key: int, due: int, payable: int, owed: int, idle: Decimal, currency: str) -> Stake:
        before, costs = draw(st.tuples(hours, hours, hours)), draw(st.tuples(*[st.integers(0, 3000)] * 3))
        found = [
            Option(name, NOW + (due - lead) * HOUR, Decimal(cost), likely)
            for name, lead, cost, likely in zip(ACTIONS, before, costs, draw(st.tuples(*[likelihood] * 3)), strict=True)
        ]
        options = tuple(found[: draw(st.integers(0, 3))])
        return Stake(str(key), NOW + due * HOUR, Decimal(payable), currency, idle, Decimal(owed), options)

    facts = st.tuples(
        st.integers(-5, 60), st.integers(1, 20_000), st.integers(0, 2000), likelihood, st.sampled_from(["USD", "EUR"])
    )
    return [one(key, *fact) for key, fact in enumerate(draw(st.lists(facts, min_size=1, max_size=5)))]


moments = st.integers(0, 70).map(lambda hours: NOW + hours * HOUR)


@given(cases(), moments, moments)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_later_there_is_never_more_to_save_and_never_less_lost(
    stakes: list[Stake], one: datetime, other: datetime
) -> None:
    sooner, later = sorted((one, other))
    early, late = (stands_at(stakes, at, half_life=H, house_currency="USD") for at in (sooner, later))
    assert late.avoidable <= early.avoidable
    assert late.lost >= early.lost
    assert late.at_risk <= early.at_risk
    if early.rank is None:
        assert late.rank is None


@given(cases(), moments)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_it_is_what_pricing_finds_at_that_instant(stakes: list[Stake], at: datetime) -> None:
    assert stands_at(stakes, at, half_life=H, house_currency="USD") == assess(
        stakes, at, half_life=H, house_currency="USD"
    )


@given(cases(), moments)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_given_up_is_the_difference_of_what_is_shown(stakes: list[Stake], at: datetime) -> None:
    found = waiting(stakes, NOW, at, half_life=H, house_currency="USD")
    assert found.gone == found.now.avoidable - found.then.avoidable
    assert found.changes_nothing <= (found.now.avoidable == found.then.avoidable and found.now.lost == found.then.lost)
    assert waited(found)
