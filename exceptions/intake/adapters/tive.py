"""Tive trackers: temperature and position, thinned to excursions.

A tracker is known by its name, a reference of type `trailer` (an Equipment that is used again and again) unless the mapping's
`reference_type` says otherwise; a shipment that Tive knows is a customer reference. Source: the public Tive developer
documentation, "Data structures", and bodies that public receivers show.
"""

from collections.abc import Mapping, Sequence
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
from exceptions.intake.adapters.building import distinct, event_data, sound
from exceptions.intake.adapters.dcsa.shapes import degrees, lowered
from exceptions.intake.adapters.telemetry import POSITION, TEMPERATURE, held_to, temperature, thinned
from exceptions.shipments.canonical import JSON, REF_TYPES, CanonicalEvent, Place, Ref, RefType

MAX_ENTRIES: Final = 1000
# The probe lies in the freight, the tracker's own thermometer beside it.
_THERMOMETERS: Final = ("probetemperature", "temperature")
_SHIPMENT_IDS: Final = ("shipmentid", "publicshipmentid", "id")


def understand(body: JSON, headers: Headers, mapping: Mapped) -> list[CanonicalEvent]:
    """Canonical events of one entry or a list of them. Of `mapping`: `reference_type`, `telemetry`."""
    listed = isinstance(body, list)
    entries: Sequence[Any] = as_list(body, "", at_most=MAX_ENTRIES) if listed else [body]
    found = []
    for index, item in enumerate(entries):
        where = f"/{index}" if listed else ""
        found += _entry(lowered(as_object(item, where)), where, mapping)
    return thinned(found, held_to(mapping))


def _entry(entry: Mapping[str, Any], where: str, mapping: Mapped) -> list[CanonicalEvent]:
    at = _moment(entry, where)
    references = _references(entry, where, mapping)
    place = _place(entry, where)
    sensor = references[0].value[:40]
    events = []
    for name in _THERMOMETERS:
        reading = lowered(as_object(entry.get(name) or {}, f"{where}/{name}"))
        unit = "celsius" if reading.get("celsius") is not None else "fahrenheit"
        if reading.get(unit) is not None:
            value = temperature(reading[unit], f"{where}/{name}/{unit}")
            data = event_data(TEMPERATURE, value=f"{value:.2f}", unit=unit[0].upper(), sensor=sensor)
            events.append(CanonicalEvent(TEMPERATURE, at, references, place, data, reported_at=at))
            break
    if place is not None:
        events.append(CanonicalEvent(POSITION, at, references, place, reported_at=at))
    return [sound(event, where) for event in events]


def _moment(entry: Mapping[str, Any], where: str) -> datetime:
    """`EntryTimeEpoch` is in milliseconds; `EntryTimeUtc` says the same in words."""
    epoch = entry.get("entrytimeepoch")
    if isinstance(epoch, int | float) and not isinstance(epoch, bool):
        if not 631_152_000_000 <= epoch < 4_102_444_800_000:
            raise Refusal("no moment between 1990 and 2100 in milliseconds", f"{where}/EntryTimeEpoch")
        return datetime.fromtimestamp(epoch / 1000, UTC)
    return as_time(entry.get("entrytimeutc"), f"{where}/EntryTimeUtc", assume_utc=True)


def _references(entry: Mapping[str, Any], where: str, mapping: Mapped) -> tuple[Ref, ...]:
    stated = mapping.get("reference_type")
    kind = stated if isinstance(stated, str) and stated in REF_TYPES else RefType.TRAILER
    names = (
        as_text(entry.get(name), f"{where}/{name}", at_most=200)[:60]
        for name in ("devicename", "entityname", "deviceid")
    )
    found = [Ref(kind, name) for name in names if name][:1]
    shipment = entry.get("shipment")
    numbers = lowered(as_object(shipment, f"{where}/Shipment")) if shipment is not None else entry
    for name in _SHIPMENT_IDS[: 3 if shipment is not None else 2]:
        value = as_text(numbers.get(name), f"{where}/{name}", at_most=200)
        if 0 < len(value) <= 60:
            found.append(Ref(RefType.CUSTOMER, value))
            break
    if not (references := distinct(found)):
        raise Refusal("there is neither a device nor a shipment: nothing says whose reading this is", where)
    return references


def _place(entry: Mapping[str, Any], where: str) -> Place | None:
    location = lowered(as_object(entry.get("location") or {}, f"{where}/Location"))
    latitude, longitude = degrees(location.get("latitude"), 90), degrees(location.get("longitude"), 180)
    if latitude is None or longitude is None:
        return None
    name = as_text(location.get("formattedaddress"), f"{where}/Location/FormattedAddress")
    return Place(name=name[:120], latitude=latitude, longitude=longitude)


ADAPTER: Final = Adapter(
    key="tive",
    label="Tive trackers",
    content_types=frozenset({"application/json"}),
    read=json_adapter(understand),
    open=json_envelope(),
)
