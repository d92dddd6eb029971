"""A contract that cannot be meant is refused with a sentence that names the place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exceptions.sla.calendars import Calendar, add_business, office_hours
from exceptions.sla.checking import InForce, World, check_contract
from exceptions.sla.drafts import ContractDraft, TermDraft
from exceptions.sla.kinds import TermKind
from exceptions.sla.reads import READS

NEW_YEAR = date(2026, 1, 1)
FLAT = {"kind": "flat", "amount": "450", "currency": "EUR"}
WORLD = World(
    accounts={"FRUTERRA": ("FRUTERRA",), "LYON": ("LYON", "FRUTERRA"), "OTHER": ("OTHER",)},
    calendars={
        "Dock": (office_hours("Europe/Paris"),),
        "Never": (Calendar("UTC", ((),) * 7),),
        "Twice": (office_hours("UTC"), office_hours("UTC")),
    },
    currencies=frozenset({"EUR", "USD"}),
    regimes={"cmr/notice/freight_damaged": ("notice", "freight_damaged"), "cmr/suit": ("suit", "")},
)
WINDOW = TermDraft(kind="delivery_window", name="Late", allowed_minutes=30, price=FLAT)
RUNNING: dict[str, Any] = {"kind": "per_unit", "unit": "hour", "rate": "75", "currency": "EUR"}


BY_HOURS = replace(WINDOW, kind="resolution", counting="business", allowed_minutes=480)


def contract(*terms: TermDraft, **more: Any) -> ContractDraft:
    given: dict[str, Any] = {
        "code": "F",
        "name": "F",
        "currency": "EUR",
        "effective_from": NEW_YEAR,
        "account": "FRUTERRA",
        "terms": terms or (WINDOW,),
    }
    return ContractDraft(**(given | more))


def told(draft: ContractDraft, world: World = WORLD) -> list[str]:
    return [str(problem) for problem in check_contract(draft, world)]


def test_a_sound_contract_has_no_problems() -> None:
    assert told(contract(WINDOW, replace(WINDOW, account="LYON", service="express", lane="US-TX>US-IL", tier=1))) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"account": "OTHER"}, "term 1, account: OTHER is not FRUTERRA and not below it: it can never match"),
        ({"account": "NOBODY"}, "term 1, account: there is no account NOBODY"),
        ({"case_type": "pod_missing"}, "no pod_missing case puts this delivery window at stake: it can never match"),
        ({"case_type": "late"}, "'late' is no type of case, so it can never match"),
        ({"mode": "rocket"}, "term 1, mode: 'rocket' is no mode, so it can never match"),
        ({"lane": "Texas to Illinois"}, "is no lane, so it can never match: write it as US-TX>US-IL"),
        ({"tier": 12}, "12 is no tier, so it can never match: 1 to 9"),
        ({"severity": "S9"}, "'S9' is no severity"),
        ({"kind": "punctuality"}, "'punctuality' is no kind of term"),
        ({"name": " "}, "term 1, name: a term has a name"),
        ({"name": "Late "}, "term 1, name: begins or ends with a space"),
        ({"goods_class": "a\nb"}, "term 1, goods class: begins or ends with a space, or has a line break in it"),
        ({"subkind": "gate"}, "there is only one delivery window"),
        ({"allowed_minutes": -5}, "term 1, allowed minutes: -5 is negative"),
        ({"allowed_minutes": 10**9}, "is longer than three years"),
        ({"period": "month", "threshold": Decimal(98)}, "a term of kind delivery_window does not read it"),
        ({"counting": "business"}, "a term of kind delivery_window does not read it"),
        ({"measured": "gate_out"}, "this kind is measured at arrival, unloading_start, unloading_end, proof"),
        ({"price": {}}, "term 1, price: a price is flat"),
        ({"price": FLAT | {"amount": "-1"}}, "term 1, price: '-1' is not an amount"),
        ({"price": FLAT | {"currency": "XTS"}}, "term 1, price, currency: no rate is known for XTS"),
        ({"price": FLAT | {"rate": "1"}}, "a price of this kind has no rate"),
        ({"price": {"kind": "percent", "percent": "101"}}, "101 percent is more than the whole"),
        ({"price": {"kind": "disputed"}}, "a term of kind delivery_window is not priced by disputed"),
        ({"price": RUNNING | {"tiers": [{"rate": "1"}]}}, "term 1, price: a price has one rate or tiers, not both"),
        (
            {"price": {"kind": "per_unit", "unit": "hour", "currency": "EUR", "tiers": [{"rate": "1", "per": "box"}]}},
            "term 1, price: a tier has no per",
        ),
        ({"price": RUNNING | {"cap": "50"}}, "term 1, price, cap: the cap of 50 is below the first step of 75"),
        ({"price": {"kind": "per_unit", "unit": "hour", "tiers": "many", "currency": "EUR"}}, "term 1, price: "),
    ],
)  # fmt: skip
def test_a_term_that_cannot_be_meant_is_named(change: dict[str, Any], sentence: str) -> None:
    (problem, *_) = told(contract(replace(WINDOW, **change)))
    assert sentence in problem and problem.startswith("term 1")


def test_a_word_that_is_no_way_of_counting_is_told_once() -> None:
    free = TermDraft(kind="free_time", subkind="demurrage", name="D", price=FLAT, allowed_days=5, counting="moons")
    (problem,) = told(contract(free))
    assert "'moons' is none of" in problem


def test_tiers_out_of_order_are_refused() -> None:
    tiers = {"kind": "per_unit", "unit": "calendar_day", "currency": "EUR"}
    free = TermDraft(kind="free_time", subkind="demurrage", name="D", price=tiers)
    falling = [{"units": 2, "rate": "300"}, {"rate": "100"}]
    endless = [{"rate": "100"}, {"units": 2, "rate": "300"}]
    assert "the tiers fall: 300, 100" in told(contract(replace(free, price=tiers | {"tiers": falling})))[0]
    assert "except the last" in told(contract(replace(free, price=tiers | {"tiers": endless})))[0]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"effective_to": NEW_YEAR}, "effective to: it would end before it begins"),
        ({"currency": "euro"}, "currency: 'euro' is no currency code"),
        ({"currency": "XTS"}, "currency: no rate is known for XTS"),
        ({"account": "NOBODY"}, "account: there is no account NOBODY"),
        ({"side": "both"}, "side: 'both' is neither payable nor recoverable"),
        ({"side": "recoverable", "account": ""}, "side: the house's own rates are payable"),
        ({"name": "x" * 201}, "name: is longer than 200 characters"),
        ({"effective_from": date.min}, "effective from: it begins between 2000 and 2100"),
        ({"effective_from": date.max, "terms": (BY_HOURS,)}, "effective from: it begins between 2000 and 2100"),
    ],
)
def test_a_head_that_cannot_be_meant_is_named(change: dict[str, Any], sentence: str) -> None:
    assert sentence in told(contract(**change))[0]


def test_a_contract_without_terms_promises_nothing() -> None:
    assert told(replace(contract(), terms=())) == ["it promises nothing"]


@pytest.mark.parametrize(
    ("begins", "ends", "overlaps"),
    [
        (date(2026, 6, 1), None, True),
        (date(2025, 6, 1), NEW_YEAR, False),
        (date(2025, 6, 1), date(2026, 1, 2), True),
        (date(2027, 1, 1), None, False),
    ],
)
def test_two_versions_never_hold_on_one_day(begins: date, ends: date | None, overlaps: bool) -> None:
    world = replace(WORLD, in_force=(InForce(3, begins, ends),))
    problems = told(contract(effective_to=date(2027, 1, 1)), world)
    assert bool(problems) == overlaps
    assert not overlaps or "version 3 holds from" in problems[0]


@pytest.mark.parametrize("kind", ["first_response", "resolution", "next_update", "house_rate"])
@pytest.mark.parametrize(("name", "value"), [("service", "express"), ("lane", "US-TX>US-IL"), ("mode", "road")])
def test_how_a_case_is_worked_on_is_promised_whatever_moves(kind: str, name: str, value: str) -> None:
    within = None if kind == "house_rate" else 30
    row = TermDraft(kind=kind, name="Ours", allowed_minutes=within, price=FLAT, **{name: value})
    (problem,) = told(contract(row))
    assert problem.startswith(f"term 1, {name}: ") and "it can never match" in problem


@pytest.mark.parametrize(
    ("subkind", "change", "sentence"),
    [
        ("demurrage", {"starts": "delivery"}, "this kind's clock starts with discharge"),
        ("demurrage", {"starts": "arrival"}, "demurrage starts with discharge, available, gate_out"),
        ("storage", {"measured": "departure"}, "storage is measured at gate_out, empty_return"),
        ("truck_detention", {"starts": "gate_out"}, "truck detention starts with arrival"),
        ("truck_detention", {"measured": "gate_out"}, "truck detention is measured at departure"),
    ],
)
def test_free_time_runs_from_and_until_what_happens_to_it(subkind: str, change: dict[str, str], sentence: str) -> None:
    free = TermDraft(kind="free_time", subkind=subkind, name="F", price=FLAT, allowed_minutes=120)
    assert told(contract(free)) == []
    (problem, *_) = told(contract(replace(free, **change)))
    assert sentence in problem and problem.startswith(f"term 1, {next(iter(change))}: ")


def test_of_two_terms_for_the_same_the_second_would_never_count() -> None:
    same = replace(WINDOW, name="Again", account="FRUTERRA", allowed_minutes=90)
    assert told(contract(WINDOW, same)) == ["term 2: it is for the same as term 1, Late: only one of them can count"]
    assert told(contract(WINDOW, replace(same, account="LYON"), replace(same, mode="road"))) == []


ANSWER = TermDraft(kind="first_response", name="Answer", allowed_minutes=30, counting="business", price=FLAT)


@pytest.mark.parametrize(
    ("term", "whose"),
    [
        (replace(ANSWER, calendar="Dock"), "'Dock' has"),
        (ANSWER, "we have"),
        (replace(ANSWER, kind="next_update"), "LYON has"),
        (replace(ANSWER, kind="free_time", subkind="detention"), "a place has"),
    ],
)
def test_more_working_time_than_the_clock_can_count_is_refused(term: TermDraft, whose: str) -> None:
    world = replace(WORLD, ours=office_hours("Europe/Paris"), hours={"LYON": office_hours("UTC"), "OTHER": WEEKLY})
    assert told(contract(replace(term, allowed_minutes=100 * 5 * 8 * 60)), world) == []
    (problem,) = told(contract(replace(term, allowed_minutes=106 * 5 * 9 * 60)), world)
    assert problem.startswith("term 1, allowed minutes: 286200 minutes are more working time than " + whose)


WEEKLY = Calendar("UTC", (((600, 601),), *[()] * 6))


@given(
    st.sampled_from([WEEKLY, office_hours("America/Chicago", country="US"), office_hours("Asia/Tokyo", country="JP")]),
    st.integers(0, 400_000),
    st.dates(date(2026, 1, 1), date(2032, 1, 1)),
)
def test_what_the_check_lets_through_the_clock_can_count_from_any_day(hours: Calendar, minutes: int, day: date) -> None:
    world, row = replace(WORLD, ours=hours), replace(ANSWER, allowed_minutes=minutes)
    if not told(contract(row), world):
        add_business(hours, datetime.combine(day, time(), UTC), timedelta(minutes=minutes))


def test_a_calendar_must_exist_once_and_open_at_some_time() -> None:
    answer = TermDraft(
        kind="first_response", name="Answer", allowed_minutes=30, counting="business", calendar="Dock", price=FLAT
    )
    assert told(contract(answer)) == []
    assert told(contract(replace(answer, calendar="Never"))) == ["term 1, calendar: 'Never' has no working time"]
    assert "there is no calendar 'Gone'" in told(contract(replace(answer, calendar="Gone")))[0]
    assert "2 calendars are called 'Twice'" in told(contract(replace(answer, calendar="Twice")))[0]


def test_a_claim_stands_on_a_confirmed_deadline_of_its_own_step() -> None:
    claim = TermDraft(
        kind="claim", subkind="notice", name="Notice", case_type="freight_damaged", price=FLAT,
        regime="cmr/notice/freight_damaged",
    )  # fmt: skip
    assert told(contract(claim)) == []
    assert "nobody has confirmed 'montreal/notice'" in told(contract(replace(claim, regime="montreal/notice")))[0]
    assert "is about the suit, this term about the notice" in told(contract(replace(claim, regime="cmr/suit")))[0]
    assert "is about freight_damaged cases only" in told(contract(replace(claim, case_type="")))[0]
    assert "regime or allowed_days or allowed_minutes is missing" in told(contract(replace(claim, regime="")))[0]


def test_a_credit_is_not_due_while_the_threshold_is_kept() -> None:
    steps = [{"below": "99", "amount": "10"}]
    credit = TermDraft(
        kind="service_credit", name="Month", period="month", threshold=Decimal(98),
        price={"kind": "credits", "currency": "EUR", "steps": steps},
    )  # fmt: skip
    assert "a credit below 99 is due while 98 is still kept" in told(contract(credit))[0]
    assert "a period and its threshold come together" in " ".join(told(contract(replace(credit, period=""))))


@pytest.mark.parametrize("kind", ["first_response", "resolution", "next_update", "house_rate"])
def test_how_a_case_is_worked_on_has_no_value_to_take_a_share_of(kind: str) -> None:
    within = None if kind == "house_rate" else 30
    row = TermDraft(kind=kind, name="Ours", allowed_minutes=within, price={"kind": "percent", "percent": "3"})
    assert told(contract(row)) == [f"term 1, price: a term of kind {kind} is not priced by percent"]
    assert told(contract(replace(row, price=FLAT))) == told(contract(replace(row, price=RUNNING))) == []


def test_all_problems_are_told_at_once_each_at_its_place() -> None:
    second = replace(WINDOW, mode="rocket", price=FLAT | {"amount": "-1"})
    assert [problem.where for problem in check_contract(contract(WINDOW, second, name=""), WORLD)] == [
        ("name",),
        ("terms", 1, "mode"),
        ("terms", 1, "price"),
    ]


def test_the_check_knows_every_kind_of_term() -> None:
    assert set(READS) == set(TermKind)
