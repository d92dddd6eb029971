"""CloudEvents 1.0.2 over HTTP, in JSON: structured, batched and binary mode, carrying our canonical events.

`type` is one of our event types (or a name the partner's mapping translates into one), `time` is when it happened.
`data` holds `references`, `place`, `code`, `text` and `reported_at`, and beside them what the type's payload says.

The wire is read here and not by the `cloudevents` package: its JSON reader invents a missing id and time (a repeat
would look new), knows no batch and no hardening. Its attribute rules are used as they are.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote

from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.v1.event import CloudEvent

from exceptions.intake.adapters.base import (
    Adapter,
    Headers,
    Mapped,
    Refusal,
    as_list,
    as_object,
    as_text,
    as_time,
    json_adapter,
    json_envelope,
    kind_of,
    required_text,
)
from exceptions.intake.adapters.json_items import json_split
from exceptions.intake.adapters.said import checked, payload_data, place_of, references_of, type_of
from exceptions.intake.strict_json import JsonRefused, read_json
from exceptions.shipments.canonical import JSON, CanonicalEvent

MAX_BATCH: Final = 1000
STRUCTURED, BATCH, PLAIN = "application/cloudevents+json", "application/cloudevents-batch+json", "application/json"
_RESERVED: Final = frozenset({"references", "place", "code", "text", "reported_at"})
_REQUIRED: Final = ("specversion", "id", "source", "type")


def understand(body: JSON, headers: Headers, mapping: Mapped) -> list[CanonicalEvent]:
    """Canonical events of one HTTP message; `mapping["types"]` translates foreign type names into ours."""
    return [_event(envelope, where, mapping) for envelope, where in _envelopes(body, headers)]


def sender_id(headers: Headers, body: JSON) -> str:
    """`source` and `id` together name an event (CloudEvents 1.0.2, "id"); a batch has no name of its own."""
    envelope: Mapping[str, Any] = body if isinstance(body, Mapping) else {}
    if _is_binary(headers):
        envelope = {"source": headers.get("ce-source"), "id": headers.get("ce-id")}
    source, name = envelope.get("source"), envelope.get("id")
    return f"{source} {name}" if isinstance(source, str) and isinstance(name, str) and source and name else ""


def _envelopes(body: JSON, headers: Headers) -> Iterator[tuple[Mapping[str, Any], str]]:
    if _is_binary(headers):
        yield _binary(headers, body), ""
    elif isinstance(body, list):
        for index, item in enumerate(as_list(body, "", at_most=MAX_BATCH)):
            yield as_object(item, f"/{index}"), f"/{index}"
    else:
        yield as_object(body, ""), ""


def _is_binary(headers: Headers) -> bool:
    return "ce-specversion" in headers


def _binary(headers: Headers, body: JSON) -> Mapping[str, Any]:
    """Attributes stand in `ce-` headers, percent-encoded (HTTP binding, 3.1.3); the body is the data."""
    attributes: dict[str, Any] = {
        name[3:]: unquote(value, errors="replace") for name, value in headers.items() if name.startswith("ce-")
    }
    if any("\ufffd" in value or "\x00" in value for value in attributes.values()):
        raise Refusal("a header is not percent-encoded text", "ce- headers")
    return {**attributes, "data": body}


def _event(envelope: Mapping[str, Any], where: str, mapping: Mapped) -> CanonicalEvent:
    # null means "not set" (JSON format, 2.2), so it goes before the rules are asked.
    attributes = {name: value for name, value in envelope.items() if value is not None}
    data = _data(attributes, where)
    for name in _REQUIRED:
        if name not in attributes:
            raise Refusal(f"the attribute {name} is missing", f"{where}/{name}")
    happened = as_time(attributes.get("time"), f"{where}/time")
    try:
        CloudEvent({**attributes, "time": happened})
    except CloudEventValidationError as error:
        name, found = next(iter(error.errors.items()))
        raise Refusal(str(found[0]), f"{where}/{str(name)[:60]}") from None
    within = f"{where}/data"
    reported = data.get("reported_at")
    event_type = type_of(attributes["type"], mapping, f"{where}/type")
    text = as_text(data.get("text"), f"{within}/text")
    fields = {key: value for key, value in data.items() if key not in _RESERVED}
    event = CanonicalEvent(
        type=event_type,
        occurred_at=happened,
        references=references_of(data.get("references"), f"{within}/references"),
        place=place_of(data.get("place"), f"{within}/place"),
        data=payload_data(fields, event_type, text, mapping, within),
        source_code=as_text(data.get("code"), f"{within}/code", at_most=60),
        source_text=text,
        event_id=required_text(attributes["id"], f"{where}/id", at_most=200),
        reported_at=as_time(reported, f"{within}/reported_at") if reported is not None else None,
    )
    return checked(event, within)


def _data(attributes: dict[str, Any], where: str) -> Mapping[str, Any]:
    """Take the data out of the attributes, whichever way it was packed."""
    data, packed = attributes.pop("data", None), attributes.pop("data_base64", None)
    if packed is not None:
        try:
            data = read_json(base64.b64decode(packed, validate=True))
        except (TypeError, ValueError, binascii.Error):
            raise Refusal("not base64", f"{where}/data_base64") from None
        except JsonRefused as refused:
            raise Refusal(refused.reason, f"{where}/data_base64") from None
    kind = attributes.get("datacontenttype", PLAIN)
    if not isinstance(kind, str) or not re.fullmatch(r"(application|text)/([\w.-]+\+)?json\s*(;.*)?", kind):
        raise Refusal("only JSON data can be read", f"{where}/datacontenttype")
    if not isinstance(data, Mapping):
        raise Refusal(f"an object was expected, not {kind_of(data)}", f"{where}/data")
    return data


_open: Final = json_envelope(sender_id)
ADAPTER: Final = Adapter(
    key="cloudevents",
    label="CloudEvents 1.0",
    content_types=frozenset({STRUCTURED, BATCH, PLAIN}),
    read=json_adapter(understand),
    open=_open,
    split=json_split(_open),
    header_prefixes=("ce-",),
)
