"""A shortfall pauses its order: Control Tower says so in an event of its own, so that state stays a function of events.

What holds no more is taken back, not contradicted: the order is then what others last said of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from controltower.audit import SYSTEM
from exceptions.cases.detection import Finding, Judgement, OrderHistory, SubjectRef, Told
from exceptions.cases.detection.inventory import SHORTFALL
from exceptions.cases.services.histories import OURS
from exceptions.cases.taxonomy import Subject
from exceptions.shipments.canonical import CanonicalEvent, EventType, Ref, RefType, SourceRank
from exceptions.shipments.models import Event, EventAlias
from exceptions.shipments.services import event_record


def orders_hold(
    judgement: Judgement, orders: Iterable[OrderHistory], *, kept_down: Collection[str] = (), now: datetime
) -> None:
    """Hold the orders that are short, and let go those that we hold and that are not short any more.

    kept_down: fingerprints of findings that open no case now; nothing is held for them either. The events happen when
    what they follow from happened, so that any order of arrival tells the same story.
    """
    for order in orders:
        found = [one for one in judgement.findings.values() if one.type == SHORTFALL and order.id in one.orders]
        short = [one for one in found if one.fingerprint not in kept_down]
        standing = [event for event in order.events if event.by_us and event.type == EventType.ORDER_HELD]
        wanted = [_wanted(short)] if short else []
        if [(event.at, event.data.get("detail")) for event in standing] == wanted:
            continue
        if standing:
            _take_back(order, standing, _why(judgement, order, found, short), now)
        for at, detail in wanted:
            _hold(order, at, detail, now)


def _wanted(short: Sequence[Finding]) -> tuple[datetime, str]:
    """Since when it is held, and why."""
    why = "; ".join(finding.summary for finding in short)
    return max(finding.at for finding in short), f"Control Tower: {why}"[:200]


def _why(judgement: Judgement, order: OrderHistory, found: Sequence[Finding], short: Sequence[Finding]) -> str:
    """Why a hold of ours stands no more."""
    if short:
        return "It is short of something else now"
    if found:
        return "A suppression covers the shortfall"
    subjects = [order.subject, *(SubjectRef(Subject.ORDER_LINE, line.id) for line in order.lines)]
    over = [one.summary for one in judgement.clears.values() if one.type == SHORTFALL and one.subject in subjects]
    if over:
        return "; ".join(dict.fromkeys(over))
    if any(event.type == EventType.INVENTORY_SHORTFALL_DETECTED for event in order.events):
        return "Shortfalls of this order are not looked for any more"
    return "The shortfall was taken back"


def _hold(order: OrderHistory, at: datetime, detail: str, now: datetime) -> None:
    """Under an id of its own each time, so that the same hold counts again after it was taken back."""
    event = CanonicalEvent(
        EventType.ORDER_HELD,
        at,
        (Ref(RefType.ORDER, order.number),),
        data={"kind": "other", "detail": detail},
        source_code=OURS,
        event_id=f"{OURS}:hold:{order.id}:{len(_ids(_holds(order))) + 1}",
    )
    _say(event, now)


def _take_back(order: OrderHistory, standing: Sequence[Told], why: str, now: datetime) -> None:
    ids = _ids(_holds(order, [event.id for event in standing]))
    gone = Event.objects.filter(partner=None, retracts__in=ids).values_list("retracts", flat=True)
    at = max(event.at for event in order.events)
    for event_id in sorted(ids - {*gone, ""}):
        back = CanonicalEvent(
            EventType.EVENT_RETRACTED, at, data={"event_id": event_id}, source_code=OURS, source_text=why[:500]
        )
        _say(back, now)


def _holds(order: OrderHistory, only: Collection[int] | None = None) -> list[tuple[int, str]]:
    """Our own holds of an order with their ids, those that were taken back included."""
    ours = Event.objects.filter(
        subjects__order=order.id, type=EventType.ORDER_HELD, partner=None, source_code=OURS
    ).values_list("pk", "sender_event_id")
    return [(pk, event_id) for pk, event_id in ours if only is None or pk in only]


def _ids(holds: Sequence[tuple[int, str]]) -> set[str]:
    others = EventAlias.objects.filter(event__in=[pk for pk, _ in holds]).values_list("sender_event_id", flat=True)
    return {event_id for _, event_id in holds} | {*others}


def _say(event: CanonicalEvent, now: datetime) -> None:
    event_record(
        event, message_id=None, partner=None, source_rank=SourceRank.MANUAL, actor=SYSTEM, now=now, adapter=OURS
    )
