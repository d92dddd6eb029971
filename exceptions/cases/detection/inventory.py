"""inventory_shortfall and inbound_supply_delayed: an order's goods are not there, or will not be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from exceptions.cases.detection.folding import Statement, episode, evidence_of
from exceptions.cases.detection.history import LineFacts, OrderHistory, SupplyFacts, Told
from exceptions.cases.detection.rule import ORDER, Rule, found
from exceptions.cases.detection.settings import Setting
from exceptions.cases.detection.verdicts import Clear, Evidence, Expected, SubjectRef, Verdict
from exceptions.cases.detection.words import instant, span
from exceptions.cases.taxonomy import Subject
from exceptions.shipments.canonical import EventType as E

SHORTFALL, SUPPLY = "inventory_shortfall", "inbound_supply_delayed"
DONE = ("shipped", "cancelled")


def shortfall(history: OrderHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    """One verdict for each line that a warehouse spoke of; what it said last holds."""
    by_line: dict[int, list[Statement]] = {}
    for event in history.events:
        if event.type in (E.INVENTORY_SHORTFALL_DETECTED, E.INVENTORY_ALLOCATED):
            short = _short(event)
            by_line.setdefault(int(event.data["line"]), []).append(Statement(event, short, _missing(event)))
    ends = [Statement(event, False) for event in history.events if event.type == E.ORDER_CANCELLED]
    lines = {line.number: line for line in history.lines}
    for number, said in sorted(by_line.items()):
        line = lines.get(number)
        subject = SubjectRef(Subject.ORDER_LINE, line.id) if line is not None else history.subject
        over = episode([*said, *ends])
        if over.stands:
            shipments = line.shipments if line is not None else history.shipments
            yield found(SHORTFALL, subject, setting, over.evidence, at=now, shipments=shipments, orders=(history.id,))
        elif over.ended is not None:
            yield Clear(SHORTFALL, subject, over.ended.event.at, E(over.ended.event.type).label)


def _short(event: Told) -> bool:
    short = event.data.get("short")
    return event.type == E.INVENTORY_SHORTFALL_DETECTED if short is None else Decimal(str(short)) > 0


def _missing(event: Told) -> str:
    """ "Line 1 (ROM-24): 120 short; instead: 200 at RENO-DC"."""
    data = event.data
    sku = f" ({data['sku']})" if data.get("sku") else ""
    short = f"{Decimal(str(data['short'])).normalize():f} short" if data.get("short") else "short"
    others = "; ".join(_alternate(other) for other in data.get("alternates", ()))
    return f"Line {data['line']}{sku}: {short}{f'; instead: {others}' if others else ''}"[:300]


def _alternate(stock: dict[str, str]) -> str:
    quantity = f"{Decimal(str(stock['quantity'])).normalize():f}"
    what = f" of {stock['sku']}" if stock.get("sku") else ""
    where = f" at {stock['location']}" if stock.get("location") else ""
    at = f" from {instant(datetime.fromisoformat(stock['available_at']))}" if stock.get("available_at") else ""
    return f"{quantity}{what}{where}{at}"


def supply(history: OrderHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    """One verdict for each line that waits for a purchase order and is needed by some time."""
    for line in history.lines:
        need_by = line.need_by or history.need_by
        if line.waits_for is None or need_by is None:
            continue
        subject = SubjectRef(Subject.ORDER_LINE, line.id)
        if line.waits_for.received_at is not None or history.state in DONE:
            yield Clear(SUPPLY, subject, line.waits_for.received_at or now, "The supply is there")
        else:
            yield from _coming(history, line, line.waits_for, subject, need_by, setting, now)


def _coming(
    history: OrderHistory,
    line: LineFacts,
    supply: SupplyFacts,
    subject: SubjectRef,
    need_by: datetime,
    setting: Setting,
    now: datetime,
) -> Iterator[Verdict]:
    evidence = list(_too_late(supply, need_by))
    # The announcement is awaited only while nobody has said when it comes.
    if not evidence and supply.expected_at is None and supply.eta is None:
        awaited = Expected(f"{subject.key}:supply", need_by - setting.lead, "supply", order=history.id)
        if now >= awaited.due_at:
            text = f"PO {supply.number} is needed by {instant(need_by)} and nobody has announced it"
            evidence = [Evidence(awaited.due_at, text, expected=awaited)]
        else:
            yield awaited
    if not evidence:
        yield Clear(SUPPLY, subject, now, "The supply comes in time")
        return
    yield found(SUPPLY, subject, setting, evidence, at=now, shipments=line.shipments, orders=(history.id,))


def _too_late(supply: SupplyFacts, need_by: datetime) -> Iterator[Evidence]:
    """What says that it comes too late: the ETA of the shipment that brings it, else the supplier's own word."""
    if supply.eta is not None:
        if supply.eta > need_by and supply.eta_event is not None:
            yield evidence_of(supply.eta_event, f"PO {supply.number} arrives {span(supply.eta - need_by)} too late")
        return
    if supply.expected_at is None or supply.expected_at <= need_by:
        return
    said = [
        Statement(
            event, at > need_by, f"PO {supply.number} comes {span(at - need_by)} too late" if at > need_by else ""
        )
        for event in supply.events
        if (at := event.moment("expected_at")) is not None
    ]
    yield from episode(said).evidence


RULES = (
    Rule(
        SHORTFALL,
        shortfall,
        trigger="The warehouse reports a line short. The order is held until the line is allocated in full.",
        ends="The line is allocated in full, or the order is cancelled.",
        of=ORDER,
    ),
    Rule(
        SUPPLY,
        supply,
        trigger="A line waits for a purchase order that the supplier, or the ETA of the shipment that brings it, puts "
        "after the date of need; or that nobody announced shortly before it.",
        ends="The supply is received, announced in time again, or the order has shipped.",
        uses="lead: how long before the date of need the supply must be announced",
        of=ORDER,
        default=Setting(lead=timedelta(hours=48)),
    ),
)
