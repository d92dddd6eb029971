"""Interchanges broken at random: bytes flipped, segments dropped, doubled, shuffled, cut, values swapped."""

import random
from datetime import UTC, datetime
from typing import Final

from exceptions.intake.adapters.base import Part, Unreadable
from exceptions.shipments.canonical import CanonicalEvent, digest
from exceptions.shipments.payloads import payload_of
from tests.intake.x12.samples import X12

NOW: Final = datetime(2026, 5, 4, 15, 0, tzinfo=UTC)
_VALUES: Final = [
    "",
    "0",
    "-1",
    "99999999999",
    "1E5",
    "NaN",
    "Infinity",
    "00000000",
    "20261332",
    "2460",
    "ZZ",
    "é",
    "~",
    "\x00",
]
_VALUES += [
    "A" * 300,
    "20260504",
    "1e-9",
    "٣",
    "1.5",
    "*",
    "\ud7ff",
    "01",
    "X1",
    "AG",
    "²²²²²²²²",
    "ﷺ" * 30,
    "ß" * 40,
    "9" * 200,
    "24",
    "ST",
    "SE*1*1",
]


def mutated(body: bytes, dice: random.Random) -> bytes:
    """One to four breakages."""
    for _ in range(dice.randint(1, 4)):
        body = dice.choice(_WAYS)(body, dice)
    return body


def _flip(body: bytes, dice: random.Random) -> bytes:
    if not body:
        return body
    changed = bytearray(body)
    for _ in range(dice.randint(1, 6)):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def _cut(body: bytes, dice: random.Random) -> bytes:
    first, last = sorted(dice.randrange(len(body) + 1) for _ in range(2))
    return dice.choice([body[:last], body[first:], body[:first] + body[last:]])


def _segments(body: bytes, dice: random.Random) -> bytes:
    lines = body.split(b"\n")
    place = dice.randrange(len(lines))
    way = dice.randrange(4)
    if way == 0:
        del lines[place]
    elif way == 1:
        lines.insert(place, dice.choice(lines))
    elif way == 2:
        dice.shuffle(lines)
    else:
        lines = lines + lines[place:]
    return b"\n".join(lines)


def _value(body: bytes, dice: random.Random) -> bytes:
    lines = body.split(b"\n")
    place = dice.randrange(len(lines))
    elements = lines[place].split(b"*")
    elements[dice.randrange(len(elements))] = dice.choice(_VALUES).encode("utf-8", "surrogatepass")
    if dice.random() < 0.2:
        elements.insert(dice.randrange(len(elements) + 1), dice.choice(_VALUES).encode("utf-8", "surrogatepass"))
    lines[place] = b"*".join(elements)
    return b"\n".join(lines)


def _swap(body: bytes, dice: random.Random) -> bytes:
    lines = body.split(b"\n")
    one, other = (lines[dice.randrange(len(lines))].split(b"*") for _ in range(2))
    return body.replace(dice.choice(one) or b"*", dice.choice(other), dice.choice([1, -1]))


_WAYS: Final = (_flip, _cut, _segments, _value, _value, _value, _swap)


def holds(body: bytes, mapping: dict[str, object]) -> int:
    """How many events a body gives, by any way in; everything it gives keeps the rules, everything else is refused."""
    assert X12.split is not None
    assert X12.acknowledge is not None
    given = _sound(X12.read(body, {}, mapping))
    X12.open(body, {})
    X12.acknowledge(body, {}, mapping, NOW).decode()
    parts = X12.split(body, {}, mapping)
    if isinstance(parts, Unreadable):
        assert parts.reason
        return given
    for part in parts:
        assert isinstance(part, Part | Unreadable)
        if isinstance(part, Part):
            given += _sound(X12.read(part.body, {}, mapping))
    return given


def _sound(result: list[CanonicalEvent] | Unreadable) -> int:
    if isinstance(result, Unreadable):
        assert result.reason
        return 0
    for event in result:
        assert isinstance(event, CanonicalEvent)
        payload_of(event)
        digest(event)
        assert event.references
        for kind, value, issuer in (ref.key for ref in event.references):
            assert kind and 0 < len(value) <= 60 and len(issuer) <= 40
        assert all(len(ref.value) <= 60 for ref in event.references)
        assert len(event.source_code) <= 60 and len(event.source_text) <= 500
        assert "\x00" not in repr(event)
    return len(result)
