"""The generated month: the same for a seed, readable by the intake, and true in itself."""

import ast
import json
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

import exceptions.cases.noise as noise
from exceptions.cases.noise import Month, generate, lanes
from exceptions.cases.noise.delays import GRACE, Delay, Run, lateness
from exceptions.cases.noise.world import HOUR, RANKS, Journey
from exceptions.intake.adapters import adapter_for
from exceptions.intake.adapters.base import Unreadable

AT = datetime(2026, 3, 4, 12, tzinfo=UTC)
SMALL = 250


@pytest.fixture(scope="module")
def month() -> Month:
    return generate(7, SMALL)


@pytest.fixture
def journey() -> Journey:
    return Journey(Random(1), "BOL1", lanes.ROAD[0], "CUST-01", {"bol": "BOL1"})


def bodies(month: Month) -> list[dict[str, Any]]:
    return [json.loads(delivery.body) for delivery in month.deliveries]


def test_a_seed_gives_the_same_month_and_another_seed_another(month: Month) -> None:
    assert generate(7, SMALL) == month
    assert generate(8, SMALL) != month


def test_the_month_has_the_shipments_asked_for_and_truths_speak_of_them_only(month: Month) -> None:
    numbers = {f"BOL{number:06d}" for number in range(SMALL)}
    booked = {
        reference["value"]
        for body in bodies(month)
        if body["type"] == "shipment.booked"
        for reference in body["data"]["references"]
        if reference["type"] == "bol"
    }
    assert month.shipments == SMALL
    assert booked == numbers
    assert set().union(*(truth.shipments for truth in month.truths)) <= numbers


def test_deliveries_come_in_order_from_known_sources_and_the_intake_can_read_each(month: Month) -> None:
    read = adapter_for("cloudevents").read
    assert list(month.deliveries) == sorted(month.deliveries, key=lambda one: (one.at, one.body))
    assert {delivery.partner for delivery in month.deliveries} <= set(RANKS)
    for delivery in month.deliveries:
        events = read(delivery.body, {"content-type": "application/cloudevents+json"}, {})
        assert not isinstance(events, Unreadable), (events, delivery.body)
        assert len(events) == 1


def test_the_wires_repeat_send_again_overtake_and_err_in_the_zone(month: Month) -> None:
    ids = Counter(body["id"] for body in bodies(month))
    assert any(count > 1 for count in ids.values()), "no repeats"
    assert any(name.endswith("-again") for name in ids), "nothing sent again"
    latest: dict[str, str] = {}
    overtaken = 0
    for body in bodies(month):
        about = body["data"]["references"][0]["value"]
        overtaken += body["time"] < latest.get(about, "")
        latest[about] = max(body["time"], latest.get(about, ""))
    assert overtaken > len(ids) / 50
    by_word: dict[str, set[str]] = defaultdict(set)
    for body in bodies(generate(7, 1000)):
        by_word[body["id"].rsplit("-", 1)[0].removesuffix("-again")].add(body["time"])
    assert any(len(times) > 1 for times in by_word.values()), "no clock was ever wrong"


def test_most_shipments_have_nothing_true_and_some_have_something_of_many_kinds(month: Month) -> None:
    whole = generate(7, 2000)
    troubled = set().union(*(truth.shipments for truth in whole.truths if not truth.arguable))
    kinds = set().union(*(truth.kinds for truth in whole.truths if not truth.arguable))
    assert 0.1 < len(troubled) / whole.shipments < 0.3
    assert len(kinds) >= 18
    assert sum(truth.arguable for truth in whole.truths) < whole.shipments * 0.25


def test_a_delivery_is_late_after_half_an_hour_and_arguable_before(journey: Journey) -> None:
    for minutes, expected in ((-5, []), (20, [True]), (31, [False])):
        journey.truths.clear()
        lateness(journey, Run(AT + timedelta(minutes=minutes)), AT, [])
        assert [truth.arguable for truth in journey.truths] == expected


@pytest.mark.parametrize(("hours_in_danger", "told", "arguable"), [(5, True, False), (5, False, True), (1, True, True)])
def test_a_danger_that_passed_counts_when_it_lasted_and_was_spoken_of(
    journey: Journey, hours_in_danger: float, told: bool, arguable: bool
) -> None:
    begins = AT - 10 * HOUR
    delay = Delay(begins, 6, "Snow", made_up=6, made_up_at=begins + hours_in_danger * HOUR)
    lateness(journey, Run(AT - HOUR, [delay]), AT, [begins + HOUR / 2] if told else [])
    (truth,) = journey.truths
    assert (truth.begins, truth.arguable) == (begins, arguable)


def test_what_is_projected_is_what_has_happened_so_far() -> None:
    delay = Delay(AT, 4, "Snow", made_up=3, made_up_at=AT + 2 * HOUR)
    run = Run(AT + 8 * HOUR, [delay])
    assert run.projected(AT - HOUR) == AT + 8 * HOUR
    assert run.projected(AT + HOUR) == AT + 12 * HOUR
    assert run.projected(AT + 3 * HOUR) == run.arrival == AT + 9 * HOUR
    assert run.dangers(AT + 10 * HOUR) == [(AT, AT + 2 * HOUR)]
    assert run.dangers(AT + 12 * HOUR - GRACE) == []


def test_the_generator_knows_nothing_of_detection() -> None:
    for module in Path(noise.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            ours = [name for name in names if name.startswith(("exceptions", "controltower", "django"))]
            assert all(name.startswith("exceptions.cases.noise") for name in ours), (module.name, ours)


def test_a_truck_that_is_dark_and_late_is_one_thing(journey: Journey) -> None:
    journey.wrong("tracker dark", "tracking_silent delivery_late", AT, ends=AT + 12 * HOUR)
    lateness(journey, Run(AT, [Delay(AT + HOUR, 9, "Snow")]), AT + 4 * HOUR, [AT + HOUR])
    (truth,) = journey.truths
    assert truth.kinds == {"delivery_late", "tracking_silent"} and truth.begins == AT and truth.ends is None


def test_a_dark_tracker_is_no_silence_while_the_reefers_unit_speaks() -> None:
    for seed in range(4):
        month = generate(seed, 400)
        cold = {
            reference["value"]
            for body in bodies(month)
            if body["type"] == "shipment.temperature_read"
            for reference in body["data"]["references"]
        }
        dark = [truth for truth in month.truths if truth.story == "tracker dark"]
        assert all(truth.shipments.isdisjoint(cold) for truth in dark)


def test_a_collection_by_air_in_time_that_was_told_late_is_arguable_as_by_road() -> None:
    months = [generate(seed, 400) for seed in range(6)]
    untold = [truth for month in months for truth in month.truths if truth.story.endswith("or untold")]
    by_air = {
        reference["value"]
        for month in months
        for body in bodies(month)
        for reference in body["data"]["references"]
        if any(other["type"] == "awb" for other in body["data"]["references"])
    }
    assert all(truth.arguable for truth in untold)
    assert any(not truth.shipments.isdisjoint(by_air) for truth in untold)
