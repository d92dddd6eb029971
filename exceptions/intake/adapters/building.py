"""Canonical events out of what an adapter found: only fields that the type knows, cut to their lengths, and sound."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from controltower.errors import Invalid
from exceptions.intake.adapters.base import Refusal
from exceptions.intake.mapping.carrier_text import REASONED
from exceptions.intake.mapping.meaning import Meaning
from exceptions.shipments.canonical import JSON, CanonicalEvent, EventType, Ref
from exceptions.shipments.payloads import PAYLOADS, payload_of

MAX_REFERENCES: Final = 50
_LONGEST: Final = {"note": 200, "detail": 200, "status": 200, "seal": 40, "by": 200, "description": 200, "number": 60}


def event_data(event_type: str, meaning: Meaning | None = None, **said: JSON) -> dict[str, JSON]:
    """The data of one event: of `said` what the type has a field for and what is not empty, with the reason where
    something went wrong, and the name of a code that nobody knows."""
    known = PAYLOADS[event_type].model_fields
    data: dict[str, JSON] = {}
    for name, value in said.items():
        if name in known and value not in (None, "", ()):
            data[name] = value[: _LONGEST[name]].strip() if isinstance(value, str) and name in _LONGEST else value
    if meaning is not None and meaning.reason and event_type in REASONED:
        data["reason"] = meaning.reason
    if meaning is not None and meaning.unmapped:
        data["unmapped"] = meaning.unmapped[:200]
    return data


def sound(event: CanonicalEvent, where: str) -> CanonicalEvent:
    """The same event; raises `Refusal` where its data does not fit its type."""
    try:
        payload_of(event)
    except Invalid as invalid:
        raise Refusal(invalid.message, where) from None
    return event


def joined(*parts: str) -> str:
    """What there is of several remarks, one after the other, each once."""
    return "; ".join(dict.fromkeys(part for part in parts if part))


def distinct(references: Iterable[Ref]) -> tuple[Ref, ...]:
    """Each identifier once, in the order given; at most 50 of them."""
    by_key: dict[tuple[str, str, str], Ref] = {}
    for ref in references:
        if ref.key[1]:
            by_key.setdefault(ref.key, ref)
    return tuple(by_key.values())[:MAX_REFERENCES]


def hold_kind(reason: str | None, otherwise: str) -> str:
    """What kind of hold a reason makes it (`HeldData.kind`)."""
    kinds: Mapping[str, Any] = {
        "customs_exam": "exam",
        "customs_documents": "customs",
        "credit_or_payment": "payment",
        "shipper_hold": "shipper",
        "shipper_paperwork": "documents",
    }
    return str(kinds.get(reason or "", otherwise))


def on_a_shipment(event_type: str | None) -> str | None:
    """A breakdown is told of a load; who tells it of a container or parcel means that the freight is late."""
    return EventType.SHIPMENT_DELAYED if event_type == EventType.LOAD_BROKEN_DOWN else event_type
