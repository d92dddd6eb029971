"""214, Transportation Carrier Shipment Status Message: each AT7 is a status or an appointment, with place and reason.

Rules of AT7 (004010): status with its reason, or appointment with its reason, never both; no time without a date.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from exceptions.intake.adapters.x12.parties import Party, parties, party_of, place_of
from exceptions.intake.adapters.x12.reader import Segment
from exceptions.intake.adapters.x12.reading import CONDITIONAL, EXCLUSIVE, MISSING, Reading, place_number
from exceptions.intake.adapters.x12.times import Moment, dtm, moment
from exceptions.intake.mapping.codes import reason_of
from exceptions.intake.mapping.meaning import status_meaning
from exceptions.intake.mapping.x12 import DELIVERY_PARTIES, ESTIMATED, PICKUP_PARTIES, is_container
from exceptions.shipments.canonical import JSON, CanonicalEvent, EventType, Place, Ref, RefType

_T = EventType
# Where a status happens, by its code (1650): at the pickup or at the delivery, when MS1 does not say.
_AT_PICKUP: Final = frozenset({"AA", "AF", "CP", "L1", "X3", "X8"})
_AT_DELIVERY: Final = frozenset({"A7", "AG", "AH", "AJ", "AP", "CD", "D1", "S1", "X1", "X2", "X5"})
_ESTIMATES: Final = {"AA": "pickup", "AG": "delivery", "X2": "arrival"}
# Estimates of what is no stop of a plan: a sign of life, with the estimate in words.
_TERMINAL_ESTIMATES: Final = {"B6": "expected at the carrier's terminal", "C1": "expected to leave the terminal"}
# Reasons that say nothing went wrong, or nothing at all.
_NO_TROUBLE: Final = frozenset({"none", "unknown"})
# Of the reason list, but outcomes rather than reasons: indirect delivery, delivered by another carrier, sent back.
_OUTCOMES: Final = frozenset({"A3", "AZ", "BT"})
_MISSED: Final = frozenset({"A1", "AY"})


@dataclass(slots=True)
class _Status:
    """An AT7 and the segments that belong to it alone; `loop` are those of its LX."""

    at7: Segment
    own: list[Segment] = field(default_factory=list)
    loop: list[Segment] = field(default_factory=list)


def understand(reading: Reading) -> list[CanonicalEvent]:
    b10 = reading.needed("B10")
    carrier = b10.code(3)
    header, statuses = _statuses(reading.segments)
    if not statuses:
        reading.needed("AT7")
    references = reading.named("B10-01", b10, 1, issuer=carrier) + reading.named("B10-02", b10, 2)
    references += reading.named(b10.code(5), b10, 6, issuer=carrier) + _parcel(b10.get(1), carrier)
    references += reading.references(header, issuer=carrier)
    ends = parties(reading, header)
    return [_event(reading, status, references, ends, carrier) for status in statuses]


def _statuses(segments: list[Segment]) -> tuple[list[Segment], list[_Status]]:
    header: list[Segment] = []
    statuses: list[_Status] = []
    loop: list[Segment] = header
    for segment in segments:
        if segment.tag == "LX":
            loop = []
        elif segment.tag == "AT7":
            statuses.append(_Status(segment, loop=loop))
        elif segment.tag in ("MS1", "MS2", "M7") and statuses and statuses[-1].loop is loop:
            statuses[-1].own.append(segment)
        else:
            loop.append(segment)
    return header, statuses


def _parcel(number: str, carrier: str) -> list[Ref]:
    """A number in the form of a UPS tracking number is one, wherever it stands."""
    plain = number.replace(" ", "").upper()
    shaped = plain.startswith("1Z") and len(plain) == 18 and plain.isascii() and plain.isalnum()
    return [Ref(RefType.TRACKING, plain, carrier[:40] if carrier.isascii() else "")] if shaped else []


def _event(reading: Reading, status: _Status, references: list[Ref], ends: list[Party], carrier: str) -> CanonicalEvent:
    at7 = status.at7
    _check(reading, at7)
    code, appointment = at7.code(1), at7.code(3)
    pickup, delivery = party_of(ends, PICKUP_PARTIES), party_of(ends, DELIVERY_PARTIES)
    end = pickup if code in _AT_PICKUP or appointment == "AA" else None
    end = delivery if code in _AT_DELIVERY or appointment == "AB" else end
    place = _place(reading, status, end)
    zone = (place.zone if place else "") or (end.zone if end else "")
    when = moment(reading, at7, 5, 6, 7, zone=zone)
    if when is None and reading.reported_at is None:
        raise reading.refusal(at7, 5, "there is no date, and no envelope that has one", MISSING)
    if when is None:
        assert reading.reported_at is not None, "looked at above"
        when = Moment(reading.reported_at, reading.reported_at, reading.reported_at, "no date given, time of report")
    own = references + reading.references(status.loop, issuer=carrier) + _equipment(status, carrier)
    data: dict[str, JSON] = {"status": code or appointment}
    if stop := _stop(status.loop):
        data["stop"] = stop
    elif code in _AT_PICKUP or appointment == "AA":
        data["stop_kind"] = "pickup"
    elif code in _AT_DELIVERY or appointment == "AB":
        data["stop_kind"] = "delivery"
    if appointment:
        return _appointment(reading, status, own, place, when, data)
    return _shipment(reading, status, own, place, when, data, zone)


def _check(reading: Reading, at7: Segment) -> None:
    code, reason, appointment, its_reason = (at7.get(element) for element in (1, 2, 3, 4))
    if code and appointment:
        raise reading.refusal(at7, 3, "a status and an appointment stand in one AT7", EXCLUSIVE)
    if not code and not appointment:
        raise reading.refusal(at7, 1, "there is neither a status nor an appointment", CONDITIONAL)
    if code and not reason:
        reading.note(at7, 2, "a status needs its reason", CONDITIONAL)
    if appointment and not its_reason:
        reading.note(at7, 4, "an appointment needs its reason", CONDITIONAL)


def _place(reading: Reading, status: _Status, end: Party | None) -> Place | None:
    ms1 = next((segment for segment in status.own if segment.tag == "MS1"), None)
    if ms1 is not None:
        longitude = _degrees(ms1.get(4), ms1.code(6), "W", 180)
        latitude = _degrees(ms1.get(5), ms1.code(7), "S", 90)
        here = place_of(ms1.get(1), ms1.get(2), ms1.get(3))
        if latitude is not None and longitude is not None:
            values = {name: getattr(here, name) for name in ("city", "region", "country", "zone")}
            here = Place(**values, latitude=latitude, longitude=longitude)
        if here != Place():
            return here
    return end.place if end is not None else None


def _degrees(text: str, direction: str, negative: str, limit: int) -> float | None:
    """Degrees of MS1: a decimal number, or DDDMMSS as data elements 1654 and 1655 have it."""
    if not text:
        return None
    try:
        if "." in text:
            value = float(text)
        else:
            digits = text.lstrip("+-").zfill(7)
            value = int(digits[:-4]) + int(digits[-4:-2]) / 60 + int(digits[-2:]) / 3600
            value = -value if text.startswith("-") else value
    except ValueError:
        return None
    value = -abs(value) if direction == negative else value
    return round(value, 5) if abs(value) <= limit else None


def _equipment(status: _Status, carrier: str) -> list[Ref]:
    """A container's number, or a parcel's. A trailer's number alone is not the carrier's own and names no shipment."""
    numbers = [segment.get(2) for segment in status.own if segment.tag == "MS2"]
    found = [Ref(RefType.CONTAINER, number) for number in numbers if is_container(number)]
    return found + [ref for number in numbers for ref in _parcel(number, carrier)]


def _stop(loop: list[Segment]) -> int | None:
    """The stop's number in the plan: L11 with qualifier QN."""
    found = next((one.get(1) for one in loop if one.tag == "L11" and one.code(2) == "QN"), "")
    return place_number(found)


def _words(status: _Status) -> str:
    """Free text in K1 and NTE, and descriptions in L11."""
    parts = [part for one in status.loop if one.tag == "K1" for part in one.elements[1:]]
    parts += [one.get(2) for one in status.loop if one.tag == "NTE"]
    return " ".join(part for part in parts if part)[:500]


def _reasoned(reading: Reading, data: dict[str, JSON], code: str) -> str | None:
    """Puts the reason into `data` or flags its code as unknown. Returns our reason, None when there is none."""
    if not code:
        return None
    meaning = status_meaning(reading.mapping, "x12.1651", code, "")
    if meaning.reason is None and code not in _OUTCOMES:
        data["unmapped"] = f"x12.1651.{code}"[:120]
    elif meaning.reason is not None and meaning.reason != "none":
        data["reason"] = meaning.reason
    return meaning.reason


def _shipment(
    reading: Reading,
    status: _Status,
    references: list[Ref],
    place: Place | None,
    when: Moment,
    data: dict[str, Any],
    zone: str,
) -> CanonicalEvent:
    at7, text = status.at7, _words(status)
    code = at7.code(1)
    reason = _reasoned(reading, data, at7.code(2))
    meaning = status_meaning(reading.mapping, "x12.1650", code, text)
    trouble = reason is not None and reason not in _NO_TROUBLE
    event_type = meaning.event_type or (_T.SHIPMENT_PROBLEM_REPORTED if trouble else _T.SHIPMENT_SCANNED)
    if meaning.unmapped:
        data["unmapped"] = meaning.unmapped
    if reason is None and meaning.reason and not at7.get(2):
        data["reason"] = meaning.reason
    if event_type == _T.SHIPMENT_SCANNED and trouble and code in _EN_ROUTE:
        event_type = _T.SHIPMENT_DELAYED
    occurred_at: datetime = when.at
    if event_type == _T.SHIPMENT_ETA_CHANGED:
        data |= {"estimated": when.text, "milestone": _ESTIMATES.get(code, "arrival")}
        occurred_at = _said_at(reading, at7)
    elif code in _TERMINAL_ESTIMATES and event_type == _T.SHIPMENT_SCANNED:
        data["note"] = f"{_TERMINAL_ESTIMATES[code]} {when.text}"
        occurred_at = _said_at(reading, at7)
    elif event_type in (_T.SHIPMENT_DELAYED, _T.SHIPMENT_ROLLED):
        data |= _estimate(reading, status, zone)
    elif event_type == _T.SHIPMENT_HELD:
        data["kind"] = _HELD_KINDS.get(data.get("reason", ""), "customs" if code == "PR" else "other")
    elif event_type == _T.CUSTOMER_REQUESTED_CHANGE:
        data["kind"] = "reconsign"
    if event_type in _WITHOUT_STOP:
        data = {name: value for name, value in data.items() if not name.startswith("stop")}
    return reading.event(
        event_type,
        occurred_at,
        references,
        at=at7,
        data=data,
        place=place,
        code=f"{code} {at7.code(2)}".strip(),
        text=text,
        remark=when.remark,
    )


# On the way with a reason other than "normal" is a delay: X6 with AI is a truck that broke down.
_EN_ROUTE: Final = frozenset({"X6", "X4", "P1", "AR", "RL", "R1", "J1", "BA", "L1", "K1", "B6", "C1"})
_WITHOUT_STOP: Final = frozenset({_T.CUSTOMER_REQUESTED_CHANGE, _T.SHIPMENT_CANCELLED, _T.LOAD_BROKEN_DOWN})
_HELD_KINDS: Final = {
    "customs_exam": "exam",
    "customs_documents": "documents",
    "shipper_paperwork": "documents",
    "credit_or_payment": "payment",
    "shipper_hold": "shipper",
}


def _said_at(reading: Reading, at7: Segment) -> datetime:
    if reading.reported_at is None:
        raise reading.refusal(at7, 5, "an estimate needs an envelope that says when it was made", MISSING)
    return reading.reported_at


def _estimate(reading: Reading, status: _Status, zone: str) -> dict[str, JSON]:
    """The new time of a delay: DTM or G62 of an estimated delivery, beside the AT7 or in the header."""
    for segment in (*status.loop, *reading.segments):
        if segment.tag in ("DTM", "G62") and segment.code(1) in ESTIMATED:
            found = dtm(reading, segment, zone=zone) if segment.tag == "DTM" else None
            found = found or (moment(reading, segment, 2, 4, 5, zone=zone) if segment.tag == "G62" else None)
            if found is not None:
                return {"estimated": found.text}
    return {}


def _appointment(
    reading: Reading,
    status: _Status,
    references: list[Ref],
    place: Place | None,
    when: Moment,
    data: dict[str, Any],
) -> CanonicalEvent:
    """An appointment with a normal reason stands; with another it was moved, or missed."""
    at7 = status.at7
    code, why = at7.code(3), at7.code(4)
    reason = _reasoned(reading, data, why)
    if code not in ("AA", "AB"):
        data["unmapped"] = f"x12.1652.{code}"[:120]
    if why in _MISSED:
        event_type = _T.APPOINTMENT_MISSED
    elif not why or reason == reason_of("x12.1651.NA"):
        event_type = _T.APPOINTMENT_CONFIRMED
    else:
        event_type = _T.APPOINTMENT_RESCHEDULED
    data |= {"starts_at": when.first.isoformat(), "ends_at": when.last.isoformat()}
    number = next((one.get(1) for one in status.loop if one.tag == "L11" and one.code(2) == "AO"), "")
    if number:
        data["number"] = number[:60]
    occurred_at = reading.reported_at or when.at
    text, mark = _words(status), f"{code} {why}".strip()
    return reading.event(
        event_type, occurred_at, references, at=at7, data=data, place=place, code=mark, text=text, remark=when.remark
    )
