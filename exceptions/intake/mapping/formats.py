"""Dates, times and numbers as partners write them, by a named or drawn format. Pure.

A format is a name (`iso`, `unix`, `unix_ms`) or a drawing: `DD.MM.YYYY HH:mm`, `M/D/YY h:mm A`. Its letters:

    YYYY YY   year, two digits mean 20..        HH H   hour of 24        mm   minute
    MM M      month as a number                 hh h   hour of 12        ss   second
    DD D      day                               A      AM or PM          Z    offset from UTC: Z, +01:00, -0800

Everything else stands for itself. A date alone is midday of its clock.
"""

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from exceptions.shipments.payloads.parts import FIRST_YEAR, LAST_YEAR

NAMED: Final = ("iso", "unix", "unix_ms")
MAX_FORMAT: Final = 40
_TOKENS: Final[dict[str, str]] = {
    "YYYY": r"(?P<year>\d{4})",
    "YY": r"(?P<short_year>\d{2})",
    "MM": r"(?P<month>\d{2})",
    "DD": r"(?P<day>\d{2})",
    "HH": r"(?P<hour>\d{2})",
    "hh": r"(?P<hour12>\d{2})",
    "mm": r"(?P<minute>\d{2})",
    "ss": r"(?P<second>\d{2})(?:[.,]\d{1,9})?",
    "M": r"(?P<month>\d{1,2})",
    "D": r"(?P<day>\d{1,2})",
    "H": r"(?P<hour>\d{1,2})",
    "h": r"(?P<hour12>\d{1,2})",
    "A": r"(?P<half>[AaPp])\.?[Mm]\.?",
    "Z": r"(?P<offset>[Zz]|[+-]\d{2}:?\d{2})",
}
_ISO: Final = re.compile(
    r"(?P<year>\d{4})-?(?P<month>\d\d)-?(?P<day>\d\d)"
    r"(?:[Tt ](?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,]\d{1,9})?)?\s?"
    r"(?P<offset>[Zz]|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)


class Unfit(Exception):
    """A value does not have its format. `reason` is a clause for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def format_problem(drawing: str) -> str:
    """What is wrong with a time format, as a clause; empty when nothing is."""
    if drawing in NAMED:
        return ""
    if not drawing or len(drawing) > MAX_FORMAT:
        return f"a format is one of {', '.join(NAMED)}, or drawn as DD.MM.YYYY HH:mm"
    try:
        names = set(_pattern(drawing).groupindex)
    except re.error:
        return "a part of the date stands in it twice"
    if not {"month", "day"} <= names or not names & {"year", "short_year"}:
        return "year, month and day must stand in it, as in DD.MM.YYYY"
    if "hour12" in names and "half" not in names:
        return "an hour of 12 needs AM or PM: write A, or HH for an hour of 24"
    return ""


def moment_of(value: str, drawing: str, zone: str) -> datetime:
    """The aware moment (UTC) that `value` writes. A time without an offset is the clock of `zone`, an IANA name; without
    one it is refused. Raises `Unfit`."""
    if drawing in ("unix", "unix_ms"):
        return _stamp(value, 1000 if drawing == "unix_ms" else 1)
    match = (_ISO if drawing == "iso" else _pattern(drawing)).fullmatch(value)
    if match is None:
        example = "2026-05-04T14:30:00Z" if drawing == "iso" else drawing
        raise Unfit(f"{value[:40]!r} is not a time like {example}")
    found = match.groupdict()
    offset = found.get("offset")
    if offset is None and not zone:
        raise Unfit("the time has no offset from UTC, and neither its place nor the mapping names a zone")
    try:
        moment = _clock(found)
        if offset is None:
            return moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        shift = "+0000" if offset in "Zz" else offset.replace(":", "")
        return datetime.strptime(f"{moment:%Y-%m-%dT%H:%M:%S}{shift}", "%Y-%m-%dT%H:%M:%S%z").astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unfit(f"there is no such date or time as {value[:40]!r}") from None


def number_of(value: str, decimal: str) -> Decimal:
    """A number with `decimal` (a point or a comma) before its decimals; the other one and spaces group its digits.
    Raises `Unfit`."""
    grouping = "." if decimal == "," else ","
    plain = re.sub(r"[\s'’]", "", value).replace(grouping, "").replace(decimal, ".")
    if not re.fullmatch(r"[+-]?\d{1,15}(?:\.\d{1,9})?", plain):
        raise Unfit(f"{value[:40]!r} is not a number")
    try:
        return Decimal(plain)
    except InvalidOperation:
        raise Unfit(f"{value[:40]!r} is not a number") from None


@lru_cache(maxsize=256)
def _pattern(drawing: str) -> re.Pattern[str]:
    pieces = re.split("(YYYY|YY|MM|DD|HH|hh|mm|ss|M|D|H|h|A|Z)", drawing)
    return re.compile("".join(_TOKENS.get(piece) or re.escape(piece) for piece in pieces), re.ASCII)


def _clock(found: dict[str, str | None]) -> datetime:
    """The date and clock time in a match, as if it were UTC. Raises ValueError."""
    year = int(found.get("year") or 2000 + int(found.get("short_year") or 0))
    if not FIRST_YEAR < year < LAST_YEAR:
        raise ValueError("the year is out of range")
    day = int(found.get("month") or 0), int(found.get("day") or 0)
    hour, half = found.get("hour"), (found.get("half") or "").lower()
    if found.get("hour12") is not None:
        if not 1 <= int(found["hour12"] or 0) <= 12:
            raise ValueError("an hour of 12 is 1 to 12")
        hour = str(int(found["hour12"] or 0) % 12 + (12 if half == "p" else 0))
    if hour is None:
        return datetime(year, *day, 12, tzinfo=UTC)
    second = min(int(found.get("second") or 0), 60)
    return datetime(year, *day, int(hour), int(found.get("minute") or 0), 59 if second == 60 else second, tzinfo=UTC)


def _stamp(value: str, parts: int) -> datetime:
    if not re.fullmatch(r"\d{1,14}(?:\.\d{1,9})?", value, re.ASCII):
        raise Unfit(f"{value[:40]!r} is not a number of {'milliseconds' if parts > 1 else 'seconds'} since 1970")
    moment = min(float(value) / parts, 4.2e9)
    found = datetime.fromtimestamp(moment, tz=UTC)
    if not FIRST_YEAR < found.year < LAST_YEAR:
        raise Unfit("the year is out of range")
    return found
