"""Data element 157 of ASC X12, Shipment Status Code, as 315 (ocean) and 322 (terminal and ramp) send it.

The letters mean something else than in the 1650 of trucks: I is a gate-in, AE is loaded on the vessel. Source: the code
lists of versions 003030 to 006020.
"""

from collections.abc import Mapping
from typing import Final

from exceptions.shipments.canonical import EventType

_T = EventType

STATUS_157: Final[Mapping[str, str]] = {
    "1": _T.SHIPMENT_PROBLEM_REPORTED,  # delivered short
    "2": _T.SHIPMENT_DELIVERY_ATTEMPTED,
    "3": _T.SHIPMENT_RETURNED,
    "4": _T.SHIPMENT_DAMAGED,
    "A": _T.SHIPMENT_ARRIVED,
    "A1": _T.SHIPMENT_HELD,
    "A2": _T.SHIPMENT_RELEASED,
    "A3": _T.SHIPMENT_HELD,
    "A4": _T.SHIPMENT_RELEASED,
    "AA": _T.APPOINTMENT_CONFIRMED,
    "AC": _T.SHIPMENT_HELD,
    "AD": _T.APPOINTMENT_CONFIRMED,
    "AE": _T.EQUIPMENT_LOADED,
    "AF": _T.SHIPMENT_PICKED_UP,
    "AG": _T.SHIPMENT_ETA_CHANGED,
    "AH": _T.SHIPMENT_DELIVERY_ATTEMPTED,
    "AI": _T.CUSTOMER_REQUESTED_CHANGE,
    "AJ": _T.SHIPMENT_OUT_FOR_DELIVERY,
    "AL": _T.EQUIPMENT_LOADED,
    "AM": _T.SHIPMENT_SCANNED,
    "AN": _T.SHIPMENT_SCANNED,
    "AO": _T.EQUIPMENT_LOADED,
    "AP": _T.EQUIPMENT_LOADED,
    "AR": _T.SHIPMENT_ARRIVED,
    "AU": _T.EQUIPMENT_AVAILABLE,
    "AV": _T.EQUIPMENT_AVAILABLE,
    "AW": _T.SHIPMENT_SCANNED,
    "B": _T.SHIPMENT_PROBLEM_REPORTED,  # bad order: the equipment failed
    "BA": _T.SHIPMENT_SCANNED,
    "BC": _T.SHIPMENT_HELD,
    "BD": _T.SHIPMENT_ETA_CHANGED,
    "BE": _T.SHIPMENT_ETA_CHANGED,
    "BF": _T.SHIPMENT_ANNOUNCED,
    "BR": _T.SHIPMENT_SCANNED,
    "C": _T.SHIPMENT_SCANNED,
    "CA": _T.SHIPMENT_CANCELLED,
    "CB": _T.SHIPMENT_SCANNED,
    "CC": _T.SHIPMENT_SCANNED,
    "CO": _T.SHIPMENT_SCANNED,
    "CR": _T.SHIPMENT_RELEASED,
    "CS": _T.SHIPMENT_SCANNED,
    "CT": _T.SHIPMENT_RELEASED,
    "CU": _T.SHIPMENT_RELEASED,
    "D": _T.SHIPMENT_DELIVERED,
    "E": _T.SHIPMENT_ETA_CHANGED,
    "EE": _T.SHIPMENT_SCANNED,
    "F": _T.SHIPMENT_SCANNED,
    "FP": _T.SHIPMENT_SCANNED,
    "FT": _T.SHIPMENT_SCANNED,
    "GO": _T.SHIPMENT_HELD,
    "HA": _T.SHIPMENT_HELD,
    "HB": _T.SHIPMENT_HELD,
    "HC": _T.SHIPMENT_HELD,
    "HD": _T.SHIPMENT_REFUSED,
    "I": _T.EQUIPMENT_GATED_IN,
    "J": _T.SHIPMENT_SCANNED,
    "K": _T.SHIPMENT_SCANNED,
    "L": _T.SHIPMENT_SCANNED,
    "NF": _T.SHIPMENT_SCANNED,
    "NT": _T.SHIPMENT_SCANNED,
    "O": _T.SHIPMENT_PROBLEM_REPORTED,  # paperwork without freight
    "OA": _T.EQUIPMENT_GATED_OUT,
    "OB": _T.SHIPMENT_SCANNED,
    "P": _T.SHIPMENT_DEPARTED,
    # Holds of United States authorities: examination, paperwork, counts, coast guard, police, courts, agencies.
    **dict.fromkeys(("PA", "PB", "PC", "PD", "PE", "PF", "PG", "PH", "PI", "PJ", "PK", "PL", "PM"), _T.SHIPMENT_HELD),
    "R": _T.SHIPMENT_SCANNED,
    "RD": _T.EQUIPMENT_RETURNED,
    "RL": _T.SHIPMENT_DEPARTED,
    "RN": _T.SHIPMENT_RELEASED,
    "S": _T.SHIPMENT_SCANNED,
    "SD": _T.SHIPMENT_DELAYED,
    "UR": _T.EQUIPMENT_DISCHARGED,
    "UV": _T.EQUIPMENT_DISCHARGED,
    "VA": _T.SHIPMENT_ARRIVED,
    "VD": _T.SHIPMENT_DEPARTED,
    "X1": _T.SHIPMENT_ARRIVED,
    "X2": _T.SHIPMENT_ETA_CHANGED,
    "X3": _T.SHIPMENT_ARRIVED,
    "X4": _T.SHIPMENT_SCANNED,
    "X5": _T.SHIPMENT_ARRIVED,
    "X6": _T.SHIPMENT_SCANNED,
    "X8": _T.SHIPMENT_ARRIVED,
}
# What kind of hold it is; a hold without a row is the customs' own.
HOLD_KINDS: Final[Mapping[str, str]] = {
    "PA": "exam",
    "PB": "documents",
    "PC": "documents",
    "AC": "customs",
    "BC": "other",
    "HA": "other",
    "HB": "other",
    "HC": "other",
}
# What the estimate of a code is for.
ESTIMATE_MILESTONES: Final[Mapping[str, str]] = {"AG": "delivery", "BD": "delivery", "BE": "pickup"}
# Words for what is a sign of life only, and is worth more to a person than its code.
NOTES: Final[Mapping[str, str]] = {
    "EE": "Empty equipment sent out for loading",
    "FT": "Free time has expired",
    "NF": "Free time is about to expire",
    "NT": "Arrival notice sent",
    "FP": "Freight paid",
    "OB": "Original bill of lading received",
    "BR": "Bill of lading released",
    "AW": "Waits for export",
    "CO": "Cargo received",
    "C": "Departure estimated",
}
