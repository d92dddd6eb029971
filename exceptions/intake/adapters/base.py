"""What every adapter promises: bytes, headers and a mapping in; events, or why not and where, out. Nothing else."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any, Final, TypeAlias

from exceptions.intake.strict_json import JsonRefused, canonical_bytes, read_json
from exceptions.shipments.canonical import JSON, CanonicalEvent
from exceptions.shipments.payloads.parts import FIRST_YEAR, LAST_YEAR


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The message cannot be understood. `reason` is a clause for people, `where` a JSON pointer, header or line."""

    reason: str
    where: str = ""

    def __str__(self) -> str:
        return f"{self.reason} (at {self.where})" if self.where else self.reason


@dataclass(frozen=True, slots=True)
class Envelope:
    """What makes a repeat a repeat: the sender's own id of a delivery or, where the format has none, its content in a
    form that does not change with spacing and the order of keys."""

    sender_id: str = ""
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Part:
    """One item of a delivery, standing by itself: `body` is something that the same adapter reads.

    `where` is its place in the delivery (line, segment, JSON pointer)."""

    body: bytes
    where: str
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came along with a message. `name` is as the sender wrote it, perhaps empty."""

    name: str
    content_type: str
    content: bytes


Headers: TypeAlias = Mapping[str, str]
Mapped: TypeAlias = Mapping[str, Any]
Read: TypeAlias = Callable[[bytes, Headers, Mapped], list[CanonicalEvent] | Unreadable]
Open: TypeAlias = Callable[[bytes, Headers], Envelope | Unreadable]
Split: TypeAlias = Callable[[bytes, Headers, Mapped], Sequence[Part | Unreadable] | Unreadable]
Attached: TypeAlias = Callable[[bytes], Sequence[Attachment]]
Acknowledge: TypeAlias = Callable[[bytes, Headers, Mapped, datetime], bytes]


@dataclass(frozen=True, slots=True)
class Adapter:
    """One format. All of it is pure; header names reach it in lower case.

    `open` looks at a delivery at the door: as little as it takes to refuse what is no such format at all, and to know a
    repeat. `content_types` are the media types the door lets in for it. `split` takes a delivery of several items apart,
    so that each is understood and refused by itself; None where a delivery is one thing. `acknowledge` writes the
    answer that the format knows (X12 997), given the moment to write into it. `attachments` are the files in a message
    that are documents of their own; it is asked only about what `read` could read.
    """

    key: str
    label: str
    content_types: frozenset[str]
    read: Read
    open: Open
    split: Split | None = None
    acknowledge: Acknowledge | None = None
    attachments: Attached | None = None
    # Sent headers that the format itself needs; all others are dropped at the door.
    header_prefixes: tuple[str, ...] = ()


class Refusal(Exception):
    """Raised inside an adapter where a value makes the whole message unreadable; never leaves it."""

    def __init__(self, reason: str, where: str = "") -> None:
        super().__init__(reason)
        self.unreadable = Unreadable(reason, where)


def json_adapter(understand: Callable[[JSON, Headers, Mapped], list[CanonicalEvent]]) -> Read:
    """An adapter's `read` from a function over parsed JSON: hardening and refusals are the same for all of them."""

    def read(body: bytes, headers: Headers, mapping: Mapped) -> list[CanonicalEvent] | Unreadable:
        try:
            return understand(read_json(body), headers, mapping)
        except JsonRefused as refused:
            return Unreadable(refused.reason, refused.where)
        except Refusal as refusal:
            return refusal.unreadable

    return read


def json_envelope(sender_id: Callable[[Headers, JSON], str] = lambda headers, envelope: "") -> Open:
    """An adapter's `open` for JSON: a sender's id where `sender_id` finds one, else the canonical content."""

    def open_json(body: bytes, headers: Headers) -> Envelope | Unreadable:
        try:
            envelope = read_json(body)
        except JsonRefused as refused:
            return Unreadable(refused.reason, refused.where)
        found = sender_id(headers, envelope)
        return Envelope(found) if found else Envelope(content=canonical_bytes(envelope))

    return open_json


# Values out of foreign JSON. Each takes what it finds or says where it is wrong.


def as_object(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise Refusal(f"an object was expected, not {kind_of(value)}", where)
    return value


def as_list(value: Any, where: str, *, at_most: int) -> Sequence[Any]:
    """A list, or none at all, of at most `at_most` items."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise Refusal(f"a list was expected, not {kind_of(value)}", where)
    if len(value) > at_most:
        raise Refusal(f"the list has {len(value)} items; {at_most} are allowed", where)
    return value


def as_text(value: Any, where: str, *, at_most: int = 500) -> str:
    """A text without outer spaces; empty where there is none. A number becomes its digits."""
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise Refusal(f"a text was expected, not {kind_of(value)}", where)
    if len(value) > at_most:
        raise Refusal(f"the text is longer than {at_most} characters", where)
    return value.strip()


def required_text(value: Any, where: str, *, at_most: int = 500) -> str:
    text = as_text(value, where, at_most=at_most)
    if not text:
        raise Refusal("a value is missing", where)
    return text


# RFC 3339 with what senders make of it: a space for the T, no seconds, any number of decimals, an offset without colon.
_TIME: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?([Zz]|[+-]\d\d:?\d\d)?", re.ASCII
)


def as_time(value: Any, where: str, *, assume_utc: bool = False) -> datetime:
    """An aware moment in UTC. Without an offset it is refused, unless `assume_utc` (the format says so).

    Years outside 1990 to 2100 are refused: no shipment is that old, and the ends of the calendar overflow.
    """
    text = required_text(value, where, at_most=40)
    match = _TIME.fullmatch(text)
    if match is None:
        raise Refusal("not a date and time like 2026-05-04T14:30:00Z", where)
    year, month, day, hour, minute = (int(part) for part in match.groups()[:5])
    fraction, offset = match.group(7), match.group(8)
    second = 59 if match.group(6) == "60" else int(match.group(6) or 0)  # a leap second is no reason to lose a signal
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refusal("the year is out of range", where)
    if offset is None and not assume_utc:
        raise Refusal("the time has no offset from UTC", where)
    try:
        moment = datetime(year, month, day, hour, minute, second, _microseconds(fraction), tzinfo=_offset(offset))
        return moment.astimezone(UTC)
    except ValueError:
        raise Refusal("there is no such date or time", where) from None


def _microseconds(fraction: str | None) -> int:
    return int((fraction or "").ljust(6, "0")[:6] or 0)


def _offset(text: str | None) -> tzinfo:
    """Raises ValueError for more than a day or an hour of more than sixty minutes."""
    if text is None or text in "Zz":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    if minutes > 59:
        raise ValueError("minutes of an offset")
    ahead = timedelta(hours=hours, minutes=minutes)
    return timezone(-ahead if text[0] == "-" else ahead)


def kind_of(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "a truth value", type(None): "nothing"}
    return names.get(type(value), "a number")
