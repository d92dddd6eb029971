"""What a missed promise costs, and whose term says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions.sla.calendars import office_hours
from exceptions.sla.pricing import (
    Flat,
    Money,
    PerUnit,
    PriceUnknown,
    ShareOfValue,
    Situation,
    Term,
    Tier,
    Unit,
    best_term,
    costing_steps,
    price_at,
    price_from_data,
    price_steps,
)

DUE = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def usd(amount: str | int) -> Money:
    return Money(Decimal(amount), "USD")


def test_a_flat_fee_is_owed_once_however_late() -> None:
    fee = Flat(usd(450))
    assert price_at(fee, DUE, DUE) is None
    assert price_at(fee, DUE, DUE + timedelta(seconds=1)) == usd(450)
    assert price_at(fee, DUE, DUE + 100 * HOUR) == usd(450)


def test_a_share_of_the_order_is_capped() -> None:
    assert price_at(ShareOfValue(Decimal(3)), DUE, DUE + HOUR, value=usd("86400")) == usd("2592.00")
    assert price_at(ShareOfValue(Decimal(3), cap=Decimal(2000)), DUE, DUE + HOUR, value=usd("86400")) == usd(2000)


def test_a_share_of_an_unknown_value_is_unknown_not_zero() -> None:
    with pytest.raises(PriceUnknown):
        price_at(ShareOfValue(Decimal(3)), DUE, DUE + HOUR)


def test_each_started_hour_counts_until_the_cap() -> None:
    price = PerUnit(Unit.HOUR, (Tier(Decimal(75)),), "USD", cap=Decimal(200))
    assert price_at(price, DUE, DUE + timedelta(minutes=1)) == usd(75)
    assert price_at(price, DUE, DUE + HOUR) == usd(75)
    assert price_at(price, DUE, DUE + HOUR + timedelta(minutes=1)) == usd(150)
    assert price_at(price, DUE, DUE + 50 * HOUR) == usd(200)
    assert [step.money.amount for step in price_steps(price, DUE)] == [75, 75, 50]


def test_units_that_are_free_use_up_no_cap_and_end_no_charge() -> None:
    tiers = (Tier(Decimal(0), 4), Tier(Decimal(100)))
    price = PerUnit(Unit.DAY, tiers, "USD", cap=Decimal(250))
    assert [step.money.amount for step in price_steps(price, DUE)] == [0, 0, 0, 0, 100, 100, 50]
    assert price_at(price, DUE, DUE + 97 * HOUR) == usd(100)
    steps = costing_steps(price_steps(price, DUE), 12)
    assert [(step.books_at - DUE, step.money.amount) for step in steps] == [
        (96 * HOUR, 100),
        (120 * HOUR, 100),
        (144 * HOUR, 50),
    ]
    assert len(costing_steps(price_steps(replace(price, cap=None), DUE), 12)) == 12


def test_what_is_free_for_ever_or_capped_at_nothing_has_no_step_that_costs() -> None:
    free = PerUnit(Unit.HOUR, (Tier(Decimal(0)),), "USD")
    assert costing_steps(price_steps(free, DUE), 12) == []
    assert costing_steps(price_steps(replace(free, cap=Decimal(0)), DUE), 12) == []


def test_demurrage_runs_by_the_date_at_the_port_and_gets_dearer() -> None:
    price = price_from_data(
        {"kind": "per_unit", "unit": "calendar_day", "currency": "USD",
         "tiers": [{"units": 2, "rate": "150"}, {"rate": "280"}]}
    )  # fmt: skip
    last_free_day_ends = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)  # midnight in Los Angeles
    steps = list(islice(price_steps(price, last_free_day_ends, calendar=office_hours("America/Los_Angeles")), 4))
    assert [step.books_at for step in steps] == [last_free_day_ends + timedelta(days=n) for n in range(4)]
    assert [step.money.amount for step in steps] == [150, 150, 280, 280]


def test_working_days_skip_the_weekend() -> None:
    price = PerUnit(Unit.WORKING_DAY, (Tier(Decimal(100)),), "EUR")
    friday_noon = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
    steps = list(islice(price_steps(price, friday_noon, calendar=office_hours("Europe/Warsaw")), 3))
    assert [step.books_at.astimezone(UTC).isoformat() for step in steps] == [
        "2026-11-20T11:00:00+00:00",
        "2026-11-22T23:00:00+00:00",
        "2026-11-23T23:00:00+00:00",
    ]


@given(st.integers(1, 500), st.integers(1, 400), st.integers(0, 96 * 60))
@settings(max_examples=60, deadline=None)
def test_what_is_owed_never_falls_and_never_passes_the_cap(rate: int, cap: int, minutes: int) -> None:
    price = PerUnit(Unit.HOUR, (Tier(Decimal(rate)),), "USD", cap=Decimal(cap))
    earlier = price_at(price, DUE, DUE + timedelta(minutes=minutes)) or usd(0)
    later = price_at(price, DUE, DUE + timedelta(minutes=minutes + 30)) or usd(0)
    assert earlier.amount <= later.amount <= cap


def term(key: str, **criteria: object) -> Term:
    return Term(key=key, kind="delivery", price=Flat(usd(1)), **criteria)  # type: ignore[arg-type]


PLANT = Situation(accounts=(7, 3), case_type="delivery_late", mode="road", service="express")


def test_the_accounts_own_term_beats_its_parents_and_the_houses() -> None:
    terms = [
        term("house", case_type="delivery_late", mode="road"),
        term("group", account_id=3),
        term("plant", account_id=7),
    ]
    match = best_term(terms, "delivery", PLANT)
    assert match.term is not None and match.term.key == "plant"
    assert "group applies too, but plant is of the nearer account" in match.trace


def test_of_one_account_the_term_that_names_more_wins() -> None:
    terms = [
        term("any", account_id=7),
        term("road", account_id=7, mode="road"),
        term("late", account_id=7, case_type="delivery_late"),
    ]
    match = best_term(terms, "delivery", PLANT)
    assert match.term is not None and match.term.key == "late"
    assert "road applies too, but late names the case type" in match.trace


def test_no_term_is_a_state_with_its_reasons() -> None:
    match = best_term([term("ocean", mode="ocean"), term("other", account_id=99)], "delivery", PLANT)
    assert match.term is None
    assert match.trace == (
        "ocean does not apply: mode is road, not ocean",
        "other does not apply: it is another account's",
        "no delivery term applies: nothing is promised",
    )


@given(st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_the_winner_does_not_depend_on_the_order_of_the_terms(random: Random) -> None:
    terms = [
        term(f"t{number}", account_id=account, mode=mode, service=service, version=version)
        for number, (account, mode, service, version) in enumerate(
            (account, mode, service, version)
            for account in (None, 3, 7)
            for mode in ("", "road")
            for service in ("", "express")
            for version in (1, 2)
        )
    ]
    random.shuffle(terms)
    assert best_term(terms, "delivery", PLANT).term == term(
        "t23", account_id=7, mode="road", service="express", version=2
    )


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"kind": "free"},
        {"kind": "flat", "amount": "12"},
        {"kind": "flat", "amount": "-1", "currency": "EUR"},
        {"kind": "flat", "amount": "NaN", "currency": "EUR"},
        {"kind": "flat", "amount": "twelve", "currency": "EUR"},
        {"kind": "flat", "amount": "12", "currency": "euro"},
        {"kind": "per_unit", "unit": "week", "rate": "1", "currency": "EUR"},
        {"kind": "per_unit", "unit": "day", "tiers": [{"rate": "1"}, {"rate": "2"}], "currency": "EUR"},
    ],
)
def test_a_price_that_cannot_be_read_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        price_from_data(data)


def test_different_currencies_do_not_add_up() -> None:
    with pytest.raises(ValueError):
        usd(1) + Money(Decimal(1), "EUR")
