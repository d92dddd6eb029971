"""delivery_late: the window of a delivery stop will be or was missed, in two phases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from exceptions.cases.detection.approach import ARRIVING, approach
from exceptions.cases.detection.dwell import TRUCKS
from exceptions.cases.detection.folding import evidence_of
from exceptions.cases.detection.history import ARRIVAL, UNLOADING, ShipmentHistory, StopFacts, Told
from exceptions.cases.detection.rule import Rule, found
from exceptions.cases.detection.settings import Setting
from exceptions.cases.detection.verdicts import AT_RISK, BREACHED, Clear, Evidence, Expected, Verdict
from exceptions.cases.detection.words import span
from exceptions.shipments.canonical import EventType as E
from exceptions.sla.defaults import ARRIVAL_TOLERANCE

LATE = "delivery_late"
# Where nobody tells of a truck's arrival, it came about so long before the freight was handed over.
HANDOVER = timedelta(hours=1)
# Whoever attempts a delivery, is refused or leaves freight for collection has been at the door.
AT_THE_DOOR = (E.SHIPMENT_DELIVERY_ATTEMPTED, E.SHIPMENT_REFUSED, E.SHIPMENT_AVAILABLE_FOR_PICKUP)


def judge(history: ShipmentHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    """One verdict for each delivery stop that somebody promised a time for."""
    for stop in history.stops_of_kind(UNLOADING):
        if (promised := stop.promised) is not None:
            yield from _at(stop, promised, history, setting, now)


def _at(
    stop: StopFacts, promised: datetime, history: ShipmentHistory, setting: Setting, now: datetime
) -> Iterator[Verdict]:
    limit = promised + setting.tolerance
    unseen = HANDOVER if _is_unseen(history, stop) else timedelta(0)
    presence = [event for event in history.of(*AT_THE_DOOR) if _is_here(history, event, stop)]
    reached = min(
        [event.at for event in presence] + [at for at in [stop.actual(*ARRIVING)] if at is not None], default=None
    )
    if reached is not None and reached <= limit + unseen:
        yield Clear(LATE, stop.subject, reached, "Arrived in time")
    elif reached is not None:
        summary = f"Arrived {span(reached - promised)} late"
        seen = [
            *presence,
            *(e for e in history.of(E.SHIPMENT_ARRIVED, E.SHIPMENT_DELIVERED) if _is_here(history, e, stop)),
        ]
        coming = approach(history, stop, promised, limit)
        evidence = [*coming.evidence, *(_late(event, promised) for event in seen if event.at > limit)]
        yield _found(stop, history, setting, evidence, reached, summary, BREACHED)
    elif history.is_over:
        yield Clear(LATE, stop.subject, history.status_at or now, f"{history.status.capitalize()}")
    else:
        yield from _on_the_way(stop, history, setting, now, limit, limit + unseen + history.under_way(ARRIVAL))


def _on_the_way(
    stop: StopFacts, history: ShipmentHistory, setting: Setting, now: datetime, limit: datetime, due: datetime
) -> Iterator[Verdict]:
    assert stop.promised is not None
    coming = approach(history, stop, stop.promised, limit)
    if coming.late:
        due = limit  # who says that it comes later has no arrival under way to us
    key = f"{stop.subject.key}:{history.subject.key}:arrival"
    awaited = Expected(key, due, "arrival", shipment=history.id, stop=stop.id)
    if now < due:
        if coming.late:
            yield _found(stop, history, setting, coming.evidence, now, coming.summary, AT_RISK)
        elif coming.fine:
            yield Clear(LATE, stop.subject, now, coming.fine)
        else:
            yield Clear(LATE, stop.subject, now, "Nothing says that it will be late")
        yield awaited
        return
    passed = Evidence(due, "The window passed without an arrival", expected=awaited)
    summary = coming.summary if coming.late else passed.text
    yield _found(stop, history, setting, [*coming.evidence, passed], limit, summary, BREACHED)


def _is_unseen(history: ShipmentHistory, stop: StopFacts) -> bool:
    """Whether a truck's arrival shows only in the hand-over that follows it."""
    if history.mode not in TRUCKS or stop.actual("arrival") is not None:
        return False
    return stop.actual("delivery") is not None or not history.is_tracked


def _late(event: Told, promised: datetime) -> Evidence:
    return evidence_of(event, f"Arrived {span(event.at - promised)} late")


def _is_here(history: ShipmentHistory, event: Told, stop: StopFacts) -> bool:
    meant = history.stop_of(event, UNLOADING)
    if meant is None and event.data.get("stop") is None:
        return len(history.stops_of_kind(UNLOADING)) == 1 and event.type in AT_THE_DOOR
    return meant is not None and meant.id == stop.id


def _found(
    stop: StopFacts,
    history: ShipmentHistory,
    setting: Setting,
    evidence: list[Evidence] | tuple[Evidence, ...],
    at: datetime,
    summary: str,
    phase: str,
) -> Verdict:
    return found(LATE, stop.subject, setting, evidence, at=at, summary=summary, phase=phase, shipments=(history.id,))


RULES = (
    Rule(
        LATE,
        judge,
        trigger="An ETA, or trouble that no later ETA answers, puts the arrival past the window or the appointment; or "
        "the window passes without an arrival, or the arrival was late (phase breached).",
        ends="An ETA within the window while it is still ahead, or an arrival in time. An attempt at the door is one.",
        uses="tolerance: how much past the window is not late yet",
        default=Setting(tolerance=ARRIVAL_TOLERANCE),
        one_load=True,
        once=True,
    ),
)
