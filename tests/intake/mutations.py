"""Damage for messages: what transmission, gateways and careless programs do to them."""

import json
import random
from collections.abc import Iterator, Mapping
from typing import Any

from exceptions.intake.adapters import Adapter, Envelope, Part, Unreadable
from exceptions.shipments.canonical import CanonicalEvent, digest
from exceptions.shipments.payloads import payload_of

_ODD: tuple[Any, ...] = (
    None, True, -1, 0, 1e300, 2**62, "", " ", "\u2028", "x" * 600, [], {}, [[]], "2026-13-45T99:00:00Z",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59+14:00", "NaN", ["a"], {"id": 1}, "urn:epc:id:sscc:", "\ud7ff'+:?",
)  # fmt: skip


def damaged(body: bytes, random_: random.Random) -> bytes:
    """`body` with one to four things wrong: bytes changed, lost, doubled, moved, the end missing."""
    data = bytearray(body)
    for _ in range(random_.randint(1, 4)):
        at, far = random_.randrange(len(data) + 1), random_.randrange(len(data) + 1)
        start, end = sorted((at, min(len(data), at + random_.randint(1, 40))))
        what = random_.randrange(7)
        if what == 0 and data:
            data[min(at, len(data) - 1)] = random_.randrange(256)
        elif what == 1:
            del data[start:end]
        elif what == 2:
            data[at:at] = data[start:end] * random_.randint(1, 3)
        elif what == 3:
            data[far:far] = bytes(random_.randrange(256) for _ in range(random_.randint(1, 6)))
        elif what == 4:
            data[at:at] = random_.choice([b"'", b"+", b":", b"?", b"\n", b"9" * 20, b"UNH+", b"'UNT+1'", b"-", b"*"])
        elif what == 5 and random_.random() < 0.3:
            del data[far:]
        else:
            piece = bytes(data[start:end])
            del data[start:end]
            data[far % (len(data) + 1) : 0] = piece
    return bytes(data)


def twisted(value: Any, random_: random.Random) -> Any:
    """A JSON value with one part replaced, dropped, doubled or renamed, anywhere in it."""
    if isinstance(value, dict) and value and random_.random() < 0.85:
        key = random_.choice(list(value))
        copy = dict(value)
        roll = random_.random()
        if roll < 0.1:
            del copy[key]
        elif roll < 0.15:
            copy[key.swapcase()] = copy.pop(key)
        else:
            copy[key] = twisted(value[key], random_)
        return copy
    if isinstance(value, list) and value and random_.random() < 0.85:
        at = random_.randrange(len(value))
        if random_.random() < 0.1:
            return [*value[:at], *value[at + 1 :]]
        return [*value[:at], twisted(value[at], random_), *value[at + (random_.random() < 0.9) :]]
    return random_.choice(_ODD)


def twisted_bytes(body: bytes, random_: random.Random) -> bytes:
    """A JSON body with one or two values twisted, or now and then with its bytes damaged."""
    if random_.random() < 0.15:
        return damaged(body, random_)
    value = json.loads(body)
    for _ in range(random_.randint(1, 2)):
        value = twisted(value, random_)
    return json.dumps(value).encode()


def assert_holds(adapter: Adapter, body: bytes, mapping: Mapping[str, Any] | None = None) -> None:
    """Whatever the bytes: sound events, or a stated reason. Parts are read by themselves, as the door does it."""
    mapping = mapping or {}
    assert isinstance(adapter.open(body, {}), Envelope | Unreadable)
    assert_sound(adapter.read(body, {}, mapping))
    if adapter.split is not None:
        parts = adapter.split(body, {}, mapping)
        for part in [] if isinstance(parts, Unreadable) else parts:
            assert isinstance(part, Part | Unreadable)
            if isinstance(part, Part):
                assert_sound(adapter.read(part.body, {}, mapping))


def assert_sound(result: list[CanonicalEvent] | Unreadable) -> None:
    if isinstance(result, Unreadable):
        assert result.reason
        return
    for event in result:
        payload_of(event)
        digest(event)
        assert len(event.event_id) <= 200 and len(event.source_code) <= 60 and len(event.source_text) <= 500
        assert all(ref.value and len(ref.value) <= 60 and len(ref.issuer) <= 40 for ref in event.references)
        for text in _texts([event.source_text, event.source_code, dict(event.data), str(event.place)]):
            assert "\0" not in text
            text.encode()  # half a surrogate pair is no text


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from (key, *_texts(item))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
