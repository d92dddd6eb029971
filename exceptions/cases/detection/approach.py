"""How a vehicle comes to a stop in time: its ETA, and trouble that the ETA does not know of yet. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from exceptions.cases.detection.folding import Statement, episode, latest
from exceptions.cases.detection.history import ShipmentHistory, StopFacts, Told
from exceptions.cases.detection.verdicts import Evidence
from exceptions.cases.detection.words import span
from exceptions.shipments.canonical import EventType as E
from exceptions.shipments.projection import ESTIMATES, estimate_stop

ARRIVING = ("arrival", "delivery")
TROUBLE = (E.LOAD_BROKEN_DOWN, E.SHIPMENT_DELAYED, E.SHIPMENT_PROBLEM_REPORTED)
# An estimate errs by about this share of the way that was left when it was made.
DRIFT = 0.05


@dataclass(frozen=True, slots=True)
class Approach:
    """late: it will not be there by the limit, as far as anybody said. fine: why it will, "" when nobody said."""

    late: bool
    summary: str
    evidence: tuple[Evidence, ...]
    fine: str = ""


def approach(
    history: ShipmentHistory,
    stop: StopFacts,
    promised: datetime,
    limit: datetime,
    *,
    codes: tuple[str, ...] = ARRIVING,
    with_trouble: bool = True,
) -> Approach:
    """What was said of reaching a stop by `limit`.

    The estimate that holds (by source, then report) decides. Trouble outweighs one that was made before it, whoever tells
    of it, until the next estimate, or until the freight is out for delivery.
    """
    estimates = _estimates(history, stop, codes)
    timed = {event.id for event, _ in estimates}
    bare = [event for event in history.of(*TROUBLE) if event.id not in timed and not event.data.get("estimated")]
    troubles = [event for event in bare if _is_of(history, event, stop)] if with_trouble else []
    held = _in_force(stop.estimated(*codes), estimates)
    trouble = latest(troubles)
    if trouble is not None and any(event.at >= trouble.at for event in history.of(E.SHIPMENT_OUT_FOR_DELIVERY)):
        trouble = None
    is_stale = held is None or (trouble is not None and held[1] < trouble.at)
    if held is not None and _is_beyond(*held, limit):
        late, summary = True, f"ETA {span(held[0] - promised)} past the window"
    elif trouble is not None and is_stale:
        late, summary = True, trouble.words if trouble.text or trouble.data else "Held up on the way"
    else:
        return Approach(False, "", (), "ETA within the window" if held is not None else "")
    said = [
        Statement(event, _is_beyond(at, event.reported_at, limit), f"ETA {span(at - promised)} past the window")
        for event, at in estimates
    ]
    said += [Statement(event, True) for event in troubles]
    said += [Statement(event, False) for event in history.of(E.SHIPMENT_OUT_FOR_DELIVERY)]
    return Approach(late, summary, episode(said).evidence)


def _is_beyond(estimated: datetime, reported_at: datetime, limit: datetime) -> bool:
    """Whether an estimate is past the limit by more than estimates wander."""
    return estimated - limit > max(timedelta(0), DRIFT * (estimated - reported_at))


def _estimates(history: ShipmentHistory, stop: StopFacts, codes: tuple[str, ...]) -> list[tuple[Told, datetime]]:
    """What was estimated for the stop, with the events that did, in the order of happening."""
    found: list[tuple[Told, datetime]] = []
    last: datetime | None = None
    for event in sorted(history.of(*ESTIMATES), key=lambda event: event.order):
        if event.data.get("milestone", "arrival") not in codes or _meant(history, event) != stop.id:
            continue
        estimated = event.moment("estimated")
        last = estimated or last
        if (at := estimated or _delayed_to(event, stop, last)) is not None:
            found.append((event, at))
    return found


def _meant(history: ShipmentHistory, event: Told) -> int | None:
    view = estimate_stop(str(event.data.get("milestone") or "arrival"), event.data, None, history.views)
    return view.id if view is not None else None


def _delayed_to(event: Told, stop: StopFacts, estimated: datetime | None) -> datetime | None:
    """A delay in minutes counts from when it was expected: by the plan, or by the last estimate where that is earlier
    (a driver who is ahead of the plan loses that first), or where there is no plan."""
    expected = [at for at in (stop.times.get(("planned", "arrival")), estimated) if at is not None]
    minutes = event.data.get("minutes")
    return min(expected) + timedelta(minutes=minutes) if expected and minutes else None


def _in_force(
    held: tuple[datetime, datetime] | None, estimates: list[tuple[Told, datetime]]
) -> tuple[datetime, datetime] | None:
    """(estimate, when it was reported): the one that holds, unless a delay was told after it; the last where none holds."""
    news = [pair for pair in estimates if held is None or pair[0].type != E.SHIPMENT_ETA_CHANGED]
    if not news or (held is not None and news[-1][0].at <= held[1]):
        return held
    event, at = news[-1]
    return at, event.reported_at


def _is_of(history: ShipmentHistory, event: Told, stop: StopFacts) -> bool:
    """Whether trouble is of this stop, where it names one. A problem without a reason is a hint to look at, and says
    nothing about time."""
    if event.type == E.SHIPMENT_PROBLEM_REPORTED and not event.data.get("reason"):
        return False
    return event.data.get("stop") is None or _meant(history, event) in (None, stop.id)
