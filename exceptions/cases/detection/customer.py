"""customer_change_requested: the customer wants something else than was planned."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from exceptions.cases.detection.folding import Statement, episode
from exceptions.cases.detection.history import OrderHistory, ShipmentHistory, Told
from exceptions.cases.detection.rule import ORDER, Rule, found
from exceptions.cases.detection.settings import Setting
from exceptions.cases.detection.verdicts import Clear, Verdict
from exceptions.cases.detection.words import instant
from exceptions.shipments.canonical import EventType as E

CHANGE = "customer_change_requested"
ENDS = (E.SHIPMENT_DELIVERED, E.SHIPMENT_CANCELLED, E.SHIPMENT_RETURNED, E.ORDER_CANCELLED)


def of_shipment(history: ShipmentHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    yield from _judge(history, history.of(E.CUSTOMER_REQUESTED_CHANGE), history.of(*ENDS), setting, now, (history.id,))


def of_order(history: OrderHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    told = [event for event in history.events if event.type == E.CUSTOMER_REQUESTED_CHANGE]
    ends = [event for event in history.events if event.type in ENDS]
    yield from _judge(history, told, ends, setting, now, history.shipments)


def _judge(
    history: ShipmentHistory | OrderHistory,
    told: list[Told],
    ends: list[Told],
    setting: Setting,
    now: datetime,
    shipments: tuple[int, ...],
) -> Iterator[Verdict]:
    if not told:
        return
    over = episode([*(Statement(e, True, _asked(e)) for e in told), *(Statement(e, False) for e in ends)])
    if over.stands:
        orders = (history.id,) if isinstance(history, OrderHistory) else ()
        yield found(CHANGE, history.subject, setting, over.evidence, at=now, shipments=shipments, orders=orders)
    elif over.ended is not None:
        yield Clear(CHANGE, history.subject, over.ended.event.at, E(over.ended.event.type).label)


def _asked(event: Told) -> str:
    """ "Reschedule to 03 Mar 16:00 UTC: dock closed"; the sender's words alone where it says nothing of its own."""
    wanted = event.moment("wanted_at")
    words = event.text or str(event.data.get("detail") or "")
    asked = str(event.data.get("kind", "other")).replace("other", "change").capitalize()
    return f"{asked}{f' to {instant(wanted)}' if wanted else ''}{f': {words}' if words else ' requested'}"[:300]


RULES = (
    Rule(
        CHANGE,
        of_shipment,
        trigger="The customer asks to reschedule, reconsign, cancel, expedite or hold.",
        ends="A person answers; or the freight is delivered, returned or cancelled later.",
    ),
    Rule(
        CHANGE,
        of_order,
        trigger="The same about an order.",
        ends="A person answers, or the order is cancelled.",
        of=ORDER,
    ),
)
