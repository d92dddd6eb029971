"""What the adapters of tracking aggregators have in common: a number, a history of steps, an estimate.

Each webhook repeats the whole history, so every step becomes an event each time; equal events are one by their digest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from exceptions.intake.adapters.base import Mapped, Refusal, as_text, as_time, required_text
from exceptions.intake.adapters.building import event_data
from exceptions.intake.mapping.carrier_text import read_text
from exceptions.intake.mapping.meaning import Meaning
from exceptions.intake.mapping.zones import zone_of
from exceptions.parties.zones import is_zone
from exceptions.shipments.canonical import REF_TYPES, CanonicalEvent, EventType, Place, Ref, RefType

MAX_STEPS: Final = 500
_DATE: Final = len("2026-11-20")


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a history: the aggregator's two words, the carrier's own code and text, when and where."""

    status: str
    detail: str
    text: str
    at: datetime
    place: Place | None
    code: str = ""
    signed_by: str = ""


def tracking_reference(value: Any, where: str, carrier: str, mapping: Mapped) -> Ref:
    """The tracked number. `mapping["reference_type"]` says what it is to us (a PRO for an LTL carrier),
    `mapping["issuer"]` whose it is when the carrier's name in the body will not do."""
    kind = mapping.get("reference_type")
    issuer = mapping.get("issuer") or carrier
    known = kind if isinstance(kind, str) and kind in REF_TYPES else RefType.TRACKING
    return Ref(known, required_text(value, where, at_most=60), str(issuer)[:40])


def step_events(step: Step, meaning: Meaning, references: tuple[Ref, ...]) -> list[CanonicalEvent]:
    """The event of a step, and a second one where its words tell of damage to what was delivered."""
    if meaning.event_type is None:
        return []
    also = read_text(step.text).also if meaning.event_type == EventType.SHIPMENT_DELIVERED else None
    told = [Meaning(meaning.event_type, meaning.reason, meaning.unmapped), *([Meaning(also, None)] if also else [])]
    return [
        CanonicalEvent(
            type=one.event_type or "",
            occurred_at=step.at,
            references=references,
            place=step.place,
            data=event_data(
                one.event_type or "", one, status=step.status, detail=step.detail, signed_by=step.signed_by
            ),
            source_code=step.code,
            source_text=step.text[:500],
        )
        for one in told
    ]


def estimate(value: Any, where: str, at: datetime, references: tuple[Ref, ...]) -> list[CanonicalEvent]:
    """When the carrier means to deliver, as it stood at `at`; nothing where there is no value.

    A date alone, or midnight, is a date in the shape of a time: midday UTC lies within that day's working hours or near
    them from Los Angeles to Warsaw, midnight would be the day before in all of America.
    """
    text = as_text(value, where, at_most=40)
    if not text:
        return []
    moment = as_time(f"{text}T00:00:00" if len(text) == _DATE else text, where, assume_utc=True)
    dated = moment.time() == time(0)
    data = event_data(
        EventType.SHIPMENT_ETA_CHANGED,
        milestone="delivery",
        estimated=(moment.replace(hour=12) if dated else moment).isoformat(),
        detail="date only" if dated else "",
    )
    return [CanonicalEvent(EventType.SHIPMENT_ETA_CHANGED, at, references, data=data, reported_at=at)]


def step_time(value: Any, where: str, place: Place | None, mapping: Mapped) -> datetime:
    """A moment in UTC. One without an offset is the clock of its place, or of `mapping["zone"]`; with neither it is
    refused. A date alone is midday of that clock."""
    text = required_text(value, where, at_most=40)
    if len(text) == _DATE:
        text += "T12:00:00"
    moment = as_time(text, where, assume_utc=True)
    if text[_DATE:].endswith(("Z", "z")) or any(sign in text[_DATE:] for sign in "+-"):
        return moment
    zone = clock_of(place, mapping)
    if not zone:
        raise Refusal(
            "the time has no offset, its place has no known zone, and the partner's mapping names none", where
        )
    return moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def clock_of(place: Place | None, mapping: Mapped) -> str:
    """The IANA zone of local times: the place's own, else the partner's; empty without either."""
    if place is not None:
        if place.zone:
            return place.zone
        if found := zone_of(place.country, place.region, place.city):
            return found
    own = mapping.get("zone")
    return own if isinstance(own, str) and is_zone(own) else ""


def place_of(item: Mapping[str, Any], where: str, names: Mapping[str, str]) -> Place | None:
    """A place out of `item`, whose fields are called as `names` says (ours to theirs); None where all are empty."""
    found = {ours: as_text(item.get(theirs), f"{where}/{theirs}", at_most=120) for ours, theirs in names.items()}
    if not any(found.values()):
        return None
    name, city, region, country, postcode = (
        found.get(ours, "") for ours in ("name", "city", "region", "country", "postcode")
    )
    return Place(name=name, city=city, region=region, country=country, postcode=postcode)
