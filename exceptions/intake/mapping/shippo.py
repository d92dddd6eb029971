"""Shippo's tracking statuses and sub-statuses in our event types and reasons.

Source: the public Shippo API documentation, "Tracking": the values of `status` and `substatus.code`.
"""

from typing import Final

from exceptions.intake.mapping.aggregators import StatusTable
from exceptions.shipments.canonical import EventType

_T = EventType

TABLE: Final = StatusTable(
    system="shippo",
    general={
        "UNKNOWN": None,
        "PRE_TRANSIT": _T.SHIPMENT_ANNOUNCED,
        "TRANSIT": _T.SHIPMENT_SCANNED,
        "DELIVERED": _T.SHIPMENT_DELIVERED,
        "RETURNED": _T.SHIPMENT_RETURNED,
        "FAILURE": _T.SHIPMENT_PROBLEM_REPORTED,
    },
    particular={
        "address_issue": (_T.SHIPMENT_DELAYED, "address_wrong"),
        "contact_carrier": (_T.SHIPMENT_HELD, None),
        "delayed": (_T.SHIPMENT_DELAYED, None),
        "delivery_attempted": (_T.SHIPMENT_DELIVERY_ATTEMPTED, None),
        "delivery_rescheduled": (_T.SHIPMENT_DELAYED, None),
        "delivery_scheduled": (_T.SHIPMENT_SCANNED, None),
        "location_inaccessible": (_T.SHIPMENT_DELIVERY_ATTEMPTED, "receiver_restricted"),
        "notice_left": (_T.SHIPMENT_DELIVERY_ATTEMPTED, "receiver_closed"),
        "out_for_delivery": (_T.SHIPMENT_OUT_FOR_DELIVERY, None),
        "package_accepted": (_T.SHIPMENT_PICKED_UP, None),
        "package_arrived": (_T.SHIPMENT_SCANNED, None),
        "package_damaged": (_T.SHIPMENT_DAMAGED, None),
        "package_departed": (_T.SHIPMENT_SCANNED, None),
        "package_forwarded": (_T.SHIPMENT_SCANNED, None),
        "package_held": (_T.SHIPMENT_HELD, None),
        "package_processed": (_T.SHIPMENT_SCANNED, None),
        "package_processing": (_T.SHIPMENT_SCANNED, None),
        "pickup_available": (_T.SHIPMENT_AVAILABLE_FOR_PICKUP, None),
        "reschedule_delivery": (_T.SHIPMENT_DELIVERY_ATTEMPTED, None),
        "package_unclaimed": (_T.SHIPMENT_RETURNED, "customer_reschedule"),
        "package_undeliverable": (_T.SHIPMENT_DELIVERY_ATTEMPTED, None),
        "package_disposed": (_T.SHIPMENT_PROBLEM_REPORTED, None),
        "package_lost": (_T.SHIPMENT_LOST, None),
    },
    silent=frozenset({"information_received", "delivered", "return_to_sender", "other", "unknown"}),
)
