"""What 315 and 322 share: a status of data element 157, of a container, at a port, ramp or terminal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from exceptions.intake.adapters.x12.reader import Segment
from exceptions.intake.adapters.x12.reading import MISSING, Reading
from exceptions.intake.adapters.x12.times import Moment
from exceptions.intake.mapping.meaning import status_meaning
from exceptions.intake.mapping.x12_157 import ESTIMATE_MILESTONES, HOLD_KINDS, NOTES
from exceptions.shipments.canonical import JSON, CanonicalEvent, EventType, Place, Ref

_T = EventType
_EQUIPMENT: Final = frozenset(kind for kind in EventType.values if kind.startswith("equipment."))
_HELD_AS: Final = {
    "customs_exam": "exam",
    "customs_documents": "documents",
    "credit_or_payment": "payment",
}


@dataclass(frozen=True, slots=True)
class Status:
    """`code` is of data element 157, `reason` of 641; `at` is the segment that holds them."""

    at: Segment
    code: str
    reason: str
    when: Moment
    place: Place | None
    words: str = ""
    note: str = ""
    seal: str = ""


def status_event(reading: Reading, status: Status, references: Sequence[Ref]) -> CanonicalEvent:
    meaning = status_meaning(reading.mapping, "x12.157", status.code, status.words)
    event_type = meaning.event_type or _T.SHIPMENT_SCANNED
    data: dict[str, Any] = {"status": status.code, "note": NOTES.get(status.code, "") or status.note}
    if meaning.unmapped:
        data["unmapped"] = meaning.unmapped
    if meaning.reason:
        data["reason"] = meaning.reason
    if status.reason:
        why = status_meaning(reading.mapping, "x12.641", status.reason, "")
        data |= {"reason": why.reason} if why.reason else {"unmapped": f"x12.641.{status.reason}"[:120]}
    occurred_at = status.when.at
    if event_type in _ABOUT_LATER:
        if reading.reported_at is None:
            raise reading.refusal(status.at, 0, "an estimate needs an envelope that says when it was made", MISSING)
        occurred_at = reading.reported_at
    data |= _special(event_type, status, data)
    if event_type in _WITHOUT_NOTE:
        data.pop("note", None)
    mark = f"{status.code} {status.reason}".strip()
    return reading.event(
        event_type,
        occurred_at,
        references,
        at=status.at,
        data=data,
        place=status.place,
        code=mark,
        text=status.words,
        remark=status.when.remark,
    )


# Said before it happens: the time in the set is that of the estimate or appointment.
_ABOUT_LATER: Final = frozenset({_T.SHIPMENT_ETA_CHANGED, _T.APPOINTMENT_CONFIRMED})
_WITHOUT_NOTE: Final = frozenset({_T.SHIPMENT_CANCELLED, _T.CUSTOMER_REQUESTED_CHANGE, _T.LOAD_BROKEN_DOWN})


def _special(event_type: str, status: Status, data: dict[str, Any]) -> dict[str, JSON]:
    if event_type == _T.SHIPMENT_ETA_CHANGED:
        return {"estimated": status.when.text, "milestone": ESTIMATE_MILESTONES.get(status.code, "arrival")}
    if event_type == _T.APPOINTMENT_CONFIRMED:
        return {"starts_at": status.when.first.isoformat(), "ends_at": status.when.last.isoformat()}
    if event_type == _T.SHIPMENT_HELD:
        kind = HOLD_KINDS.get(status.code) or _HELD_AS.get(data.get("reason", ""), "customs")
        return {"kind": kind}
    if event_type == _T.CUSTOMER_REQUESTED_CHANGE:
        return {"kind": "reconsign"}
    if event_type in _EQUIPMENT and event_type != _T.EQUIPMENT_SEAL_CHECKED and status.seal:
        return {"seal": status.seal[:40]}
    return {}


def container_number(initial: str, number: str, check: str = "") -> str:
    """Owner's letters, serial number and, where it is told apart, the check digit."""
    owned = len(initial) == 4 and initial[3].upper() in "UJZ" and number.isdigit()
    serial = number.zfill(6) if owned else number
    whole = f"{initial}{serial}".replace(" ", "").upper()
    return f"{whole}{check}" if len(whole) == 10 and len(check) == 1 and check.isdigit() else whole
