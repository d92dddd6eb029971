"""Deadlines in days as laws and tariffs count them, and pauses that conserve what was left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions.sla.calendars import Calendar, NeverOpen, add_business, always_open, business_between, office_hours
from exceptions.sla.checking import LONGEST
from exceptions.sla.clocks import Allowed, Pause, clock, counted_pauses, deadline
from exceptions.sla.kinds import Counting
from exceptions.sla.reckoning import day_steps

PARIS = ZoneInfo("Europe/Paris")
HOUR = timedelta(hours=1)
FRIDAY = datetime(2026, 12, 18, 15, 30, tzinfo=PARIS)


def day_end(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=PARIS) + timedelta(days=1)


OFFICE = office_hours("Europe/Paris", country="FR")


@pytest.mark.parametrize(
    ("allowed", "ends"),
    [
        (Allowed(days=5, counting=Counting.CALENDAR_DAYS), day_end(2026, 12, 23)),
        (Allowed(days=5, counting=Counting.CALENDAR_DAYS, first_day_counts=True), day_end(2026, 12, 22)),
        (Allowed(days=5, counting=Counting.WORKING_DAYS), day_end(2026, 12, 28)),
        (Allowed(days=5, counting=Counting.WORKING_DAYS, first_day_counts=True), day_end(2026, 12, 24)),
        (Allowed(days=7, counting=Counting.NOT_SUNDAYS), day_end(2026, 12, 28)),
        (Allowed(months=9), day_end(2027, 9, 18)),
        (Allowed(months=24), day_end(2028, 12, 18)),
    ],
)
def test_days_are_counted_as_the_term_says(allowed: Allowed, ends: datetime) -> None:
    """Christmas is a holiday in France; the 20th and the 27th are Sundays."""
    assert deadline(FRIDAY, allowed, OFFICE) == ends


def test_nine_months_from_the_end_of_may_end_with_february() -> None:
    assert deadline(datetime(2026, 5, 31, 12, tzinfo=PARIS), Allowed(months=9), OFFICE) == day_end(2027, 2, 28)


def test_a_day_that_does_not_count_cannot_be_the_first() -> None:
    saturday = FRIDAY + timedelta(days=1)
    allowed = Allowed(days=1, counting=Counting.WORKING_DAYS, first_day_counts=True)
    assert deadline(saturday, allowed, OFFICE) == day_end(2026, 12, 21)


def test_minutes_run_by_the_wall_or_in_business_time() -> None:
    assert deadline(FRIDAY, Allowed(minutes=120), OFFICE) == FRIDAY + 2 * HOUR
    monday = datetime(2026, 12, 21, 8, 30, tzinfo=PARIS)
    assert deadline(FRIDAY, Allowed(minutes=120, counting=Counting.BUSINESS), OFFICE) == monday


@pytest.mark.parametrize("counting", [Counting.CALENDAR_DAYS, Counting.WORKING_DAYS, Counting.NOT_SUNDAYS])
def test_as_many_days_as_a_term_may_allow_can_be_counted_and_shown(counting: Counting) -> None:
    one_day_a_week = Calendar("Europe/Paris", (((480, 1020),), *((),) * 6))
    for calendar in (OFFICE, one_day_a_week):
        for days in (1000, LONGEST.days):
            due = deadline(FRIDAY, Allowed(days=days, counting=counting), calendar)
            assert due == day_steps(calendar, FRIDAY, days, counting).due_at


def test_working_days_without_any_are_an_error_and_no_endless_search() -> None:
    with pytest.raises(NeverOpen):
        deadline(FRIDAY, Allowed(days=1, counting=Counting.WORKING_DAYS), Calendar("UTC", ((),) * 7))


# Pauses.

calendars = st.sampled_from([always_open(), OFFICE, office_hours("America/Chicago", "06:00-10:00 11:00-23:00")])
instants = st.integers(0, 40 * 24 * 60).map(
    lambda minutes: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(calendars, instants, st.integers(1, 6000), st.integers(0, 6000), st.integers(0, 9000))
@settings(max_examples=200, deadline=None)
def test_pausing_and_resuming_conserves_the_time_that_was_left(
    calendar: Calendar, start: datetime, minutes: int, until: int, length: int
) -> None:
    due = add_business(calendar, start, timedelta(minutes=minutes))
    begins = start + timedelta(minutes=until)
    ends = begins + timedelta(minutes=length)
    run = clock(due, [Pause(begins, ends)], ends, calendar)
    assert run.felt_due_at == due and not run.is_paused
    left = business_between(calendar, begins, due)
    assert business_between(calendar, ends, run.due_at) == left if begins < due else run.due_at == due
    still = clock(due, [Pause(begins)], ends, calendar)
    assert still.is_paused == (begins < due)
    assert not still.is_paused or business_between(calendar, ends, still.due_at) == left


@given(instants, st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 2000)), max_size=5))
@settings(max_examples=100, deadline=None)
def test_overlapping_pauses_stop_the_clock_once_in_any_order(start: datetime, spans: list[tuple[int, int]]) -> None:
    due, now = start + 24 * HOUR, start + timedelta(days=30)
    pauses = [
        Pause(start + timedelta(minutes=begins), start + timedelta(minutes=begins + length)) for begins, length in spans
    ]
    # Minute by minute: the clock runs in those that no pause covers, and it is due when the day has run.
    left, at = 24 * 60, start
    while left:
        left -= not any(one.begins <= at < (one.ends or now) for one in pauses)
        at += timedelta(minutes=1)
    assert clock(due, pauses, now).due_at == at
    assert clock(due, pauses[::-1], now) == clock(due, pauses, now)


@given(calendars, instants, st.integers(0, 6000), st.integers(0, 9000), st.integers(0, 9000))
@settings(max_examples=100, deadline=None)
def test_what_lies_before_the_clock_began_stops_nothing(
    calendar: Calendar, start: datetime, minutes: int, before: int, length: int
) -> None:
    due = add_business(calendar, start, timedelta(minutes=minutes))
    begins = start - timedelta(minutes=before)
    ends = begins + timedelta(minutes=length)
    run = clock(due, [Pause(begins, ends)], ends, calendar, start=start)
    only = clock(due, [Pause(max(begins, start), ends)] if ends > start else [], ends, calendar)
    assert run == only
    assert business_between(calendar, due, run.due_at) <= max(timedelta(0), ends - start)


def test_a_cause_of_three_days_ago_puts_a_clock_off_by_the_hours_that_it_still_lasted() -> None:
    start = FRIDAY.astimezone(UTC)
    pause = Pause(start - timedelta(days=3), start + 2 * HOUR)
    assert clock(start + 8 * HOUR, [pause], start + 9 * HOUR, start=start).due_at == start + 10 * HOUR
    going_on = clock(start + 8 * HOUR, [Pause(pause.begins)], start + HOUR, start=start)
    assert (going_on.due_at, going_on.is_paused) == (start + 9 * HOUR, True)


def test_what_begins_after_the_deadline_excuses_nothing() -> None:
    due = FRIDAY + HOUR
    assert clock(due, [Pause(due, due + HOUR)], due + 9 * HOUR).due_at == due


def test_an_excuse_counts_only_when_it_was_told_in_time() -> None:
    told, late, never = (Pause(FRIDAY, None, at) for at in (FRIDAY + HOUR, FRIDAY + 3 * HOUR, None))
    assert counted_pauses([told, late, never], 2 * HOUR) == [told]
    assert counted_pauses([told, late, never], None) == [told, late, never]
