"""How a vehicle comes to a stop in time: its ETA, and trouble that the ETA does not know of yet. Pure."""

from __future__ import annotations

from collections.abc import Iterator
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

    The estimate that holds (by source, then report) decides. Trouble outweighs one that was made before it, until the
    next estimate, or until the freight is out for delivery.
    """
    estimates = list(_estimates(history, stop, codes))
    troubles = [event for event in history.of(*TROUBLE) if _is_bare(history, event, stop)] if with_trouble else []
    held = stop.estimated(*codes) or _guessed(history, estimates, stop)
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


def _estimates(history: ShipmentHistory, stop: StopFacts, codes: tuple[str, ...]) -> Iterator[tuple[Told, datetime]]:
    """What was estimated for the stop, with the events that did."""
    for event in history.of(*ESTIMATES):
        if event.data.get("milestone", "arrival") not in codes or _meant(history, event) != stop.id:
            continue
        at = event.moment("estimated") or _delayed_to(event, stop)
        if at is not None:
            yield event, at


def _meant(history: ShipmentHistory, event: Told) -> int | None:
    view = estimate_stop(str(event.data.get("milestone") or "arrival"), event.data, None, history.views)
    return view.id if view is not None else None


def _delayed_to(event: Told, stop: StopFacts) -> datetime | None:
    """A delay in minutes counts from the planned arrival, where there is one."""
    planned, minutes = stop.times.get(("planned", "arrival")), event.data.get("minutes")
    return planned + timedelta(minutes=minutes) if planned is not None and minutes else None


def _guessed(
    history: ShipmentHistory, estimates: list[tuple[Told, datetime]], stop: StopFacts
) -> tuple[datetime, datetime] | None:
    """The last delay in minutes stands in where nobody gave an estimate."""
    last = max(estimates, key=lambda pair: pair[0].order, default=None)
    return (last[1], last[0].reported_at) if last is not None else None


def _is_bare(history: ShipmentHistory, event: Told, stop: StopFacts) -> bool:
    """Trouble without an estimate; of this stop, where it names one. A problem without a reason is a hint to look at, and
    says nothing about time."""
    if event.type == E.SHIPMENT_PROBLEM_REPORTED and not event.data.get("reason"):
        return False
    if event.data.get("estimated") or _delayed_to(event, stop) is not None:
        return False
    return event.data.get("stop") is None or _meant(history, event) in (None, stop.id)
