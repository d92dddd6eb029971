"""Standard status and reason codes in our words, written as `x12.1650.AH`, `edifact.4405.VD` or `smdg.WEA`.

X12 1650 is ASC X12 data element 1650 (Shipment Status Code, version 4010, segment AT7). Reason codes are kept with the
reasons themselves (`exceptions.cases.taxonomy`). The same two letters mean different things by element, so a code is
never read without its list's name; carriers' private codes are on no list and stay unknown.
"""

from collections.abc import Mapping
from typing import Final

from exceptions.cases.taxonomy import is_reason, reason_of_smdg, reason_of_x12
from exceptions.intake.mapping import carriers, dcsa, edifact, epcis
from exceptions.intake.mapping.x12_157 import STATUS_157
from exceptions.shipments.canonical import EVENT_TYPES, EventType

_T = EventType

STATUS_1650: Final[dict[str, str]] = {
    "A3": _T.SHIPMENT_RETURNED,
    "A7": _T.SHIPMENT_REFUSED,
    "A9": _T.SHIPMENT_DAMAGED,
    "AA": _T.SHIPMENT_ETA_CHANGED,
    "AF": _T.SHIPMENT_DEPARTED,
    "AG": _T.SHIPMENT_ETA_CHANGED,
    "AH": _T.SHIPMENT_DELIVERY_ATTEMPTED,
    "AI": _T.CUSTOMER_REQUESTED_CHANGE,  # reconsigned
    "AJ": _T.SHIPMENT_OUT_FOR_DELIVERY,
    "AM": _T.SHIPMENT_SCANNED,  # loaded on a truck, at any terminal of the way
    "AN": _T.SHIPMENT_SCANNED,
    "AP": _T.SHIPMENT_DELIVERY_ATTEMPTED,
    "AR": _T.SHIPMENT_SCANNED,
    "AV": _T.SHIPMENT_AVAILABLE_FOR_PICKUP,
    "B6": _T.SHIPMENT_SCANNED,
    "BA": _T.SHIPMENT_SCANNED,
    "BC": _T.SHIPMENT_HELD,
    "C1": _T.SHIPMENT_SCANNED,
    "CA": _T.SHIPMENT_CANCELLED,
    "CD": _T.SHIPMENT_DEPARTED,
    "CL": _T.SHIPMENT_SCANNED,
    "CP": _T.SHIPMENT_PICKED_UP,
    "D1": _T.SHIPMENT_DELIVERED,
    "I1": _T.EQUIPMENT_GATED_IN,
    "J1": _T.SHIPMENT_SCANNED,
    "K1": _T.SHIPMENT_SCANNED,
    "L1": _T.SHIPMENT_SCANNED,
    "OA": _T.EQUIPMENT_GATED_OUT,
    "OO": _T.SHIPMENT_PROBLEM_REPORTED,
    "P1": _T.SHIPMENT_SCANNED,
    "PR": _T.SHIPMENT_HELD,
    "R1": _T.SHIPMENT_SCANNED,
    "RL": _T.SHIPMENT_SCANNED,
    "S1": _T.SHIPMENT_ARRIVED,
    "SD": _T.SHIPMENT_DELAYED,
    "X1": _T.SHIPMENT_ARRIVED,
    "X2": _T.SHIPMENT_ETA_CHANGED,
    "X3": _T.SHIPMENT_ARRIVED,
    "X4": _T.SHIPMENT_SCANNED,
    "X5": _T.SHIPMENT_ARRIVED,
    "X6": _T.SHIPMENT_SCANNED,
    "X8": _T.SHIPMENT_ARRIVED,
    "XB": _T.SHIPMENT_ANNOUNCED,  # the carrier knows of it; a booking would be a plan, and replace the one there is
}


_EVENTS: Final[Mapping[str, Mapping[str, str]]] = {
    "x12.1650": STATUS_1650,
    "x12.157": STATUS_157,
    "edifact.4405": edifact.STATUS_4405,
    "edifact.1001": edifact.REPORTS_1001,
    **carriers.EVENTS,
    "dcsa.transport": dcsa.TRANSPORT,
    "dcsa.equipment": dcsa.EQUIPMENT,
    "dcsa.iot": dcsa.IOT,
    "epcis.bizstep": epcis.STEPS,
    "epcis.disposition": epcis.DISPOSITIONS,
}
_REASONS: Final[Mapping[str, Mapping[str, str]]] = {
    "edifact.4405": {**edifact.REASON_4405, **edifact.STATUS_REASONS},
    "edifact.9013": edifact.REASON_9013,
    **carriers.REASONS,
}


def event_type_of(name: str) -> str | None:
    """One of our event types for `name`: itself, or what `<list>.<code>` means. None if unknown."""
    if name in EVENT_TYPES:
        return name
    system, _, code = name.rpartition(".")
    table = _EVENTS.get(system, {})
    return table.get(code.upper()) or table.get(code)


def reason_of(name: str) -> str | None:
    """One of our reason codes for `name`: itself, or what `<list>.<code>` means. None if unknown."""
    if is_reason(name):
        return name
    system, _, code = name.rpartition(".")
    if system in _REASONS:
        return _REASONS[system].get(code.upper())
    found = {"x12.1651": reason_of_x12, "smdg": reason_of_smdg}.get(system)
    reason = found(code) if found else None
    return reason.code if reason else None
