"""Parcel carriers' own status codes in our event types and reasons, as `fedex.DE`, `ups.X`, `usps.21`, `dhl.BA`.

Sources, all public: FedEx Track API documentation, "Tracking status codes" (derived and event codes); UPS Tracking API
documentation, "status type"; USPS Publication 199, appendix "Event codes"; DHL Express, "Checkpoint codes" of the tracking
XML documentation. Codes that say nothing about the freight are left out: they stay unknown and are listed.
"""

from collections.abc import Mapping
from typing import Final

from exceptions.shipments.canonical import EventType

_T = EventType
# What happened, and why where the code says so.
Row = tuple[str, str | None]

FEDEX: Final[Mapping[str, Row]] = {
    "AA": (_T.SHIPMENT_SCANNED, None),
    "AD": (_T.SHIPMENT_SCANNED, None),
    "AF": (_T.SHIPMENT_SCANNED, None),
    "AR": (_T.SHIPMENT_SCANNED, None),
    "CA": (_T.SHIPMENT_CANCELLED, None),
    "CC": (_T.SHIPMENT_RELEASED, None),
    "CD": (_T.SHIPMENT_HELD, "customs_exam"),
    "CP": (_T.SHIPMENT_SCANNED, None),
    "DD": (_T.SHIPMENT_DELAYED, None),
    "DE": (_T.SHIPMENT_DELIVERY_ATTEMPTED, None),
    "DL": (_T.SHIPMENT_DELIVERED, None),
    "DP": (_T.SHIPMENT_SCANNED, None),
    "DY": (_T.SHIPMENT_DELAYED, None),
    "HL": (_T.SHIPMENT_HELD, None),
    "IT": (_T.SHIPMENT_SCANNED, None),
    "IX": (_T.SHIPMENT_SCANNED, None),
    "LO": (_T.SHIPMENT_DEPARTED, None),
    "OC": (_T.SHIPMENT_ANNOUNCED, None),
    "OD": (_T.SHIPMENT_OUT_FOR_DELIVERY, None),
    "PD": (_T.SHIPMENT_DELAYED, None),
    "PU": (_T.SHIPMENT_PICKED_UP, None),
    "RS": (_T.SHIPMENT_RETURNED, None),
    "SE": (_T.SHIPMENT_PROBLEM_REPORTED, None),
}
UPS: Final[Mapping[str, Row]] = {
    "D": (_T.SHIPMENT_DELIVERED, None),
    "I": (_T.SHIPMENT_SCANNED, None),
    "M": (_T.SHIPMENT_ANNOUNCED, None),
    "MV": (_T.SHIPMENT_CANCELLED, None),
    "O": (_T.SHIPMENT_OUT_FOR_DELIVERY, None),
    "P": (_T.SHIPMENT_PICKED_UP, None),
    "RS": (_T.SHIPMENT_RETURNED, None),
    "X": (_T.SHIPMENT_PROBLEM_REPORTED, None),
}
USPS: Final[Mapping[str, Row]] = {
    "01": (_T.SHIPMENT_DELIVERED, None),
    "02": (_T.SHIPMENT_DELIVERY_ATTEMPTED, "receiver_closed"),
    "03": (_T.SHIPMENT_PICKED_UP, None),
    "04": (_T.SHIPMENT_REFUSED, "receiver_refused"),
    "05": (_T.SHIPMENT_RETURNED, "address_wrong"),
    "06": (_T.SHIPMENT_SCANNED, None),
    "07": (_T.SHIPMENT_SCANNED, None),
    "08": (_T.SHIPMENT_DEVIATED, "missort_misroute"),
    "09": (_T.SHIPMENT_RETURNED, None),
    "10": (_T.SHIPMENT_SCANNED, None),
    "16": (_T.SHIPMENT_AVAILABLE_FOR_PICKUP, None),
    "21": (_T.SHIPMENT_RETURNED, "address_wrong"),
    "22": (_T.SHIPMENT_RETURNED, "address_wrong"),
    "23": (_T.SHIPMENT_RETURNED, "address_wrong"),
    "24": (_T.SHIPMENT_RETURNED, "address_wrong"),
    "25": (_T.SHIPMENT_RETURNED, "address_wrong"),
    "26": (_T.SHIPMENT_RETURNED, "address_wrong"),
    "27": (_T.SHIPMENT_RETURNED, "customer_reschedule"),
    "51": (_T.SHIPMENT_DELIVERY_ATTEMPTED, "receiver_closed"),
    "52": (_T.SHIPMENT_DELIVERY_ATTEMPTED, "receiver_closed"),
    "53": (_T.SHIPMENT_DELIVERY_ATTEMPTED, "receiver_restricted"),
    "54": (_T.SHIPMENT_DELIVERY_ATTEMPTED, "receiver_restricted"),
    "55": (_T.SHIPMENT_DELIVERY_ATTEMPTED, "receiver_restricted"),
    "56": (_T.SHIPMENT_DELIVERY_ATTEMPTED, "receiver_closed"),
    "GX": (_T.SHIPMENT_ANNOUNCED, None),
    "MA": (_T.SHIPMENT_ANNOUNCED, None),
    "OF": (_T.SHIPMENT_OUT_FOR_DELIVERY, None),
}
DHL: Final[Mapping[str, Row]] = {
    "AF": (_T.SHIPMENT_SCANNED, None),
    "AR": (_T.SHIPMENT_SCANNED, None),
    "BA": (_T.SHIPMENT_DELIVERY_ATTEMPTED, "address_wrong"),
    "CA": (_T.SHIPMENT_DELIVERY_ATTEMPTED, "receiver_closed"),
    "CC": (_T.SHIPMENT_AVAILABLE_FOR_PICKUP, None),
    "CD": (_T.SHIPMENT_HELD, "customs_exam"),
    "CM": (_T.SHIPMENT_DELIVERY_ATTEMPTED, "address_wrong"),
    "CR": (_T.SHIPMENT_RELEASED, None),
    "DD": (_T.SHIPMENT_DAMAGED, None),
    "DF": (_T.SHIPMENT_SCANNED, None),
    "DM": (_T.SHIPMENT_DAMAGED, None),
    "DS": (_T.SHIPMENT_PROBLEM_REPORTED, None),
    "IC": (_T.SHIPMENT_SCANNED, None),
    "MD": (_T.SHIPMENT_DELAYED, "linehaul_missed"),
    "MS": (_T.SHIPMENT_DEVIATED, "missort_misroute"),
    "NH": (_T.SHIPMENT_DELIVERY_ATTEMPTED, "receiver_closed"),
    "OH": (_T.SHIPMENT_HELD, None),
    "OK": (_T.SHIPMENT_DELIVERED, None),
    "PL": (_T.SHIPMENT_SCANNED, None),
    "PU": (_T.SHIPMENT_PICKED_UP, None),
    "RD": (_T.SHIPMENT_REFUSED, "receiver_refused"),
    "RT": (_T.SHIPMENT_RETURNED, None),
    "TD": (_T.SHIPMENT_DELAYED, None),
    "UD": (_T.SHIPMENT_HELD, "customs_exam"),
    "WC": (_T.SHIPMENT_OUT_FOR_DELIVERY, None),
}

_LISTS: Final = {"fedex": FEDEX, "ups": UPS, "usps": USPS, "dhl": DHL}
EVENTS: Final[Mapping[str, Mapping[str, str]]] = {
    name: {code: event for code, (event, _) in table.items()} for name, table in _LISTS.items()
}
REASONS: Final[Mapping[str, Mapping[str, str]]] = {
    name: {code: reason for code, (_, reason) in table.items() if reason} for name, table in _LISTS.items()
}
