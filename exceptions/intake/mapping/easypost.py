"""EasyPost's statuses and status details in our event types and reasons.

Source: the public EasyPost API documentation, "Trackers": the values of `status` and `status_detail` of a Tracker and
of a TrackingDetail (ten statuses, 28 details).
"""

from collections.abc import Mapping
from typing import Any, Final

from exceptions.intake.mapping.carrier_text import REASONED, read_text
from exceptions.intake.mapping.meaning import NOTHING, Meaning, named, own_status, sharpened
from exceptions.shipments.canonical import EventType

_T = EventType

# What a status says by itself. "unknown" and "error" are about the tracking, not about the freight.
STATUSES: Final[dict[str, str | None]] = {
    "unknown": None,
    "pre_transit": _T.SHIPMENT_ANNOUNCED,
    "in_transit": _T.SHIPMENT_SCANNED,
    "out_for_delivery": _T.SHIPMENT_OUT_FOR_DELIVERY,
    "delivered": _T.SHIPMENT_DELIVERED,
    "available_for_pickup": _T.SHIPMENT_AVAILABLE_FOR_PICKUP,
    "return_to_sender": _T.SHIPMENT_RETURNED,
    "failure": _T.SHIPMENT_PROBLEM_REPORTED,
    "cancelled": _T.SHIPMENT_CANCELLED,
    "error": None,
}

# A detail that says more than its status: what happened and, where it is said, why.
DETAILS: Final[dict[str, tuple[str, str | None]]] = {
    "label_created": (_T.SHIPMENT_ANNOUNCED, None),
    "received_at_origin_facility": (_T.SHIPMENT_SCANNED, None),
    "departed_origin_facility": (_T.SHIPMENT_DEPARTED, None),
    "arrived_at_facility": (_T.SHIPMENT_SCANNED, None),
    "departed_facility": (_T.SHIPMENT_SCANNED, None),
    "received_at_destination_facility": (_T.SHIPMENT_SCANNED, None),
    "transferred_to_destination_carrier": (_T.SHIPMENT_SCANNED, None),
    "in_transit": (_T.SHIPMENT_SCANNED, None),
    "arrived_at_destination": (_T.SHIPMENT_SCANNED, None),
    "out_for_delivery": (_T.SHIPMENT_OUT_FOR_DELIVERY, None),
    "arrived_at_pickup_location": (_T.SHIPMENT_AVAILABLE_FOR_PICKUP, None),
    "return": (_T.SHIPMENT_RETURNED, None),
    "refused": (_T.SHIPMENT_REFUSED, "receiver_refused"),
    "delivery_exception": (_T.SHIPMENT_DELIVERY_ATTEMPTED, None),
    "address_correction": (_T.SHIPMENT_DELAYED, "address_wrong"),
    "weather_delay": (_T.SHIPMENT_DELAYED, "weather"),
    "delayed": (_T.SHIPMENT_DELAYED, None),
    "missorted": (_T.SHIPMENT_DEVIATED, "missort_misroute"),
    "held": (_T.SHIPMENT_HELD, None),
    "awaiting_information": (_T.SHIPMENT_HELD, None),
    "damaged": (_T.SHIPMENT_DAMAGED, None),
    "lost": (_T.SHIPMENT_LOST, None),
    "expired": (_T.SHIPMENT_PROBLEM_REPORTED, None),
    "failure": (_T.SHIPMENT_PROBLEM_REPORTED, None),
    "transit_exception": (_T.SHIPMENT_PROBLEM_REPORTED, None),
    "cancelled": (_T.SHIPMENT_CANCELLED, None),
}
# Left to the status and the words: they add nothing.
SILENT_DETAILS: Final = frozenset({"", "unknown", "status_update"})

# These end the matter, so no detail changes what they say.
_FINAL: Final = frozenset({"delivered", "cancelled"})


def read_status(mapping: Mapping[str, Any], carrier: str, code: str, status: str, detail: str, text: str) -> Meaning:
    """What one tracking detail says; no event type when it says nothing about the freight.

    The partner's own tables come first: `<carrier>.<carrier_code>`, `easypost.<detail>`, `easypost.<status>`, texts. A
    status or detail that is not on EasyPost's list is read by what is known of it, and named in `unmapped`.
    """
    names = ((carrier.lower(), code), ("easypost", detail), ("easypost", status))
    own = own_status(mapping, names, text)
    said = _read(status, detail, text)
    event_type = own.event_type or said.event_type
    if event_type not in REASONED:
        return Meaning(event_type, None, said.unmapped if own == NOTHING else "")
    reason = own.reason or said.reason
    if reason is None and own.event_type:
        reason = read_text(text).reason
    return Meaning(event_type, reason, said.unmapped if own == NOTHING else "")


def _read(status: str, detail: str, text: str) -> Meaning:
    by_status, words = STATUSES.get(status), read_text(text)
    if status in _FINAL:
        event_type = sharpened(by_status, words)
        return Meaning(event_type, words.reason if event_type in REASONED else None)
    unmapped = "" if status in STATUSES else named("easypost", status)
    if not (detail in DETAILS or detail in SILENT_DETAILS or detail in STATUSES):
        unmapped = unmapped or named("easypost", detail)
    event_type, reason = DETAILS.get(detail, (by_status, None))
    if event_type == _T.SHIPMENT_SCANNED and by_status is not None:
        event_type = by_status  # a hub scan of a parcel on its way back is a return
    event_type = sharpened(event_type, words)
    if event_type is None and unmapped:
        event_type = _T.SHIPMENT_SCANNED  # something was seen of it; what, the list of unmapped codes asks
    return Meaning(event_type, reason or words.reason, unmapped)
