"""Shippo tracking webhooks (`track_updated`).

`data.tracking_status` is the latest step, `data.tracking_history` all of them, each with a status and a sub-status. A
step is dated by `status_date`, when the carrier scanned; `object_created` is only when Shippo heard of it. The same
update may be delivered more than once. Shape of the fields: the public Shippo API documentation, "Webhooks", "Tracking".
"""

from collections.abc import Mapping
from typing import Any, Final

from exceptions.intake.adapters.base import (
    Adapter,
    Headers,
    Mapped,
    Refusal,
    as_list,
    as_object,
    as_text,
    json_adapter,
    json_envelope,
)
from exceptions.intake.adapters.tracking import (
    MAX_STEPS,
    Step,
    estimate,
    place_of,
    step_events,
    step_time,
    tracking_reference,
)
from exceptions.intake.mapping.shippo import TABLE
from exceptions.shipments.canonical import JSON, CanonicalEvent

_ENDED: Final = frozenset({"DELIVERED", "RETURNED"})
_PLACE: Final = {"city": "city", "region": "state", "country": "country", "postcode": "zip"}


def understand(body: JSON, headers: Headers, mapping: Mapped) -> list[CanonicalEvent]:
    """Canonical events of one webhook body, or of a tracking object as `GET /tracks` answers it."""
    envelope = as_object(body, "")
    if "event" not in envelope and "tracking_number" in envelope:
        tracking, where = envelope, ""
    else:
        if not as_text(envelope.get("event"), "/event") or "data" not in envelope:
            raise Refusal("this is not a Shippo webhook: there is no event or no data", "/event")
        if envelope["event"] != "track_updated":
            return []  # labels and batches: nothing that moves
        tracking, where = as_object(envelope["data"], "/data"), "/data"
    carrier = as_text(tracking.get("carrier"), f"{where}/carrier", at_most=40)
    number = tracking_reference(tracking.get("tracking_number"), f"{where}/tracking_number", carrier, mapping)
    steps = _steps(tracking, where, mapping)
    events = [
        event
        for step in steps
        for event in step_events(step, TABLE.read(mapping, step.status, step.detail, step.text), (number,))
    ]
    if steps and max(steps, key=lambda step: step.at).status not in _ENDED:
        latest = max(step.at for step in steps)
        events += estimate(tracking.get("eta"), f"{where}/eta", latest, (number,))
    return events


def _steps(tracking: Mapping[str, Any], where: str, mapping: Mapped) -> list[Step]:
    history = as_list(tracking.get("tracking_history"), f"{where}/tracking_history", at_most=MAX_STEPS)
    entries = [(entry, f"{where}/tracking_history/{index}") for index, entry in enumerate(history)]
    if tracking.get("tracking_status") is not None:
        entries.append((tracking["tracking_status"], f"{where}/tracking_status"))
    steps = []
    for entry, place in entries:
        item = as_object(entry, place)
        if as_text(item.get("status_date"), f"{place}/status_date", at_most=40):
            steps.append(_step(item, place, mapping))
    return list(dict.fromkeys(steps))  # the latest step stands in the history as well


def _step(item: Mapping[str, Any], where: str, mapping: Mapped) -> Step:
    location = item.get("location")
    place = place_of(as_object(location, f"{where}/location"), f"{where}/location", _PLACE) if location else None
    substatus = item.get("substatus")
    detail = as_object(substatus, f"{where}/substatus") if isinstance(substatus, Mapping) else {"code": substatus}
    return Step(
        status=as_text(item.get("status"), f"{where}/status", at_most=60).upper(),
        detail=as_text(detail.get("code"), f"{where}/substatus/code", at_most=60).lower(),
        text=as_text(item.get("status_details"), f"{where}/status_details", at_most=2000),
        at=step_time(item["status_date"], f"{where}/status_date", place, mapping),
        place=place,
    )


ADAPTER: Final = Adapter(
    key="shippo",
    label="Shippo tracking",
    content_types=frozenset({"application/json"}),
    read=json_adapter(understand),
    open=json_envelope(),
)
