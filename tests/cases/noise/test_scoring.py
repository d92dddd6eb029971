"""Holding cases against truths: what is right, false, said twice, missed, double."""

from datetime import UTC, datetime

from exceptions.cases.noise.scoring import Opened, judge
from exceptions.cases.noise.world import HOUR, Truth

AT = datetime(2026, 3, 4, 12, tzinfo=UTC)


def case(number: str, kind: str = "delivery_late", begins: float = 1, ends: float | None = None, *about: str) -> Opened:
    shipments = frozenset(about or ("A",))
    return Opened(number, kind, shipments, AT + begins * HOUR, None if ends is None else AT + ends * HOUR)


def truth(kinds: str = "delivery_late", *about: str, arguable: bool = False, ends: float | None = None) -> Truth:
    until = None if ends is None else AT + ends * HOUR
    return Truth("late", frozenset(kinds.split()), frozenset(about or ("A",)), AT, until, arguable)


def test_a_case_about_a_truth_is_right_and_the_truth_is_found() -> None:
    score = judge([case("1")], [truth()])
    assert (score.precision, score.recall, score.right, score.duplicates) == (1.0, 1.0, 1, 0)


def test_a_case_about_nothing_is_false_and_a_truth_without_case_is_missed() -> None:
    score = judge([case("1", "customs_hold")], [truth()])
    assert (score.precision, score.recall) == (0.0, 0.0)
    assert score.false == {"customs_hold": 1}
    assert score.missed == {"late": 1}


def test_a_second_case_about_one_truth_is_said_twice_and_only_a_duplicate_while_both_are_open() -> None:
    one_after_the_other = judge([case("1", ends=2), case("2", begins=3)], [truth()])
    at_once = judge([case("1"), case("2", begins=3)], [truth()])
    assert (one_after_the_other.precision, one_after_the_other.duplicates) == (0.5, 0)
    assert (at_once.precision, at_once.duplicates) == (0.5, 1)
    assert at_once.said_twice == {"delivery_late: late": 1}


def test_a_case_that_ended_before_the_thing_began_is_false() -> None:
    score = judge([case("1", begins=-9, ends=-5)], [truth()])
    assert score.false == {"delivery_late": 1}


def test_a_case_opened_after_a_thing_that_ends_was_over_is_false() -> None:
    assert judge([case("1", begins=9)], [truth(ends=4)]).false == {"delivery_late": 1}


def test_an_arguable_truth_counts_neither_for_nor_against() -> None:
    with_case, without = judge([case("1")], [truth(arguable=True)]), judge([], [truth(arguable=True)])
    assert (with_case.cases, with_case.arguable, with_case.right, with_case.true_cases) == (1, 1, 0, 0)
    assert (without.missed, without.true_cases) == ({}, 0)


def test_one_case_of_a_truck_is_enough_for_all_that_it_carries() -> None:
    score = judge([case("1", "delivery_late", 1, None, "A", "B")], [truth("delivery_late", "A", "B", "C")])
    assert (score.right, score.recall) == (1, 1.0)


def test_a_case_takes_the_next_truth_when_the_first_has_one_already() -> None:
    score = judge([case("1"), case("2", begins=2)], [truth(), truth()])
    assert (score.right, score.found) == (2, 2)
