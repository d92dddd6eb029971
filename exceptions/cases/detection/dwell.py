"""stop_dwell: a truck is held, or was held, at a stop beyond its free time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from exceptions.cases.detection.folding import evidence_of
from exceptions.cases.detection.history import HANDOVER, LOADING, UNLOADING, ShipmentHistory, StopFacts, Told
from exceptions.cases.detection.rule import Rule, found
from exceptions.cases.detection.settings import Setting
from exceptions.cases.detection.verdicts import BREACHED, Clear, Evidence, Expected, Verdict
from exceptions.cases.detection.words import span
from exceptions.shipments.canonical import EventType as E

DWELL = "stop_dwell"
TRUCKS = ("road", "ltl", "intermodal")
# Detention is charged by the hour beyond the free time. Less than one is within what two parties' clocks differ by.
CHARGED = timedelta(hours=1)
# What ends the wait at a dock. Who is refused, or finds nobody, waits for instructions and not for the dock.
TURNED_AWAY = (E.SHIPMENT_REFUSED, E.SHIPMENT_DELIVERY_ATTEMPTED)
LEAVING = (E.SHIPMENT_DEPARTED, E.SHIPMENT_PICKED_UP, E.SHIPMENT_DELIVERED, *TURNED_AWAY)


def judge(history: ShipmentHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    """One verdict for each pickup or delivery stop that a truck arrived at. Early trucks wait on their own time.

    How long it was kept is known for sure when it has left. Before that, only the word that it left may be missing: the
    clock waits for that as long as such words take here, however long that is.
    """
    if history.mode not in TRUCKS:
        return
    for place, stop in enumerate(history.stops):
        arrived = stop.actual("arrival")
        if arrived is None or stop.kind not in (LOADING, UNLOADING):
            continue
        slot = stop.appointment.starts_at if stop.appointment is not None and stop.appointment.holds else None
        since = max(arrived, slot or stop.window_start or arrived)
        left = _left(history, place, stop)
        if left is not None:
            yield _kept(history, stop, since, left, setting)
        elif history.is_over:
            yield Clear(DWELL, stop.subject, history.status_at or now, "Left the stop")
        elif (seen := _unloaded(history, stop, since)) is not None:
            yield Clear(DWELL, stop.subject, seen, "Unloaded")
        else:
            yield from _waiting(history, stop, since, setting, now)


def _kept(history: ShipmentHistory, stop: StopFacts, since: datetime, left: datetime, setting: Setting) -> Verdict:
    """It has left: for detention, or in time."""
    told = [evidence_of(event) for event in _leaving(history, stop) if event.at - since >= setting.threshold + CHARGED]
    if left - since < setting.threshold + CHARGED or not told:
        return Clear(DWELL, stop.subject, left, "Left the stop")
    summary = f"Kept {span(left - since)} at {stop.place or 'the stop'}, {span(setting.threshold)} are free"
    return found(DWELL, stop.subject, setting, told, at=left, summary=summary, phase=BREACHED, shipments=(history.id,))


def _waiting(
    history: ShipmentHistory, stop: StopFacts, since: datetime, setting: Setting, now: datetime
) -> Iterator[Verdict]:
    due = since + setting.threshold + history.lags.get(HANDOVER, timedelta(0))
    awaited = Expected(f"{stop.subject.key}:left", due, "departure", shipment=history.id, stop=stop.id)
    if now < due:
        yield Clear(DWELL, stop.subject, now, "Within its free time")
        yield awaited
        return
    text = f"At {stop.place or 'the stop'} for more than {span(setting.threshold)}"
    evidence = [Evidence(due, text, expected=awaited)]
    yield found(DWELL, stop.subject, setting, evidence, at=due, shipments=(history.id,))


def _left(history: ShipmentHistory, place: int, stop: StopFacts) -> datetime | None:
    later = [at for following in history.stops[place + 1 :] if (at := following.actual("arrival", "delivery"))]
    done = stop.actual("departure", "pickup" if stop.kind == LOADING else "delivery")
    turned_away = [event.at for event in _leaving(history, stop) if event.type in TURNED_AWAY]
    return min([at for at in [done] if at is not None] + later + turned_away, default=None)


def _unloaded(history: ShipmentHistory, stop: StopFacts, since: datetime) -> datetime | None:
    """When its freight was counted behind the dock: it is off the truck, whose hand-over nobody told yet. By when it was
    is for that word to say."""
    if stop.kind != UNLOADING:
        return None
    counts = history.of(E.SHIPMENT_COUNTED)
    return min([event.at for event in counts if event.at >= since and _is_at(history, event, stop)], default=None)


def _is_at(history: ShipmentHistory, event: Told, stop: StopFacts) -> bool:
    meant = history.stop_of(event, stop.kind)
    return meant is not None and meant.id == stop.id


def _leaving(history: ShipmentHistory, stop: StopFacts) -> list[Told]:
    """The words that it was loaded, unloaded or gone from this stop."""
    told = [event for event in history.of(*LEAVING) if _is_at(history, event, stop)]
    return sorted(told, key=lambda event: event.order)


RULES = (
    Rule(
        DWELL,
        judge,
        trigger="A truck arrived, and is not reported loaded, unloaded or gone when the free time is over and such a report "
        "would be here; or it was, an hour or more after the free time (phase breached).",
        ends="A departure, pickup, delivery or refusal there within the hour that follows the free time, an arrival at a later stop, "
        "or a count of its freight there, until its hand-over is told.",
        uses="threshold: the free time at a stop, from the arrival or the start of the slot",
        default=Setting(threshold=timedelta(hours=2)),
        once=True,
    ),
)
