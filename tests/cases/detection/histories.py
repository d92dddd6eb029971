"""Histories in a few words: freight from Dallas to Chicago, due at four in the afternoon."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from exceptions.cases.detection import (
    Clear,
    Expected,
    Finding,
    Judgement,
    LegFacts,
    LoadHistory,
    OrderHistory,
    Settings,
    ShipmentHistory,
    StopFacts,
    SubjectRef,
    Told,
    judge,
)
from exceptions.cases.taxonomy import Subject
from exceptions.shipments.canonical import EventType as E
from exceptions.shipments.projection import StopView

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
DUE = NOON + 4 * HOUR
PICKUP = StopFacts(StopView(50, 1, "pickup", "Plant", "Dallas", "TX", "US"))
DELIVERY = StopFacts(StopView(51, 2, "delivery", "Store", "Chicago", "IL", "US"), DUE - 2 * HOUR, DUE)
LEG = LegFacts(70, 1, "road", 50, 51)
FREIGHT = ShipmentHistory(id=7, stops=(PICKUP, DELIVERY), legs=(LEG,), status="in_transit")
STOP = SubjectRef(Subject.STOP, 51)


def told(
    type_: str, at: datetime = NOON, *, number: int = 0, text: str = "", load: int | None = None, **data: Any
) -> Told:
    """One event; its number is its id and its mark."""
    number = number or int(at.timestamp()) % 100_000
    return Told(number, type_, at, at, f"{number:06}", data, text, load=load, recorded_at=at)


def said(*events: Told, history: ShipmentHistory = FREIGHT, **more: Any) -> ShipmentHistory:
    return replace(history, events=(*history.events, *events), **more)


def at_stop(stop: StopFacts, history: ShipmentHistory = FREIGHT, **times: datetime) -> ShipmentHistory:
    """The milestones of a stop, as `actual_arrival=...`; estimates were reported at noon unless there is an event."""
    known = {tuple(name.split("_", 1)): at for name, at in times.items()}
    reported = {code: NOON for kind, code in known if kind == "estimated"}
    stop = next((one for one in history.stops if one.id == stop.id), stop)
    more = replace(stop, times={**stop.times, **known}, estimated_reported={**stop.estimated_reported, **reported})
    return replace(history, stops=tuple(more if one.id == stop.id else one for one in history.stops))


def eta(at: datetime, estimated: datetime, **more: Any) -> Told:
    return told(E.SHIPMENT_ETA_CHANGED, at, stop=2, estimated=estimated.isoformat(), **more)


def judged(
    *things: ShipmentHistory | LoadHistory | OrderHistory, now: datetime = NOON, settings: Settings | None = None
) -> Judgement:
    return judge(
        [thing for thing in things if isinstance(thing, ShipmentHistory)],
        [thing for thing in things if isinstance(thing, LoadHistory)],
        [thing for thing in things if isinstance(thing, OrderHistory)],
        settings=settings,
        now=now,
    )


def finding(type_: str, *things: Any, now: datetime = NOON, settings: Settings | None = None) -> Finding | None:
    """The one finding of a type, None when there is none."""
    found = [one for one in judged(*things, now=now, settings=settings).findings.values() if one.type == type_]
    assert len(found) <= 1, found
    return found[0] if found else None


def cleared(type_: str, *things: Any, now: datetime = NOON) -> Clear | None:
    clears = judged(*things, now=now).clears.values()
    return next((clear for clear in clears if clear.type == type_), None)


def awaited(code: str, *things: Any, now: datetime = NOON) -> Expected | None:
    return next((one for one in judged(*things, now=now).expected.values() if one.code == code), None)


def events_of(found: Finding | None) -> list[int | None]:
    assert found is not None
    return [piece.event for piece in found.evidence]
