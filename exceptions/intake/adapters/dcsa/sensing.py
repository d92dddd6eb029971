"""IoT and reefer events of DCSA: a door that opens, what a reefer measures. Pure.

Source: the public DCSA standards "IoT events" and "Reefer events", version 1.0 beta.
"""

from collections.abc import Mapping
from typing import Any, Final

from exceptions.intake.adapters.base import Refusal, as_object, as_text
from exceptions.intake.adapters.building import event_data, sound
from exceptions.intake.adapters.dcsa.shapes import Told, lowered, place_of, references_of
from exceptions.intake.adapters.telemetry import temperature
from exceptions.intake.mapping.meaning import Meaning, status_meaning
from exceptions.shipments.canonical import CanonicalEvent, EventType

_UNITS: Final = {"CEL": "C", "C": "C", "FAH": "F", "F": "F", "": "C"}
# What a reefer measures first where it says more than one: the air that comes back from the freight.
_TEMPERATURES: Final = ("temperature", "returnairtemperature", "supplyairtemperature")


def iot_event(event: Told) -> list[CanonicalEvent]:
    """A sensor detects something. An open door is a seal that nobody finds intact any more."""
    code = event.code("iotEventCode")
    if not code:
        raise Refusal("a value is missing", f"{event.where}/iotEventCode")
    meaning = status_meaning(event.mapping, "dcsa.iot", code, "")
    event_type = meaning.event_type or EventType.SHIPMENT_SCANNED
    data = event_data(
        event_type,
        Meaning(None, meaning.reason, meaning.unmapped),
        status="Door opened" if code == "DRO" else "",
        kind="other",
    )
    if event_type == EventType.EQUIPMENT_SEAL_CHECKED:
        data["found"] = ""
    return [_event(event, event_type, data, code)]


def reefer_event(event: Told) -> list[CanonicalEvent]:
    """A measurement with its set point. An adjustment that measures nothing says nothing of the freight."""
    measured = _part(event, "measurements")
    value, where = _first(measured, f"{event.where}/measurements")
    if value is None:
        return []
    points = _part(event, "setpoints") or _part(event, "setpoint")
    point, _ = _first(points, f"{event.where}/setpoints")
    unit = _unit(measured, where)
    if point is not None and _unit(points, f"{event.where}/setpoints") != unit:
        point = (point - 32) / 1.8 if unit == "C" else point * 1.8 + 32
    data = event_data(
        EventType.SHIPMENT_TEMPERATURE_READ,
        value=f"{value:.2f}",
        unit=unit,
        set_point=None if point is None else f"{point:.2f}",
        sensor=event.text("equipmentReference")[:40],
    )
    return [_event(event, EventType.SHIPMENT_TEMPERATURE_READ, data, event.code("reeferEventTypeCode"))]


def _event(event: Told, event_type: str, data: Mapping[str, Any], code: str) -> CanonicalEvent:
    place = place_of(event)
    found = CanonicalEvent(
        event_type,
        event.happened(place),
        references_of(event),
        place,
        data,
        source_code=code[:60],
        event_id=event.event_id,
        reported_at=event.created,
    )
    return sound(found, event.where)


def _part(event: Told, name: str) -> Mapping[str, Any]:
    return lowered(as_object(event.body.get(name) or {}, f"{event.where}/{name}"))


def _first(values: Mapping[str, Any], where: str) -> tuple[float | None, str]:
    for name in _TEMPERATURES:
        if values.get(name) is not None:
            return temperature(values[name], f"{where}/{name}"), where
    return None, where


def _unit(values: Mapping[str, Any], where: str) -> str:
    stated = as_text(values.get("temperatureunit"), f"{where}/temperatureUnit", at_most=20).upper()
    if stated not in _UNITS:
        raise Refusal("the unit is neither CEL nor FAH", f"{where}/temperatureUnit")
    return _UNITS[stated]
