"""A partner's mapping drawn as a form, and read back from what was filled in. Pure."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from exceptions.intake.mapping.carrier_text import folded
from exceptions.intake.mapping.shapes import MAX_BYTES, Field, Kind
from exceptions.intake.strict_json import JsonRefused, read_json
from exceptions.shipments.canonical import EventType

MAX_ROWS: Final = 500
REST: Final = "rest"


@dataclass(frozen=True, slots=True)
class Row:
    name: str = ""
    value: str = ""
    event: str = ""
    reason: str = ""
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A field with what stands in it: `value` for one value, `rows` for a table."""

    field: Field
    value: str = ""
    rows: Sequence[Row] = ()


def drawn(fields: Sequence[Field], mapping: Mapping[str, Any]) -> tuple[list[Drawn], str]:
    """The fields with what a mapping holds, and the rest of it as JSON text.

    What does not have the shape of its field is left to the rest, so that nothing is lost by looking at it.
    """
    rest = dict(mapping)
    found = []
    for field in fields:
        one = _drawn(field, mapping.get(field.key))
        found.append(one)
        if one.value or one.rows or not mapping.get(field.key):
            rest.pop(field.key, None)
    return found, json.dumps(rest, indent=2, ensure_ascii=False) if rest else ""


def read_back(fields: Sequence[Field], given: Callable[[str], list[str]]) -> tuple[dict[str, Any], list[str]]:
    """The mapping that a filled-in form says, and sentences about what cannot be read. `given` answers the values of a
    field's name; a table has one name for each column."""
    mapping, problems = _rest(given)
    for field in fields:
        if field.kind == Kind.PAIRS:
            value: Any = {name: value for name, value in _columns(given, field.key, "name", "value") if name}
        elif field.kind == Kind.SOURCES:
            rows = _columns(given, field.key, "name", "value")
            value = {name: _source(text) for name, text in rows if name and text}
        elif field.kind == Kind.NUMBERS:
            value = _numbers(_columns(given, field.key, "name", "value", "issuer"))
        elif field.kind == Kind.MEANINGS:
            value = _meanings(field, _columns(given, field.key, "name", "event", "reason"))
        else:
            value = _single(field, next(iter(given(field.key)), ""))
        if value in ("", None) or value == {} or value == []:
            continue
        if field.key in mapping:
            problems.append(f"“{field.key}” stands in the form and in the JSON text too: keep one of them.")
        else:
            mapping[field.key] = value
    return mapping, problems


def _drawn(field: Field, value: Any) -> Drawn:
    if field.kind in (Kind.PAIRS, Kind.SOURCES, Kind.MEANINGS, Kind.NUMBERS):
        rows = _rows(field.kind, value)
        return Drawn(field, rows=[row for row in rows if row]) if all(rows) else Drawn(field)
    if field.kind == Kind.SOURCE:
        return Drawn(field, _source_text(value))
    if field.kind == Kind.WHOLE:
        return Drawn(field, str(value) if isinstance(value, int) and not isinstance(value, bool) else "")
    if field.kind == Kind.FLAG:
        return Drawn(field, {True: "yes", False: "no"}.get(value, "") if isinstance(value, bool) else "")
    if field.kind == Kind.LIST:
        fits = isinstance(value, list) and all(isinstance(one, str) for one in value)
        return Drawn(field, "\n".join(value) if fits else "")
    return Drawn(field, value if isinstance(value, str) else "")


def _rows(kind: Kind, value: Any) -> list[Row | None]:
    """A table's rows; None among them for what a form cannot show."""
    if kind == Kind.NUMBERS:
        return [_number_row(one) for one in value] if isinstance(value, list) else [None]
    if not isinstance(value, Mapping):
        return [None]
    if kind == Kind.MEANINGS:
        return [_meaning_row(str(name), one) for name, one in value.items()]
    if kind == Kind.SOURCES:
        return [Row(str(name), text) if (text := _source_text(one)) else None for name, one in value.items()]
    return [Row(str(name), one) if isinstance(one, str) else None for name, one in value.items()]


def _single(field: Field, raw: str) -> Any:
    text = raw.strip()
    if field.kind == Kind.CHOICE:
        return raw if raw in {value for value, _ in field.choices} else text  # one of the choices is a tab
    if field.kind == Kind.SOURCE:
        return _source(text)
    if field.kind == Kind.WHOLE:
        return int(text) if text.isdecimal() and len(text) < 10 else text
    if field.kind == Kind.LIST:
        return [line.strip() for line in text.splitlines() if line.strip()]
    if field.kind == Kind.FLAG:
        return {"yes": True, "no": False}.get(text)
    return text


def _source(text: str) -> Any:
    """`a | b` is the first of the two that has a value."""
    several = [part.strip() for part in text.split(" | ")]
    return several if len(several) > 1 else text


def _source_text(value: Any) -> str:
    """A source as a form shows it; nothing for what a form cannot show."""
    several = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str) and one == one.strip() and one and " | " not in one for one in several):
        return ""
    return " | ".join(several)


def _numbers(columns: Sequence[tuple[str, ...]]) -> list[dict[str, Any]]:
    return [
        {"type": kind, "value": _source(value), **({"issuer": _source(issuer)} if issuer else {})}
        for kind, value, issuer in columns
        if value
    ]


def _number_row(value: Any) -> Row | None:
    if not isinstance(value, Mapping) or not set(value) <= {"type", "value", "issuer"}:
        return None
    kind, where, issuer = value.get("type"), _source_text(value.get("value")), _source_text(value.get("issuer", "-"))
    if not isinstance(kind, str) or not where or not issuer:
        return None
    return Row(kind, where, issuer=issuer if "issuer" in value else "")


def _meaning_row(name: str, value: Any) -> Row | None:
    if isinstance(value, str):
        return Row(name, event=value) if value in EventType.values else Row(name, reason=value)
    if isinstance(value, Mapping) and set(value) <= {"event", "reason"}:
        return Row(name, event=str(value.get("event", "")), reason=str(value.get("reason", "")))
    return None


def _meanings(field: Field, columns: Sequence[tuple[str, ...]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, event, reason in columns:
        key = folded(name) if field.key == "texts" else name
        if key and (event or reason):
            found[key] = {"event": event, "reason": reason} if event and reason else event or reason
    return found


def _columns(given: Callable[[str], list[str]], key: str, *columns: str) -> list[tuple[str, ...]]:
    found = [[value.strip() for value in given(f"{key}.{column}")] for column in columns]
    return list(zip(*found, strict=False))[:MAX_ROWS]


def _rest(given: Callable[[str], list[str]]) -> tuple[dict[str, Any], list[str]]:
    text = next(iter(given(REST)), "").strip()
    if not text:
        return {}, []
    try:
        rest = read_json(text.encode(errors="replace"), max_bytes=MAX_BYTES)
    except JsonRefused as refused:
        return {}, [f"The JSON text: {refused.reason}{f', {refused.where}' if refused.where else ''}."]
    if not isinstance(rest, dict):
        return {}, ['The JSON text must be an object, as in {"name": "value"}.']
    return rest, []
