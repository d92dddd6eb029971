"""A shortfall pauses its order: Control Tower says so in an event of its own, so that state stays a function of events."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from controltower.audit import SYSTEM
from exceptions.cases.detection import Judgement, OrderHistory, Told
from exceptions.cases.detection.inventory import SHORTFALL
from exceptions.cases.services.histories import OURS
from exceptions.shipments.canonical import CanonicalEvent, EventType, Ref, RefType, SourceRank
from exceptions.shipments.services import event_record

TALK = (EventType.ORDER_HELD, EventType.ORDER_RELEASED)


def orders_hold(judgement: Judgement, orders: Iterable[OrderHistory], *, now: datetime) -> None:
    """Hold the orders that are short, and let go those that we hold and that are not short any more.

    The events happen when what they follow from happened, so that any order of arrival tells the same story.
    """
    for order in orders:
        short = [
            finding
            for finding in judgement.findings.values()
            if finding.type == SHORTFALL and order.id in finding.orders
        ]
        ours = [event for event in order.events if event.by_us and event.type in TALK]
        is_held = bool(ours) and max(ours, key=_order).type == EventType.ORDER_HELD
        if short:
            last = max(finding.at for finding in short)
            if not is_held or max(ours, key=_order).at < last:
                _say(order, EventType.ORDER_HELD, last, "; ".join(finding.summary for finding in short), now)
        elif is_held:
            over = [event.at for event in order.events if not event.by_us]
            _say(order, EventType.ORDER_RELEASED, max([*over, max(ours, key=_order).at]), "Allocated in full", now)


def _say(order: OrderHistory, event_type: EventType, at: datetime, why: str, now: datetime) -> None:
    kind = {"kind": "other"} if event_type == EventType.ORDER_HELD else {}
    event = CanonicalEvent(
        event_type,
        at,
        (Ref(RefType.ORDER, order.number),),
        data={**kind, "detail": f"Control Tower: {why}"[:200]},
        source_code=OURS,
    )
    event_record(
        event, message_id=None, partner=None, source_rank=SourceRank.MANUAL, actor=SYSTEM, now=now, adapter=OURS
    )


def _order(event: Told) -> tuple[datetime, datetime, str]:
    return event.order
