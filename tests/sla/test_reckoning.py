"""A deadline step by step adds up to the deadline, whatever the calendar, the counting and the pauses."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions.sla.calendars import Calendar, NeverOpen, add_business, always_open, office_hours
from exceptions.sla.clocks import Allowed, Counted, Pause, clock
from exceptions.sla.kinds import COUNTED_IN_DAYS, Counting
from exceptions.sla.reckoning import StepKind, day_steps, days_of, deadline_steps, next_holidays, reckoned

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
def test_it_is_the_deadline_and_its_steps_are_the_duration(calendar, start, duration) -> None:
    told = deadline_steps(calendar, start, duration)
    assert told.due_at == add_business(calendar, start, duration)
    assert sum((step.counted for step in told.steps), ZERO) == duration
    assert [step.left for step in told.steps] == sorted((step.left for step in told.steps), reverse=True)
    assert told.steps[-1].left == ZERO
    assert all(step.counted == step.ends - step.begins for step in told.steps if step.kind == StepKind.COUNTED)


def counted_by(calendar: Calendar, begins: datetime, amount: int, counting: Counting, first: bool) -> Counted:
    """So many days, or as many hours."""
    in_days = counting in DAYS
    allowed = Allowed(None if in_days else amount * 60, amount if in_days else None, None, counting, first and in_days)
    return Counted("Delivery", begins, allowed, calendar)


manners = st.tuples(
    st.sampled_from(CALENDARS), instants, st.integers(0, 30), st.sampled_from(Counting), st.booleans()
).map(lambda parts: counted_by(*parts))
spans = st.lists(st.tuples(st.integers(-3000, 60_000), st.integers(0, 9000), st.booleans()), max_size=4)


@settings(deadline=None)
@given(manners)
def test_however_it_is_counted_its_steps_end_when_it_is_due(counted: Counted) -> None:
    told = reckoned(counted)
    assert told.due_at == counted.due_at
    assert not told.steps or (told.steps[-1].left, told.steps[-1].ends) == (ZERO, told.due_at)


@settings(deadline=None)
@given(manners, spans)
def test_the_steps_of_a_clock_that_stood_still_end_when_it_is_due(
    counted: Counted, stood: list[tuple[int, int, bool]]
) -> None:
    minute, now = timedelta(minutes=1), counted.begins + timedelta(days=50)
    pauses = [
        Pause(counted.begins + at * minute, None if goes_on else counted.begins + (at + length) * minute, None, f"{at}")
        for at, length, goes_on in stood
    ]
    run = clock(counted.due_at, pauses, now, counted.running)
    told = reckoned(counted, run.stood)
    assert told.due_at == run.due_at
    stops = [step for step in told.steps if step.kind == StepKind.PAUSED]
    assert [(step.begins, step.ends, step.left) for step in stops] == [
        (one.begins, one.resumes, one.left) for one in run.stood
    ]
    assert all(step.counted == ZERO for step in stops)
    ran = [step for step in told.steps if step.kind in (StepKind.COUNTED, StepKind.PAUSED)]
    assert all(before.ends <= after.begins for before, after in pairwise(ran)), "no minute counts twice"


def test_a_clock_that_is_stopped_at_noon_goes_on_with_what_was_left() -> None:
    """Eight hours of business time from 09:00 in Chicago; from noon to the next morning the port was shut."""
    counted = Counted("Opening of the case", FRIDAY, Allowed(minutes=8 * 60, counting=Counting.BUSINESS), CHICAGO)
    shut = Pause(FRIDAY + 3 * HOUR, FRIDAY + 72 * HOUR, cause="Port shut")  # Monday 09:00
    run = clock(counted.due_at, [shut], FRIDAY + 90 * HOUR, counted.running)
    told = reckoned(counted, run.stood)
    before, stop, *after = told.steps
    assert (before.counted, before.left) == (3 * HOUR, 5 * HOUR)
    assert (stop.kind, stop.name, stop.left) == (StepKind.PAUSED, "Port shut", 5 * HOUR)
    assert [step.counted for step in after] == [3 * HOUR, 2 * HOUR]
    assert told.due_at == run.due_at == FRIDAY + 78 * HOUR, "Monday, 15:00"


def test_months_are_taken_by_the_calendar_and_have_no_steps() -> None:
    counted = Counted("Delivery", FRIDAY, Allowed(months=9), CHICAGO)
    assert reckoned(counted).steps == ()
    assert reckoned(counted).due_at == datetime(2027, 8, 21, tzinfo=ZoneInfo(CHICAGO.zone))


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
