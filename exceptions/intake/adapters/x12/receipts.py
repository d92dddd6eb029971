"""What 861 and 944 share: goods that were received, counted and found in order or not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from exceptions.intake.adapters.x12.reader import Segment
from exceptions.intake.adapters.x12.reading import Reading, plain
from exceptions.intake.mapping.x12 import CONDITIONS, DAMAGED, FINE, NAMES_SHIPMENT, OVER, SHORT
from exceptions.shipments.canonical import JSON, CanonicalEvent, EventType, Place, Ref, RefType

MAX_LINES: Final = 500


@dataclass(slots=True)
class Received:
    """A line of a receipt. `questioned` are quantities with their condition (data element 412)."""

    at: Segment
    sku: str = ""
    order: str = ""
    quantity: Decimal | None = None
    expected: Decimal | None = None
    unit: str = ""
    questioned: list[tuple[Decimal, str]] = field(default_factory=list)

    @property
    def agreed(self) -> Decimal | None:
        """What should have come: said, or told by what is missing or too much."""
        if self.expected is not None or self.quantity is None:
            return self.expected
        short = sum((number for number, code in self.questioned if code in SHORT), Decimal(0))
        over = sum((number for number, code in self.questioned if code in OVER), Decimal(0))
        return max(self.quantity + short - over, Decimal(0)) if short or over else None


def receipt_events(
    reading: Reading,
    lines: Sequence[Received],
    references: Sequence[Ref],
    *,
    at: Segment,
    when: datetime,
    remark: str,
    place: Place | None,
) -> list[CanonicalEvent]:
    """Supply received for each purchase order; for the shipment its count, its damage, and what else was found."""
    orders = list(dict.fromkeys(line.order for line in lines if line.order))
    whole = [ref.value for ref in references if ref.type == RefType.PO]
    events: list[CanonicalEvent] = []
    for order in orders or whole:
        own = [line for line in lines if line.order == order or not orders]
        rows: list[JSON] = [row for line in own[:MAX_LINES] if (row := _row(line)) is not None]
        supply = Ref(RefType.PO, order)
        data: dict[str, JSON] = {"lines": rows}
        kind = EventType.SUPPLY_RECEIVED
        events.append(reading.event(kind, when, [supply], at=at, data=data, place=place, remark=remark))
    shipped = [ref for ref in references if ref.type in NAMES_SHIPMENT or ref.type == RefType.CONTAINER]
    named = [*shipped, *(Ref(RefType.PO, order) for order in orders)] if shipped or orders else list(references)
    if shipped or not events:
        events += _count(reading, lines, named, at, when, remark, place)
    return events + _found(reading, lines, named, when, remark, place)


def _row(line: Received) -> dict[str, JSON] | None:
    if line.quantity is None or line.quantity < 0:
        return None
    row: dict[str, JSON] = {"quantity": plain(line.quantity)}
    if line.sku:
        row["sku"] = line.sku[:60]
    agreed = line.agreed
    return {**row, "ordered": plain(agreed)} if agreed is not None and agreed >= 0 else row


def _count(
    reading: Reading,
    lines: Sequence[Received],
    references: Sequence[Ref],
    at: Segment,
    when: datetime,
    remark: str,
    place: Place | None,
) -> list[CanonicalEvent]:
    """The sum, where all lines count in one unit. What was expected stands there when every line says it."""
    counted = [line for line in lines if line.quantity is not None and line.quantity >= 0]
    if not counted or len({line.unit for line in counted}) > 1:
        return []
    total = sum((line.quantity or Decimal(0) for line in counted), Decimal(0))
    data: dict[str, JSON] = {"counted": int(total)}
    agreed = [line.agreed for line in counted]
    if any(number is not None for number in agreed):
        pairs = zip(agreed, counted, strict=True)
        data["expected"] = int(
            sum(((line.quantity if one is None else one) or Decimal(0) for one, line in pairs), Decimal(0))
        )
    kind = EventType.SHIPMENT_COUNTED
    return [reading.event(kind, when, references, at=at, data=data, place=place, remark=remark)]


def _found(
    reading: Reading,
    lines: Sequence[Received],
    references: Sequence[Ref],
    when: datetime,
    remark: str,
    place: Place | None,
) -> list[CanonicalEvent]:
    """Damage, refusals and other findings, one event for each. A shortage or overage stands in the count."""
    events = []
    for line in lines[:MAX_LINES]:
        for number, code in line.questioned:
            if code in SHORT | OVER | FINE:
                continue
            words = " ".join(part for part in (plain(number), line.unit, line.sku, CONDITIONS.get(code, "")) if part)
            data: dict[str, JSON] = {"status": code}
            if code in DAMAGED:
                kind = EventType.SHIPMENT_DAMAGED
                data |= {"pieces": max(int(number), 0), "description": words[:200]}
            elif code == "08":
                kind = EventType.SHIPMENT_REFUSED
                data |= {"pieces": max(int(number), 0), "description": words[:200]}
            else:
                kind = EventType.SHIPMENT_PROBLEM_REPORTED
                data |= {"note": words[:200]}
            if code not in CONDITIONS:
                data["unmapped"] = f"x12.412.{code}"[:120]
            event = reading.event(
                kind, when, references, at=line.at, data=data, place=place, code=code, text=words, remark=remark
            )
            events.append(event)
    return events
