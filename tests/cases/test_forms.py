"""Times that people type are on the organisation's clock; what leaves the forms is UTC."""

from datetime import UTC, datetime, timedelta

import pytest

from exceptions.cases.forms import ResolveForm, SnoozeForm, later

# Friday 20 November 2026, 09:30 in Chicago.
NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
CHICAGO = "America/Chicago"


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("30m", NOW + timedelta(minutes=30)),
        ("4h", NOW + timedelta(hours=4)),
        ("tomorrow", datetime(2026, 11, 21, 14, 0, tzinfo=UTC)),
        ("monday", datetime(2026, 11, 23, 14, 0, tzinfo=UTC)),
    ],
)
def test_a_shortcut_means_a_time_of_the_place(choice: str, expected: datetime) -> None:
    assert later(choice, NOW, CHICAGO) == expected


def test_monday_said_on_a_monday_is_the_next_one() -> None:
    monday = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
    assert later("monday", monday, CHICAGO) == datetime(2026, 11, 30, 14, 0, tzinfo=UTC)


def test_tomorrow_morning_is_eight_on_the_wall_across_the_change_of_clocks() -> None:
    saturday = datetime(2026, 10, 31, 20, 0, tzinfo=UTC)  # the night to Sunday gains an hour in Chicago
    assert later("tomorrow", saturday, CHICAGO) == datetime(2026, 11, 1, 14, 0, tzinfo=UTC)


def snooze(**data: str) -> SnoozeForm:
    return SnoozeForm(data, now=NOW, zone=CHICAGO)


def test_an_exact_time_wins_over_the_shortcut() -> None:
    form = snooze(after="4h", at="2026-11-20T11:00")
    assert form.is_valid() and form.cleaned_data["when"] == datetime(2026, 11, 20, 17, 0, tzinfo=UTC)


def test_a_time_that_has_passed_is_refused_beside_its_field() -> None:
    form = snooze(at="2026-11-20T09:00")
    assert not form.is_valid() and form.errors["at"] == ["Choose a time that is still ahead."]


def test_an_hour_that_a_night_has_twice_is_the_one_still_ahead() -> None:
    between = datetime(2026, 11, 1, 7, 0, tzinfo=UTC)  # 01:00 for the second time in Chicago
    form = SnoozeForm({"at": "2026-11-01T01:30"}, now=between, zone=CHICAGO)
    assert form.is_valid() and form.cleaned_data["when"] == datetime(2026, 11, 1, 7, 30, tzinfo=UTC)
    before = SnoozeForm({"at": "2026-11-01T01:30"}, now=between - timedelta(hours=3), zone=CHICAGO)
    assert before.is_valid() and before.cleaned_data["when"] == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["9999-12-31T23:59", "2028-01-01T08:00"])
def test_a_time_that_nobody_can_mean_is_refused_beside_its_field(typed: str) -> None:
    form = snooze(at=typed)
    assert not form.is_valid() and form.errors["at"] == ["Choose a time within a year."]


def test_resolving_needs_a_word_on_what_ended_it() -> None:
    form = ResolveForm({}, now=NOW, zone=CHICAGO)
    assert not form.is_valid() and "resolution" in form.errors
