"""322, Terminal Operations and Intermodal Ramp Activity: in at the gate, out at the gate, on and off the train."""

from exceptions.intake.adapters.x12.parties import place_of
from exceptions.intake.adapters.x12.reader import Segment
from exceptions.intake.adapters.x12.reading import MISSING, Reading
from exceptions.intake.adapters.x12.status_157 import Status, container_number, status_event
from exceptions.intake.adapters.x12.times import Moment, moment
from exceptions.intake.mapping.x12 import equipment_kind
from exceptions.shipments.canonical import CanonicalEvent, Place, Ref, RefType


def understand(reading: Reading) -> list[CanonicalEvent]:
    q5 = reading.needed("Q5")
    code = reading.required(q5, 1).upper()
    place = _place(reading, q5)
    when = moment(reading, q5, 2, 3, 4, zone=place.zone if place else "") or _sent(reading, q5)
    header, loops = _loops(reading.segments)
    shared = reading.references(header) + reading.named(q5.code(11), q5, 12) + reading.named(q5.code(14), q5, 15)
    if not loops:
        loops = [[]]
        shared += _numbered(container_number(q5.get(9), q5.get(10)), "")
    events = []
    for loop in loops:
        own = shared + _equipment(loop) + reading.references(loop)
        seal = next((one.get(1) for one in loop if one.tag == "M7"), "")
        words = " ".join(part for one in (*header, *loop) if one.tag == "K1" for part in one.elements[1:] if part)
        status = Status(q5, code, q5.code(5), when, place, words=words[:500], seal=seal)
        events.append(status_event(reading, status, own))
    return events


def _loops(segments: list[Segment]) -> tuple[list[Segment], list[list[Segment]]]:
    header: list[Segment] = []
    loops: list[list[Segment]] = []
    for segment in segments:
        if segment.tag == "N7":
            loops.append([segment])
        else:
            (loops[-1] if loops else header).append(segment)
    return header, loops


def _equipment(loop: list[Segment]) -> list[Ref]:
    if not loop:
        return []
    n7 = loop[0]
    return _numbered(container_number(n7.get(1), n7.get(2), n7.get(18)), n7.code(11))


def _numbered(number: str, code: str) -> list[Ref]:
    if not any(character.isdigit() for character in number):
        return []
    kind = RefType.CONTAINER if equipment_kind(code, number) == "container" else RefType.TRAILER
    return [Ref(kind, number)]


def _place(reading: Reading, q5: Segment) -> Place | None:
    """The city of Q5, else the first R4."""
    if q5.get(6):
        return place_of(q5.get(6), q5.get(7), q5.get(8))
    r4 = reading.first("R4")
    return place_of(r4.get(4), r4.get(8), r4.get(5)) if r4 is not None and (r4.get(4) or r4.get(5)) else None


def _sent(reading: Reading, q5: Segment) -> Moment:
    at = reading.reported_at
    if at is None:
        raise reading.refusal(q5, 2, "there is no date, and no envelope that has one", MISSING)
    return Moment(at, at, at, "no date given, time of report")
