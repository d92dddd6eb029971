"""The arithmetic of working time against somebody who looks at the clock on the wall every minute.

The oracle shares nothing with `sla.calendars` but the definition: it asks what the wall shows in each minute, and counts
minutes one by one. 2,000 random cases, 100,000 with `--slow` (some minutes); every zone that changes its clocks is visited on both of its changes.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import islice
from random import Random
from zoneinfo import ZoneInfo

import holidays
import pytest

from exceptions.sla.calendars import Calendar, add_business, business_between, subtract_business

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
# Both directions, both hemispheres, half an hour, three quarters, a change at midnight, and places that never change.
ZONES = (
    "Europe/Paris",
    "America/Chicago",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Australia/Adelaide",
    "Pacific/Chatham",
    "America/Santiago",
    "Africa/Cairo",
    "America/Phoenix",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Shanghai",
    "UTC",
)
COUNTRIES = (("", ""), ("US", "TX"), ("DE", "HH"), ("FR", ""))


@dataclass(frozen=True)
class Try:
    calendar: Calendar
    at: datetime
    minutes: int


def changes_of(zone: str, year: int) -> list[datetime]:
    """The hours of a year in which the zone's offset changes."""
    place = ZoneInfo(zone)
    hours = (datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in range(366 * 24))
    return [
        at
        for at in hours
        if at.astimezone(place).utcoffset() != (at + timedelta(hours=1)).astimezone(place).utcoffset()
    ]


CHANGES = {zone: changes_of(zone, 2026) for zone in ZONES}


def tries(count: int, seed: int = 20261120) -> Iterator[Try]:
    random = Random(seed)
    for number in range(count):
        zone = ZONES[number % len(ZONES)]
        near = random.choice(CHANGES[zone] or [datetime(2026, 12, 24, tzinfo=UTC)])
        if random.random() < 0.25:
            near = datetime(2026, 1, 1, tzinfo=UTC) + random.randrange(360) * DAY
        at = near + random.randrange(-1440, 1440) * MINUTE
        yield Try(any_calendar(random, zone, at.date()), at, random.randrange(0, 900))


def any_calendar(random: Random, zone: str, around: date) -> Calendar:
    week = [any_hours(random) for _ in range(7)]
    week[around.weekday()] = week[around.weekday()] or ((480, 1020),)
    days = [around + offset * DAY for offset in (-2, -1, 1, 2)]
    country, subdivision = random.choice(COUNTRIES)
    return Calendar(
        zone=zone,
        week=tuple(week),
        country=country,
        subdivision=subdivision,
        closures=frozenset(day for day in days if random.random() < 0.15),
        extra={day: any_hours(random) for day in days if random.random() < 0.15},
    )


def any_hours(random: Random) -> tuple[tuple[int, int], ...]:
    """Up to three shifts, to the minute, now and then around the clock or over the hours in which clocks change."""
    if random.random() < 0.1:
        return ((0, 1440),)
    edges = sorted(random.sample(range(1441), 2 * random.randrange(0, 4)))
    return tuple(zip(edges[::2], edges[1::2], strict=True))


@cache
def shown(zone: str, day: date) -> tuple[tuple[date, ...], bytes, array[int]]:
    """What calendar and clock on the wall show in each minute of a UTC day: the local dates that come up, in each minute
    which of them it is, and the minutes after midnight that the clock shows."""
    place, start = ZoneInfo(zone), datetime.combine(day, time(), UTC)
    walls = [(start + number * MINUTE).astimezone(place) for number in range(1440)]
    dates = tuple(dict.fromkeys(wall.date() for wall in walls))
    which = bytes(dates.index(wall.date()) for wall in walls)
    return dates, which, array("H", (wall.hour * 60 + wall.minute for wall in walls))


class Wall:
    """Somebody who looks at the clock on the wall of the place every minute."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.holidays = holidays_of(calendar.country, calendar.subdivision)
        self.seen: dict[date, bytes] = {}

    def looks(self, day: date) -> bytes:
        """For each minute of a UTC day whether somebody is there."""
        if day not in self.seen:
            dates, which, minutes = shown(self.calendar.zone, day)
            at_work = [frozenset(at for start, end in self.hours_of(one) for at in range(start, end)) for one in dates]
            self.seen[day] = bytes(minute in at_work[one] for one, minute in zip(which, minutes, strict=True))
        return self.seen[day]

    def hours_of(self, day: date) -> tuple[tuple[int, int], ...]:
        if day in self.calendar.closures:
            return ()
        if day in self.calendar.extra:
            return self.calendar.extra[day]
        return () if day in self.holidays else self.calendar.week[day.weekday()]

    def minutes_from(self, at: datetime) -> Iterator[int]:
        """Whether somebody is there in this minute, in the next one, and so on."""
        day, first = at.date(), at.hour * 60 + at.minute
        yield from self.looks(day)[first:]
        while True:
            day += DAY
            yield from self.looks(day)

    def minutes_before(self, at: datetime) -> Iterator[int]:
        """The same of the minute that ends now, of the one before it, and so on."""
        day, last = at.date(), at.hour * 60 + at.minute
        yield from reversed(self.looks(day)[:last])
        while True:
            day -= DAY
            yield from reversed(self.looks(day))

    def forward(self, at: datetime, minutes: int) -> datetime:
        return at + passed(self.minutes_from(at), minutes) * MINUTE

    def backward(self, at: datetime, minutes: int) -> datetime:
        return at - passed(self.minutes_before(at), minutes) * MINUTE

    def between(self, start: datetime, end: datetime) -> int:
        return sum(islice(self.minutes_from(start), (end - start) // MINUTE))


def passed(looks: Iterator[int], minutes: int) -> int:
    """How many minutes pass until somebody is there, and then until they have worked so many."""
    for number, is_there in enumerate(looks):
        if is_there and not minutes:
            return number
        minutes -= is_there
        if is_there and not minutes:
            return number + 1
    raise AssertionError("nobody ever comes")


@lru_cache
def holidays_of(country: str, subdivision: str) -> Mapping[date, str]:
    return holidays.country_holidays(country, subdiv=subdivision or None) if country else {}


def test_every_zone_that_changes_its_clocks_is_tried_on_both_changes() -> None:
    never = {zone for zone, found in CHANGES.items() if not found}
    assert never == {"America/Phoenix", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Shanghai", "UTC"}
    assert all(len(found) == 2 for zone, found in CHANGES.items() if zone not in never)


def test_working_time_is_what_the_clock_on_the_wall_shows(pytestconfig: pytest.Config) -> None:
    for one in tries(100_000 if pytestconfig.getoption("--slow") else 2_000):
        wall, duration = Wall(one.calendar), one.minutes * MINUTE
        ends = wall.forward(one.at, one.minutes)
        begins = wall.backward(one.at, one.minutes)
        assert add_business(one.calendar, one.at, duration) == ends, one
        assert subtract_business(one.calendar, one.at, duration) == begins, one
        assert business_between(one.calendar, begins, ends) == wall.between(begins, ends) * MINUTE, one
