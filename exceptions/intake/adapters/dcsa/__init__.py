"""DCSA events: track and trace (3.0, and 2.2 as many lines still send it), IoT and reefer telemetry (1.0 beta).

One event, a list, or a list under `events`. A list is taken apart; the readings of one container stay together, so that they
are thinned together.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from exceptions.intake.adapters.base import (
    Adapter,
    Envelope,
    Headers,
    Mapped,
    Part,
    Refusal,
    Unreadable,
    json_adapter,
    json_envelope,
)
from exceptions.intake.adapters.building import sound
from exceptions.intake.adapters.dcsa.journey import equipment_event, shipment_event, transport_event
from exceptions.intake.adapters.dcsa.sensing import iot_event, reefer_event
from exceptions.intake.adapters.dcsa.shapes import Told, events_in, items_of, lowered
from exceptions.intake.adapters.telemetry import held_to, thinned
from exceptions.intake.strict_json import JsonRefused, canonical_bytes, read_json
from exceptions.shipments.canonical import JSON, CanonicalEvent, EventType

_KINDS: Final = {
    "TRANSPORT": transport_event,
    "EQUIPMENT": equipment_event,
    "SHIPMENT": shipment_event,
    "IOT": iot_event,
    "REEFER": reefer_event,
}
_READINGS: Final = "REEFER"


def understand(body: JSON, headers: Headers, mapping: Mapped) -> list[CanonicalEvent]:
    """Canonical events of one body. Of `mapping`: `zone` for times without an offset, `references`, `issuer`, `telemetry`,
    `codes` for `dcsa.transport`, `dcsa.equipment`, `dcsa.shipment.<document>`, `dcsa.iot` and `smdg`."""
    found = [event for told in events_in(body, mapping) for event in _events(told)]
    return thinned(found, held_to(mapping))


def _events(told: Told) -> list[CanonicalEvent]:
    retracted = _retraction(told)
    if retracted and not told.body.get("eventclassifiercode"):
        return retracted
    understand_kind = _KINDS.get(told.kind)
    if understand_kind is None:
        raise Refusal("eventType is none of " + ", ".join(_KINDS), f"{told.where}/eventType")
    if not told.body:
        raise Refusal("there is no payload, and nothing is retracted", told.where)
    return [*retracted, *understand_kind(told)]


def _retraction(told: Told) -> list[CanonicalEvent]:
    if not told.retracts:
        return []
    made_at = told.created
    if made_at is None:
        raise Refusal("a retraction without eventCreatedDateTime", told.where)
    event = CanonicalEvent(
        EventType.EVENT_RETRACTED,
        made_at,
        data={"event_id": told.retracts},
        event_id=told.event_id,
        reported_at=made_at,
    )
    return [sound(event, told.where)]


def split(body: bytes, headers: Headers, mapping: Mapped) -> Sequence[Part | Unreadable] | Unreadable:
    """Each event by itself, and the readings of one container together at the place of the first."""
    try:
        items = list(items_of(read_json(body)))
    except JsonRefused as refused:
        return Unreadable(refused.reason, refused.where)
    except Refusal as refusal:
        return refusal.unreadable
    if not items:
        return Unreadable("there is no event")
    groups: dict[object, list[tuple[Any, str]]] = {}
    for number, (item, where) in enumerate(items):
        groups.setdefault(_reefer_of(item) or number, []).append((item, where))
    return [_part(group) for group in groups.values()]


def _part(group: Sequence[tuple[Any, str]]) -> Part:
    content = canonical_bytes([item for item, _ in group] if len(group) > 1 else group[0][0])
    return Part(content, group[0][1], Envelope(content=content))


def _reefer_of(item: Any) -> str:
    """The container whose reading this is; empty for all else."""
    if not isinstance(item, Mapping):
        return ""
    event = lowered(item)
    head, payload = event.get("metadata"), event.get("payload")
    kinds = [lowered(part).get("eventtype") for part in (event, head) if isinstance(part, Mapping)]
    body = lowered(payload) if isinstance(payload, Mapping) else event
    number = body.get("equipmentreference")
    return number if _READINGS in kinds and isinstance(number, str) else ""


ADAPTER: Final = Adapter(
    key="dcsa",
    label="DCSA track and trace, IoT and reefer events",
    content_types=frozenset({"application/json"}),
    read=json_adapter(understand),
    # By content: the standard's own examples use one event id for different events.
    open=json_envelope(),
    split=split,
)
