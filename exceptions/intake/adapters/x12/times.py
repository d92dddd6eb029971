"""Dates and times of X12, which mostly have no offset: the time code, the place, the partner, in that order."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from exceptions.intake.adapters.x12.reader import Segment
from exceptions.intake.adapters.x12.reading import BAD_CODE, BAD_DATE, BAD_TIME, CONDITIONAL, MISSING, Reading
from exceptions.intake.mapping.x12 import LOCAL, TIME_OFFSETS, TIME_ZONES
from exceptions.parties.zones import is_zone
from exceptions.shipments.payloads.parts import FIRST_YEAR, LAST_YEAR

NO_ZONE: Final = "no time zone given, read as UTC"
DATE_ONLY: Final = "date only"
_NOON: Final = time(12)


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in UTC. `remark` says what of it the sender did not say. `first` and `last` are the same for a moment,
    and the two ends of the day where only a date was given."""

    at: datetime
    first: datetime
    last: datetime
    remark: str = ""

    @property
    def text(self) -> str:
        return self.at.isoformat()


def moment(
    reading: Reading,
    segment: Segment,
    on: int,
    at: int = 0,
    code: int = 0,
    *,
    zone: str = "",
    century: int = 0,
) -> Moment | None:
    """The moment in the elements `on` (date), `at` (time) and `code` (time code) of a segment; None without a date.

    A date alone stands for its noon. `zone` is that of the place where the clock hung.
    """
    day = _date(reading, segment, on, century)
    if day is None:
        if at and segment.get(at):
            raise reading.refusal(segment, on, "a time stands without its date", CONDITIONAL)
        return None
    clock, next_day = _time(reading, segment, at)
    where, remark = _zone(reading, segment, at, code, zone)
    if next_day:
        day += timedelta(days=1)
    if clock is None:
        first, noon = (datetime.combine(day, hour, where).astimezone(UTC) for hour in (time(0), _NOON))
        last = datetime.combine(day, time(23, 59), where).astimezone(UTC)
        return Moment(noon, first, last, DATE_ONLY)
    moment_at = datetime.combine(day, clock, where).astimezone(UTC)
    return Moment(moment_at, moment_at, moment_at, remark)


def dtm(reading: Reading, segment: Segment, *, zone: str = "") -> Moment | None:
    """The moment of a DTM: date, time, code, and in old versions the century; or a period in format D8 or DT."""
    if not segment.get(2) and segment.code(5) in ("D8", "DT"):
        stamp = segment.get(6)
        plain = Segment(segment.position, ("DTM", segment.get(1), stamp[:8], stamp[8:12]), segment.number)
        return moment(reading, plain, 2, 3, zone=zone)
    return moment(reading, segment, 2, 3, 4, zone=zone, century=5)


def envelope_moment(reading: Reading, group: Segment | None, interchange: Segment | None) -> datetime | None:
    """When the sender sent it, by GS or else ISA. Those carry no zone: the partner's, or UTC.

    Stamps are of a minute, and a tender and its change often of the same one: the control numbers of group and set, which
    count up, order them by microseconds. A stamp that cannot be read is no reason to lose what the envelope holds."""
    zone = partner_zone(reading)
    order = _counted(group.get(6) if group else "") * 1000 + _counted(reading.set.control)
    for header, on, at in ((group, 4, 5), (interchange, 9, 10)):
        if header is None:
            continue
        day, (clock, next_day) = date_of(header.get(on)), time_of(header.get(at))
        if day is not None and clock is not None:
            day += timedelta(days=int(next_day))
            sent = datetime.combine(day, clock, ZoneInfo(zone) if zone else UTC).astimezone(UTC)
            return sent + timedelta(microseconds=order)
    return None


def _counted(control: str) -> int:
    """The last three digits of a control number."""
    digits = control[-3:]
    return int(digits) if digits.isascii() and digits.isdigit() else 0


def sent_on(reading: Reading, segment: Segment, on: int) -> tuple[datetime, str]:
    """When a document was made that gives its day: the envelope's moment if that is of the day, else the day's noon.

    With a remark where something was not said."""
    day, sent = moment(reading, segment, on), reading.reported_at
    if sent is not None and (day is None or day.first <= sent <= day.last):
        return sent, ""
    if day is None:
        raise reading.refusal(segment, on, "there is no date, and no envelope that has one", MISSING)
    return day.at, day.remark


def partner_zone(reading: Reading) -> str:
    zone = reading.mapping.get("zone")
    return zone if isinstance(zone, str) and zone and is_zone(zone) else ""


def date_of(text: str, century: str = "") -> date | None:
    """CCYYMMDD, or YYMMDD as until version 003060 (with a century where the segment has one)."""
    if re.fullmatch(r"\d{6}", text, re.ASCII):
        if not re.fullmatch(r"19|20", century):
            century = "19" if text[:2] >= "90" else "20"
        text = century + text
    if not re.fullmatch(r"\d{8}", text, re.ASCII):
        return None
    try:
        day = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
    return day if FIRST_YEAR < day.year < LAST_YEAR else None


def time_of(text: str) -> tuple[time | None, bool]:
    """HHMM, HHMMSS or with decimals; and whether it was 2400, which is the next day's midnight."""
    found = re.fullmatch(r"(\d\d):?(\d\d)(?::?(\d\d)(?:[.]?\d{1,6})?)?", text, re.ASCII)
    if found is None:
        return None, False
    hour, minute, second = (int(part or 0) for part in found.groups())
    if (hour, minute) == (24, 0):
        return time(0), True
    try:
        return time(hour, minute, min(second, 59) if second == 60 else second), False
    except ValueError:
        return None, False


def _date(reading: Reading, segment: Segment, element: int, century: int) -> date | None:
    text = segment.get(element)
    if not text:
        return None
    day = date_of(text, segment.get(century) if century else "")
    if day is None:
        raise reading.refusal(segment, element, f"{text[:20]!r} is not a date like 20260504", BAD_DATE)
    return day


def _time(reading: Reading, segment: Segment, element: int) -> tuple[time | None, bool]:
    text = segment.get(element) if element else ""
    if not text:
        return None, False
    clock, next_day = time_of(text)
    if clock is None:
        raise reading.refusal(segment, element, f"{text[:20]!r} is not a time like 1430", BAD_TIME)
    return clock, next_day


def _zone(reading: Reading, segment: Segment, at: int, code: int, zone: str) -> tuple[tzinfo, str]:
    said = segment.code(code) if code else ""
    if said not in LOCAL:
        if not segment.get(at):
            reading.note(segment, code, "a time code stands without a time", CONDITIONAL)
        if name := TIME_ZONES.get(said):
            return ZoneInfo(name), ""
        if (minutes := TIME_OFFSETS.get(said)) is not None:
            return timezone(timedelta(minutes=minutes)), ""
        reading.note(segment, code, f"{said[:10]!r} is not a time code", BAD_CODE)
    if name := (zone if is_zone(zone) else "") or partner_zone(reading):
        return ZoneInfo(name), ""
    return UTC, NO_ZONE
