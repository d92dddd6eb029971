"""What a sample would say here: taken apart and read as a delivery is, with nothing stored. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from controltower.errors import Invalid
from exceptions.intake.adapters import Adapter, Part, Unreadable
from exceptions.shipments.canonical import CanonicalEvent, EventType
from exceptions.shipments.payloads import payload_of

MAX_ITEMS: Final = 200
MAX_EVENTS: Final = 500
MAX_SHOWN: Final = 300  # characters of one value


@dataclass(frozen=True, slots=True)
class Said:
    """One event of a sample. `facts` are its data as name and text; `refused` says why it would not be recorded."""

    event: CanonicalEvent
    label: str
    facts: Sequence[tuple[str, str]]
    unmapped: str
    refused: str


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a sample: what it says, or why it cannot be understood. `where` is its place in the delivery."""

    where: str
    said: Sequence[Said] = ()
    refused: Unreadable | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """`cut` where a sample holds more than is read here."""

    items: Sequence[Item]
    cut: bool

    @property
    def said(self) -> list[Said]:
        return [one for item in self.items for one in item.said]

    @property
    def refused(self) -> int:
        return sum(item.refused is not None for item in self.items) + sum(bool(one.refused) for one in self.said)


def trial_run(
    adapter: Adapter, body: bytes, *, headers: Mapping[str, str], mapping: Mapping[str, Any]
) -> Trial | Unreadable:
    """Read `body` as a delivery of this format; `Unreadable` for what the door would not let in."""
    opened = adapter.open(body, headers)
    if isinstance(opened, Unreadable):
        return opened
    parts: Sequence[Part | Unreadable] = [Part(body, "", opened)]
    if adapter.split is not None:
        found = adapter.split(body, headers, mapping)
        if isinstance(found, Unreadable):
            return found
        parts = found
    items: list[Item] = []
    events = 0
    for part in parts[:MAX_ITEMS]:
        items.append(_read(adapter, part, headers, mapping))
        events += len(items[-1].said)
        if events >= MAX_EVENTS:
            break
    return Trial(items, cut=len(items) < len(parts))


def _read(adapter: Adapter, part: Part | Unreadable, headers: Mapping[str, str], mapping: Mapping[str, Any]) -> Item:
    if isinstance(part, Unreadable):
        return Item(part.where, refused=part)
    result = adapter.read(part.body, headers, mapping)
    if isinstance(result, Unreadable):
        return Item(part.where, refused=result)
    return Item(part.where, [_said(event) for event in sorted(result, key=lambda event: event.occurred_at)])


def _said(event: CanonicalEvent) -> Said:
    try:
        payload_of(event)
        refused = ""
    except Invalid as invalid:
        refused = invalid.message
    unmapped = event.data.get("unmapped")
    return Said(
        event=event,
        label=EventType(event.type).label if event.type in EventType.values else event.type,
        facts=list(_facts(event)),
        unmapped=unmapped if isinstance(unmapped, str) else (event.source_code if unmapped else ""),
        refused=refused,
    )


def _facts(event: CanonicalEvent) -> Iterator[tuple[str, str]]:
    for name, value in event.data.items():
        if name in ("reason", "unmapped") or value in (None, ""):
            continue
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        yield name.replace("_", " "), text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "…"
