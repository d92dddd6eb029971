"""Our own events as plain JSON: one object, an array of them, or one a line (NDJSON).

`type`, `occurred_at` and `references` must be there; `id`, `reported_at`, `place`, `code` and `text` may; `data` holds what
the type's payload says. The same schema as in a CloudEvent, without its envelope.
"""

from collections.abc import Mapping
from typing import Any, Final

from exceptions.intake.adapters.base import (
    Adapter,
    Envelope,
    Headers,
    Mapped,
    Refusal,
    Unreadable,
    as_object,
    as_text,
    as_time,
    json_envelope,
)
from exceptions.intake.adapters.json_items import NDJSON, is_ndjson, json_items, json_split
from exceptions.intake.adapters.said import checked, payload_data, place_of, references_of, type_of
from exceptions.intake.strict_json import JsonRefused, read_json
from exceptions.shipments.canonical import JSON, CanonicalEvent

JSON_TYPE: Final = "application/json"
_KEYS: Final = frozenset({"id", "type", "occurred_at", "reported_at", "references", "place", "code", "text", "data"})


def read(body: bytes, headers: Headers, mapping: Mapped) -> list[CanonicalEvent] | Unreadable:
    """Every event of the body. `mapping["types"]` translates foreign type names into ours."""
    lines = is_ndjson(headers)
    items = json_items(body, lines=lines)
    if isinstance(items, Unreadable):
        return items
    if items is not None and lines and len(items) == 1:
        items = None  # a line that stands by itself
    events: list[CanonicalEvent] = []
    for part, where in [(body, "")] if items is None else [(item.body, item.where) for item in items]:
        try:
            events.append(_event(read_json(part), where, mapping))
        except JsonRefused as refused:
            return Unreadable(refused.reason, f"{where} {refused.where}".strip())
        except Refusal as refusal:
            return refusal.unreadable
    return events


def sender_id(headers: Headers, body: JSON) -> str:
    found = body.get("id") if isinstance(body, Mapping) else None
    return found if isinstance(found, str) else ""


def _event(value: Any, where: str, mapping: Mapped) -> CanonicalEvent:
    event = as_object(value, where)
    unknown = sorted(set(event) - _KEYS)
    if unknown:
        raise Refusal(f"there is no field {unknown[0][:60]!r}", f"{where}/{unknown[0][:60]}")
    event_type = type_of(event.get("type"), mapping, f"{where}/type")
    data = event.get("data")
    text = as_text(event.get("text"), f"{where}/text")
    reported = event.get("reported_at")
    fields = {} if data is None else as_object(data, f"{where}/data")
    return checked(
        CanonicalEvent(
            type=event_type,
            occurred_at=as_time(event.get("occurred_at"), f"{where}/occurred_at"),
            references=references_of(event.get("references"), f"{where}/references"),
            place=place_of(event.get("place"), f"{where}/place"),
            data=payload_data(fields, event_type, text, mapping, f"{where}/data"),
            source_code=as_text(event.get("code"), f"{where}/code", at_most=60),
            source_text=text,
            event_id=as_text(event.get("id"), f"{where}/id", at_most=200),
            reported_at=as_time(reported, f"{where}/reported_at") if reported is not None else None,
        ),
        f"{where}/data",
    )


_open_one: Final = json_envelope(sender_id)


def _open(body: bytes, headers: Headers) -> Envelope | Unreadable:
    """Of several the whole is known by its bytes: each item has an id of its own."""
    items = json_items(body, lines=is_ndjson(headers))
    if items is None:
        return _open_one(body, headers)
    return items if isinstance(items, Unreadable) else Envelope(content=body)


ADAPTER: Final = Adapter(
    key="canonical",
    label="Our own events in JSON",
    content_types=frozenset({JSON_TYPE, *NDJSON}),
    read=read,
    open=_open,
    split=json_split(_open_one),
)
