"""A deadline step by step adds up to the deadline, whatever the calendar and the pauses."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions.sla.calendars import Calendar, NeverOpen, add_business, always_open, business_between, office_hours
from exceptions.sla.kinds import COUNTED_IN_DAYS, Counting
from exceptions.sla.reckoning import StepKind, day_steps, days_of, deadline_steps, next_holidays

HOUR, ZERO = timedelta(hours=1), timedelta(0)
FRIDAY = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)  # 09:00 in Chicago
CHICAGO = office_hours("America/Chicago", "08:00-12:00 13:00-17:00", country="US", subdivision="IL")
CALENDARS = [
    CHICAGO,
    office_hours("Europe/Berlin", "06:00-22:00", country="DE", subdivision="BY"),
    always_open("America/Phoenix"),
    Calendar("Europe/Lisbon", week=(((0, 360), (1080, 1440)),) * 7, closures=frozenset({date(2026, 12, 24)})),
]
instants = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
DAYS = list(COUNTED_IN_DAYS)
lengths = st.integers(0, 120 * 60).map(lambda minutes: timedelta(minutes=minutes))


@settings(deadline=None)
@given(st.sampled_from(CALENDARS), instants, lengths)
def test_without_pauses_it_is_the_deadline_and_its_steps_are_the_duration(calendar, start, duration) -> None:
    told = deadline_steps(calendar, start, duration)
    assert told.due_at == add_business(calendar, start, duration)
    assert sum((step.counted for step in told.steps), ZERO) == duration
    assert [step.left for step in told.steps] == sorted((step.left for step in told.steps), reverse=True)
    assert told.steps[-1].left == ZERO
    assert all(step.counted == step.ends - step.begins for step in told.steps if step.kind == StepKind.COUNTED)


@settings(deadline=None)
@given(st.sampled_from(CALENDARS), instants, lengths, instants, lengths)
def test_what_is_paused_counts_for_nothing(calendar, start, duration, paused_at, pause) -> None:
    span = (paused_at, paused_at + pause)
    told = deadline_steps(calendar, start, duration, [span])
    ran = business_between(calendar, start, told.due_at)
    paused = business_between(calendar, max(start, span[0]), min(told.due_at, span[1]))
    assert ran - max(ZERO, paused) == duration
    assert deadline_steps(calendar, start, duration, [span, span]).due_at == told.due_at, "an overlap counts once"


def test_a_weekend_a_holiday_and_a_closure_are_steps_with_their_reason() -> None:
    calendar = Calendar(CHICAGO.zone, CHICAGO.week, "US", "IL", closures=frozenset({date(2026, 11, 24)}))
    told = deadline_steps(calendar, FRIDAY, 20 * HOUR)
    kinds = [step.kind for step in told.steps]
    assert kinds.count(StepKind.CLOSED) == 2 and kinds.count(StepKind.CLOSURE) == 1
    long = deadline_steps(calendar, FRIDAY, 32 * HOUR)
    assert [step.name for step in long.steps if step.kind == StepKind.HOLIDAY] == ["Thanksgiving Day"]


def test_a_calendar_that_never_opens_and_a_negative_duration_are_refused() -> None:
    closed = Calendar("UTC", week=((),) * 7)
    with pytest.raises(NeverOpen):
        deadline_steps(closed, FRIDAY, HOUR)
    with pytest.raises(ValueError, match="not negative"):
        deadline_steps(CHICAGO, FRIDAY, -HOUR)


def test_days_say_why_they_differ_from_the_week() -> None:
    calendar = Calendar(
        CHICAGO.zone,
        CHICAGO.week,
        "US",
        closures=frozenset({date(2026, 11, 27)}),
        extra={date(2026, 11, 26): ((480, 600),)},
    )
    days = {day.date: day for day in days_of(calendar, date(2026, 11, 25), 3)}
    assert days[date(2026, 11, 25)].why == "" and days[date(2026, 11, 27)].why == StepKind.CLOSURE
    thanksgiving = days[date(2026, 11, 26)]
    assert (thanksgiving.why, thanksgiving.intervals) == ("extra", ((480, 600),))
    assert thanksgiving.name == "Thanksgiving Day"


def test_the_next_holidays_are_named_in_order() -> None:
    assert next_holidays("US", "", date(2026, 11, 20), 2) == [
        (date(2026, 11, 26), "Thanksgiving Day"),
        (date(2026, 12, 25), "Christmas Day"),
    ]
    assert next_holidays("", "", date(2026, 11, 20), 2) == []
    with pytest.raises(ValueError, match="no public holidays"):
        next_holidays("XX", "", date(2026, 11, 20), 2)


@settings(deadline=None)
@given(st.sampled_from(CALENDARS), instants, st.integers(0, 40), st.sampled_from(DAYS), st.booleans())
def test_days_end_at_the_midnight_after_the_last_that_counts(calendar, start, days, counting, first_counts) -> None:
    told = day_steps(calendar, start, days, counting, first_counts)
    local = told.due_at.astimezone(ZoneInfo(calendar.zone))
    assert (local.hour, local.minute) == (0, 0)
    counted = [step for step in told.steps if step.kind == StepKind.COUNTED]
    assert len(counted) == days and (not days or told.steps[-1] == counted[-1])
    assert all(step.left == timedelta(days=days - number) for number, step in enumerate(counted, 1))


def test_calendar_days_working_days_and_days_without_sundays_differ_over_thanksgiving() -> None:
    wednesday = FRIDAY + timedelta(days=5)
    ends = {
        counting: day_steps(CHICAGO, wednesday, 4, counting).due_at.astimezone(ZoneInfo(CHICAGO.zone)).date()
        for counting in DAYS
    }
    # Thursday is Thanksgiving; the weekend counts for the first, its Saturday for the second, none of it for the third.
    assert ends == {
        Counting.CALENDAR_DAYS: date(2026, 11, 30),
        Counting.NOT_SUNDAYS: date(2026, 12, 2),
        Counting.WORKING_DAYS: date(2026, 12, 3),
    }


def test_when_the_first_day_counts_it_is_a_day_sooner() -> None:
    later = day_steps(CHICAGO, FRIDAY, 3, Counting.CALENDAR_DAYS)
    sooner = day_steps(CHICAGO, FRIDAY, 3, Counting.CALENDAR_DAYS, True)
    assert later.due_at - sooner.due_at == timedelta(days=1)
    with pytest.raises(ValueError, match="not negative"):
        day_steps(CHICAGO, FRIDAY, -1, Counting.CALENDAR_DAYS)
