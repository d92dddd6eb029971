"""quality_or_compliance_hold: quality, credit, sanctions or dangerous goods keep an order or shipment back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from exceptions.cases.detection.folding import Statement, episode
from exceptions.cases.detection.history import OrderHistory, ShipmentHistory
from exceptions.cases.detection.rule import ORDER, Rule, found
from exceptions.cases.detection.settings import Setting
from exceptions.cases.detection.verdicts import Clear, Evidence, Expected, Verdict
from exceptions.shipments.canonical import EventType as E

HOLD = "quality_or_compliance_hold"
# Holds that no ship date makes less urgent.
AT_ONCE = ("sanctions", "dangerous_goods", "quality")
OF_FREIGHT = ("quality", "payment")


def of_order(history: OrderHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    """A hold that is not urgent by itself waits until the ship date is near. Our own holds are other cases' effects."""
    held = [event for event in history.events if event.type == E.ORDER_HELD and not event.by_us]
    if not held:
        return
    ends = [e for e in history.events if e.type in (E.ORDER_RELEASED, E.ORDER_CANCELLED) and not e.by_us]
    over = episode([*(Statement(e, True, _words(e.data, e.words)) for e in held), *(Statement(e, False) for e in ends)])
    if not over.stands:
        if over.ended is not None:
            yield Clear(HOLD, history.subject, over.ended.event.at, E(over.ended.event.type).label)
        return
    due = history.ships_at - setting.lead if history.ships_at is not None else None
    is_urgent = any(event.data.get("kind") in AT_ONCE for event in held)
    evidence = list(over.evidence)
    if due is not None and not is_urgent:
        awaited = Expected(f"{history.subject.key}:release", due, "release", order=history.id)
        if now < due:
            yield Clear(HOLD, history.subject, now, "There is time to release it")
            yield awaited
            return
        evidence.append(Evidence(due, "Still held and it should ship soon", expected=awaited))
    yield found(
        HOLD,
        history.subject,
        setting,
        evidence,
        at=now,
        summary=over.last.text,
        shipments=history.shipments,
        orders=(history.id,),
    )


def of_shipment(history: ShipmentHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    """Quality or payment holds of freight that is on its way already."""
    held = [event for event in history.of(E.SHIPMENT_HELD) if event.data.get("kind") in OF_FREIGHT]
    if not held:
        return
    ends = history.of(E.SHIPMENT_RELEASED, E.SHIPMENT_DELIVERED, E.SHIPMENT_CANCELLED)
    over = episode([*(Statement(e, True, _words(e.data, e.words)) for e in held), *(Statement(e, False) for e in ends)])
    if over.stands:
        yield found(HOLD, history.subject, setting, over.evidence, at=now, shipments=(history.id,))
    elif over.ended is not None:
        yield Clear(HOLD, history.subject, over.ended.event.at, E(over.ended.event.type).label)


def _words(data: object, words: str) -> str:
    kind = data.get("kind", "other") if isinstance(data, dict) else "other"
    return words if kind == "other" else f"{str(kind).replace('_', ' ').capitalize()} hold: {words}"[:300]


RULES = (
    Rule(
        HOLD,
        of_order,
        trigger="An order is held for quality, sanctions or dangerous goods; held for credit or another reason when its "
        "planned shipping is near, or at once where none is planned.",
        ends="A release or cancellation that happened later.",
        uses="lead: how long before the planned shipping a hold must be lifted",
        of=ORDER,
        default=Setting(lead=timedelta(hours=24)),
    ),
    Rule(
        HOLD,
        of_shipment,
        trigger="A shipment is held for quality or payment.",
        ends="A release, delivery or cancellation that happened later.",
    ),
)
