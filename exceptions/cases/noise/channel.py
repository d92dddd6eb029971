"""What the wires do to words: repeats, old words sent again, wrong clocks, and the form in which they reach the door."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from exceptions.cases.noise.world import HOUR, MINUTE, Delivery, Word

# The words whose time a clerk can give by the clock on the wall.
CLOCKED = frozenset(
    {"shipment.picked_up", "shipment.departed", "shipment.arrived", "shipment.delivered", "shipment.out_for_delivery"}
)
WRONG_CLOCK, REPEATED, SENT_AGAIN = 0.008, 0.06, 0.03


def deliveries(words: Iterable[Word], rng: Random, name: str) -> Iterator[Delivery]:
    """Every word as it reaches the door, some more than once; `name` keeps the senders' ids apart."""
    for count, word in enumerate(words):
        key = f"{name}-{count}"
        for version, said in enumerate(_as_said(word, rng)):
            first = _delivery(said, f"{key}-{version}")
            yield first
            if rng.random() < REPEATED:
                # The same delivery again, as a sender does that has not seen the answer.
                yield replace(first, at=first.at + rng.uniform(0.2, 30) * MINUTE)
            if rng.random() < SENT_AGAIN:
                # The same words under a new id, hours or days later: a resent file. Some stamp it anew.
                late = said.said + rng.uniform(1, 120) * HOUR
                again = replace(said, said=late, stamped=rng.random() < 0.5 and said.stamped)
                yield _delivery(again, f"{key}-{version}-again", stamp=said.said)


def _as_said(word: Word, rng: Random) -> Iterator[Word]:
    """A clerk takes the clock on the wall for UTC, and puts it right some hours later."""
    if word.source not in ("edi", "scans") or word.type not in CLOCKED or word.site is None:
        yield word
        return
    if rng.random() >= WRONG_CLOCK:
        yield word
        return
    wall = word.happened.astimezone(ZoneInfo(word.site.zone)).replace(tzinfo=UTC)
    yield replace(word, happened=wall)
    yield replace(word, said=word.said + rng.uniform(2, 20) * HOUR)


def _delivery(word: Word, key: str, stamp: datetime | None = None) -> Delivery:
    data: dict[str, Any] = {
        **word.data,
        "references": [{"type": kind, "value": value} for kind, value in word.refs.items()],
    }
    if word.site is not None:
        data["place"] = word.site.place()
    if word.text:
        data["text"] = word.text
    if word.stamped:
        data["reported_at"] = stamp or word.said
    envelope = {
        "specversion": "1.0",
        "id": key,
        "source": f"https://{word.source}.example",
        "type": word.type,
        "time": word.happened,
        "datacontenttype": "application/json",
        "data": data,
    }
    return Delivery(word.said, word.source, json.dumps(envelope, default=_plain).encode())


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return (value - timedelta(microseconds=value.microsecond)).astimezone(UTC).isoformat()
    raise TypeError(f"a word cannot carry {type(value).__name__}")
