"""211, Motor Carrier Bill of Lading: what a shipper hands over, to whom, and when it is wanted."""

from datetime import datetime
from typing import Any, Final

from exceptions.intake.adapters.x12.freight import MAX_NUMBER, equipment, kilograms, mode, terms, unit, unit_kind
from exceptions.intake.adapters.x12.parties import Party, account, customer, parties, party_of, roles_data
from exceptions.intake.adapters.x12.reader import Segment
from exceptions.intake.adapters.x12.reading import BAD_CODE, MISSING, Reading
from exceptions.intake.adapters.x12.stops import check_window, stop_place, stop_times
from exceptions.intake.adapters.x12.times import moment, partner_zone
from exceptions.intake.mapping.x12 import DELIVERY_PARTIES, MODES, PICKUP_PARTIES, is_container
from exceptions.shipments.canonical import JSON, CanonicalEvent, EventType, Ref

_CANCELS: Final = frozenset({"01", "03"})
_PLANS: Final = frozenset({"", "00", "02", "04", "05", "07"})
# Whose times the header's G62 (data element 432) are.
_PICKUP_TIMES: Final = frozenset({"10", "11", "37", "38", "69", "78", "86"})
_DELIVERY_TIMES: Final = frozenset({"02", "17", "53", "54", "68", "70", "79"})
MAX_UNITS: Final = 500


def understand(reading: Reading) -> list[CanonicalEvent]:
    bol = reading.needed("BOL")
    b2a = reading.first("B2A")
    purpose = b2a.code(1) if b2a else ""
    found = parties(reading, reading.segments)
    carrier = account(reading, bol.get(1), f"2:{bol.get(1)}")
    references = _references(reading, bol)
    at, remark = _made_at(reading, bol, found)
    if purpose in _CANCELS:
        data: dict[str, JSON] = {"status": purpose}
        return [reading.event(EventType.SHIPMENT_CANCELLED, at, references, at=bol, data=data, code=purpose)]
    if purpose not in _PLANS:
        raise reading.refusal(b2a or bol, 1, f"{purpose[:10]!r} is no purpose of a bill of lading", BAD_CODE)
    ms3 = reading.first("MS3")
    plan: dict[str, Any] = {
        "status": purpose,
        "customer": customer(reading, found),
        "mode": mode(reading, ms3.code(4) if ms3 else ""),
        "freight_terms": terms(bol.code(2)),
        "goods": next((one.get(1) for one in reading.segments if one.tag == "AT4" and one.get(1)), "")[:200],
        "parties": roles_data(reading, found, carrier),
        "stops": _stops(reading, bol, found),
        "units": _units(reading),
        "equipment": _equipment(reading),
    }
    if ms3 is None and not isinstance(reading.mapping.get("mode"), str):
        plan["mode"] = MODES["LT"]  # a bill of lading goes to a carrier of less than truckloads, unless it says else
    leg: dict[str, JSON] = {"sequence": 1, "mode": plan["mode"], "origin": 1, "destination": 2}
    plan["legs"] = [{**leg, "carrier": carrier} if carrier else leg]
    return [reading.event(EventType.SHIPMENT_BOOKED, at, references, at=bol, data=plan, code=purpose, remark=remark)]


def _references(reading: Reading, bol: Segment) -> list[Ref]:
    carrier = bol.code(1)
    found = reading.named("BOL-03", bol, 3) + reading.named("BOL-06", bol, 6, issuer=carrier)
    found += reading.references(reading.segments, issuer=carrier)
    return found + [ref for one in reading.segments if one.tag == "SPO" for ref in reading.named("PO", one, 1)]


def _made_at(reading: Reading, bol: Segment, found: list[Party]) -> tuple[datetime, str]:
    shipper = party_of(found, PICKUP_PARTIES)
    made = moment(reading, bol, 4, 5, zone=shipper.zone if shipper else "")
    if made is not None:
        return made.at, made.remark
    if reading.reported_at is None:
        raise reading.refusal(bol, 4, "there is no date, and no envelope that has one", MISSING)
    return reading.reported_at, ""


def _stops(reading: Reading, bol: Segment, found: list[Party]) -> list[dict[str, Any]]:
    rows = []
    for sequence, kind, roles, times in (
        (1, "pickup", PICKUP_PARTIES, _PICKUP_TIMES),
        (2, "delivery", DELIVERY_PARTIES, _DELIVERY_TIMES),
    ):
        here = party_of(found, roles)
        zone = (here.zone if here else "") or partner_zone(reading)
        own = [one for one in reading.segments if one.tag == "G62" and one.code(1) in times]
        row: dict[str, Any] = {"sequence": sequence, "kind": kind}
        row |= stop_place(reading, here, zone)
        row |= stop_times(reading, own, zone)
        check_window(reading, bol, row)
        rows.append(row)
    return rows


def _units(reading: Reading) -> list[dict[str, JSON]]:
    """One line for each AT2; one for each label where there are as many labels as pieces."""
    rows: list[dict[str, Any]] = []
    labels: list[str] = []
    for segment in reading.segments:
        if segment.tag == "AT2" and len(rows) < MAX_UNITS:
            weight = kilograms(reading, segment, 5, segment.code(4))
            rows.append(unit(len(rows) + 1, unit_kind(segment.get(2)), reading.count(segment, 1), weight))
        elif segment.tag == "MAN":
            labels += [part for part in segment.elements[2:4] if part and len(part) <= 60]
    pieces = sum(row.get("ordered") or 0 for row in rows)
    if len(rows) == 1 and len(labels) == pieces <= MAX_UNITS:
        return [{**unit(index, rows[0]["kind"], 1, None), "label": label} for index, label in enumerate(labels, 1)]
    return rows


def _equipment(reading: Reading) -> list[dict[str, JSON]]:
    """From N7, else the number in MS2."""
    found = equipment(reading, reading.segments)
    ms2 = reading.first("MS2")
    number = ms2.get(2) if ms2 is not None else ""
    if not found and 0 < len(number) <= MAX_NUMBER:
        found = [{"number": number, "kind": "container" if is_container(number) else "trailer"}]
    return found
