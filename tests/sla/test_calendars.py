"""Working time, held against an oracle that walks minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions.sla.calendars import (
    Calendar,
    NeverOpen,
    add_business,
    always_open,
    business_between,
    calendar_from_data,
    intervals_from_data,
    office_hours,
    subtract_business,
)

ZONES = ["Europe/Paris", "America/Chicago", "America/Phoenix", "Asia/Kolkata", "Australia/Lord_Howe", "Asia/Shanghai"]
# The weeks in which Paris, Chicago and Lord Howe change their clocks, and one in which nobody does.
WEEKS = [
    date(2026, 3, 28),
    date(2026, 10, 24),
    date(2026, 3, 7),
    date(2026, 10, 31),
    date(2026, 4, 4),
    date(2026, 6, 10),
]
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def minute_is_open(calendar: Calendar, at: datetime) -> bool:
    """The definition itself: what does the clock on the wall say?"""
    local = at.astimezone(ZoneInfo(calendar.zone))
    clock = local.hour * 60 + local.minute
    day = local.date()
    if day in calendar.closures:
        return False
    hours = calendar.extra[day] if day in calendar.extra else calendar.week[day.weekday()]
    return any(start <= clock < end for start, end in hours)


def minutes_counted(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    total, at = timedelta(0), start
    while at < end:
        total += MINUTE if minute_is_open(calendar, at) else timedelta(0)
        at += MINUTE
    return total


def walked_forward(calendar: Calendar, start: datetime, duration: timedelta) -> datetime:
    at = start
    while not minute_is_open(calendar, at):
        at += MINUTE
    while duration:
        duration -= MINUTE if minute_is_open(calendar, at) else timedelta(0)
        at += MINUTE
    return at


def walked_back(calendar: Calendar, end: datetime, duration: timedelta) -> datetime:
    at = end
    while not minute_is_open(calendar, at - MINUTE):
        at -= MINUTE
    while duration:
        at -= MINUTE
        duration -= MINUTE if minute_is_open(calendar, at) else timedelta(0)
    return at


@st.composite
def day_hours(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    edges = sorted(draw(st.sets(st.integers(0, 96).map(lambda quarter: quarter * 15), max_size=4)))
    return tuple(zip(edges[::2], edges[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    week = [draw(day_hours()) for _ in range(7)]
    week[draw(st.integers(0, 6))] = ((480, 1020),)
    return Calendar(zone=draw(st.sampled_from(ZONES)), week=tuple(week))


instants = st.builds(
    lambda day, minutes: datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minutes),
    st.sampled_from(WEEKS),
    st.integers(0, 3 * 1440),
)


@given(calendars(), instants, st.integers(0, 2 * 1440))
@settings(max_examples=60, deadline=None)
def test_time_between_two_instants_is_what_walking_minute_by_minute_counts(
    calendar: Calendar, start: datetime, minutes: int
) -> None:
    end = start + timedelta(minutes=minutes)
    assert business_between(calendar, start, end) == minutes_counted(calendar, start, end)


@given(calendars(), instants, st.integers(0, 600))
@settings(max_examples=40, deadline=None)
def test_adding_and_subtracting_agree_with_walking(calendar: Calendar, at: datetime, minutes: int) -> None:
    duration = timedelta(minutes=minutes)
    assert add_business(calendar, at, duration) == walked_forward(calendar, at, duration)
    assert subtract_business(calendar, at, duration) == walked_back(calendar, at, duration)


@given(calendars(), instants, st.integers(1, 100_000))
@settings(max_examples=80, deadline=None)
def test_what_was_added_lies_between(calendar: Calendar, at: datetime, seconds: int) -> None:
    duration = timedelta(seconds=seconds)
    assert business_between(calendar, at, add_business(calendar, at, duration)) == duration
    assert business_between(calendar, subtract_business(calendar, at, duration), at) == duration


def test_a_day_with_a_clock_change_is_an_hour_shorter_or_longer() -> None:
    paris = always_open("Europe/Paris")
    spring = datetime(2026, 3, 29, tzinfo=ZoneInfo("Europe/Paris"))
    autumn = datetime(2026, 10, 25, tzinfo=ZoneInfo("Europe/Paris"))
    assert sum((b - a for a, b in paris.spans_on(spring.date())), timedelta()) == 23 * HOUR
    assert sum((b - a for a, b in paris.spans_on(autumn.date())), timedelta()) == 25 * HOUR


def test_phoenix_keeps_its_clock_while_denver_changes() -> None:
    lead = 9 * HOUR
    monday = datetime(2026, 3, 9, 15, 0, tzinfo=UTC)
    assert subtract_business(office_hours("America/Phoenix"), monday, lead) == datetime(2026, 3, 6, 15, tzinfo=UTC)
    # Denver opened at 14:00 UTC that Monday, at 15:00 UTC on the Friday before.
    assert subtract_business(office_hours("America/Denver"), monday, lead) == datetime(2026, 3, 6, 16, tzinfo=UTC)


def test_a_dispatcher_who_goes_home_on_friday_must_be_asked_on_friday() -> None:
    dallas = office_hours("America/Chicago")
    monday = datetime(2026, 11, 23, 8, 0, tzinfo=ZoneInfo("America/Chicago"))
    friday = datetime(2026, 11, 20, 16, 30, tzinfo=ZoneInfo("America/Chicago"))
    assert subtract_business(dallas, monday, HOUR / 2) == friday
    assert subtract_business(dallas, monday, timedelta(0)) == friday + HOUR / 2


def test_the_lunch_break_of_a_split_shift_does_not_count() -> None:
    lyon = office_hours("Europe/Paris", "08:00-12:00 14:00-18:00")
    before_lunch = datetime(2026, 11, 20, 11, 30, tzinfo=ZoneInfo("Europe/Paris"))
    assert add_business(lyon, before_lunch, HOUR) == before_lunch + 3 * HOUR


def test_public_holidays_are_closed_extra_days_open_and_closures_win() -> None:
    hamburg = calendar_from_data(
        {day: [["08:00", "16:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
        zone="Europe/Berlin",
        country="DE",
        subdivision="HH",
        closures=["2026-12-24"],
        extra={"2026-12-26": ["06:00-08:00"], "2026-12-24": "06:00-08:00"},
    )
    assert hamburg.intervals_on(date(2026, 12, 23)) == ((480, 960),)
    assert hamburg.intervals_on(date(2026, 12, 24)) == ()
    assert hamburg.intervals_on(date(2026, 12, 25)) == ()
    assert hamburg.intervals_on(date(2026, 12, 26)) == ((360, 480),)
    assert hamburg.is_open(datetime(2026, 12, 26, 6, 30, tzinfo=UTC))


def test_hours_left_empty_mean_around_the_clock() -> None:
    assert calendar_from_data({}, zone="Asia/Shanghai") == always_open("Asia/Shanghai")


def test_a_calendar_without_hours_says_so_instead_of_searching_for_ever() -> None:
    closed = Calendar("UTC", ((),) * 7)
    with pytest.raises(NeverOpen):
        add_business(closed, datetime(2026, 1, 1, tzinfo=UTC), HOUR)
    with pytest.raises(NeverOpen):
        subtract_business(closed, datetime(2026, 1, 1, tzinfo=UTC), HOUR)


@pytest.mark.parametrize(
    "hours",
    [
        "8-12",
        "08:00",
        "25:00-26:00",
        "08:00-07:00",
        "08:00-10:00 09:00-11:00",
        "08:70-09:00",
        "²:00-09:00",
        f"{'0' * 5000}8:00-09:00",
    ],
)
def test_hours_that_make_no_sense_are_refused(hours: str) -> None:
    with pytest.raises(ValueError, match=r"is not a|must be in order"):
        intervals_from_data(hours)


@pytest.mark.parametrize(
    "how",
    [
        {"week": {"monday": "08:00-09:00"}, "zone": "UTC"},
        {"week": {"mon": [["08:00"]]}, "zone": "UTC"},
        {"week": {"mon": "08:00-09:00"}, "zone": "Nowhere/Land"},
        {"week": {"mon": "08:00-09:00"}, "zone": "UTC", "country": "XX"},
        {"week": {"mon": "08:00-09:00"}, "zone": "UTC", "closures": ["Christmas"]},
    ],
)
def test_stored_hours_that_cannot_be_read_are_refused(how: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        calendar_from_data(**how).intervals_on(date(2026, 1, 1))


def test_a_negative_duration_is_refused() -> None:
    with pytest.raises(ValueError):
        add_business(always_open(), datetime(2026, 1, 1, tzinfo=UTC), -HOUR)
