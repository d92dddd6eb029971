"""Times in the words of a mail. Pure. What could be two days is none: a guess would move a promise."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from documents.extraction.normalise import ReadDate, read_date

_ETA: Final = re.compile(
    r"\b(?:(?:new|revised|updated|current|latest|expected|neue?|nouvelle?|nueva|nowa?)\s+)?"
    r"(?:e\.?t\.?a\.?|estimated (?:time of )?(?:arrival|delivery)|expected (?:arrival|delivery|on|at)|"
    r"(?:re)?scheduled (?:delivery|for)|(?:will|should) (?:be delivered|arrive|deliver)|"
    r"voraussichtliche (?:ankunft|zustellung)|ankunft|arrivée prévue|llegada (?:prevista|estimada)|"
    r"przewidywan[ay] (?:dostawa|przyjazd))",
    re.IGNORECASE,
)
_BEFORE: Final = re.compile(r"\(?\b(?:was|were|instead of|previously|old|original(?:ly)?|statt|bisher|antes|zamiast)\b")
_CLOCK: Final = re.compile(r"(?<![\d:/.-])([01]?\d|2[0-3])(?::|h|\.)([0-5]\d)(?![\d/.-])\s*(am|pm)?", re.IGNORECASE)
_BARE_CLOCK: Final = re.compile(
    r"\b(?:at|um|à|a las|o)\s+([01]\d|2[0-3])([0-5]\d)\b(?!\s*(?:kg|lbs?|pcs|usd|eur))", re.IGNORECASE
)
_YESTERDAY: Final = re.compile(r"\b(?:yesterday|last night|gestern|hier|ayer|wczoraj|ieri|gisteren)\b", re.IGNORECASE)
# Names of zones as dispatchers write them; the summer and winter forms are told apart by the date, not by the letter.
_ZONES: Final[dict[str, str]] = {
    **dict.fromkeys(("PT", "PST", "PDT"), "America/Los_Angeles"),
    **dict.fromkeys(("MT", "MST", "MDT"), "America/Denver"),
    **dict.fromkeys(("CT", "CDT"), "America/Chicago"),
    **dict.fromkeys(("ET", "EST", "EDT"), "America/New_York"),
    **dict.fromkeys(("CET", "CEST", "MEZ", "MESZ"), "Europe/Berlin"),
    **dict.fromkeys(("UTC", "GMT", "Z"), "UTC"),
    "BST": "Europe/London",
}
_ZONE: Final = re.compile(rf"\s*(?:hrs?\.?|hours|uhr)?\s*\(?({'|'.join(_ZONES)})\b")


@dataclass(frozen=True, slots=True)
class Estimate:
    """When something is expected. `date_only`: the mail names the day; midday there stands for it."""

    at: datetime
    date_only: bool


def estimate_in(text: str, *, zone: tzinfo, day_first: bool | None) -> Estimate | None:
    """The estimate a text gives after words like "new ETA"; None when it gives none or one that could be two days."""
    for match in _ETA.finditer(text):
        words = _BEFORE.split(text[match.end() : match.end() + 100])[0]
        day = read_date(words, day_first=day_first)
        if day is not None and not _is_ambiguous(day, day_first):
            return _at(day, words, zone)
    return None


def estimate_in_cell(cell: str, *, zone: tzinfo, day_first: bool | None) -> Estimate | None:
    """The estimate that a cell of a table holds."""
    day = read_date(cell, day_first=day_first)
    return None if day is None or _is_ambiguous(day, day_first) else _at(day, cell, zone)


def happened_at(text: str, *, sent_at: datetime, zone: tzinfo) -> datetime:
    """When what the text tells happened: the clock time in it, on the day of the mail or the day before; else then."""
    match = _CLOCK.search(text) or _BARE_CLOCK.search(text)
    if match is None:
        return sent_at
    local = sent_at.astimezone(zone)
    clock = _clock(match)
    day = local.date() - timedelta(days=bool(_YESTERDAY.search(text[: match.start()])))
    moment = datetime.combine(day, clock, tzinfo=zone)
    return moment if moment <= sent_at else sent_at


def _is_ambiguous(day: ReadDate, day_first: bool | None) -> bool:
    return day_first is None and day.other is not None and day.other != day.value


def _at(day: ReadDate, words: str, zone: tzinfo) -> Estimate | None:
    rest = words[: 60 + len(day.quote)]
    match = _CLOCK.search(rest.replace(day.quote, " " * len(day.quote), 1))
    clock = _clock(match) if match else time(12)
    named = _ZONE.match(rest, match.end()) if match else None
    try:
        moment = datetime.combine(day.value, clock, tzinfo=ZoneInfo(_ZONES[named[1]]) if named else zone)
        return Estimate(moment.astimezone(UTC), date_only=match is None)
    except (ValueError, OverflowError):
        return None


def _clock(match: re.Match[str]) -> time:
    hour, minute = int(match[1]), int(match[2])
    half = (match[3] or "").lower() if match.re is _CLOCK else ""
    if half == "pm" and hour < 12:
        hour += 12
    elif half == "am" and hour == 12:
        hour = 0
    return time(hour, minute)
