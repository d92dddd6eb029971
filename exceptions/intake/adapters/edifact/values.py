"""Dates, places and references of EDIFACT transport messages: segments in, our values out. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

from exceptions.intake.adapters.base import Refusal
from exceptions.intake.adapters.edifact.reader import Segment
from exceptions.intake.mapping.edifact import REFERENCES_1153
from exceptions.intake.mapping.unlocode_zones import zone_of_unlocode
from exceptions.intake.mapping.zones import country_code, zone_of
from exceptions.parties.zones import is_zone
from exceptions.shipments.canonical import REF_TYPES, Place, Ref, RefType
from exceptions.shipments.payloads.parts import FIRST_YEAR, LAST_YEAR

UNKNOWN_ZONE: Final = "time zone not known, read as UTC"
DATE_ONLY: Final = "date only"

# 2379 of DTM: the order of digits. Y2 and Y4 are years, J the day of the year, W the week, Z a zone in letters or hours.
_FORMATS: Final[Mapping[str, str]] = {
    "2": "D M Y2",
    "3": "M D Y2",
    "4": "D M Y4",
    "5": "D M Y4 H N",
    "101": "Y2 M D",
    "102": "Y4 M D",
    "103": "Y2 W K",
    "105": "Y2 J",
    "107": "J",
    "201": "Y2 M D H N",
    "202": "Y2 M D H N S",
    "203": "Y4 M D H N",
    "204": "Y4 M D H N S",
    "205": "Y4 M D H N Z",
    "208": "Y4 M D H N S Z",
    "301": "Y2 M D H N Z",
    "302": "Y2 M D H N S Z",
    "303": "Y4 M D H N Z",
    "304": "Y4 M D H N S Z",
}
_PERIODS: Final[Mapping[str, str]] = {"718": "102", "719": "203", "713": "201", "717": "101"}
_BY_LENGTH: Final[Mapping[int, str]] = {6: "101", 8: "102", 10: "201", 12: "203", 14: "204"}
_DIGITS: Final[Mapping[str, str]] = {
    "Y2": r"(?P<Y2>\d\d)",
    "Y4": r"(?P<Y4>\d{4})",
    "M": r"(?P<M>\d\d)",
    "D": r"(?P<D>\d\d)",
    "H": r"(?P<H>\d\d)",
    "N": r"(?P<N>\d\d)",
    "S": r"(?P<S>\d\d)",
    "J": r"(?P<J>\d{3})",
    "W": r"(?P<W>\d\d)",
    "K": r"(?P<K>\d)",
    "Z": r"\s?(?P<Z>[+-]?\d\d?:?(?:\d\d)?|[A-Za-z]{1,5})?",
}
_PATTERNS: Final = {
    code: re.compile("".join(_DIGITS[part] for part in order.split()), re.ASCII) for code, order in _FORMATS.items()
}
# Zones in letters that mean one offset wherever freight moves. CST, IST and their like mean several and are not here.
_LETTERS: Final[Mapping[str, float]] = {
    "Z": 0, "UTC": 0, "GMT": 0, "UT": 0, "WET": 0, "BST": 1, "CET": 1, "MEZ": 1, "WEST": 1, "CEST": 2, "MESZ": 2,
    "EET": 2, "EEST": 3, "MSK": 3, "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "HKT": 8, "SGT": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as the message has it. `doubt` says what had to be assumed to make it a moment; empty for nothing."""

    at: datetime
    doubt: str = ""


def moment(segment: Segment, zone: str) -> Moment:
    """The moment of a DTM, in UTC. `zone` is where it was said, by name; empty when nobody knows.

    A date without time is noon there; so it stays that date for everybody. Raises `Refusal` for no date at all.
    """
    text, code = segment.value(1, 2), segment.value(1, 3)
    if code in _PERIODS:  # of a period its beginning
        text, code = text.partition("-")[0], _PERIODS[code]
    found = _PATTERNS[code].fullmatch(text) if code in _PATTERNS else None
    if found is None:  # an odd or missing format code: the number of digits tells as much
        code = _BY_LENGTH.get(len(text), "")
        found = _PATTERNS[code].fullmatch(text) if code else None
    if found is None:
        raise Refusal(f"{text[:40]!r} is no date in format {segment.value(1, 3)[:5] or 'unknown'}", segment.where)
    parts = {name: value for name, value in found.groupdict().items() if value is not None}
    try:
        return _assembled(parts, zone)
    except (ValueError, OverflowError):
        raise Refusal(f"there is no such date or time: {text[:40]}", segment.where) from None


def _assembled(parts: Mapping[str, str], zone: str) -> Moment:
    day = _day(parts)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError("the year is out of range")
    if "H" not in parts:
        clock, doubts = timedelta(hours=12), [DATE_ONLY]
    else:
        hours, minutes, seconds = int(parts["H"]), int(parts["N"]), int(parts.get("S", "0"))
        if hours > 24 or minutes > 59 or seconds > 60 or (hours == 24 and minutes):
            raise ValueError("no such time")
        clock, doubts = timedelta(hours=hours, minutes=minutes, seconds=min(seconds, 59)), []
    stated = _offset(parts.get("Z", ""))
    known: tzinfo = stated or (ZoneInfo(zone) if zone else UTC)
    if stated is None and not zone and not doubts:
        doubts.append(UNKNOWN_ZONE)
    # 24:00 is midnight of the next day, so the clock is added and not set.
    local = datetime.combine(day, time()) + clock
    return Moment(local.replace(tzinfo=known).astimezone(UTC), ", ".join(doubts))


def _day(parts: Mapping[str, str]) -> date:
    if "Y4" in parts:
        year = int(parts["Y4"])
    elif "Y2" in parts:
        year = int(parts["Y2"]) + (1900 if int(parts["Y2"]) >= 80 else 2000)
    else:
        raise ValueError("a day of no year")
    if "J" in parts:
        found = date(year, 1, 1) + timedelta(days=int(parts["J"]) - 1)
        if found.year != year:
            raise ValueError("no such day of the year")
        return found
    if "W" in parts:
        return date.fromisocalendar(year, int(parts["W"]), int(parts["K"]) or 7)
    return date(year, int(parts["M"]), int(parts["D"]))


def _offset(text: str) -> timezone | None:
    """A zone as 2379 writes it: letters, "+1", "0100", "+01:00"; None where it says nothing certain."""
    if not text:
        return None
    if text.isalpha():
        hours = _LETTERS.get(text.upper())
        return None if hours is None else timezone(timedelta(hours=hours))
    sign, digits = (-1 if text[0] == "-" else 1), re.sub(r"\D", "", text)
    hours_, minutes = (digits, "0") if len(digits) <= 2 else (digits[:-2], digits[-2:])
    if int(hours_) > 14 or int(minutes) > 59:
        return None
    return timezone(sign * timedelta(hours=int(hours_), minutes=int(minutes)))


def default_zone(mapping: Mapping[str, Any]) -> str:
    """The partner's own zone, from its mapping; empty without one."""
    zone = mapping.get("zone")
    return zone if isinstance(zone, str) and is_zone(zone) else ""


def place_of(segment: Segment) -> Place | None:
    """The place of a LOC: a UN/LOCODE with its zone, or the code and name as they stand."""
    code, name = segment.value(2, 1), segment.value(2, 4)
    related, detail = segment.value(3, 1), segment.value(3, 4)
    if not (code or name):
        return None
    unlocode = _locode(segment)
    land = next(
        (code for code in (related, segment.value(3, 4), segment.value(4, 1)) if re.fullmatch(r"[A-Z]{2,3}", code)), ""
    )
    country = unlocode[:2] or country_code(land)
    zone = zone_of_unlocode(unlocode) if unlocode else zone_of(country) if country else ""
    label = name or detail or ("" if unlocode else code)
    # Without a code the name is all there is: mostly the town.
    return Place(name=label[:120], city="" if unlocode else name[:100], country=country, unlocode=unlocode, zone=zone)


def _locode(segment: Segment) -> str:
    """The UN/LOCODE of a LOC. Its list is 139 and its agency 6, yet many send neither; the numbers of GS1 (agency 9) and of
    partners among themselves are none. Terminals are written behind it: FIKTKC, IDJKT45."""
    code = segment.value(2, 1).replace(" ", "").upper()
    listed = segment.value(2, 2) == "139"
    if not listed and segment.value(2, 3) in ("9", "ZZZ", "86", "87"):
        return ""
    behind = r"\w{0,3}" if listed else r"\d{0,3}"
    found = re.fullmatch(rf"([A-Z]{{2}}[A-Z2-9]{{3}}){behind}", code, re.ASCII)
    return found.group(1) if found and country_code(code[:2]) else ""


def references_of(segments: Iterable[Segment], mapping: Mapping[str, Any]) -> list[Ref]:
    """The identifiers among RFF segments; `mapping["references"]` gives more qualifiers a meaning."""
    own = mapping.get("references")
    more = own if isinstance(own, Mapping) else {}
    found = []
    for segment in segments:
        qualifier, value = segment.value(1, 1).upper(), segment.value(1, 2)
        kind = more.get(qualifier) or REFERENCES_1153.get(qualifier)
        if isinstance(kind, str) and kind in REF_TYPES and value and any(character.isalnum() for character in value):
            found.append(Ref(str(kind), value[:60], issuer_of(mapping)))
    return found


def issuer_of(mapping: Mapping[str, Any]) -> str:
    """Whose numbers these are, where the partner's mapping says it; without it a number stands for itself."""
    issuer = mapping.get("issuer")
    return issuer[:40] if isinstance(issuer, str) else ""


def containers_of(segments: Iterable[Segment]) -> list[Segment]:
    """The EQD segments with a number, whatever equipment it is; a container may stand more than once."""
    return [segment for segment in segments if segment.tag == "EQD" and segment.value(2, 1)]


def equipment_ref(segment: Segment) -> Ref:
    """An EQD as a reference: containers and what else is lifted, against trailers and what else is towed."""
    towed = segment.value(1, 1) in ("TE", "CH", "TR", "SM", "RO", "RR")
    return Ref(RefType.TRAILER if towed else RefType.CONTAINER, segment.value(2, 1)[:60])


def is_empty(equipment: Segment) -> bool:
    """8169 of EQD: 4 is empty, 5 is full. Directories before D.00B and after count its place alike: the sixth."""
    return equipment.value(6, 1) == "4"


def celsius(segment: Segment) -> float | None:
    """The value of a TMP in degrees Celsius; None without a number."""
    text = segment.value(2, 1).replace(",", ".")
    if not re.fullmatch(r"[+-]?\d{1,4}(\.\d{1,4})?", text, re.ASCII):
        return None
    degrees = float(text)
    if segment.value(2, 2).upper() in ("FAH", "F"):
        degrees = (degrees - 32) / 1.8
    return round(degrees, 2) if -150 <= degrees <= 400 else None
