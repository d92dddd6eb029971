"""Words of GS1's Core Business Vocabulary in our event types, and its business transactions as references.

Source: GS1 EPCIS 2.0 and Core Business Vocabulary 2.0: business steps, dispositions, business transaction types. Steps of
making, packing and stock-keeping are known and silent: they say nothing about freight on its way.
"""

from collections.abc import Mapping
from typing import Final

from exceptions.shipments.canonical import EventType, RefType

_T = EventType

STEPS: Final[Mapping[str, str]] = {
    "shipping": _T.SHIPMENT_DEPARTED,
    "departing": _T.SHIPMENT_DEPARTED,
    "consigning": _T.SHIPMENT_DEPARTED,
    "arriving": _T.SHIPMENT_ARRIVED,
    # Received somewhere on the way, or at the end: the destination decides (see the adapter).
    "receiving": _T.SHIPMENT_ARRIVED,
    "accepting": _T.SHIPMENT_DELIVERED,
    "collecting": _T.SHIPMENT_PICKED_UP,
    "transporting": _T.SHIPMENT_SCANNED,
    "loading": _T.SHIPMENT_SCANNED,
    "unloading": _T.SHIPMENT_SCANNED,
    "entering_exiting": _T.SHIPMENT_SCANNED,
    "staging_outbound": _T.SHIPMENT_SCANNED,
    "inspecting": _T.SHIPMENT_SCANNED,
    "holding": _T.SHIPMENT_HELD,
    "void_shipping": _T.SHIPMENT_PROBLEM_REPORTED,
    "destroying": _T.SHIPMENT_LOST,
}
# A disposition says in what state the things are; what is wrong with them outweighs the step.
DISPOSITIONS: Final[Mapping[str, str]] = {
    "damaged": _T.SHIPMENT_DAMAGED,
    "stolen": _T.SHIPMENT_LOST,
    "destroyed": _T.SHIPMENT_LOST,
    "returned": _T.SHIPMENT_RETURNED,
    "recalled": _T.SHIPMENT_HELD,
    "non_conformant": _T.SHIPMENT_HELD,
    "mismatch_instance": _T.SHIPMENT_PROBLEM_REPORTED,
    "mismatch_class": _T.SHIPMENT_PROBLEM_REPORTED,
    "mismatch_quantity": _T.SHIPMENT_PROBLEM_REPORTED,
}
DISPOSITION_REASONS: Final[Mapping[str, str]] = {"stolen": "theft"}
SILENT_STEPS: Final = frozenset(
    [
        "assembling",
        "commissioning",
        "creating_class_instance",
        "cycle_counting",
        "decommissioning",
        "disassembling",
        "dispensing",
        "encoding",
        "installing",
        "killing",
        "other",
        "packing",
        "picking",
        "removing",
        "repackaging",
        "repairing",
        "replacing",
        "reserving",
        "retail_selling",
        "sampling",
        "sensor_reporting",
        "stock_taking",
        "stocking",
        "storing",
        "unpacking",
    ]
)
# Types of business transactions that identify freight; all others (production orders, certificates) do not.
TRANSACTIONS: Final[Mapping[str, str]] = {
    "po": RefType.PO,
    "poc": RefType.PO,
    "bol": RefType.BOL,
    "desadv": RefType.CUSTOMER,
    "recadv": RefType.CUSTOMER,
    "inv": RefType.CUSTOMER,
    "rma": RefType.CUSTOMER,
    "": RefType.CUSTOMER,
}
# EPC schemes that identify what moves: logistic units, consignments, shipments, containers, assets that carry.
IDENTIFIERS: Final[Mapping[str, str]] = {
    "sscc": RefType.TRACKING,
    "ginc": RefType.TRACKING,
    "gsin": RefType.BOL,
    "bic": RefType.CONTAINER,
    "grai": RefType.CONTAINER,
    "giai": RefType.TRAILER,
    "gdti": RefType.CUSTOMER,
}
