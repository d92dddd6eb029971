"""pickup_late: nobody came for the freight, or will come too late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from exceptions.cases.detection.approach import approach
from exceptions.cases.detection.history import LOADING, MOVING, ShipmentHistory, StopFacts
from exceptions.cases.detection.rule import Rule, found
from exceptions.cases.detection.settings import Setting
from exceptions.cases.detection.verdicts import AT_RISK, BREACHED, Clear, Evidence, Expected, Verdict

LATE = "pickup_late"
BROUGHT_FOR = frozenset({"gate", "flight"})


def judge(history: ShipmentHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    """One verdict for each pickup stop with a time."""
    stops = history.stops_of_kind(LOADING)
    for stop in stops:
        came = stop.actual("pickup", "arrival", "departure", "gate_in", "loaded")
        if came is not None:
            yield Clear(LATE, stop.subject, came, "Picked up" if stop.actual("pickup") else "At the pickup")
        elif history.is_over or (len(stops) == 1 and history.status in MOVING):
            yield Clear(LATE, stop.subject, history.status_at or now, "Under way")
        elif _has_cutoff(history, stop):
            yield Clear(LATE, stop.subject, now, "Its cut-off says when it must be there")
        elif stop.promised is not None:
            yield from _waiting(stop, stop.promised, history, setting, now)


def _has_cutoff(history: ShipmentHistory, stop: StopFacts) -> bool:
    """Whether freight is brought here for a cut-off: being late for it is told as that, once."""
    kinds = {kind for leg in history.legs if leg.origin == stop.id for kind, _ in leg.cutoffs}
    return not kinds.isdisjoint(BROUGHT_FOR)


def _waiting(
    stop: StopFacts, promised: datetime, history: ShipmentHistory, setting: Setting, now: datetime
) -> Iterator[Verdict]:
    limit = promised + setting.tolerance
    coming = approach(history, stop, promised, limit, codes=("arrival", "pickup"), with_trouble=False)
    due = limit + history.lag
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
        "beyond it.",
        ends="An arrival, pickup or departure there, or any later sign that the freight moves.",
        uses="tolerance: how much past the window is not late yet",
        default=Setting(tolerance=timedelta(minutes=30)),
        one_load=True,
    ),
)
