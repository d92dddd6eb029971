"""204, Motor Carrier Load Tender: the plan of a truck. Original, change, replacement and cancellation.

It makes three things known: the shipment with its stops, the load it rides, and that the load was tendered.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from exceptions.intake.adapters.x12.freight import equipment, kilograms, mode, terms, unit, unit_kind
from exceptions.intake.adapters.x12.parties import account, customer, parties, party_of, roles_data
from exceptions.intake.adapters.x12.reader import Segment
from exceptions.intake.adapters.x12.reading import BAD_CODE, MISSING, Reading, place_number
from exceptions.intake.adapters.x12.stops import check_window, stop_place, stop_times, time_in
from exceptions.intake.adapters.x12.times import Moment, partner_zone
from exceptions.intake.mapping.x12 import DELIVERY_PARTIES, PICKUP_PARTIES, RESPOND_BY, STOP_KINDS
from exceptions.shipments.canonical import JSON, CanonicalEvent, EventType, Ref, RefType

_T = EventType
# Data element 353, Transaction Set Purpose Code. A change carries the whole plan, as a replacement does.
_CANCELS: Final = frozenset({"01", "03"})
_PLANS: Final = frozenset({"00", "02", "04", "05", "07", "18"})
_SILENT: Final = frozenset({"06"})  # a confirmation repeats what stands
MAX_STOPS: Final = 50


@dataclass(slots=True)
class _Stop:
    s5: Segment
    segments: list[Segment] = field(default_factory=list)


def understand(reading: Reading) -> list[CanonicalEvent]:
    b2, b2a = reading.needed("B2"), reading.needed("B2A")
    reading.required(b2, 4)
    purpose = b2a.code(1)
    if purpose in _SILENT:
        return []
    at = reading.reported_at
    if at is None:
        raise reading.refusal(b2, 4, "without an envelope nothing says when the load was tendered", MISSING)
    load = reading.named("B2-04", b2, 4)
    header, stops = _stops(reading)
    shipment = _shipment_references(reading, load)
    if purpose in _CANCELS:
        data: dict[str, JSON] = {"status": purpose, "detail": _notes(header)}
        return [
            reading.event(_T.LOAD_CANCELLED, at, load, at=b2, data=data, code=purpose),
            reading.event(_T.SHIPMENT_CANCELLED, at, shipment, at=b2, data=data, code=purpose),
        ]
    if purpose not in _PLANS:
        raise reading.refusal(b2a, 1, f"{purpose[:10]!r} is no purpose of a tender", BAD_CODE if purpose else MISSING)
    if len(stops) < 2:
        raise reading.refusal(
            b2a, 1, "a tender needs two stops at least: it is a whole plan, also as a change", MISSING
        )
    carrier = account(reading, b2.get(2), f"2:{b2.get(2)}")
    plan = _plan(reading, header, stops, carrier)
    plan["legs"] = [_leg(plan, carrier, load)]
    found = equipment(reading, reading.segments)
    load_data: dict[str, JSON] = {"mode": plan["mode"], "carrier": carrier, "equipment": found}
    tender: dict[str, JSON] = {"status": purpose}
    if respond_by := _respond_by(reading, header):
        tender["respond_by"] = respond_by.text
    return [
        reading.event(_T.LOAD_PLANNED, at, load, at=b2, data=load_data, code=purpose),
        reading.event(_T.SHIPMENT_BOOKED, at, shipment, at=b2, data=plan, code=purpose),
        reading.event(_T.LOAD_TENDERED, at, load, at=b2, data=tender, code=purpose),
    ]


def _stops(reading: Reading) -> tuple[list[Segment], list[_Stop]]:
    header: list[Segment] = []
    stops: list[_Stop] = []
    for segment in reading.segments:
        if segment.tag == "S5":
            stops.append(_Stop(segment))
        else:
            (stops[-1].segments if stops else header).append(segment)
    if len(stops) > MAX_STOPS:
        raise reading.refusal(stops[MAX_STOPS].s5, 1, f"more than {MAX_STOPS} stops", MISSING)
    return header, stops


def _shipment_references(reading: Reading, load: list[Ref]) -> list[Ref]:
    """What the set calls the shipment, in its header and at its stops. Without a BOL the load's own number is the BOL,
    as carriers repeat it in that place (B10-02 of a 214)."""
    found = reading.references(reading.segments) + [
        ref for one in reading.segments if one.tag == "OID" for ref in reading.named("PO", one, 2)
    ]
    found = [ref for ref in found if ref.type != RefType.LOAD]  # it rides this load, whatever else is numbered as one
    if not any(ref.type == RefType.BOL for ref in found):
        found = [Ref(RefType.BOL, ref.value) for ref in load if ref.type == RefType.LOAD] + found
    return found + load


def _plan(reading: Reading, header: list[Segment], stops: list[_Stop], carrier: str) -> dict[str, Any]:
    b2, ms3 = reading.needed("B2"), reading.first("MS3")
    found = parties(reading, reading.segments)
    rows = [_stop(reading, stop, index) for index, stop in enumerate(stops, start=1)]
    numbers = [row["sequence"] for row in rows]
    if len(set(numbers)) != len(numbers):
        reading.note(stops[0].s5, 1, "two stops have the same number", BAD_CODE)
        for index, row in enumerate(rows, start=1):
            row["sequence"] = index
    goods = next((one.get(2) for one in reading.segments if one.tag == "L5" and one.get(2)), "")
    plan: dict[str, Any] = {
        "customer": customer(reading, found),
        "mode": mode(reading, ms3.code(4) if ms3 else ""),
        "freight_terms": terms(b2.code(6)),
        "goods": goods[:200],
        "parties": roles_data(reading, found, carrier),
        "stops": rows,
        "units": _units(reading, stops),
        "hazmat": _hazmat(reading),
    }
    return {name: value for name, value in plan.items() if value not in ("", None, [])}


def _leg(plan: dict[str, Any], carrier: str, load: list[Ref]) -> dict[str, JSON]:
    numbers = [row["sequence"] for row in plan["stops"]]
    leg: dict[str, JSON] = {"sequence": 1, "mode": plan["mode"], "origin": numbers[0], "destination": numbers[-1]}
    if carrier:
        leg["carrier"] = carrier
    number = next((ref.value for ref in load if ref.type == RefType.LOAD), "")
    return {**leg, "load": number} if number else leg


def _stop(reading: Reading, stop: _Stop, index: int) -> dict[str, Any]:
    sequence = place_number(stop.s5.get(1)) or index
    kind = STOP_KINDS.get(stop.s5.code(2), "terminal")
    found = parties(reading, stop.segments)
    ends = PICKUP_PARTIES + DELIVERY_PARTIES if kind == "pickup" else DELIVERY_PARTIES + PICKUP_PARTIES
    here = party_of(found, ends) or (found[0] if found else None)
    row: dict[str, Any] = {"sequence": sequence, "kind": kind}
    zone = (here.zone if here else "") or partner_zone(reading)
    row |= stop_place(reading, here, zone)
    times = stop_times(reading, stop.segments, zone)
    row |= {name: value for name, value in times.items() if value}
    check_window(reading, stop.s5, row)
    return row


def _respond_by(reading: Reading, header: list[Segment]) -> Moment | None:
    for segment in header:
        if segment.tag in ("G62", "DTM") and segment.code(1) in RESPOND_BY:
            return time_in(reading, segment, partner_zone(reading))
    return None


def _units(reading: Reading, stops: list[_Stop]) -> list[dict[str, JSON]]:
    """What is picked up, one line for each stop that says a count or a weight; else what L3 says of all of it."""
    rows: list[dict[str, JSON]] = []
    for stop in stops:
        if STOP_KINDS.get(stop.s5.code(2)) != "pickup":
            continue
        count = reading.count(stop.s5, 5) or None
        weight = kilograms(reading, stop.s5, 3, stop.s5.code(4))
        if count or weight:
            rows.append(unit(len(rows) + 1, unit_kind(stop.s5.code(6)), count, weight))
    total = reading.first("L3")
    if not rows and total is not None:
        weight = kilograms(reading, total, 1, total.code(12) or "L")
        count = reading.count(total, 11) or None
        rows = [unit(1, "piece", count, weight)] if count or weight else []
    return rows


def _hazmat(reading: Reading) -> dict[str, JSON] | None:
    """LH1 has the UN number, LH2 the class. One without the other is left out."""
    lh1, lh2 = reading.first("LH1"), reading.first("LH2")
    number = lh1.code(3) if lh1 else ""
    number = f"UN{number}" if len(number) == 4 and number.isdigit() else number
    if len(number) != 6 or not number.startswith("UN") or not (number[2:].isascii() and number[2:].isdigit()):
        return None
    return {"un": number, "hazard_class": lh2.get(1)[:10]} if lh2 is not None and lh2.get(1) else None


def _notes(segments: list[Segment]) -> str:
    return "; ".join(one.get(2) for one in segments if one.tag == "NTE" and one.get(2))[:150]
