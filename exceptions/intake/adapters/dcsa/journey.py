"""Transport, equipment and shipment events of DCSA track and trace. Pure.

An actual (`ACT`) is what happened. An estimate (`EST`) or plan (`PLN`) becomes `shipment.eta_changed` with the milestone it is for
and the place it is for; a request (`REQ`) says nothing about the freight.
"""

from collections.abc import Mapping
from typing import Final

from exceptions.intake.adapters.base import Refusal, as_list, as_object, as_text
from exceptions.intake.adapters.building import event_data, hold_kind, joined, sound
from exceptions.intake.adapters.dcsa.shapes import Told, lowered, place_of, references_of, vessel_of
from exceptions.intake.mapping import dcsa
from exceptions.intake.mapping.meaning import Meaning, own_meaning, status_meaning
from exceptions.shipments.canonical import CanonicalEvent, EventType, Ref, RefType

_E = EventType
_CLASSIFIERS: Final = {"EST": "estimated", "PLN": "planned"}
_EMPTY: Final = ("EMPTY", "E")


def transport_event(event: Told) -> list[CanonicalEvent]:
    """A means of transport arrives or departs."""
    code = _required(event, "transportEventTypeCode")
    remark = event.text("changeRemark") or event.text("vesselScheduleChangeRemark")
    delay = _delay(event, remark)
    if (classifier := _classifier(event)) in _CLASSIFIERS:
        return _estimate(event, code, dcsa.MILESTONES.get(code, ""), classifier, delay, remark)
    if classifier != "ACT":
        return []
    meaning = status_meaning(event.mapping, "dcsa.transport", code, "")
    event_type = meaning.event_type or _E.SHIPMENT_SCANNED
    said = {"note": vessel_of(event), "reason": delay.reason}
    unmapped = meaning.unmapped or delay.unmapped
    return [_event(event, event_type, Meaning(None, None, unmapped), code, remark, said)]


def equipment_event(event: Told) -> list[CanonicalEvent]:
    """A container is loaded, discharged, moved through a gate, picked up, dropped, held, inspected, sealed."""
    code = _required(event, "equipmentEventTypeCode")
    empty = event.code("emptyIndicatorCode") in _EMPTY
    if (classifier := _classifier(event)) in _CLASSIFIERS:
        milestone = (dcsa.EMPTY_MILESTONES.get(code) if empty else None) or dcsa.MILESTONES.get(code, "")
        if (empty and milestone in ("gate_out", "pickup")) or (
            code in ("PICK", "DROP") and not empty and not _final(event)
        ):
            return []
        return _estimate(event, code, milestone, classifier, Meaning(None, None), "")
    if classifier != "ACT":
        return []
    event_type, unmapped = _moved(event, code, empty)
    seals = _seals(event)
    if event_type == _E.EQUIPMENT_SEAL_CHECKED and not seals:
        event_type = _E.SHIPMENT_SCANNED
    said = {
        "note": joined("Empty" if empty else "", dcsa.EQUIPMENT_NOTES.get(code, ""), vessel_of(event)),
        "seal": seals[0] if seals else "",
        "found": seals[0] if seals else "",
        "kind": _hold_of(event_type, code),
        "reason": "customs_exam" if code in ("INSP", "CUSS", "CUSI") else "",
    }
    return [_event(event, event_type, Meaning(None, None, unmapped), code, event.text("description"), said)]


def shipment_event(event: Told) -> list[CanonicalEvent]:
    """A document changes its state: booked, issued, received, rejected, held, released."""
    status = _required(event, "shipmentEventTypeCode")
    document = event.code("documentTypeCode")
    if _classifier(event, default="ACT") != "ACT":
        return []
    words = event.text("reason")
    system = f"dcsa.shipment.{document}" if document else "dcsa.shipment"
    own = own_meaning(event.mapping, system, status)
    event_type = own.event_type or dcsa.SHIPMENT.get(f"{document}.{status}")
    number = event.text("documentReference", at_most=100) or event.text("documentID", at_most=100)
    more = _document_refs(event, document, number)
    if event_type is None:
        if status in dcsa.SILENT:
            return []
        event_type, unmapped = _E.SHIPMENT_SCANNED, f"{system}.{status}"
    else:
        unmapped = ""
    reason = own.reason or status_meaning(event.mapping, "text", "", words).reason
    named = dcsa.DOCUMENTS.get(document, "document").replace("_", " ")
    state = f"{named} {dcsa.STATUS_WORDS.get(status, '')}".strip() if status in dcsa.STATUS_WORDS else ""
    said = {
        "kind": _document_kind(event_type, document, reason),
        "number": number if len(number) <= 60 else "",
        "detail": state,
        "note": state,
    }
    code = f"{document}.{status}" if document else status
    return [_event(event, event_type, Meaning(event_type, reason, unmapped), code, words, said, more)]


def _required(event: Told, name: str) -> str:
    if not (code := event.code(name)):
        raise Refusal("a value is missing", f"{event.where}/{name}")
    return code


def _classifier(event: Told, default: str = "") -> str:
    code = event.code("eventClassifierCode") or default
    if code not in ("ACT", "EST", "PLN", "REQ"):
        raise Refusal("the classifier is none of ACT, EST, PLN and REQ", f"{event.where}/eventClassifierCode")
    return code


def _delay(event: Told, remark: str) -> Meaning:
    """Why the schedule changed: SMDG's code, else the remark's words."""
    code = event.code("delayReasonCode")
    if not code and not remark:
        return Meaning(None, None)
    found = status_meaning(event.mapping, "smdg", code, remark)
    return Meaning(None, found.reason, found.unmapped if code else "")


def _moved(event: Told, code: str, empty: bool) -> tuple[str, str]:
    """What happened to the container, and the name of a code that nobody knows."""
    own = own_meaning(event.mapping, "dcsa.equipment", code)
    if own.event_type:
        return own.event_type, ""
    if code not in dcsa.EQUIPMENT:
        return _E.SHIPMENT_SCANNED, f"dcsa.equipment.{code}"
    if empty and code == "DROP" and event.code("facilityTypeCode") == "CLOC":
        return _E.SHIPMENT_ANNOUNCED, ""  # brought to the shipper for loading
    if empty and code in dcsa.EMPTY:
        return dcsa.EMPTY[code], ""
    if code in ("PICK", "DROP") and not _final(event):
        return _E.SHIPMENT_SCANNED, ""
    return dcsa.EQUIPMENT[code], ""


def _final(event: Told) -> bool:
    """Whether a pick-up or drop-off is at the customer's door, and not somewhere on the way."""
    call = lowered(as_object(event.body.get("transportcall") or {}, f"{event.where}/transportCall"))
    facility = event.code("facilityTypeCode") or as_text(
        call.get("facilitytypecode"), f"{event.where}/facilityTypeCode", at_most=60
    )
    return facility.upper() in dcsa.AT_THE_CUSTOMER and event.body.get("istransshipmentmove") is not True


def _hold_of(event_type: str, code: str) -> str:
    if event_type != _E.SHIPMENT_HELD:
        return ""
    return "other" if code == "HOLD" else "exam"


def _document_kind(event_type: str, document: str, reason: str | None) -> str:
    if event_type == _E.DOCUMENT_RECEIVED:
        return dcsa.DOCUMENTS.get(document, document.lower() or "document")
    if event_type == _E.SHIPMENT_HELD:
        return hold_kind(reason, "customs" if document == "CUC" else "documents")
    return "other" if event_type == _E.CUSTOMER_REQUESTED_CHANGE else ""


def _document_refs(event: Told, document: str, number: str) -> list[Ref]:
    kind = {"BKG": RefType.BOOKING, "TRD": RefType.BOL}.get(document)
    return [Ref(kind, number)] if kind and 0 < len(number) <= 60 else []


def _seals(event: Told) -> list[str]:
    found = []
    for index, item in enumerate(as_list(event.body.get("seals"), f"{event.where}/seals", at_most=50)):
        where = f"{event.where}/seals/{index}"
        seal = lowered(as_object(item, where))
        number = as_text(seal.get("number") or seal.get("sealnumber"), f"{where}/number", at_most=100)
        if number:
            found.append(number[:40])
    return found


def _estimate(
    event: Told, code: str, milestone: str, classifier: str, delay: Meaning, remark: str
) -> list[CanonicalEvent]:
    if not milestone:
        return []
    place = place_of(event)
    expected = event.happened(place)
    made_at = event.created or expected
    data = event_data(
        _E.SHIPMENT_ETA_CHANGED,
        delay,
        estimated=expected.isoformat(),
        milestone=milestone,
        classifier=_CLASSIFIERS[classifier],
        unlocode=place.unlocode if place else "",
        note=vessel_of(event),
    )
    found = CanonicalEvent(
        _E.SHIPMENT_ETA_CHANGED,
        made_at,
        references_of(event),
        place,
        data,
        source_code=code[:60],
        source_text=remark,
        event_id=event.event_id,
        reported_at=made_at,
    )
    return [sound(found, event.where)]


def _event(
    event: Told,
    event_type: str,
    meaning: Meaning,
    code: str,
    text: str,
    said: Mapping[str, str | None],
    more: list[Ref] | None = None,
) -> CanonicalEvent:
    place = place_of(event)
    at = event.happened(place)
    found = CanonicalEvent(
        event_type,
        at,
        references_of(event, more or ()),
        place,
        event_data(event_type, meaning, **said),
        source_code=code[:60],
        source_text=text[:500],
        event_id=event.event_id,
        reported_at=event.created,
    )
    return sound(found, event.where)
