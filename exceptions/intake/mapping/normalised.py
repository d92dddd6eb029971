"""Our event types in the thirteen statuses that tracking aggregators share, and our reasons in theirs.

For comparing with other people's labels, and for whoever wants one word for a status. Pure.
"""

from collections.abc import Mapping
from typing import Final

from exceptions.shipments.canonical import EventType

_T = EventType

STATUSES: Final[Mapping[str, str]] = {
    _T.SHIPMENT_BOOKED: "pre_transit",
    _T.SHIPMENT_ANNOUNCED: "pre_transit",
    _T.SHIPMENT_PICKED_UP: "in_transit",
    _T.SHIPMENT_DEPARTED: "in_transit",
    _T.SHIPMENT_SCANNED: "in_transit",
    _T.SHIPMENT_POSITION_REPORTED: "in_transit",
    _T.SHIPMENT_ARRIVED: "in_transit",
    _T.SHIPMENT_RELEASED: "in_transit",
    _T.APPOINTMENT_CONFIRMED: "in_transit",
    _T.SHIPMENT_OUT_FOR_DELIVERY: "out_for_delivery",
    _T.SHIPMENT_DELIVERED: "delivered",
    _T.SHIPMENT_AVAILABLE_FOR_PICKUP: "available_for_pickup",
    _T.SHIPMENT_DELIVERY_ATTEMPTED: "delivery_failed",
    _T.SHIPMENT_REFUSED: "delivery_failed",
    _T.SHIPMENT_PROBLEM_REPORTED: "delivery_failed",
    _T.SHIPMENT_DELAYED: "delayed",
    _T.SHIPMENT_ETA_CHANGED: "delayed",
    _T.SHIPMENT_ROLLED: "delayed",
    _T.SHIPMENT_DEVIATED: "delayed",
    _T.LOAD_BROKEN_DOWN: "delayed",
    _T.SHIPMENT_HELD: "held",
    _T.SHIPMENT_RETURNED: "returned",
    _T.SHIPMENT_DAMAGED: "damaged",
    _T.SHIPMENT_LOST: "lost",
    _T.SHIPMENT_CANCELLED: "cancelled",
}
UNKNOWN: Final = "unknown"


def normalised_status(event_type: str | None) -> str:
    """The aggregators' word for one of our event types; `unknown` for none and for what is no status of a shipment."""
    return STATUSES.get(event_type or "", UNKNOWN)
