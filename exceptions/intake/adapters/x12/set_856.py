"""856, Ship Notice/Manifest: what a supplier has shipped, for which purchase orders, and when it is expected.

Each purchase order becomes a supply that is announced; a bill of lading or PRO makes it a shipment, too. With
`"ship_notice": "booking"` in the partner's mapping the notice is the shipment's plan, with its handling units: only for
partners whose shipments nobody else plans, because a plan replaces the one before it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from exceptions.intake.adapters.x12.freight import kilograms, mode, unit, unit_kind
from exceptions.intake.adapters.x12.parties import Party, customer, parties, party_of, roles_data
from exceptions.intake.adapters.x12.reader import Segment, SetRefused
from exceptions.intake.adapters.x12.reading import BAD_CODE, MISSING, Reading, plain
from exceptions.intake.adapters.x12.stops import stop_place
from exceptions.intake.adapters.x12.times import Moment, dtm, moment, partner_zone, sent_on
from exceptions.intake.mapping.x12 import DELIVERY_PARTIES, ESTIMATED, PICKUP_PARTIES, is_container
from exceptions.shipments.canonical import JSON, CanonicalEvent, EventType, Ref, RefType

MAX_LINES: Final = 500
_CANCELS: Final = frozenset({"01", "03"})
_NOTICES: Final = frozenset({"", "00", "02", "04", "05", "07", "14", "ZZ"})
_SILENT: Final = frozenset({"06"})
# Data element 374 beside the estimates: the current schedule's delivery, and what was asked for.
_EXPECTED: Final = (*sorted(ESTIMATED), "067", "068", "002")
# Data element 235 in LIN: numbers of an article, best first; and an order's number.
ARTICLES: Final = ("BP", "IN", "SK", "VP", "VN", "UK", "UP", "EN", "UI", "UA", "PN", "MG")
_ORDERS: Final = ("PO", "ON")


@dataclass(slots=True)
class _Level:
    """One HL with its own segments; `order` is that of the order it lies under."""

    code: str
    segments: list[Segment] = field(default_factory=list)
    order: str = ""


def understand(reading: Reading) -> list[CanonicalEvent]:
    bsn = reading.needed("BSN")
    number = reading.required(bsn, 2)
    purpose = bsn.code(1)
    head, levels = _levels(reading)
    found = parties(reading, reading.segments)
    at, remark = _made_at(reading, bsn, party_of(found, PICKUP_PARTIES))
    shipment = _shipment_references(reading, bsn, head)
    name = f"856:{number}"
    if purpose in _SILENT:
        return []
    if purpose in _CANCELS:
        taken: dict[str, JSON] = {"event_id": name, "status": purpose}
        return [reading.event(EventType.EVENT_RETRACTED, at, shipment, at=bsn, data=taken, code=purpose)]
    if purpose not in _NOTICES:
        raise reading.refusal(bsn, 1, f"{purpose[:10]!r} is no purpose of a ship notice", BAD_CODE)
    receiver = party_of(found, DELIVERY_PARTIES)
    expected = _expected(reading, head, receiver)
    orders = _orders(reading, levels)
    purchase = [Ref(RefType.PO, order) for order in orders]
    events = [
        reading.event(
            EventType.SUPPLY_ANNOUNCED,
            at,
            [Ref(RefType.PO, order)],
            at=bsn,
            data={"status": purpose, **({"expected_at": expected.text} if expected else {}), "lines": lines},
            place=receiver.place if receiver else None,
            code=purpose,
            remark=remark,
            event_id=name,
        )
        for order, lines in orders.items()
    ]
    if reading.mapping.get("ship_notice") == "booking":
        plan = _plan(reading, levels, head, found, expected)
        kind, data = EventType.SHIPMENT_BOOKED, plan
    else:
        kind, data = EventType.SHIPMENT_ANNOUNCED, {"status": purpose}
    sender = party_of(found, PICKUP_PARTIES)
    place = sender.place if sender else None
    references = shipment + purchase
    shown = reading.event(
        kind, at, references, at=bsn, data=data, place=place, code=purpose, remark=remark, event_id=name
    )
    return [*events, shown]


def _levels(reading: Reading) -> tuple[list[Segment], list[_Level]]:
    """The shipment's own segments (before the first HL and in HL S), and the levels with the order each lies under.

    The order is that of the nearest level above with a PRF; numbers of parents that are not there end the way up."""
    head: list[Segment] = []
    levels: list[_Level] = []
    by_number: dict[str, tuple[str, str]] = {}  # level's number -> parent's number, own order
    for segment in reading.segments:
        if segment.tag == "HL":
            levels.append(_Level(segment.code(3), [segment]))
            by_number.setdefault(segment.get(1), (segment.get(2), ""))
        elif not levels:
            head.append(segment)
        else:
            levels[-1].segments.append(segment)
            if segment.tag == "PRF":
                here = levels[-1].segments[0]
                by_number[here.get(1)] = (here.get(2), segment.get(1))
    for level in levels:
        level.order = _order_above(by_number, level.segments[0].get(1))
        if level.code == "S":
            head += level.segments
    return head, levels


def _order_above(levels: dict[str, tuple[str, str]], number: str) -> str:
    seen: set[str] = set()
    while number in levels and number not in seen:
        seen.add(number)
        parent, order = levels[number]
        if order:
            return order
        number = parent
    return ""


def _orders(reading: Reading, levels: list[_Level]) -> dict[str, list[JSON]]:
    """Purchase orders in the order of the notice, with what is shipped of each."""
    orders: dict[str, list[JSON]] = {}
    for level in levels:
        if level.code == "O" and level.order:
            orders.setdefault(level.order, [])
        for lin, sn1 in _items(level.segments):
            order = level.order or _pair(lin, _ORDERS)
            if not order:
                continue
            lines = orders.setdefault(order, [])
            if len(lines) == MAX_LINES:
                raise reading.refusal(sn1, 2, f"an order has more than {MAX_LINES} lines", MISSING)
            if (line := _line(reading, lin, sn1)) is not None:
                lines.append(line)
    return orders


def _items(segments: list[Segment]) -> Iterator[tuple[Segment | None, Segment]]:
    """Each SN1 with the LIN before it."""
    lin: Segment | None = None
    for segment in segments:
        if segment.tag == "LIN":
            lin = segment
        elif segment.tag == "SN1":
            yield lin, segment


def _line(reading: Reading, lin: Segment | None, sn1: Segment) -> dict[str, JSON] | None:
    shipped, ordered = reading.quantity(sn1, 2), reading.quantity(sn1, 5)
    if shipped is None or shipped < 0:
        return None
    line: dict[str, JSON] = {"quantity": plain(shipped)}
    if ordered is not None and ordered >= 0:
        line["ordered"] = plain(ordered)
    sku = _pair(lin, ARTICLES)[:60]
    return {"sku": sku, **line} if sku else line


def _pair(segment: Segment | None, wanted: tuple[str, ...]) -> str:
    """The value of the best wanted qualifier among the pairs of a LIN, which begin with its second element."""
    return product(segment, 2, wanted) if segment is not None else ""


def product(segment: Segment, first: int, wanted: tuple[str, ...]) -> str:
    """The number of an article among pairs of qualifier and number from element `first` on."""
    pairs = {segment.code(place): segment.get(place + 1) for place in range(first, len(segment.elements), 2)}
    return next((pairs[code] for code in wanted if pairs.get(code)), "")


def _shipment_references(reading: Reading, bsn: Segment, head: list[Segment]) -> list[Ref]:
    """BOL and PRO of the shipment's level; without a BOL the notice's own number stands for it."""
    td5 = next((one for one in head if one.tag == "TD5" and one.get(3)), None)
    found = reading.references(head, issuer=td5.code(3) if td5 else "")
    found = [ref for ref in found if ref.type != RefType.PO]
    for segment in head:
        number = f"{segment.get(2)}{segment.get(3)}" if segment.tag == "TD3" else ""
        if is_container(number):
            found.append(Ref(RefType.CONTAINER, number))
    named = {RefType.BOL, RefType.PRO, RefType.TRACKING, RefType.AWB}
    return found if any(ref.type in named for ref in found) else [*reading.named("BSN-02", bsn, 2), *found]


def _made_at(reading: Reading, bsn: Segment, sender: Party | None) -> tuple[Any, str]:
    if not bsn.get(3):
        return sent_on(reading, bsn, 3)
    made = moment(reading, bsn, 3, 4, zone=sender.zone if sender else "")
    assert made is not None, "it has a date"
    return made.at, made.remark


def _expected(reading: Reading, head: list[Segment], receiver: Party | None) -> Moment | None:
    """When it arrives. A date here that is none is noted: the notice says enough without it."""
    zone = receiver.zone if receiver else ""
    dates: dict[str, Moment] = {}
    for segment in head:
        if segment.tag != "DTM":
            continue
        try:
            found = dtm(reading, segment, zone=zone)
        except SetRefused as refused:
            reading.faults += [refused.fault] if refused.fault else []
            continue
        if found is not None:
            dates.setdefault(segment.code(1), found)
    return next((dates[code] for code in _EXPECTED if code in dates), None)


def _plan(
    reading: Reading, levels: list[_Level], head: list[Segment], found: list[Party], expected: Moment | None
) -> dict[str, Any]:
    td5 = next((one for one in head if one.tag == "TD5"), None)
    stops: list[dict[str, Any]] = []
    for sequence, kind, roles in ((1, "pickup", PICKUP_PARTIES), (2, "delivery", DELIVERY_PARTIES)):
        here = party_of(found, roles)
        zone = (here.zone if here else "") or partner_zone(reading)
        stops.append({"sequence": sequence, "kind": kind, **stop_place(reading, here, zone)})
    if expected is not None:
        stops[1]["planned_arrival"] = expected.text
    return {
        "customer": customer(reading, found),
        "mode": mode(reading, td5.code(4) if td5 else ""),
        "parties": roles_data(reading, found),
        "stops": stops,
        "units": _units(reading, levels, head),
    }


def _units(reading: Reading, levels: list[_Level], head: list[Segment]) -> list[dict[str, JSON]]:
    """A unit for each labelled pack or pallet; without labels, what TD1 says of the whole."""
    rows: list[dict[str, JSON]] = []
    for level in levels:
        if level.code not in ("P", "T"):
            continue
        kind = "carton" if level.code == "P" else "pallet"
        for segment in level.segments:
            if segment.tag == "MAN" and segment.get(2) and len(rows) < MAX_LINES:
                label: dict[str, JSON] = {"label": segment.get(2)[:60]}
                rows.append({**unit(len(rows) + 1, kind, 1, None, shipped=True), **label})
    td1 = next((one for one in head if one.tag == "TD1"), None)
    if not rows and td1 is not None:
        count, weight = reading.count(td1, 2), kilograms(reading, td1, 7, td1.code(8))
        if count or (weight and Decimal(weight) > 0):
            rows.append(unit(1, unit_kind(td1.code(1)[:3]), count, weight, shipped=True))
    return rows
