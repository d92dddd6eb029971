"""EasyPost tracker webhooks (`tracker.created`, `tracker.updated`).

A tracker repeats its whole history each time, so every entry of `tracking_details` becomes an event, every time; equal
events are one event by their digest. What stands only on the tracker (the estimate, a final status without a detail)
becomes an event of its own.

Shape and meaning of the fields: the public EasyPost API documentation, "Events" and "Trackers".
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time
from typing import Any, Final

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
    required_text,
)
from exceptions.intake.mapping.carrier_text import read_text
from exceptions.intake.mapping.easypost import STATUSES, read_status
from exceptions.intake.mapping.meaning import Meaning
from exceptions.shipments.canonical import JSON, REF_TYPES, CanonicalEvent, EventType, Place, Ref, RefType

MAX_DETAILS: Final = 500
_NOT_MOVING_ANY_MORE: Final = frozenset({"delivered", "cancelled", "return_to_sender", "error"})


def understand(body: JSON, headers: Headers, mapping: Mapped) -> list[CanonicalEvent]:
    """Canonical events of one webhook body. `mapping["reference_type"]` says what the tracking code is to us (a PRO
    for an LTL carrier), `mapping["issuer"]` whose it is when the carrier's name in the body will not do."""
    event = as_object(body, "")
    kind = as_text(event.get("description"), "/description")
    if event.get("object") != "Event" or not kind:
        raise Refusal("this is not an EasyPost event", "/object")
    if not kind.startswith("tracker."):
        return []  # batches, refunds, scan forms: nothing that moves
    tracker = as_object(event.get("result"), "/result")
    references = (_reference(tracker, mapping),)
    updated = as_time(tracker.get("updated_at"), "/result/updated_at", assume_utc=True)
    events = _details(tracker, references, mapping)
    events += _status_without_detail(tracker, references, mapping, updated, events)
    events += _estimate(tracker, references, updated)
    return events


def sender_id(headers: Headers, body: JSON) -> str:
    return str(body.get("id") or "") if isinstance(body, Mapping) and isinstance(body.get("id"), str) else ""


def _reference(tracker: Mapping[str, Any], mapping: Mapped) -> Ref:
    code = required_text(tracker.get("tracking_code"), "/result/tracking_code", at_most=60)
    kind = mapping.get("reference_type", RefType.TRACKING)
    issuer = mapping.get("issuer") or as_text(tracker.get("carrier"), "/result/carrier", at_most=40)
    return Ref(kind if isinstance(kind, str) and kind in REF_TYPES else RefType.TRACKING, code, str(issuer))


def _details(tracker: Mapping[str, Any], references: tuple[Ref, ...], mapping: Mapped) -> list[CanonicalEvent]:
    events, undated = [], 0
    entries = as_list(tracker.get("tracking_details"), "/result/tracking_details", at_most=MAX_DETAILS)
    for index, entry in enumerate(entries):
        where = f"/result/tracking_details/{index}"
        detail = as_object(entry, where)
        if detail.get("datetime") in (None, ""):
            undated += 1  # some carriers list a step without saying when: there is nothing to order it by
            continue
        event = _detail(detail, where, references, tracker, mapping)
        if event is not None:
            events += [event, *_also(event)]
    if undated and undated == len(entries):
        raise Refusal("no entry of the history says when it happened", "/result/tracking_details")
    return events


def _detail(
    detail: Mapping[str, Any], where: str, references: tuple[Ref, ...], tracker: Mapping[str, Any], mapping: Mapped
) -> CanonicalEvent | None:
    status = as_text(detail.get("status"), f"{where}/status", at_most=60).lower()
    specific = as_text(detail.get("status_detail"), f"{where}/status_detail", at_most=60).lower()
    text = as_text(detail.get("message"), f"{where}/message", at_most=2000)
    code = as_text(detail.get("carrier_code"), f"{where}/carrier_code", at_most=60)
    carrier = as_text(tracker.get("carrier"), "/result/carrier", at_most=40)
    meaning = read_status(mapping, carrier, code, status, specific, text)
    event_type = meaning.event_type
    if event_type is None:
        return None
    data = _data(status, specific, meaning)
    signed_by = as_text(tracker.get("signed_by"), "/result/signed_by", at_most=120)
    if event_type == EventType.SHIPMENT_DELIVERED and signed_by:
        data["signed_by"] = signed_by
    return CanonicalEvent(
        type=event_type,
        # EasyPost gives the scan's local offset, or UTC when it does not know the place.
        occurred_at=as_time(detail.get("datetime"), f"{where}/datetime", assume_utc=True),
        references=references,
        place=_place(detail.get("tracking_location"), f"{where}/tracking_location"),
        data=data,
        source_code=code,
        source_text=text[:500],
    )


def _also(event: CanonicalEvent) -> list[CanonicalEvent]:
    """The damage that the words of a delivery tell of: "delivered, carton crushed" is both."""
    also = read_text(event.source_text).also if event.type == EventType.SHIPMENT_DELIVERED else None
    if also is None:
        return []
    return [replace(event, type=also, data={key: event.data[key] for key in ("status", "detail")})]


def _status_without_detail(
    tracker: Mapping[str, Any],
    references: tuple[Ref, ...],
    mapping: Mapped,
    updated: datetime,
    events: list[CanonicalEvent],
) -> list[CanonicalEvent]:
    """The tracker's own status, where no entry of the history says it: better late and coarse than not at all."""
    status = as_text(tracker.get("status"), "/result/status", at_most=60).lower()
    wanted = STATUSES.get(status)
    if wanted is None or status == "in_transit" or any(event.data.get("status") == status for event in events):
        return []
    specific = as_text(tracker.get("status_detail"), "/result/status_detail", at_most=60).lower()
    meaning = read_status(mapping, "", "", status, specific, "")
    data = _data(status, specific, meaning)
    return [CanonicalEvent(meaning.event_type or wanted, updated, references, data=data, source_code=specific)]


def _data(status: str, specific: str, meaning: Meaning) -> dict[str, JSON]:
    data: dict[str, JSON] = {"status": status, "detail": specific}
    if meaning.reason is not None:
        data["reason"] = meaning.reason
    if meaning.unmapped:
        data["unmapped"] = meaning.unmapped
    return data


def _estimate(tracker: Mapping[str, Any], references: tuple[Ref, ...], updated: datetime) -> list[CanonicalEvent]:
    """When the carrier means to deliver, as of the tracker's last update. Said again with each webhook: an ETA that
    did not change is one more report of the same."""
    status = as_text(tracker.get("status"), "/result/status", at_most=60).lower()
    if status in _NOT_MOVING_ANY_MORE or tracker.get("est_delivery_date") in (None, ""):
        return []
    estimated = as_time(tracker["est_delivery_date"], "/result/est_delivery_date", assume_utc=True)
    data: dict[str, JSON] = {"milestone": "delivery"}
    if estimated.time() == time(0):
        # A date in the shape of a time. Midday UTC lies within that day's working hours or near them from Los Angeles
        # to Warsaw; midnight would be the day before in all of America.
        estimated = estimated.replace(hour=12)
        data["detail"] = "date only"
    data["estimated"] = estimated.isoformat()
    return [CanonicalEvent(EventType.SHIPMENT_ETA_CHANGED, updated, references, data=data, reported_at=updated)]


def _place(value: Any, where: str) -> Place | None:
    if value is None:
        return None
    location = as_object(value, where)
    city, region, country, postcode = (
        as_text(location.get(name), f"{where}/{name}", at_most=120) for name in ("city", "state", "country", "zip")
    )
    return Place(city=city, region=region, country=country, postcode=postcode) if city or region or postcode else None


ADAPTER: Final = Adapter(
    key="easypost",
    label="EasyPost tracker",
    content_types=frozenset({"application/json"}),
    read=json_adapter(understand),
    open=json_envelope(sender_id),
)
