"""pickup_late: nobody came for the freight, or will come too late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from exceptions.cases.detection.approach import approach
from exceptions.cases.detection.folding import evidence_of
from exceptions.cases.detection.history import DEPARTURE, LOADING, MOVING, ShipmentHistory, StopFacts, Told
from exceptions.cases.detection.rule import Rule, found
from exceptions.cases.detection.settings import Setting
from exceptions.cases.detection.verdicts import AT_RISK, BREACHED, Clear, Evidence, Expected, Verdict
from exceptions.cases.detection.words import span
from exceptions.shipments.canonical import EventType as E

LATE = "pickup_late"
BROUGHT_FOR = frozenset({"gate", "flight"})


def judge(history: ShipmentHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    """One verdict for each pickup stop with a time."""
    stops = history.stops_of_kind(LOADING)
    for stop in stops:
        came = stop.actual("pickup", "arrival", "departure", "gate_in", "loaded")
        if came is not None:
            yield _came(stop, came, history, setting)
        elif history.is_over or (len(stops) == 1 and history.status in MOVING):
            yield Clear(LATE, stop.subject, history.status_at or now, "Under way")
        elif _has_cutoff(history, stop):
            yield Clear(LATE, stop.subject, now, "Its cut-off says when it must be there")
        elif stop.promised is not None:
            yield from _waiting(stop, stop.promised, history, setting, now)


def _came(stop: StopFacts, came: datetime, history: ShipmentHistory, setting: Setting) -> Verdict:
    """In time, or too late: what we hear of it only afterwards is late all the same. That it has left by now says nothing
    of when it was fetched."""
    fetched = stop.actual("pickup", "arrival")
    limit = stop.promised + setting.tolerance if stop.promised is not None else None
    told = [event for event in history.of(E.SHIPMENT_PICKED_UP, E.SHIPMENT_ARRIVED) if _is_here(history, event, stop)]
    late = [evidence_of(event) for event in sorted(told, key=_order) if limit is not None and event.at > limit]
    if fetched is None or limit is None or fetched <= limit or not late or _has_cutoff(history, stop):
        return Clear(LATE, stop.subject, came, "Picked up" if stop.actual("pickup") else "At the pickup")
    summary = f"Picked up {span(fetched - limit + setting.tolerance)} late"
    return found(
        LATE, stop.subject, setting, late, at=fetched, summary=summary, phase=BREACHED, shipments=(history.id,)
    )


def _order(event: Told) -> tuple[datetime, datetime, str]:
    return event.order


def _is_here(history: ShipmentHistory, event: Told, stop: StopFacts) -> bool:
    meant = history.stop_of(event, LOADING)
    return meant is not None and meant.id == stop.id


def _has_cutoff(history: ShipmentHistory, stop: StopFacts) -> bool:
    """Whether freight is brought here for a cut-off: being late for it is told as that, once."""
    kinds = {kind for leg in history.legs if leg.origin == stop.id for kind, _ in leg.cutoffs}
    return not kinds.isdisjoint(BROUGHT_FOR)


def _waiting(
    stop: StopFacts, promised: datetime, history: ShipmentHistory, setting: Setting, now: datetime
) -> Iterator[Verdict]:
    limit = promised + setting.tolerance
    coming = approach(history, stop, promised, limit, codes=("arrival", "pickup"), with_trouble=False)
    due = limit + history.under_way(DEPARTURE)
    awaited = Expected(f"{stop.subject.key}:pickup", due, "pickup", shipment=history.id, stop=stop.id)
    if now < due and not coming.late:
        yield Clear(LATE, stop.subject, now, coming.fine or "The pickup is still ahead")
        yield awaited
        return
    evidence, summary, phase = list(coming.evidence), coming.summary, AT_RISK
    if now >= due:
        evidence.append(Evidence(due, "Nobody came by the end of the pickup window", expected=awaited))
        summary, phase = evidence[-1].text, BREACHED
    else:
        yield awaited
    yield found(LATE, stop.subject, setting, evidence, at=now, summary=summary, phase=phase, shipments=(history.id,))


RULES = (
    Rule(
        LATE,
        judge,
        trigger="The pickup window or appointment passes (with tolerance) without an arrival or pickup, or an ETA lies "
        "beyond it; or it was picked up late (phase breached).",
        ends="An arrival, pickup or departure there in time, or any later sign that the freight moves.",
        uses="tolerance: how much past the window is not late yet",
        default=Setting(tolerance=timedelta(minutes=30)),
        one_load=True,
        once=True,
    ),
)
