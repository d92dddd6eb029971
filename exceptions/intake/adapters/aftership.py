"""AfterShip tracking webhooks (`tracking_update`, `edd_revise`).

The whole history stands in `msg.checkpoints`, with a status ("tag") and sub-status ("subtag") each; a checkpoint's time
may be local, without an offset. Shape of the fields: the public AfterShip Tracking documentation, "Webhook" (2024-04 and
later; the field names of both generations are read).
"""

from collections.abc import Mapping
from datetime import UTC, datetime
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
from exceptions.intake.mapping.aftership import TABLE
from exceptions.intake.mapping.meaning import Meaning
from exceptions.shipments.canonical import JSON, CanonicalEvent, Place, Ref

_ENDED: Final = frozenset({"Delivered", "Expired"})
# 1990 to 2100 in seconds since 1970.
EARLIEST, LATEST = 631_152_000, 4_102_444_800
_GONE_BACK: Final = frozenset({"Exception_010", "Exception_011"})


def understand(body: JSON, headers: Headers, mapping: Mapped) -> list[CanonicalEvent]:
    """Canonical events of one webhook body; see `tracking_reference` for what the mapping says about the number."""
    envelope = as_object(body, "")
    kind = as_text(envelope.get("event"), "/event")
    if not kind or "msg" not in envelope:
        raise Refusal("this is not an AfterShip webhook: there is no event or no msg", "/event")
    if kind not in ("tracking_update", "edd_revise"):
        return []  # a reminder that a number is still pending: nothing that moved
    tracking = as_object(envelope["msg"], "/msg")
    carrier = as_text(tracking.get("slug"), "/msg/slug", at_most=40)
    references = (tracking_reference(tracking.get("tracking_number"), "/msg/tracking_number", carrier, mapping),)
    events, latest = _history(tracking, references, mapping)
    updated = _updated(envelope, tracking) or latest
    if updated is None:
        return events
    if not events:
        events += _status_alone(tracking, references, updated, mapping)
    return [*events, *_estimate(tracking, references, updated)]


def sender_id(headers: Headers, body: JSON) -> str:
    found = body.get("event_id") if isinstance(body, Mapping) else None
    return found.strip()[:200] if isinstance(found, str) else ""


def _history(
    tracking: Mapping[str, Any], references: tuple[Ref, ...], mapping: Mapped
) -> tuple[list[CanonicalEvent], datetime | None]:
    events: list[CanonicalEvent] = []
    moments = []
    signed_by = as_text(tracking.get("signed_by"), "/msg/signed_by", at_most=120)
    for index, entry in enumerate(as_list(tracking.get("checkpoints"), "/msg/checkpoints", at_most=MAX_STEPS)):
        where = f"/msg/checkpoints/{index}"
        checkpoint = as_object(entry, where)
        if not as_text(checkpoint.get("checkpoint_time"), f"{where}/checkpoint_time", at_most=40):
            continue  # some carriers list a step without saying when: there is nothing to order it by
        step = _step(checkpoint, where, signed_by, mapping)
        moments.append(step.at)
        events += step_events(step, _meaning(step, mapping), references)
    return events, max(moments, default=None)


def _step(checkpoint: Mapping[str, Any], where: str, signed_by: str, mapping: Mapped) -> Step:
    place = _place(checkpoint, where)
    return Step(
        status=as_text(checkpoint.get("tag"), f"{where}/tag", at_most=60),
        detail=as_text(checkpoint.get("subtag"), f"{where}/subtag", at_most=60),
        text=as_text(checkpoint.get("message"), f"{where}/message", at_most=2000),
        at=step_time(checkpoint["checkpoint_time"], f"{where}/checkpoint_time", place, mapping),
        place=place,
        code=as_text(checkpoint.get("raw_tag"), f"{where}/raw_tag", at_most=60),
        signed_by=signed_by,
    )


def _meaning(step: Step, mapping: Mapped) -> Meaning:
    return TABLE.read(mapping, step.status, step.detail, step.text)


def _place(checkpoint: Mapping[str, Any], where: str) -> Place | None:
    country = next((name for name in ("country_iso3", "country_region") if checkpoint.get(name)), "country_iso3")
    postcode = next((name for name in ("zip", "postal_code") if checkpoint.get(name)), "zip")
    return place_of(
        checkpoint, where, {"city": "city", "region": "state", "country": country, "postcode": postcode}
    ) or place_of(checkpoint, where, {"name": "location"})


def _updated(envelope: Mapping[str, Any], tracking: Mapping[str, Any]) -> datetime | None:
    text = as_text(tracking.get("updated_at"), "/msg/updated_at", at_most=40)
    if text:
        return as_time(text, "/msg/updated_at", assume_utc=True)
    stamp = envelope.get("ts")
    if isinstance(stamp, int) and not isinstance(stamp, bool) and EARLIEST <= stamp <= LATEST:
        return datetime.fromtimestamp(stamp, tz=UTC)
    return None


def _status_alone(
    tracking: Mapping[str, Any], references: tuple[Ref, ...], updated: datetime, mapping: Mapped
) -> list[CanonicalEvent]:
    """The tracking's own status, where no checkpoint says it: better late and coarse than not at all."""
    status = as_text(tracking.get("tag"), "/msg/tag", at_most=60)
    detail = as_text(tracking.get("subtag"), "/msg/subtag", at_most=60)
    step = Step(status, detail, as_text(tracking.get("subtag_message"), "/msg/subtag_message"), updated, None)
    return step_events(step, _meaning(step, mapping), references)


def _estimate(tracking: Mapping[str, Any], references: tuple[Ref, ...], updated: datetime) -> list[CanonicalEvent]:
    """The latest estimate that AfterShip chose; the carrier's own where an older webhook has only that."""
    status, detail = (as_text(tracking.get(name), f"/msg/{name}", at_most=60) for name in ("tag", "subtag"))
    if status in _ENDED or detail in _GONE_BACK:
        return []
    latest = tracking.get("latest_estimated_delivery")
    if latest is not None:
        chosen = as_object(latest, "/msg/latest_estimated_delivery")
        name = "datetime_max" if chosen.get("datetime_max") else "datetime"
        return estimate(chosen.get(name), f"/msg/latest_estimated_delivery/{name}", updated, references)
    return estimate(tracking.get("expected_delivery"), "/msg/expected_delivery", updated, references)


ADAPTER: Final = Adapter(
    key="aftership",
    label="AfterShip tracking",
    content_types=frozenset({"application/json"}),
    read=json_adapter(understand),
    open=json_envelope(sender_id),
)
