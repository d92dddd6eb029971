"""945, Warehouse Shipping Advice: what a warehouse shipped of an order, and what it could not."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from exceptions.intake.adapters.x12.parties import parties, party_of
from exceptions.intake.adapters.x12.reader import Segment
from exceptions.intake.adapters.x12.reading import MISSING, Reading, place_number, plain
from exceptions.intake.adapters.x12.set_856 import ARTICLES, product
from exceptions.intake.adapters.x12.times import Moment, moment, sent_on
from exceptions.intake.mapping.x12 import NAMES_SHIPMENT, PICKUP_PARTIES
from exceptions.shipments.canonical import JSON, CanonicalEvent, EventType, Ref

_SHIPPED: Final = frozenset({"11"})
MAX_LINES: Final = 500


@dataclass(slots=True)
class _Item:
    """The W12 segments of one line: several where it was picked from several lots."""

    line: int
    details: list[Segment] = field(default_factory=list)


def understand(reading: Reading) -> list[CanonicalEvent]:
    w06 = reading.needed("W06")
    items = _items(reading)
    if not items:
        reading.needed("W12")
    order = reading.named("W06-02", w06, 2) + reading.named("W06-06", w06, 6)
    when, remark = _shipped_at(reading, w06)
    events = [_item(reading, item, order, when, remark) for item in items]
    return events + _shipment(reading, w06, order, when, remark)


def _items(reading: Reading) -> list[_Item]:
    items: list[_Item] = []
    number, fresh = "", True
    for segment in reading.segments:
        if segment.tag == "LX":
            number, fresh = segment.get(1), True
        elif segment.tag == "W12":
            if fresh:
                items.append(_Item(place_number(number) or len(items) + 1))
                fresh = False
            items[-1].details.append(segment)
        elif segment.tag == "N9" and segment.code(1) == "LI" and items and not fresh:
            items[-1].line = place_number(segment.get(2)) or items[-1].line
        if len(items) > MAX_LINES:
            raise reading.refusal(segment, 1, f"more than {MAX_LINES} lines", MISSING)
    return items


def _item(reading: Reading, item: _Item, order: list[Ref], when: Moment, remark: str) -> CanonicalEvent:
    first = item.details[0]
    shipped, ordered = _quantities(reading, item.details)
    data: dict[str, JSON] = {"line": item.line, "quantity": plain(shipped), "status": first.code(1)}
    sku = product(first, 7, ARTICLES) or first.get(6)
    if sku:
        data["sku"] = sku[:60]
    kind = EventType.INVENTORY_ALLOCATED
    if ordered is not None and ordered > shipped:
        kind = EventType.INVENTORY_SHORTFALL_DETECTED
        data["short"] = plain(ordered - shipped)
    return reading.event(kind, when.at, order, at=first, data=data, code=first.code(1), remark=remark)


def _quantities(reading: Reading, details: list[Segment]) -> tuple[Decimal, Decimal | None]:
    """Shipped and ordered of a line. Lots repeat the line's order or split it: one figure that the lots together do not
    exceed, in each of them, is the line's."""
    shipped: list[Decimal] = []
    ordered: list[Decimal] = []
    for w12 in details:
        number = reading.quantity(w12, 3)
        if number is None or number < 0:
            raise reading.refusal(w12, 3, "the quantity shipped is missing or negative", MISSING)
        shipped.append(number)
        wanted, missing = reading.quantity(w12, 2), reading.quantity(w12, 4)
        if wanted is None and missing is not None:
            wanted = number + abs(missing)
        if wanted is not None:
            ordered.append(wanted)
    total = sum(shipped, Decimal(0))
    if len(details) > 1 and len(set(ordered)) == 1 and total <= ordered[0]:
        return total, ordered[0]
    return total, sum(ordered, Decimal(0)) if ordered else None


def _shipped_at(reading: Reading, w06: Segment) -> tuple[Moment, str]:
    """G62 with qualifier 11, else the day of W06, in the warehouse's time."""
    here = party_of(parties(reading, reading.segments), ("WH", *PICKUP_PARTIES))
    zone = here.zone if here else ""
    for segment in reading.segments:
        if segment.tag == "G62" and segment.code(1) in _SHIPPED:
            found = moment(reading, segment, 2, 4, 5, zone=zone)
            if found is not None:
                return found, found.remark
    at, remark = sent_on(reading, w06, 3)
    return Moment(at, at, at, remark), remark


def _shipment(reading: Reading, w06: Segment, order: list[Ref], when: Moment, remark: str) -> list[CanonicalEvent]:
    """That the freight left the warehouse, when the advice names it by more than its order."""
    w27 = reading.first("W27")
    carrier = w27.code(2) if w27 else ""
    named = reading.named("W06-04", w06, 4) + reading.references(_header(reading), issuer=carrier)
    if not any(ref.type in NAMES_SHIPMENT for ref in named):
        return []
    w03 = reading.first("W03")
    pieces = reading.count(w03, 1) if w03 else None
    data: dict[str, JSON] = {} if pieces is None else {"pieces": pieces}
    references = [*named, *order]
    warehouse = party_of(parties(reading, reading.segments), ("WH", *PICKUP_PARTIES))
    place = warehouse.place if warehouse else None
    kind = EventType.SHIPMENT_PICKED_UP
    return [reading.event(kind, when.at, references, at=w06, data=data, place=place, remark=remark)]


def _header(reading: Reading) -> list[Segment]:
    header = []
    for segment in reading.segments:
        if segment.tag == "LX":
            break
        header.append(segment)
    return header
