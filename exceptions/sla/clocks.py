"""Deadlines: time allowed from an instant on, counted as the term says, and what stops the contract's clock.

Pure. All instants are aware; results are UTC. Days end at midnight of the place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from exceptions.sla.calendars import (
    SEARCH_DAYS,
    Calendar,
    NeverOpen,
    add_business,
    always_open,
    business_between,
    public_holidays,
)
from exceptions.sla.kinds import Counting

SUNDAY = 6


@dataclass(frozen=True)
class Allowed:
    """How long something may take: one of minutes, days, months. Without any: nothing at all.

    Days are counted by `counting`; the day of the event is the first of them only when `first_day_counts`.
    """

    minutes: int | None = None
    days: int | None = None
    months: int | None = None
    counting: Counting = Counting.WALL
    first_day_counts: bool = False


@dataclass(frozen=True)
class Counted:
    """What a deadline is counted from and how. what: what happened at `begins`, in words."""

    what: str
    begins: datetime
    allowed: Allowed
    calendar: Calendar

    @property
    def due_at(self) -> datetime:
        """Raises NeverOpen as `deadline` does."""
        return deadline(self.begins, self.allowed, self.calendar)

    @property
    def running(self) -> Calendar:
        """When the clock runs on after it stood still: in business time when it is counted so, else always."""
        return self.calendar if self.allowed.counting == Counting.BUSINESS else always_open(self.calendar.zone)


@dataclass(frozen=True)
class Pause:
    """A span in which an accepted cause stopped the clock; ends None: it still does. notified_at: when the other side
    was told. cause: in words. id: of what was noted, 0 for a cause that the case itself has."""

    begins: datetime
    ends: datetime | None = None
    notified_at: datetime | None = None
    cause: str = ""
    id: int = 0


@dataclass(frozen=True)
class Standstill:
    """The clock stood with so much time left, until it resumed; one that is not over would resume now. cause: in words."""

    begins: datetime
    resumes: datetime
    left: timedelta
    is_over: bool = True
    cause: str = ""


@dataclass(frozen=True)
class Clock:
    """due_at: by the contract; felt_due_at: by the customer's watch, which nothing stops. is_paused: stopped now, so
    that due_at is what it would be if the clock ran on from here. stood: what put due_at off, in order."""

    due_at: datetime
    felt_due_at: datetime
    is_paused: bool = False
    stood: tuple[Standstill, ...] = ()


def deadline(start: datetime, allowed: Allowed, calendar: Calendar) -> datetime:
    """Until when something that began at `start` is in time.

    calendar: whose hours, working days, holidays and midnights count. Raises NeverOpen when it has none of them.
    """
    if allowed.months is not None:
        return _midnight_after(_months_on(_day(start, calendar), allowed.months), calendar)
    if allowed.days is not None:
        return _midnight_after(_last_day(start, allowed, calendar), calendar)
    minutes = timedelta(minutes=allowed.minutes or 0)
    if allowed.counting == Counting.BUSINESS:
        return add_business(calendar, start, minutes)
    return start.astimezone(UTC) + minutes


def clock(
    due: datetime,
    pauses: Sequence[Pause],
    now: datetime,
    calendar: Calendar | None = None,
    *,
    start: datetime | None = None,
) -> Clock:
    """Both clocks of a promise that is due at `due` when nothing stops it.

    A pause that began before the deadline puts it off by what was left then, counted by `calendar` (default: every
    hour) from where it ends. Overlapping pauses stop the clock once. start: when the clock began to run (None: before
    any pause); what lies before it stops nothing.
    """
    running = calendar or always_open()
    felt = moved = due.astimezone(UTC)
    stood = list[Standstill]()
    for one in _merged(pauses, now):
        begins, resumes = one.begins if start is None else max(one.begins, start.astimezone(UTC)), one.ends or now
        if begins >= moved:
            break
        if resumes <= begins and one.ends is not None:
            continue
        left = business_between(running, begins, moved)
        moved = add_business(running, resumes, left)
        stood.append(Standstill(begins, resumes, left, one.ends is not None, one.cause))
    # One that goes on is the last: what begins after it is part of it.
    return Clock(moved, felt, is_paused=bool(stood) and not stood[-1].is_over, stood=tuple(stood))


def counted_pauses(pauses: Sequence[Pause], notice: timedelta | None) -> list[Pause]:
    """Those that count under a contract which wants to be told within `notice` of the cause (None: whenever)."""
    if notice is None:
        return list(pauses)
    return [one for one in pauses if one.notified_at is not None and one.notified_at <= one.begins + notice]


def _merged(pauses: Sequence[Pause], now: datetime) -> list[Pause]:
    """In order and apart; those that have not begun do not count, and what ends later than now goes on."""
    found: list[Pause] = []
    for one in sorted(pauses, key=lambda one: one.begins):
        begins, ends = one.begins.astimezone(UTC), one.ends.astimezone(UTC) if one.ends else None
        if begins > now:
            continue
        ends = None if ends is None or ends > now else ends
        last = found[-1] if found else None
        if last is None or (last.ends is not None and begins > last.ends):
            found.append(Pause(begins, ends, cause=one.cause))
            continue
        causes = [each for each in dict.fromkeys((last.cause, one.cause)) if each]
        until = None if last.ends is None or ends is None else max(last.ends, ends)
        found[-1] = Pause(last.begins, until, cause=", ".join(causes))
    return found


def days_counted(first: date, days: int, counting: Counting, calendar: Calendar) -> Iterator[tuple[date, bool]]:
    """The days from `first` on, each with whether it is one of the days allowed, until there were so many.

    Raises NeverOpen when none is for so long that none ever will be.
    """
    day, left, idle = first, days, 0
    while left:
        counts = day_counts(day, counting, calendar)
        left, idle = left - counts, 0 if counts else idle + 1
        if idle == SEARCH_DAYS:
            raise NeverOpen(f"no {days} {counting.replace('_', ' ')} from {first} on: none in {SEARCH_DAYS} days")
        yield day, counts
        day += timedelta(days=1)


def _last_day(start: datetime, allowed: Allowed, calendar: Calendar) -> date:
    """The last of the days allowed; the one before the first when there is none."""
    last = _day(start, calendar) - timedelta(days=1 if allowed.first_day_counts else 0)
    for day, _ in days_counted(last + timedelta(days=1), allowed.days or 0, allowed.counting, calendar):
        last = day
    return last


def day_counts(day: date, counting: Counting, calendar: Calendar) -> bool:
    """Whether a local day is one of the days allowed."""
    if counting == Counting.WORKING_DAYS:
        return bool(calendar.intervals_on(day))
    if counting == Counting.NOT_SUNDAYS:
        closed = bool(calendar.country) and day in public_holidays(calendar.country, calendar.subdivision)
        return day.weekday() != SUNDAY and not closed
    return True


def _months_on(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where there is none."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(day.day, last))


def _day(at: datetime, calendar: Calendar) -> date:
    return at.astimezone(ZoneInfo(calendar.zone)).date()


def _midnight_after(day: date, calendar: Calendar) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(calendar.zone)).astimezone(UTC)
