"""Whole numbers as addresses and forms give them."""

import pytest

from controltower.web.numbers import number_in, numbers_in


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("17", 17), ("9" * 18, 10**18 - 1)])
def test_a_number_is_read(text: str, number: int) -> None:
    assert number_in(text) == number


@pytest.mark.parametrize("text", ["", "-1", "+1", "1.0", " 1", "1_0", "\u00b2", "\u0663", "9" * 19, "9" * 5000, "NaN"])
def test_what_no_row_can_have_is_none(text: str) -> None:
    assert number_in(text) is None


def test_of_several_all_are_numbers_or_none_is_taken() -> None:
    assert numbers_in(["3", "1"]) == [3, 1]
    assert numbers_in(["3", "x"]) == numbers_in([]) == []
