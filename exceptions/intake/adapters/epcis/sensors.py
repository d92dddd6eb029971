"""Temperatures in the sensor elements of an EPCIS event. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from exceptions.intake.adapters.base import Refusal, as_list, as_object, as_text, as_time
from exceptions.intake.adapters.building import event_data
from exceptions.intake.adapters.epcis.ids import word_of
from exceptions.intake.adapters.telemetry import TEMPERATURE, temperature
from exceptions.shipments.canonical import CanonicalEvent, Place, Ref

MAX_ELEMENTS: Final = 500
_UNITS: Final = {"CEL": ("C", 0.0), "FAH": ("F", 0.0), "KEL": ("C", -273.15)}


def readings_of(
    event: Mapping[str, Any], where: str, at: datetime, references: tuple[Ref, ...], place: Place | None
) -> Iterator[CanonicalEvent]:
    """A reading for each value, and the lowest and highest of each span; other measurements are not for us.

    Raises `Refusal` for a temperature that is none."""
    elements = as_list(event.get("sensorElementList"), f"{where}/sensorElementList", at_most=MAX_ELEMENTS)
    for number, item in enumerate(elements):
        here = f"{where}/sensorElementList/{number}"
        element = as_object(item, here)
        about = as_object(element.get("sensorMetadata") or {}, f"{here}/sensorMetadata")
        reports = as_list(element.get("sensorReport"), f"{here}/sensorReport", at_most=MAX_ELEMENTS)
        for index, entry in enumerate(reports):
            spot = f"{here}/sensorReport/{index}"
            report = as_object(entry, spot)
            if word_of(as_text(report.get("type"), f"{spot}/type", at_most=300)) != "Temperature":
                continue
            read_at = _read_at(report, about, spot, at)
            sensor = as_text(report.get("deviceID") or about.get("deviceID"), f"{spot}/deviceID", at_most=500)[-40:]
            for value, unit in _values(report, spot):
                data = event_data(TEMPERATURE, value=f"{value:.2f}", unit=unit, sensor=sensor)
                yield CanonicalEvent(TEMPERATURE, read_at, references, place, data, reported_at=at)


def _values(report: Mapping[str, Any], where: str) -> Iterator[tuple[float, str]]:
    names = ("value",) if report.get("value") is not None else ("minValue", "maxValue")
    stated = as_text(report.get("uom"), f"{where}/uom", at_most=20).upper()
    for name in names:
        if report.get(name) is None:
            continue
        if stated not in _UNITS:
            raise Refusal("the unit is none of CEL, FAH and KEL", f"{where}/uom")
        unit, shift = _UNITS[stated]
        yield temperature(report[name], f"{where}/{name}") + shift, unit


def _read_at(report: Mapping[str, Any], about: Mapping[str, Any], where: str, at: datetime) -> datetime:
    for source, name in ((report, "time"), (about, "time"), (about, "endTime"), (about, "startTime")):
        if source.get(name) is not None:
            return as_time(source[name], f"{where}/{name}")
    return at
