"""temperature_excursion: outside the band for too long, or set to the wrong temperature."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from exceptions.cases.detection.folding import evidence_of
from exceptions.cases.detection.history import ShipmentHistory, Told
from exceptions.cases.detection.rule import Rule, found
from exceptions.cases.detection.settings import Setting
from exceptions.cases.detection.verdicts import Evidence, SubjectRef, Verdict
from exceptions.cases.taxonomy import Subject
from exceptions.shipments.canonical import EventType as E

EXCURSION = "temperature_excursion"
Band: TypeAlias = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Reading:
    """One temperature in the unit of the shipment's band, and the event that told it."""

    at: datetime
    value: float
    event: Told | None = None


def judge(history: ShipmentHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    """Of the equipment, where there is one. Coming back into the band does not undo it."""
    if history.band == (None, None):
        return
    told = history.of(E.SHIPMENT_TEMPERATURE_READ)
    if not told:
        return
    evidence = [*_outside(history, readings_of(told, history.unit), setting.threshold), *_set_wrong(history, told)]
    if evidence:
        piece = history.equipment[0] if history.equipment else None
        subject = SubjectRef(Subject.EQUIPMENT, piece.id) if piece is not None else history.subject
        summary = evidence[0].text
        yield found(EXCURSION, subject, setting, evidence, at=now, summary=summary, shipments=(history.id,))


def readings_of(told: Sequence[Told], unit: str) -> list[Reading]:
    """The readings of events in order of time; `since` is a reading of its own, of when it left the band."""
    found: list[Reading] = []
    for event in told:
        value = in_unit(float(event.data["value"]), str(event.data["unit"]), unit)
        if (since := event.moment("since")) is not None:
            found.append(Reading(since, value, event))
        found.append(Reading(event.at, value, event))
    return sorted(found, key=lambda reading: (reading.at, reading.value))


def runs_outside(readings: Sequence[Reading], band: Band) -> Iterator[list[Reading]]:
    """The unbroken runs of readings outside the band."""
    run: list[Reading] = []
    for reading in readings:
        if excess(reading.value, band) > 0:
            run.append(reading)
        elif run:
            yield run
            run = []
    if run:
        yield run


def time_outside(readings: Sequence[Reading], band: Band) -> tuple[timedelta, float | None]:
    """The longest unbroken time outside the band, first to last reading of it, and the worst value in that time."""
    longest, worst = timedelta(0), None
    for run in runs_outside(readings, band):
        if worst is None or run[-1].at - run[0].at > longest:
            longest = run[-1].at - run[0].at
            worst = max(run, key=lambda reading: excess(reading.value, band)).value
    return longest, worst


def spans_outside(readings: Sequence[Reading], band: Band) -> list[tuple[datetime, datetime | None]]:
    """Each time outside the band: from the first reading that found it there to the one that found it back, None while
    none has."""
    found: list[tuple[datetime, datetime | None]] = []
    since: datetime | None = None
    for reading in readings:
        if excess(reading.value, band) > 0:
            since = since or reading.at
        elif since is not None:
            found.append((since, reading.at))
            since = None
    return found if since is None else [*found, (since, None)]


def excess(value: float, band: Band) -> float:
    """How far outside the band, 0 within."""
    low, high = band
    return max(0.0 if low is None else low - value, 0.0 if high is None else value - high)


def in_unit(value: float, unit: str, wanted: str) -> float:
    if unit == wanted or not wanted:
        return value
    return (value - 32) * 5 / 9 if wanted == "C" else value * 9 / 5 + 32


def _outside(history: ShipmentHistory, readings: Sequence[Reading], threshold: timedelta) -> Iterator[Evidence]:
    """The readings of the runs that lasted too long; the first sentence tells of the longest."""
    longest, worst = time_outside(readings, history.band)
    if worst is None or longest < threshold:
        return
    summary = f"{worst:g} degrees for {int(longest.total_seconds() // 60)} min outside {band_words(history.band)}"
    seen: set[int] = set()
    for run in runs_outside(readings, history.band):
        if run[-1].at - run[0].at < threshold:
            continue
        for reading in run:
            if reading.event is not None and reading.event.id not in seen:
                seen.add(reading.event.id)
                yield evidence_of(reading.event, summary if len(seen) == 1 else f"{reading.value:g} degrees")


def _set_wrong(history: ShipmentHistory, told: Sequence[Told]) -> Iterator[Evidence]:
    """Set points outside the band: the reefer does what it was told, and that is wrong."""
    for event in sorted(told, key=lambda event: event.order):
        point = event.data.get("set_point")
        if point is None:
            continue
        value = in_unit(float(point), str(event.data["unit"]), history.unit)
        if excess(value, history.band) > 0:
            yield evidence_of(event, f"Set to {value:g}, outside {band_words(history.band)}")


def band_words(band: Band) -> str:
    low, high = band
    return f"{low:g} to {high:g}" if low is not None and high is not None else f"{low if high is None else high:g}"


RULES = (
    Rule(
        EXCURSION,
        judge,
        trigger="Readings outside the shipment's band without a break for longer than the threshold, or a set point "
        "outside it.",
        ends="Coming back does not undo it; only taking the readings back.",
        uses="threshold: how long outside the band is an excursion",
        default=Setting(threshold=timedelta(minutes=30)),
    ),
)
