"""What a fact's value is, once it is read from the JSON that facts are stored as."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from exceptions.notices.drafts import FactLike


class UnreadableFact(ValueError):
    """A fact whose value does not have the shape of its type. The message is a sentence for people."""


@dataclass(frozen=True)
class Moment:
    """An instant, with the zone it is told in and the place that names this zone to the reader."""

    at: datetime
    zone: ZoneInfo
    place: str

    @property
    def local(self) -> datetime:
        return self.at.astimezone(self.zone)

    @property
    def told_place(self) -> str:
        """The place, or the zone's own city where none is known: a bare clock time says too little."""
        return self.place or self.zone.key.rpartition("/")[2].replace("_", " ")


@dataclass(frozen=True)
class Day:
    """A calendar day that no clock belongs to: a last free day, a claim deadline."""

    on: date


@dataclass(frozen=True)
class Money:
    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Count:
    number: Decimal
    unit: str


@dataclass(frozen=True)
class Temperature:
    degrees: Decimal
    unit: str


@dataclass(frozen=True)
class Code:
    code: str


@dataclass(frozen=True)
class Words:
    """Text that is told as it stands: a name, a place, a reference, a quotation."""

    text: str


Value = Moment | Day | Money | Count | Temperature | Code | Words


def value_of(fact: FactLike) -> Value:
    """The typed value of `fact`. Raises `UnreadableFact` when the value does not fit the type."""
    try:
        reader = _READERS[str(fact.type)]
    except KeyError:
        raise UnreadableFact(f"The fact {fact.key} has the unknown type {fact.type}.") from None
    try:
        return reader(fact.value, fact.key)
    except (KeyError, TypeError, ValueError, InvalidOperation, ZoneInfoNotFoundError) as error:
        raise UnreadableFact(f"The fact {fact.key} does not hold a readable {fact.type}.") from error


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise TypeError("expected a mapping")
    return value


def _moment(value: object) -> Moment | Day:
    if isinstance(value, str) and len(value) == len("2026-11-03"):
        return Day(date.fromisoformat(value))
    if isinstance(value, date) and not isinstance(value, datetime):
        return Day(value)
    if isinstance(value, str | datetime):
        value = {"at": value}
    parts = _mapping(value)
    at = parts["at"]
    moment = at if isinstance(at, datetime) else datetime.fromisoformat(str(at))
    if moment.tzinfo is None:
        raise ValueError("an instant needs its offset")
    zone = ZoneInfo(str(parts.get("zone") or "UTC"))
    return Moment(moment.astimezone(UTC), zone, str(parts.get("place") or ""))


def _finite(value: object) -> Decimal:
    if isinstance(value, bool | float):
        value = str(value)
    number = Decimal(str(value))
    if not number.is_finite():
        raise ValueError("not a finite number")
    return number


def _money(value: object) -> Money:
    parts = _mapping(value)
    currency = str(parts["currency"])
    if len(currency) != 3 or not currency.isascii() or not currency.isupper():
        raise ValueError("a currency is three capital letters")
    return Money(_finite(parts["amount"]), currency)


def _count(value: object) -> Count:
    if isinstance(value, Mapping):
        number = value["count"] if "count" in value else value["value"]
        return Count(_finite(number), str(value.get("unit") or ""))
    return Count(_finite(value), "")


def _temperature(value: object) -> Temperature:
    parts = _mapping(value)
    degrees = parts["degrees"] if "degrees" in parts else parts["value"]
    unit = str(parts["unit"]).upper().strip("°")
    if unit not in ("C", "F"):
        raise ValueError("a temperature is in C or F")
    return Temperature(_finite(degrees), unit)


def _plain(text: object) -> Words:
    """One line without control characters: a name from another system may hold anything."""
    line = " ".join("".join(c if c.isprintable() or c.isspace() else " " for c in str(text)).split())
    if not line:
        raise ValueError("empty")
    return Words(line)


def _place(value: object) -> Words:
    if isinstance(value, Mapping):
        return _plain(value.get("city") or value.get("name") or value.get("unlocode") or "")
    return _plain(value)


def _party(value: object) -> Words:
    return _plain(value["name"]) if isinstance(value, Mapping) else _plain(value)


# Reference types that people in the trade say before the number; the others speak for themselves.
_SPOKEN = {"po": "PO", "bol": "BOL", "pro": "PRO", "awb": "AWB", "cmr": "CMR", "booking": "booking"}


def _reference(value: object, key: str) -> Words:
    """A number as the trade says it: "PO 4500123". Its kind is said by the value or, failing that, by the key."""
    kind, number = key, value
    if isinstance(value, Mapping):
        kind, number = str(value.get("type", "")), value["value"]
    words = _plain(number)
    spoken = _SPOKEN.get(kind.lower(), "")
    return words if words.text.lower().startswith(spoken.lower()) else Words(f"{spoken} {words.text}")


def _code(value: object) -> Code:
    code = value["code"] if isinstance(value, Mapping) else value
    if not isinstance(code, str) or not code:
        raise ValueError("a code is a word")
    return Code(code)


Reader = Callable[[object, str], Value]


def _keyless(reader: Callable[[object], Value]) -> Reader:
    return lambda value, _: reader(value)


_READERS: dict[str, Reader] = {
    "reference": _reference,
    "datetime": _keyless(_moment),
    "money": _keyless(_money),
    "count": _keyless(_count),
    "temperature": _keyless(_temperature),
    "place": _keyless(_place),
    "party": _keyless(_party),
    "code": _keyless(_code),
    "text": _keyless(_plain),
}
