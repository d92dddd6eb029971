"""What a month is made of: places, what happens, what is said, what is true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)

# How long a word takes from the thing to our door, by who says it: median minutes, and the share that a transport holds
# up for hours. The trade's habits: a tracker speaks at once, EDI goes out in batches, mail is written at the desk.
LAGS: Mapping[str, tuple[float, float]] = {
    "tms": (3, 0.0),
    "telematics": (4, 0.01),
    "scans": (10, 0.02),
    "gate": (12, 0.01),
    "edi": (35, 0.04),
    "mail": (80, 0.03),
}
# What the sources are trusted with, as an organisation would set it when it connects them.
RANKS: Mapping[str, int] = {"tms": 30, "telematics": 60, "scans": 40, "gate": 50, "edi": 30, "mail": 20}


@dataclass(frozen=True)
class Site:
    name: str
    city: str
    region: str
    country: str
    zone: str

    def clock(self, day: datetime, hour: float) -> datetime:
        """The instant at which the clock there shows `hour` on the calendar day that `day` falls on there."""
        local = day.astimezone(ZoneInfo(self.zone)).replace(hour=0, minute=0, second=0, microsecond=0)
        whole, rest = divmod(round(hour * 60), 60)
        following = (local + timedelta(days=whole // 24)).replace(hour=whole % 24, minute=rest)
        return following.astimezone(ZoneInfo("UTC"))

    def weekday(self, moment: datetime) -> int:
        return moment.astimezone(ZoneInfo(self.zone)).weekday()

    def place(self) -> dict[str, str]:
        found = {"name": self.name, "city": self.city, "region": self.region, "country": self.country}
        return {**found, "zone": self.zone}


@dataclass(frozen=True)
class Lane:
    """A way that is used again and again. `carrier` is the usual one, `tracked` whether it gives positions and ETAs."""

    mode: str
    origin: Site
    destination: Site
    hours: float
    carrier: str
    tracked: bool = True
    mute: bool = False


@dataclass
class Word:
    """One thing that a party says. `said` is when it reaches us, `happened` what it claims as the time of the thing."""

    source: str
    type: str
    happened: datetime
    said: datetime
    refs: Mapping[str, str]
    data: Mapping[str, Any]
    text: str = ""
    code: str = ""
    site: Site | None = None
    stamped: bool = True


@dataclass(frozen=True)
class Truth:
    """One thing that a perfect observer opens a case for. `kinds` are the types it may be called by."""

    story: str
    kinds: frozenset[str]
    shipments: frozenset[str]
    begins: datetime
    ends: datetime | None = None
    arguable: bool = False


@dataclass(frozen=True)
class Delivery:
    """One message at the door."""

    at: datetime
    partner: str
    body: bytes


@dataclass
class Journey:
    """A shipment on its way, and everything that is said and true of it; or a truck that `carries` several."""

    rng: Random
    number: str
    lane: Lane
    customer: str
    refs: dict[str, str]
    last_stop: int = 2
    carries: frozenset[str] = frozenset()
    words: list[Word] = field(default_factory=list)
    truths: list[Truth] = field(default_factory=list)

    def say(
        self,
        type: str,
        happened: datetime,
        data: Mapping[str, Any] | None = None,
        *,
        by: str,
        text: str = "",
        code: str = "",
        site: Site | None = None,
        refs: Mapping[str, str] | None = None,
        after: timedelta | None = None,
    ) -> Word:
        """A party tells of something; `after` is how long it takes until we hear, by its habits when not given."""
        said = happened + (self.lag(by) if after is None else after)
        word = Word(by, type, happened, said, refs or self.refs, data or {}, text, code, site)
        self.words.append(word)
        return word

    def lag(self, source: str) -> timedelta:
        median, held_up = LAGS[source]
        lag = median * self.rng.lognormvariate(0, 0.6) * MINUTE
        if self.rng.random() < held_up:
            lag += self.rng.uniform(1, 14) * HOUR
        return lag

    def wrong(
        self,
        story: str,
        kinds: str,
        begins: datetime,
        *,
        ends: datetime | None = None,
        arguable: bool = False,
    ) -> None:
        """Note something true; `kinds` are type codes, separated by blanks."""
        about = self.carries or frozenset({self.number})
        self.truths.append(Truth(story, frozenset(kinds.split()), about, begins, ends, arguable))

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def between(self, low: float, high: float) -> timedelta:
        """So many hours."""
        return self.rng.uniform(low, high) * HOUR
