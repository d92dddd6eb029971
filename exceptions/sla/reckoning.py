"""How a deadline comes about, step by step, and what a calendar looks like day by day. For people who check; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from exceptions.sla.calendars import SEARCH_DAYS, ZERO, Calendar, Interval, NeverOpen, public_holidays
from exceptions.sla.clocks import Counted, Standstill, days_counted
from exceptions.sla.kinds import Counting

DAY = timedelta(days=1)


class StepKind(StrEnum):
    """What happened to the clock: it ran, a person had stopped it, or nobody was there the whole day."""

    COUNTED = "counted"
    PAUSED = "paused"
    HOLIDAY = "holiday"
    CLOSURE = "closure"
    CLOSED = "closed"


@dataclass(frozen=True)
class DeadlineStep:
    """begins, ends: aware UTC, of a closed day its local midnights. counted: what the clock gained in it, nothing
    unless COUNTED. left: what remains after it. name: the public holiday's, or what stopped the clock."""

    kind: StepKind
    begins: datetime
    ends: datetime
    counted: timedelta
    left: timedelta
    name: str = ""


@dataclass(frozen=True)
class Reckoning:
    """due_at: the instant at which the duration has passed. The steps' `counted` add up to the duration."""

    due_at: datetime
    steps: tuple[DeadlineStep, ...]


@dataclass(frozen=True)
class Day:
    """One local day of a calendar. why: HOLIDAY, CLOSURE, "extra" or ""; name: the public holiday's, also on a day
    that an extra day opens all the same."""

    date: date
    intervals: tuple[Interval, ...]
    why: str = ""
    name: str = ""


def reckoned(counted: Counted, stood: Sequence[Standstill] = ()) -> Reckoning:
    """The steps of a deadline, with those in which its clock stood still (`Clock.stood`).

    It is due when the clock is: at `counted.due_at` when it never stood. Months are taken by the calendar, in no steps.
    Raises NeverOpen.
    """
    plain = _plain(counted)
    due, steps = plain.due_at, list(plain.steps)
    for one in stood:
        after = _run(counted, one.resumes, one.left)
        stopped = DeadlineStep(StepKind.PAUSED, one.begins, one.resumes, ZERO, one.left, one.cause)
        due, steps = after.due_at, [*_until(steps, one), stopped, *after.steps]
    return Reckoning(due, tuple(steps))


def _plain(counted: Counted) -> Reckoning:
    allowed = counted.allowed
    if allowed.months is not None:
        return Reckoning(counted.due_at, ())
    if allowed.days is not None:
        return day_steps(counted.calendar, counted.begins, allowed.days, allowed.counting, allowed.first_day_counts)
    return _run(counted, counted.begins, timedelta(minutes=allowed.minutes or 0))


def _run(counted: Counted, begins: datetime, length: timedelta) -> Reckoning:
    """In business time step by step; where every hour counts in one."""
    if counted.allowed.counting == Counting.BUSINESS:
        return deadline_steps(counted.calendar, begins, length)
    begins = begins.astimezone(UTC)
    due = begins + length
    return Reckoning(due, (DeadlineStep(StepKind.COUNTED, begins, due, length, ZERO),) if length else ())


def _until(steps: Sequence[DeadlineStep], stood: Standstill) -> Iterator[DeadlineStep]:
    """What had happened when the clock was stopped; the step in which it was ends there."""
    for step in steps:
        if step.begins >= stood.begins:
            return
        if step.ends <= stood.begins or step.kind != StepKind.COUNTED:
            yield step
        else:
            yield replace(step, ends=stood.begins, counted=stood.begins - step.begins, left=stood.left)


def deadline_steps(calendar: Calendar, start: datetime, duration: timedelta) -> Reckoning:
    """Count `duration` of working time from `start`, and keep each step: it is due at `add_business`.

    Days without a second of working time are steps of their own, nights and breaks are not. Raises NeverOpen, and
    ValueError for a negative duration.
    """
    if duration < ZERO:
        raise ValueError("a duration of working time is not negative")
    start, left = start.astimezone(UTC), duration
    zone, steps = ZoneInfo(calendar.zone), list[DeadlineStep]()
    day = start.astimezone(zone).date()
    for _ in range(SEARCH_DAYS):
        spans = calendar.spans_on(day)
        if not spans:
            steps.append(_closed(calendar, day, left))
        for opens, closes in spans:
            begins = max(opens, start)
            if closes <= begins:
                continue
            counted = min(left, closes - begins)
            left -= counted
            steps.append(DeadlineStep(StepKind.COUNTED, begins, begins + counted, counted, left))
            if not left:
                return Reckoning(begins + counted, tuple(steps))
        day += timedelta(days=1)
    raise NeverOpen(f"no {duration} of working time in {SEARCH_DAYS} days after {start}")


def day_steps(
    calendar: Calendar, start: datetime, days: int, counting: Counting, first_day_counts: bool = False
) -> Reckoning:
    """Count whole local days after the day of `start`, or with it; due at the midnight that ends the last of them.

    Without days it is due at the end of that day, or at its beginning when it counts. Calendar days leave nothing out,
    working days what the calendar closes, and NOT_SUNDAYS Sundays and public holidays. Raises NeverOpen, and ValueError for a negative number.
    """
    if days < 0:
        raise ValueError("a number of days is not negative")
    left, steps = timedelta(days=days), list[DeadlineStep]()
    day = start.astimezone(ZoneInfo(calendar.zone)).date() + timedelta(days=0 if first_day_counts else 1)
    if not days:
        return Reckoning(_closed(calendar, day, left).begins, ())
    for one, counts in days_counted(day, days, counting, calendar):
        closed = _closed(calendar, one, left)
        if counts:
            left -= DAY
            closed = DeadlineStep(StepKind.COUNTED, closed.begins, closed.ends, DAY, left)
        steps.append(closed)
    return Reckoning(steps[-1].ends, tuple(steps))


def days_of(calendar: Calendar, first: date, count: int) -> list[Day]:
    """`count` days of a calendar from `first` on, each with its hours and why they differ from the week's."""
    return [_day(calendar, first + timedelta(days=number)) for number in range(count)]


def next_holidays(country: str, subdivision: str, after: date, count: int) -> list[tuple[date, str]]:
    """The next public holidays from `after` on, within two years. Raises ValueError for an unknown country."""
    if not country:
        return []
    found = public_holidays(country, subdivision)
    days = (after + timedelta(days=number) for number in range(2 * 366))
    named = ((day, str(found.get(day))) for day in days if day in found)
    return [pair for _, pair in zip(range(count), named, strict=False)]


def _day(calendar: Calendar, day: date) -> Day:
    name = str(public_holidays(calendar.country, calendar.subdivision).get(day) or "") if calendar.country else ""
    if day in calendar.closures:
        return Day(day, (), StepKind.CLOSURE, name)
    if day in calendar.extra:
        return Day(day, calendar.extra[day], "extra", name)
    return Day(day, calendar.intervals_on(day), StepKind.HOLIDAY if name else "", name)


def _closed(calendar: Calendar, day: date, left: timedelta) -> DeadlineStep:
    told, zone = _day(calendar, day), ZoneInfo(calendar.zone)
    kind = StepKind(told.why) if told.why in (StepKind.HOLIDAY, StepKind.CLOSURE) else StepKind.CLOSED
    begins, ends = (
        datetime(at.year, at.month, at.day, tzinfo=zone).astimezone(UTC) for at in (day, day + timedelta(days=1))
    )
    return DeadlineStep(kind, begins, ends, ZERO, left, told.name if kind == StepKind.HOLIDAY else "")
