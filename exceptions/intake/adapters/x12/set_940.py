"""940, Warehouse Shipping Order: an order that a warehouse is told to ship, changed or cancelled."""

from typing import Any, Final

from exceptions.intake.adapters.x12.parties import customer, parties, party_of
from exceptions.intake.adapters.x12.reader import Segment
from exceptions.intake.adapters.x12.reading import BAD_CODE, MISSING, Reading, place_number
from exceptions.intake.adapters.x12.set_856 import ARTICLES, product
from exceptions.intake.adapters.x12.times import Moment, moment
from exceptions.intake.mapping.x12 import DELIVERY_PARTIES
from exceptions.shipments.canonical import JSON, CanonicalEvent, EventType, Ref, RefType

# Data element 473, Order Status Code.
_NEW: Final = frozenset({"N", "B", "T"})
_LATER: Final = frozenset({"S"})  # dated ahead: known, not yet to be shipped
_CHANGED: Final = frozenset({"R", "G", "L"})
_CANCELLED: Final = frozenset({"F", "D"})
_SILENT: Final = frozenset({"A", "C", "E", "X"})  # for information, confirmations, simulations
# Until when it is needed, by data element 432, best first.
_NEEDED_BY: Final = ("54", "02", "68", "17")
MAX_LINES: Final = 500


def understand(reading: Reading) -> list[CanonicalEvent]:
    w05 = reading.needed("W05")
    reading.required(w05, 2)
    code = w05.code(1)
    if code in _SILENT:
        return []
    at = reading.reported_at
    if at is None:
        raise reading.refusal(w05, 2, "without an envelope nothing says when it was ordered", MISSING)
    order = reading.named("W05-02", w05, 2)
    others = [*reading.named("W05-03", w05, 3), *reading.references(reading.segments)]
    references = order + [ref for ref in others if ref.type in (RefType.PO, RefType.CUSTOMER)]
    if code in _CANCELLED:
        return [_plain(reading, EventType.ORDER_CANCELLED, w05, order)]
    if code not in _NEW | _LATER | _CHANGED:
        raise reading.refusal(w05, 1, f"{code[:10]!r} is no status of an order", BAD_CODE if code else MISSING)
    data = _order(reading)
    kind = EventType.ORDER_CHANGED if code in _CHANGED else EventType.ORDER_CREATED
    events = [reading.event(kind, at, references, at=w05, data=data, code=code)]
    return [*events, _plain(reading, EventType.ORDER_RELEASED, w05, order)] if code in _NEW else events


def _plain(reading: Reading, kind: str, w05: Segment, order: list[Ref]) -> CanonicalEvent:
    assert reading.reported_at is not None, "the caller looked"
    data: dict[str, JSON] = {"status": w05.code(1)}
    return reading.event(kind, reading.reported_at, order, at=w05, data=data, code=w05.code(1))


def _order(reading: Reading) -> dict[str, JSON]:
    found = parties(reading, reading.segments)
    receiver = party_of(found, DELIVERY_PARTIES)
    needed = _needed_by(reading, receiver.zone if receiver else "")
    data: dict[str, JSON] = {"customer": customer(reading, found), "lines": _lines(reading)}
    return {**data, "need_by": needed.last.isoformat()} if needed else data


def _needed_by(reading: Reading, zone: str) -> Moment | None:
    dates = {one.code(1): moment(reading, one, 2, 4, 5, zone=zone) for one in reading.segments if one.tag == "G62"}
    return next((found for code in _NEEDED_BY if (found := dates.get(code)) is not None), None)


def _lines(reading: Reading) -> list[JSON]:
    rows: list[dict[str, Any]] = []
    number = ""
    for segment in reading.segments:
        if segment.tag == "LX":
            number = segment.get(1)
        elif segment.tag == "W01":
            if len(rows) == MAX_LINES:
                raise reading.refusal(segment, 1, f"more than {MAX_LINES} lines", MISSING)
            rows.append(_line(reading, segment, place_number(number) or len(rows) + 1))
            number = ""
        elif segment.tag == "G69" and rows:
            rows[-1].setdefault("description", segment.get(1)[:200])
        elif segment.tag == "N9" and segment.code(1) == "LI" and rows:
            rows[-1]["line"] = place_number(segment.get(2)) or rows[-1]["line"]
    if len({row["line"] for row in rows}) < len(rows):
        for index, row in enumerate(rows, start=1):
            row["line"] = index
    return list(rows)


def _line(reading: Reading, w01: Segment, line: int) -> dict[str, Any]:
    quantity = reading.plain(w01, 1)
    if quantity is None or quantity.startswith("-"):
        raise reading.refusal(w01, 1, "the quantity is missing or negative", MISSING)
    row: dict[str, Any] = {"line": line, "quantity": quantity}
    sku = product(w01, 4, ARTICLES) or w01.get(3)
    if sku:
        row["sku"] = sku[:60]
    return {**row, "unit": w01.code(2)[:12]} if w01.get(2) else row
