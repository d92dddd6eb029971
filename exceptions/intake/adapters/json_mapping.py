"""JSON of any shape, read with a mapping that an integrator writes (`mapping.grammar`): webhooks, arrays, NDJSON.

A source is a JSON pointer (`/status/code`) or a path (`status.code`, `stops.0.city`) within the item; `^` before it looks
from the body's root, which is where a list of events keeps what they share. `items` names the list of events.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from exceptions.intake.adapters.base import (
    Adapter,
    Envelope,
    Headers,
    Mapped,
    Part,
    Refusal,
    Unreadable,
    as_list,
    json_envelope,
    kind_of,
)
from exceptions.intake.adapters.json_items import NDJSON, is_ndjson, item_envelope, json_items
from exceptions.intake.adapters.mapped import Item, item_events
from exceptions.intake.mapping.grammar import grammar_problems
from exceptions.intake.strict_json import JsonRefused, canonical_bytes, read_json
from exceptions.shipments.canonical import CanonicalEvent

MAX_ITEMS: Final = 10_000
_OWN_KEYS: Final = frozenset({"items"})


def mapping_problems(mapping: Mapping[str, Any]) -> list[str]:
    """Sentences about what is wrong with a partner's mapping for this adapter; none when all is well."""
    problems = grammar_problems(mapping, _source_problem, _OWN_KEYS)
    items = mapping.get("items", "")
    if not isinstance(items, str) or items.startswith(("^", "=")) or (items and _source_problem(items)):
        problems.append("'items' must be the JSON pointer of the list of events, as in /data/events.")
    return problems


def read(body: bytes, headers: Headers, mapping: Mapped) -> list[CanonicalEvent] | Unreadable:
    """Every event that the body says. The first item that cannot be understood refuses the body."""
    try:
        bodies = _bodies(body, headers)
        events: list[CanonicalEvent] = []
        for value, outer in bodies:
            for item, where in _items(value, outer, mapping):
                events += item_events(Item(_finder(item, value, where, outer), mapping), where)
        return events
    except JsonRefused as refused:
        return Unreadable(refused.reason, refused.where)
    except Refusal as refusal:
        return refusal.unreadable


def split(body: bytes, headers: Headers, mapping: Mapped) -> Sequence[Part | Unreadable] | Unreadable:
    """One part for each event of the list; a part keeps everything around its event."""
    lines = is_ndjson(headers)
    items = json_items(body, lines=lines)
    if isinstance(items, Unreadable):
        return items
    if items is not None:
        return [Part(item.body, item.where, item_envelope(item.body, headers, _open_one)) for item in items]
    try:
        value = read_json(body)
        found = list(_items(value, "", mapping))
    except JsonRefused as refused:
        return Unreadable(refused.reason, refused.where)
    except Refusal as refusal:
        return refusal.unreadable
    parts = []
    for item, where in found:
        alone = canonical_bytes(_with_only(value, _steps(str(mapping.get("items") or "")), item))
        parts.append(Part(alone, where, Envelope(content=alone)))
    return parts


def _bodies(body: bytes, headers: Headers) -> list[tuple[Any, str]]:
    """The JSON values in the body, each with its place: one, or one a line."""
    if not is_ndjson(headers):
        return [(read_json(body), "")]
    items = json_items(body, lines=True)
    if isinstance(items, Unreadable):
        raise Refusal(items.reason, items.where)
    values = []
    for item in items or []:
        try:
            values.append((read_json(item.body), item.where))
        except JsonRefused as refused:
            raise Refusal(refused.reason, f"{item.where} {refused.where}".strip()) from None
    return values


def _items(value: Any, outer: str, mapping: Mapped) -> Iterator[tuple[Mapping[str, Any], str]]:
    wanted = mapping.get("items")
    if isinstance(wanted, str) and wanted and not isinstance(value, list):
        pointer = _pointer(wanted)
        found: Any = as_list(_at(value, _steps(wanted)), _joined(outer, pointer), at_most=MAX_ITEMS)
    else:
        pointer = ""
        found = as_list(value, outer, at_most=MAX_ITEMS) if isinstance(value, list) else None
    if found is None:
        found, places = [value], [outer]
    else:
        places = [_joined(outer, f"{pointer}/{index}") for index in range(len(found))]
    for item, where in zip(found, places, strict=True):
        if not isinstance(item, Mapping):
            raise Refusal(f"an object was expected, not {kind_of(item)}", where)
        yield item, where


def _finder(item: Any, root: Any, where: str, outer: str) -> Any:
    def find(source: str) -> tuple[str, str]:
        inner = not source.startswith("^")
        path = source if inner else source[1:]
        place = _joined(where if inner else outer, _pointer(path))
        return _text(_at(item if inner else root, _steps(path)), place), place

    return find


def _text(value: Any, where: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float):
        return str(value)
    raise Refusal(f"a single value was expected, not {kind_of(value)}", where)


def _at(value: Any, steps: tuple[str, ...]) -> Any:
    """What stands at a path; None where the path leads nowhere."""
    for step in steps:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and re.fullmatch(r"-?\d{1,6}", step, re.ASCII):
            index = int(step)
            value = value[index] if -len(value) <= index < len(value) else None
        else:
            return None
    return value


def _with_only(value: Any, steps: tuple[str, ...], item: Any) -> Any:
    """The body with a list of this one item in it; the item itself where the body has no such list."""
    if not steps or not isinstance(value, Mapping):
        return item if not steps else value
    inner = [item] if len(steps) == 1 else _with_only(value.get(steps[0]), steps[1:], item)
    return {**value, steps[0]: inner}


@lru_cache(maxsize=1024)
def _steps(path: str) -> tuple[str, ...]:
    """A JSON pointer (RFC 6901), or a path of names and indexes with full stops or brackets; `$` may begin it."""
    if path.startswith("/"):
        return tuple(step.replace("~1", "/").replace("~0", "~") for step in path[1:].split("/"))
    plain = re.sub(r"\[(-?\d+|\*)\]", r".\1", path.removeprefix("$")).strip(".")
    return tuple(plain.split(".")) if plain else ()


def _pointer(path: str) -> str:
    return "".join("/" + step[:60].replace("~", "~0").replace("/", "~1") for step in _steps(path))


def _joined(outer: str, pointer: str) -> str:
    return f"{outer} {pointer}".strip() if outer.startswith("line ") else outer + pointer


def _source_problem(source: str) -> str:
    path = source.removeprefix("^")
    steps = _steps(path)
    if not steps or any(step in ("", "*") for step in steps):
        return f"{source[:60]!r} is no JSON pointer or path, as in /status/code or status.code"
    return ""


_open_one: Final = json_envelope()


def _open(body: bytes, headers: Headers) -> Envelope | Unreadable:
    """Of several the whole is known by its bytes."""
    items = json_items(body, lines=is_ndjson(headers))
    if items is None:
        return _open_one(body, headers)
    return items if isinstance(items, Unreadable) else Envelope(content=body)


ADAPTER: Final = Adapter(
    key="json_mapping",
    label="JSON of your own shape",
    content_types=frozenset({"application/json", *NDJSON}),
    read=read,
    open=_open,
    split=split,
)
