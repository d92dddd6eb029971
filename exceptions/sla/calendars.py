"""Working time: opening hours at a place, counted exactly in elapsed time.

An instant is *open* when the clock on the wall of the place shows a time inside one of the day's intervals. Durations
are elapsed time, so a shift across a clock change is an hour shorter or longer, as it is for the people working it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays

DAY_MINUTES = 24 * 60
AROUND_THE_CLOCK = (((0, DAY_MINUTES),),) * 7
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# A calendar without any opening within this many days is taken for one that never opens.
SEARCH_DAYS = 800
# A date that somebody typed lies in these years: what is counted from it has to be one as well.
FIRST_YEAR, LAST_YEAR = 2000, 2100
# No zone is further from UTC than this, so a local day lies within its UTC day widened by it on both sides.
WIDEST_OFFSET = timedelta(hours=16)

ZERO = timedelta(0)
Interval = tuple[int, int]
Span = tuple[datetime, datetime]


class NeverOpen(ValueError):
    """The calendar has no working time within the searched range."""


@dataclass(frozen=True)
class Calendar:
    """Hours of a place or party.

    zone: IANA name. week: seven tuples, Monday first, of (start, end) in minutes after local midnight, end exclusive
    and at most 1440; a shift over midnight is written as two. country, subdivision: codes of the `holidays` library,
    whose public holidays are closed. A day is looked up in this order: closures (closed), extra (these intervals),
    public holidays (closed), week. Raises ValueError for an unknown zone or impossible intervals.
    """

    zone: str
    week: tuple[tuple[Interval, ...], ...]
    country: str = ""
    subdivision: str = ""
    closures: frozenset[date] = frozenset()
    extra: Mapping[date, tuple[Interval, ...]] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.zone)
        except Exception as problem:
            raise ValueError(f"unknown time zone {self.zone!r}") from problem
        if len(self.week) != len(WEEKDAYS):
            raise ValueError("a week has seven days")
        for intervals in (*self.week, *self.extra.values()):
            _check_intervals(intervals)

    @cached_property
    def is_always_open(self) -> bool:
        """Around the clock on every day, so that durations are plain differences."""
        return self.week == AROUND_THE_CLOCK and not (self.country or self.closures or self.extra)

    def intervals_on(self, day: date) -> tuple[Interval, ...]:
        """The day's open intervals in local minutes, in the order of precedence described on the class."""
        if day in self.closures:
            return ()
        if day in self.extra:
            return self.extra[day]
        if self.country and day in public_holidays(self.country, self.subdivision):
            return ()
        return self.week[day.weekday()]

    def spans_on(self, day: date) -> list[Span]:
        """The open time of a local day as UTC spans in order; clock changes cut or split them."""
        midnight = datetime.combine(day, time(), UTC)
        spans: list[Span] = []
        for begins, ends, offset in _offsets_around(self.zone, day):
            for start, end in self.intervals_on(day):
                opens = max(begins, midnight + timedelta(minutes=start) - offset)
                closes = min(ends, midnight + timedelta(minutes=end) - offset)
                if opens < closes:
                    spans.append((opens, closes))
        return sorted(spans)

    def is_open(self, at: datetime) -> bool:
        """Whether `at` (aware) lies in working time; the closing instant itself does not."""
        return any(opens <= at < closes for opens, closes in self.spans_on(self._local_day(at)))

    def spans_from(self, start: datetime) -> Iterator[Span]:
        """Open spans that end after `start`, the first one cut to it, going forward."""
        first = self._local_day(start)
        for number in range(SEARCH_DAYS):
            for opens, closes in self.spans_on(first + timedelta(days=number)):
                if closes > start:
                    yield max(opens, start), closes

    def spans_back_from(self, end: datetime) -> Iterator[Span]:
        """Open spans that begin before `end`, the first one cut to it, going backward."""
        first = self._local_day(end)
        for number in range(SEARCH_DAYS):
            for opens, closes in reversed(self.spans_on(first - timedelta(days=number))):
                if opens < end:
                    yield opens, min(closes, end)

    def _local_day(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.zone)).date()


def add_business(calendar: Calendar, start: datetime, duration: timedelta) -> datetime:
    """The earliest instant (UTC) by which `duration` of working time has passed since `start`.

    A duration of zero gives `start` itself when open, else the next opening. Raises NeverOpen, and ValueError for a
    negative duration.
    """
    left = _not_negative(duration)
    if calendar.is_always_open:
        return start.astimezone(UTC) + left
    for opens, closes in calendar.spans_from(start.astimezone(UTC)):
        if left <= closes - opens:
            return opens + left
        left -= closes - opens
    raise NeverOpen(f"no {duration} of working time in {SEARCH_DAYS} days after {start}")


def subtract_business(calendar: Calendar, end: datetime, duration: timedelta) -> datetime:
    """The latest instant (UTC) at which `duration` of working time is still ahead before `end`.

    Who must be given `duration` to finish by `end` has to be asked by then. A duration of zero gives the last instant
    somebody was there: `end` itself when open or closing, else the closing before it. Raises NeverOpen, and
    ValueError for a negative duration.
    """
    left = _not_negative(duration)
    if calendar.is_always_open:
        return end.astimezone(UTC) - left
    for opens, closes in calendar.spans_back_from(end.astimezone(UTC)):
        if left <= closes - opens:
            return closes - left
        left -= closes - opens
    raise NeverOpen(f"no {duration} of working time in {SEARCH_DAYS} days before {end}")


def business_between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Working time between two instants; zero when `end` is not after `start`."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    total = ZERO
    if end <= start:
        return total
    day, last = calendar._local_day(start), calendar._local_day(end)
    while day <= last:
        for opens, closes in calendar.spans_on(day):
            total += max(ZERO, min(closes, end) - max(opens, start))
        day += timedelta(days=1)
    return total


@lru_cache(maxsize=1024)
def always_open(zone: str = "UTC") -> Calendar:
    """Around the clock, every day: wall-clock time in the shape of a calendar."""
    return Calendar(zone=zone, week=AROUND_THE_CLOCK)


def office_hours(zone: str, hours: str = "08:00-17:00", *, country: str = "", subdivision: str = "") -> Calendar:
    """Monday to Friday, `hours` as in `intervals_from_data`."""
    daily = intervals_from_data(hours)
    return Calendar(zone=zone, week=(daily,) * 5 + ((), ()), country=country, subdivision=subdivision)


def calendar_from_data(
    week: Mapping[str, Any],
    *,
    zone: str,
    country: str = "",
    subdivision: str = "",
    closures: Sequence[str] = (),
    extra: Mapping[str, Any] | None = None,
) -> Calendar:
    """Build a calendar from the stored form: {"mon": [["06:00", "12:00"], ["13:00", "22:00"]], "sat": ...}.

    closures: ISO dates; extra: ISO date to intervals. A week without any entry means always open, as for a party whose
    hours nobody wrote down; a weekday that is not named is closed. Raises ValueError naming what cannot be read.
    """
    if set(week) - set(WEEKDAYS):
        raise ValueError(f"weekdays are written {', '.join(WEEKDAYS)}")
    if not week:
        return always_open(zone)
    return Calendar(
        zone=zone,
        week=tuple(intervals_from_data(week.get(name, [])) for name in WEEKDAYS),
        country=country,
        subdivision=subdivision,
        closures=frozenset(date.fromisoformat(day) for day in closures),
        extra={date.fromisoformat(day): intervals_from_data(hours) for day, hours in (extra or {}).items()},
    )


def intervals_from_data(hours: str | Sequence[Any]) -> tuple[Interval, ...]:
    """Read "06:00-12:00 13:00-22:00", or a list of such or of pairs, as minutes after midnight.

    Nothing is closed, 24:00 is allowed. Raises ValueError.
    """
    words = hours.replace(",", " ").split() if isinstance(hours, str) else hours
    intervals = []
    for word in words:
        ends = word.split("-") if isinstance(word, str) else list(word)
        if len(ends) != 2:
            raise ValueError(f"{word!r} is not an interval like 08:00-17:00")
        intervals.append((_minutes(ends[0]), _minutes(ends[1])))
    intervals.sort()
    _check_intervals(intervals)
    return tuple(intervals)


def _minutes(clock: str) -> int:
    hours, colon, minutes = clock.strip().partition(":")
    if not (colon and all(part.isdecimal() and len(part) <= 2 for part in (hours, minutes))):
        raise ValueError(f"{clock!r} is not a time like 08:30")
    total = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or total > DAY_MINUTES:
        raise ValueError(f"{clock!r} is not a time like 08:30")
    return total


def _check_intervals(intervals: Sequence[Interval]) -> None:
    previous = 0
    for start, end in intervals:
        if not previous <= start < end <= DAY_MINUTES:
            raise ValueError(f"intervals of a day must be in order, apart, and end by 24:00: {intervals}")
        previous = end


def _not_negative(duration: timedelta) -> timedelta:
    if duration < ZERO:
        raise ValueError("a duration of working time is not negative")
    return duration


@lru_cache(maxsize=256)
def public_holidays(country: str, subdivision: str) -> holidays.HolidayBase:
    """Date to name, for codes of the `holidays` library. Raises ValueError for a country or subdivision it lacks."""
    try:
        return holidays.country_holidays(country, subdiv=subdivision or None)
    except NotImplementedError as problem:
        raise ValueError(f"no public holidays are known for {country} {subdivision}".rstrip()) from problem


@lru_cache(maxsize=8192)
def _offsets_around(zone: str, day: date) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """Pieces of constant UTC offset that together cover the local day.

    Relies on zones changing their clocks at most once in such a window of two and a half days, which holds for every
    zone of the tz database since 1970.
    """
    midnight = datetime.combine(day, time(), UTC)
    begins, ends = midnight - WIDEST_OFFSET, midnight + timedelta(days=1) + WIDEST_OFFSET
    before, after = _offset(zone, begins), _offset(zone, ends)
    if before == after:
        return ((begins, ends, before),)
    # Bisect in whole seconds to the instant of the change.
    low, high = 0, int((ends - begins).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, begins + timedelta(seconds=middle)) == before:
            low = middle
        else:
            high = middle
    change = begins + timedelta(seconds=high)
    return ((begins, change, before), (change, ends, after))


def _offset(zone: str, at: datetime) -> timedelta:
    offset = at.astimezone(ZoneInfo(zone)).utcoffset()
    assert offset is not None
    return offset
