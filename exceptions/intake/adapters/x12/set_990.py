"""990, Response to a Load Tender: accepted or declined, and why. Codes of B1-04: data element 558."""

from typing import Final

from exceptions.intake.adapters.x12.reader import Segment
from exceptions.intake.adapters.x12.reading import BAD_CODE, MISSING, Reading
from exceptions.intake.adapters.x12.times import sent_on
from exceptions.intake.mapping.meaning import status_meaning
from exceptions.intake.mapping.x12 import reference_types
from exceptions.shipments.canonical import JSON, CanonicalEvent, EventType, RefType

# Accepted on conditions is accepted, and says so; a counter-offer is no acceptance.
_ANSWERS: Final = {
    "A": (EventType.LOAD_ACCEPTED, ""),
    "B": (EventType.LOAD_ACCEPTED, "accepted with conditions"),
    "C": (EventType.LOAD_REJECTED, "a counter-offer was made"),
    "D": (EventType.LOAD_REJECTED, ""),
    "E": (EventType.LOAD_REJECTED, ""),
    "R": (EventType.LOAD_REJECTED, ""),
}


def understand(reading: Reading) -> list[CanonicalEvent]:
    b1 = reading.needed("B1")
    reading.required(b1, 2)
    answer = _ANSWERS.get(b1.code(4) or "?")
    if answer is None:
        code = BAD_CODE if b1.get(4) else MISSING
        raise reading.refusal(b1, 4, "neither an acceptance nor a refusal", code)
    event_type, detail = answer
    data: dict[str, JSON] = {"status": b1.code(4), "detail": detail}
    text = _words(reading)
    code = ""
    if event_type == EventType.LOAD_REJECTED:
        system, code = _why(reading, b1)
        meaning = status_meaning(reading.mapping, system, code, text)
        if meaning.reason:
            data["reason"] = meaning.reason
        elif code:
            data["unmapped"] = f"{system}.{code}"
        if text and not detail:
            data["detail"] = text[:200]
    at, remark = sent_on(reading, b1, 3)
    # A load is known by its own number; what else the carrier repeats names the freight on it.
    kinds = reference_types(reading.mapping, "B1-02")
    references = [ref for ref in reading.named("B1-02", b1, 2) if ref.type in kinds]
    references += [ref for ref in reading.references(reading.segments) if ref.type == RefType.LOAD]
    mark = f"{b1.code(4)} {code}".strip()
    return [reading.event(event_type, at, references, at=b1, data=data, code=mark, text=text, remark=remark)]


def _why(reading: Reading, b1: Segment) -> tuple[str, str]:
    """The code of a reason with the name of its list: V9-08 (data element 641), or B1-06 of later versions."""
    v9 = reading.first("V9")
    if v9 is not None and v9.get(8):
        return "x12.641", v9.code(8)
    return "x12.b1", b1.code(6)


def _words(reading: Reading) -> str:
    parts = [part for one in reading.segments if one.tag == "K1" for part in one.elements[1:]]
    parts += [one.get(2) for one in reading.segments if one.tag in ("NTE", "V9") and not one.get(2).isdigit()]
    return " ".join(part for part in parts if part)[:500]
