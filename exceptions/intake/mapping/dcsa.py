"""Codes of DCSA track and trace in our event types, milestones and documents.

Source: the public DCSA standards "Track and Trace" (2.2 and 3.0), their event domain and reference data: transport,
equipment and shipment event type codes, document type codes, facility type codes. Delay reasons are SMDG's
(`smdg.<code>`).
"""

from collections.abc import Mapping
from typing import Final

from exceptions.shipments.canonical import EventType, RefType

_T = EventType

TRANSPORT: Final[Mapping[str, str]] = {"ARRI": _T.SHIPMENT_ARRIVED, "DEPA": _T.SHIPMENT_DEPARTED}
EQUIPMENT: Final[Mapping[str, str]] = {
    "LOAD": _T.EQUIPMENT_LOADED,
    "DISC": _T.EQUIPMENT_DISCHARGED,
    "GTIN": _T.EQUIPMENT_GATED_IN,
    "GTOT": _T.EQUIPMENT_GATED_OUT,
    "PICK": _T.SHIPMENT_PICKED_UP,
    "DROP": _T.SHIPMENT_DELIVERED,
    "AVPU": _T.EQUIPMENT_AVAILABLE,
    "HOLD": _T.SHIPMENT_HELD,
    "INSP": _T.SHIPMENT_HELD,
    "CUSS": _T.SHIPMENT_HELD,
    "CUSI": _T.SHIPMENT_HELD,
    "CUSR": _T.SHIPMENT_RELEASED,
    "RSEA": _T.EQUIPMENT_SEAL_CHECKED,
    "STUF": _T.SHIPMENT_SCANNED,
    "STRP": _T.SHIPMENT_SCANNED,
    "RMVD": _T.SHIPMENT_SCANNED,
    "AVDO": _T.SHIPMENT_SCANNED,
    "CROS": _T.SHIPMENT_SCANNED,
    "WAYP": _T.SHIPMENT_SCANNED,
}
IOT: Final[Mapping[str, str]] = {"DRO": _T.EQUIPMENT_SEAL_CHECKED}
# What an empty container does is not yet, or no longer, about freight.
EMPTY: Final[Mapping[str, str]] = {
    "GTIN": _T.EQUIPMENT_RETURNED,
    "GTOT": _T.SHIPMENT_ANNOUNCED,
    "PICK": _T.SHIPMENT_ANNOUNCED,
    "DROP": _T.EQUIPMENT_RETURNED,
}
EQUIPMENT_NOTES: Final[Mapping[str, str]] = {
    "STUF": "Stuffed",
    "STRP": "Stripped",
    "RMVD": "Removed",
    "AVDO": "Available for drop-off",
    "CROS": "Crossed a border",
    "WAYP": "Passed a waypoint",
    "INSP": "Inspected",
    "CUSS": "Selected by customs for a scan",
    "CUSI": "Selected by customs for inspection",
}
# What an estimate or plan of a code is for (a value of `EtaData.milestone`); others have no estimate worth keeping.
MILESTONES: Final[Mapping[str, str]] = {
    "ARRI": "arrival",
    "DEPA": "departure",
    "LOAD": "loaded",
    "DISC": "discharge",
    "GTIN": "gate_in",
    "GTOT": "gate_out",
    "AVPU": "available",
    "PICK": "pickup",
    "DROP": "delivery",
}
EMPTY_MILESTONES: Final[Mapping[str, str]] = {"GTIN": "empty_return", "DROP": "empty_return"}
AT_THE_CUSTOMER: Final = frozenset({"CLOC", ""})

# Kinds of `document.received`, by document type.
DOCUMENTS: Final[Mapping[str, str]] = {
    "TRD": "bol",
    "SHI": "si",
    "VGM": "vgm",
    "BKG": "booking_confirmation",
    "ARN": "arrival_notice",
    "DEO": "delivery_order",
    "CRO": "container_release_order",
    "DGD": "dangerous_goods_declaration",
    "INV": "invoice",
    "CUC": "customs_clearance",
    "HCE": "health_certificate",
    "PCE": "phytosanitary_certificate",
    "VCE": "veterinary_certificate",
    "FCE": "fumigation_certificate",
    "ICE": "inspection_certificate",
    "CEA": "certificate_of_analysis",
    "CEO": "certificate_of_origin",
    "CAS": "cargo_survey",
    "OOG": "out_of_gauge",
}
# Statuses at which a document is there: issued by the carrier, or received, approved and confirmed by it.
PRESENT: Final[Mapping[str, frozenset[str]]] = {
    "": frozenset({"ISSU", "APPR", "CONF", "RECE", "CMPL"}),
    "TRD": frozenset({"ISSU", "SURR"}),
    "BKG": frozenset({"CONF"}),
    "CBR": frozenset({"CONF"}),
    "ARN": frozenset({"ISSU"}),
}
_BOOKINGS: Final = ("BKG", "CBR")
SHIPMENT: Final[Mapping[str, str]] = {
    **{
        f"{document}.{status}": _T.DOCUMENT_RECEIVED
        for document in DOCUMENTS
        for status in PRESENT.get(document, PRESENT[""])
    },
    # A booking that the line refuses or cancels has to be made again, as one that it rolls.
    **{f"{document}.{status}": _T.SHIPMENT_ROLLED for document in _BOOKINGS for status in ("REJE", "CANC", "DECL")},
    **{
        f"{document}.{status}": _T.SHIPMENT_HELD
        for document in (*_BOOKINGS, "CUC", "TRD", "DEO", "CRO", "TRO")
        for status in ("HOLD",)
    },
    "CUC.REJE": _T.SHIPMENT_HELD,
    **{f"{document}.RELS": _T.SHIPMENT_RELEASED for document in ("CUC", "DEO", "CRO", "TRD", *_BOOKINGS)},
    "CUC.APPR": _T.SHIPMENT_RELEASED,
    "CUC.CMPL": _T.SHIPMENT_RELEASED,
    **{
        f"{document}.REJE": _T.SHIPMENT_PROBLEM_REPORTED
        for document in ("SHI", "VGM", "DGD", "TRD", "CEO", "HCE", "PCE")
    },
    "SHI.PENU": _T.SHIPMENT_PROBLEM_REPORTED,
}
# Steps of paperwork that say nothing about where the freight is or whether a paper is there.
SILENT: Final = frozenset(
    {"RECE", "DRFT", "PENA", "PENU", "PENC", "APPR", "SURR", "SUBM", "VOID", "REQS", "CMPL", "COMP", "CONF", "ISSU", "RELS",
     "CANC", "HOLD", "REJE"}
)  # fmt: skip
STATUS_WORDS: Final[Mapping[str, str]] = {
    "REJE": "rejected",
    "CANC": "cancelled",
    "DECL": "declined",
    "HOLD": "on hold",
    "PENU": "waits for an update",
}

# Types of `relatedDocumentReferences` and `references` that identify freight.
REFERENCES: Final[Mapping[str, str]] = {
    "BKG": RefType.BOOKING,
    "TRD": RefType.BOL,
    "HBL": RefType.BOL,
    "EQ": RefType.CONTAINER,
    "PO": RefType.PO,
    **dict.fromkeys(("FF", "SI", "CR", "AAO", "SPO", "BPR", "BID", "CBR"), RefType.CUSTOMER),
}
