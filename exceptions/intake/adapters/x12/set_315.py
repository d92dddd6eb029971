"""315, Status Details (Ocean): what happened to a container or bill of lading, at which port, on which vessel."""

from dataclasses import dataclass, field
from typing import Final

from exceptions.intake.adapters.x12.parties import place_of
from exceptions.intake.adapters.x12.reader import Segment
from exceptions.intake.adapters.x12.reading import MISSING, Reading
from exceptions.intake.adapters.x12.status_157 import Status, container_number, status_event
from exceptions.intake.adapters.x12.times import Moment, dtm, moment
from exceptions.intake.mapping.unlocode_zones import zone_of_unlocode
from exceptions.shipments.canonical import JSON, CanonicalEvent, EventType, Place, Ref, RefType

# Data element 115, Port or Terminal Function Code, of R4-01: where a status happens, best first. 5 is "activity here".
_LOADING, _DISCHARGE = ("5", "L", "R", "I"), ("5", "D", "I", "E", "M")
_ENDS: Final = {
    **dict.fromkeys(("AE", "VD", "I", "EE", "CS", "BF", "CO", "AL", "RL", "AW", "AF"), _LOADING),
    **dict.fromkeys(("UV", "VA", "OA", "AV", "AR", "UR", "CT", "CR", "CU", "NF", "FT", "NT"), _DISCHARGE),
    **dict.fromkeys(("D", "X1", "AG", "AH", "RD", "AJ"), ("5", "E", "M", "D")),
}
_ANY: Final = ("5", "L", "D", "E", "M", "R", "I")
_ACTUAL: Final = frozenset({"140", "370", "372", "011", "050", "096"})
_EXPECTED: Final = frozenset({"139", "017", "371", "AAD"})


@dataclass(slots=True)
class _Port:
    r4: Segment
    dates: list[Segment] = field(default_factory=list)

    @property
    def unlocode(self) -> str:
        code = self.r4.code(3)
        return code if self.r4.code(2) == "UN" and len(code) == 5 and code.isalnum() and code.isascii() else ""

    @property
    def place(self) -> Place:
        where = self.unlocode
        here = place_of(self.r4.get(4), self.r4.get(8), self.r4.get(5) or where[:2], unlocode=where)
        return _zoned(here)


def understand(reading: Reading) -> list[CanonicalEvent]:
    b4 = reading.needed("B4")
    ports = _ports(reading)
    references = _references(reading, b4)
    statuses = _statuses(reading, b4, ports)
    if not statuses:
        raise reading.refusal(b4, 3, "neither B4 nor an SG has a status", MISSING)
    events = [status_event(reading, status, references) for status in statuses]
    return events + _estimates(reading, ports, references, events)


def _ports(reading: Reading) -> list[_Port]:
    ports: list[_Port] = []
    for segment in reading.segments:
        if segment.tag == "R4":
            ports.append(_Port(segment))
        elif segment.tag == "DTM" and ports:
            ports[-1].dates.append(segment)
    return ports


def _references(reading: Reading, b4: Segment) -> list[Ref]:
    number = container_number(b4.get(7), b4.get(8), b4.get(13))
    found = [Ref(RefType.CONTAINER, number)] if any(character.isdigit() for character in number) else []
    return found + reading.references(reading.segments, issuer="")


def _statuses(reading: Reading, b4: Segment, ports: list[_Port]) -> list[Status]:
    """That of B4; without one in B4, those of the SG segments."""
    said = [(b4, b4.code(3), "", (4, 5, 0))] if b4.get(3) else []
    if not said:
        said = [(sg, sg.code(1), sg.code(2), (4, 5, 6)) for sg in reading.segments if sg.tag == "SG" and sg.get(1)]
    found = []
    for segment, code, reason, (on, at, time_code) in said:
        port = _port(ports, code)
        place = _place(b4, port)
        when = moment(reading, segment, on, at, time_code, zone=place.zone if place else "")
        when = when or _dated(reading, port, place) or _sent(reading, segment, on)
        note = _vessel(reading)
        found.append(Status(segment, code, reason, when, place, note=note))
    return found


def _port(ports: list[_Port], code: str) -> _Port | None:
    wanted = _ENDS.get(code, _ANY)
    return next((port for kind in wanted for port in ports if port.r4.code(1) == kind), None)


def _place(b4: Segment, port: _Port | None) -> Place | None:
    """Where B4 says it happened (B4-06 a name, B4-11 a code), else the port that the status is about."""
    code = b4.code(11)
    if b4.code(12) == "UN" and len(code) == 5 and code.isalnum() and code.isascii():
        same = port is not None and port.unlocode == code
        name = port.r4.get(4) if port is not None and same else b4.get(6)
        return _zoned(place_of(name, "", code[:2], unlocode=code))
    if port is not None:
        return port.place
    return place_of(b4.get(6), "", "") if b4.get(6) else None


def _zoned(place: Place) -> Place:
    zone = zone_of_unlocode(place.unlocode) if place.unlocode else ""
    names = [name for name in Place.__slots__ if name != "zone"]
    return Place(**{name: getattr(place, name) for name in names}, zone=place.zone or zone)


def _dated(reading: Reading, port: _Port | None, place: Place | None) -> Moment | None:
    for segment in port.dates if port else ():
        if segment.code(1) in _ACTUAL:
            return dtm(reading, segment, zone=place.zone if place else "")
    return None


def _sent(reading: Reading, segment: Segment, element: int) -> Moment:
    at = reading.reported_at
    if at is None:
        raise reading.refusal(segment, element, "there is no date, and no envelope that has one", MISSING)
    return Moment(at, at, at, "no date given, time of report")


def _vessel(reading: Reading) -> str:
    q2 = reading.first("Q2")
    if q2 is None:
        return ""
    name, voyage = q2.get(13) or q2.get(1), q2.get(9)
    return " ".join(part for part in (name and f"Vessel {name}", voyage and f"voyage {voyage}") if part)[:200]


def _estimates(
    reading: Reading, ports: list[_Port], references: list[Ref], events: list[CanonicalEvent]
) -> list[CanonicalEvent]:
    """When the freight is expected at the port of discharge and at the place of delivery, as of this message.

    Freight that a status of this set already delivers has no estimate any more."""
    done = {EventType.SHIPMENT_DELIVERED, EventType.EQUIPMENT_RETURNED, EventType.SHIPMENT_ETA_CHANGED}
    if reading.reported_at is None or any(event.type in done for event in events):
        return []
    found: dict[str, CanonicalEvent] = {}
    for port in ports:
        kind = port.r4.code(1)
        milestone = {"D": "arrival", "E": "delivery", "M": "delivery"}.get(kind)
        for segment in port.dates if milestone else ():
            if segment.code(1) not in _EXPECTED or kind in found:
                continue
            when = dtm(reading, segment, zone=port.place.zone)
            if when is None or (kind == "D" and not port.unlocode):
                continue  # an estimate that names no place counts for the delivery
            # Only a port on the way is named: the plan's delivery is meant without it, however the plan writes its place.
            where = port.unlocode if kind == "D" else ""
            data: dict[str, JSON] = {"estimated": when.text, "milestone": milestone, "unlocode": where}
            found[kind] = reading.event(
                EventType.SHIPMENT_ETA_CHANGED,
                reading.reported_at,
                references,
                at=segment,
                data=data,
                place=port.place,
                code=segment.code(1),
                remark=when.remark,
            )
    return list(found.values())
