"""The order of the queue: worked examples, and the law behind them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from exceptions.sla.calendars import Calendar, always_open, office_hours
from exceptions.sla.explaining import assumptions, clock, phrase, sentences
from exceptions.sla.exposure import Assessment, Option, Stake, act_by, assess, likelihood_idle, saves, urgency

H = timedelta(hours=4)
HOUR = timedelta(hours=1)
LYON = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=LYON)


def option(hours: float, *, action: str = "rebook", cost: str = "0", p_act: str = "0", now: datetime = NOW) -> Option:
    return Option(action, now + hours * HOUR, Decimal(cost), Decimal(p_act))


def stake(payable: str | int, due_in: float, *options: Option, key: str = "s", **more: object) -> Stake:
    return Stake(key, NOW + due_in * HOUR, Decimal(payable), "USD", options=options, **more)  # type: ignore[arg-type]


def seen(*stakes: Stake, now: datetime = NOW) -> Assessment:
    return assess(stakes, now, half_life=H, house_currency="USD")


def stands_above(upper: Assessment, lower: Assessment) -> bool:
    return upper.rank is not None and (lower.rank is None or upper.rank > lower.rank)


# The worked examples of the design.

HOPELESS = seen(stake(12000, 1.2, option(0.5, p_act="1"), option(-2)))
CONTAINER = seen(stake(1720, 30, option(1, action="book_dray")))
NEW_CASE = seen(stake(30, 1, option(1, action="answer"), is_house=True))
OTIF_MISS = seen(stake(14400, 96, option(3, action="expedite", cost="3200")))
TRAILER = seen(*(stake(450, 5, option(5), key=f"s{number}") for number in range(14)))
SINGLE = seen(stake(3000, 5, option(5)))


def test_what_nobody_can_save_stands_last_and_says_so() -> None:
    assert HOPELESS.rank is None and HOPELESS.at_risk == 12000 and HOPELESS.avoidable == 0
    assert all(stands_above(other, HOPELESS) for other in (CONTAINER, NEW_CASE, OTIF_MISS, TRAILER, SINGLE))
    assert phrase(HOPELESS, NOW) == "12,000 USD unavoidable: notify and recover"


def test_a_container_whose_dispatch_closes_in_an_hour_stands_above_a_new_case() -> None:
    assert CONTAINER.act_by == NOW + HOUR
    assert stands_above(CONTAINER, NEW_CASE)


def test_a_large_miss_in_four_days_that_can_be_expedited_for_three_more_hours_stands_above_both() -> None:
    assert OTIF_MISS.avoidable == 11200
    assert stands_above(OTIF_MISS, CONTAINER) and stands_above(OTIF_MISS, NEW_CASE)


def test_a_trailer_of_fourteen_shipments_is_one_decision_worth_all_of_them() -> None:
    assert TRAILER.avoidable == 6300
    assert stands_above(TRAILER, SINGLE)


def test_a_monday_deadline_is_urgent_when_the_dispatcher_goes_home_on_friday() -> None:
    friday = datetime(2026, 11, 20, 16, 0, tzinfo=ZoneInfo("America/Chicago"))
    monday = datetime(2026, 11, 23, 8, 0, tzinfo=ZoneInfo("America/Chicago"))
    last_call = act_by(monday, HOUR / 2, office_hours("America/Chicago"))
    assert last_call == friday + HOUR / 2
    due_monday = assess(
        [Stake("s", monday, Decimal(8000), "USD", options=(Option("call_carrier", last_call),))],
        friday, half_life=H, house_currency="USD",
    )  # fmt: skip
    around_the_clock = assess(
        [Stake("s", monday, Decimal(8000), "USD", options=(Option("call_carrier", monday - HOUR / 2),))],
        friday, half_life=H, house_currency="USD",
    )  # fmt: skip
    near_the_top = assess(
        [Stake("s", friday + 2 * HOUR, Decimal(5000), "USD", options=(Option("rebook", friday + HOUR),))],
        friday, half_life=H, house_currency="USD",
    )  # fmt: skip
    assert stands_above(due_monday, near_the_top) and stands_above(near_the_top, around_the_clock)


# The law.


@st.composite
def cases(draw: st.DrawFn) -> list[Stake]:
    def one(key: int) -> Stake:
        begins = draw(st.integers(1, 200))
        return stake(
            draw(st.integers(1, 200_000)),
            begins + draw(st.integers(0, 100)),
            option(begins, cost=str(draw(st.integers(0, 500))), p_act=str(draw(st.sampled_from(["0", "0.3", "0.9"])))),
            key=str(key),
            rate=draw(st.sampled_from([Decimal(1), Decimal("0.9"), Decimal("4.3")])),
        )

    return [one(key) for key in range(draw(st.integers(1, 6)))]


@given(cases(), cases(), st.integers(-200, 400))
@settings(max_examples=100, deadline=None)
def test_ordering_by_rank_is_ordering_by_urgency_at_any_instant(
    one: list[Stake], other: list[Stake], hours: int
) -> None:
    a, b = seen(*one), seen(*other)
    assume(a.rank is not None and b.rank is not None)
    assert a.rank is not None and b.rank is not None
    at = NOW + hours * HOUR
    more_urgent = urgency(a.choices, at, H) / urgency(b.choices, at, H)
    assume(abs(more_urgent - 1) > 1e-9)
    assert (a.rank > b.rank) == (more_urgent > 1)


@given(cases())
@settings(max_examples=60, deadline=None)
def test_nothing_but_booking_and_acting_times_change_an_assessment(stakes: list[Stake]) -> None:
    at_first = seen(*stakes)
    assert at_first.next_change_at is not None
    just_before = seen(*stakes, now=at_first.next_change_at - timedelta(seconds=1))
    assert (just_before.rank, just_before.avoidable, just_before.at_risk) == (
        at_first.rank,
        at_first.avoidable,
        at_first.at_risk,
    )


def test_the_rank_survives_amounts_and_times_far_from_the_origin() -> None:
    far = NOW + timedelta(days=365 * 40)
    assessment = assess(
        [Stake("s", far, Decimal(10**9), "USD", options=(Option("rebook", far),))],
        NOW,
        half_life=H,
        house_currency="USD",
    )
    assert assessment.rank is not None and -100_000 < assessment.rank < 0


# Options.


def test_what_an_option_saves_is_the_avoided_share_less_what_others_owe_and_it_costs() -> None:
    late = stake(8000, 5, p_idle=Decimal("0.9"), recoverable=Decimal(1000))
    assert saves(late, option(1, cost="500", p_act="0.2")) == Decimal("4400.00")
    assert saves(late, option(1, cost="50000")) == 0
    assert saves(late, option(1, p_act="0.95")) == 0


def test_when_an_option_closes_the_next_one_takes_over_and_then_it_is_unavoidable() -> None:
    two = stake(8000, 6, option(2, cost="100"), option(4, action="expedite", cost="3000"))
    first, second, third = seen(two), seen(two, now=NOW + 2 * HOUR), seen(two, now=NOW + 4 * HOUR)
    assert [one.avoidable for one in (first, second, third)] == [7900, 5000, 0]
    assert first.next_change_at == NOW + 2 * HOUR and third.next_change_at == NOW + 6 * HOUR
    assert first.choices[0].then == option(4, action="expedite", cost="3000")
    assert third.is_unavoidable and third.rank is None


def test_a_booked_stake_is_lost_and_no_longer_at_risk() -> None:
    after = seen(stake(8000, 6, option(2)), now=NOW + 6 * HOUR)
    assert (after.lost, after.at_risk, after.avoidable, after.next_change_at) == (8000, 0, 0, None)
    assert phrase(after, NOW + 6 * HOUR) == "8,000 USD lost: notify and recover"


def test_one_action_for_many_shipments_costs_once() -> None:
    trailer = seen(*(stake(450, 5, option(5, cost="630"), key=f"s{number}") for number in range(14)))
    assert trailer.avoidable == 14 * 450 - 630


def test_an_answer_that_is_still_in_time_does_not_hide_that_the_promise_is_lost() -> None:
    both = seen(stake(12000, 1.2, key="late"), stake(150, 3, option(3, action="answer"), key="answer", is_side=True))
    assert both.is_unavoidable and both.rank is not None
    assert phrase(both, NOW) == "12,000 USD unavoidable: notify and recover"


def test_amounts_in_several_currencies_are_told_in_the_house_currency() -> None:
    mixed = assess(
        [
            Stake("a", NOW + HOUR, Decimal(100), "EUR", rate=Decimal("1.1")),
            Stake("b", NOW + HOUR, Decimal(100), "USD"),
        ],
        NOW, half_life=H, house_currency="USD",
    )  # fmt: skip
    assert (mixed.currency, mixed.at_risk) == ("USD", 210)


def test_a_house_rate_in_another_currency_leaves_the_amounts_in_the_contracts() -> None:
    due = NOW + 2 * HOUR
    answer = (Option("answer", due),)
    mixed = assess(
        [
            Stake("a", due, Decimal(8000), "EUR", rate=Decimal("1.25"), options=(Option("rebook", due),)),
            Stake("b", due, Decimal(50), "USD", is_house=True, options=answer),
        ],
        NOW, half_life=H, house_currency="USD",
    )  # fmt: skip
    assert (mixed.currency, mixed.avoidable) == ("EUR", 8040)


@pytest.mark.parametrize(
    ("slack", "likelihood"),
    [
        (None, "1"),
        (-HOUR, "1"),
        (timedelta(0), "1"),
        (HOUR / 4, "0.45"),
        (HOUR, "0.20"),
        (3 * HOUR, "0.02"),
        (9 * HOUR, "0.01"),
    ],
)
def test_the_less_slack_the_likelier_the_miss(slack: timedelta | None, likelihood: str) -> None:
    assert likelihood_idle(slack, HOUR) == Decimal(likelihood)


def test_without_a_lead_time_the_deadline_itself_is_the_last_moment() -> None:
    assert act_by(NOW, None, always_open()) == NOW
    assert act_by(NOW, HOUR, Calendar("UTC", ((),) * 7)) is None


# Words.


def lyon(payable: int, due: datetime, *options: Option) -> Stake:
    return Stake(
        "s", due, Decimal(payable), "EUR", options=options, unless="not at the dock", place="Lyon", zone="Europe/Paris"
    )


def test_the_reason_is_told_in_the_clock_of_the_stop() -> None:
    due = datetime(2026, 11, 20, 14, 0, tzinfo=LYON)
    rebook = Option("rebook", datetime(2026, 11, 20, 10, 20, tzinfo=UTC), Decimal(300), Decimal("0.1"))
    assessment = assess([lyon(8000, due, rebook)], NOW, half_life=H, house_currency="EUR")
    assert sentences(assessment, NOW) == (
        "8,000 EUR if not at the dock by 14:00 Lyon; rebooking still works until 11:20, saves about 6,900",
    )
    assert phrase(assessment, NOW) == "6,900 of 8,000 EUR still avoidable: rebook until 11:20"


def test_shipments_in_the_same_trouble_share_a_sentence() -> None:
    assert sentences(TRAILER, NOW) == (
        "6,300 USD if not kept by 13:00 (14 x); rebooking still works until 13:00, saves about 6,300",
    )


def test_the_hours_of_a_running_charge_share_a_sentence() -> None:
    hourly = seen(*(stake(400, 3 + hour, option(1 + hour) if hour else option(-1), key=str(hour)) for hour in range(4)))
    assert sentences(hourly, NOW) == (
        "1,600 USD if not kept from 11:00 on; rebooking still works until 10:00, saves about 1,200; "
        "400 of it cannot be saved",
    )


def test_of_a_running_charge_it_is_said_until_when_all_of_it_can_be_saved() -> None:
    """Waiting longer leaves the later hours to be saved: "works until 09:00" alone would contradict what is said of 10:00."""
    hourly = seen(*(stake(400, 3 + hour, option(1 + hour), key=str(hour)) for hour in range(3)))
    assert sentences(hourly, NOW) == (
        "1,200 USD if not kept from 11:00 on; rebooking still works for all of it until 09:00, saves about 1,200",
    )
    at_once = seen(*(stake(400, 3 + hour, option(1), key=str(hour)) for hour in range(3)))
    assert "rebooking still works until 09:00" in sentences(at_once, NOW)[0]


def test_what_to_do_about_the_freight_is_said_before_what_to_do_about_the_case() -> None:
    both = seen(
        stake(2500, 100, option(90, action="give_notice")), stake(25, 2, option(2, action="resolve"), is_side=True)
    )
    assert phrase(both, NOW).startswith("2,525 of 2,525 USD still avoidable: give notice until")


def test_losses_and_recovery_are_named() -> None:
    due = datetime(2026, 11, 20, 8, 0, tzinfo=LYON)
    lost = assess([lyon(8000, due)], NOW, half_life=H, house_currency="EUR")
    assert sentences(lost, NOW) == ("8,000 EUR lost: not at the dock by 08:00 Lyon",)
    carrier_owes = seen(stake(1000, 2, recoverable=Decimal(400)))
    assert "400 USD is recoverable from who caused it" in sentences(carrier_owes, NOW)


def test_what_was_assumed_is_said_once() -> None:
    guess = Option("rebook", NOW + HOUR, assumed="no lead time is known for rebooking")
    assert assumptions(seen(stake(10, 2, guess), stake(20, 2, guess))) == ("no lead time is known for rebooking",)


def test_a_case_without_any_price_says_so() -> None:
    assert phrase(seen(), NOW) == "no SLA: nothing is promised and nothing is priced"


def test_clock_times_of_other_days_name_the_day() -> None:
    assert clock(datetime(2026, 11, 23, 8, tzinfo=LYON), NOW, "Europe/Paris") == "Mon 08:00"
    assert clock(datetime(2026, 12, 1, 8, tzinfo=LYON), NOW, "Europe/Paris") == "Tue 1 Dec 08:00"
    assert clock(datetime(2026, 11, 19, 8, tzinfo=LYON), NOW, "Europe/Paris") == "Thu 19 Nov 08:00"
