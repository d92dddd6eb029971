"""AfterShip's delivery statuses ("tags") and sub-statuses ("subtags") in our event types and reasons.

Source: the public AfterShip Tracking documentation, "Delivery statuses" and "Delivery sub-statuses".
"""

from typing import Final

from exceptions.intake.mapping.aggregators import StatusTable
from exceptions.shipments.canonical import EventType

_T = EventType

TABLE: Final = StatusTable(
    system="aftership",
    # "Pending" and "Expired" are about the tracking: nothing known yet, nothing heard for long.
    general={
        "Pending": None,
        "InfoReceived": _T.SHIPMENT_ANNOUNCED,
        "InTransit": _T.SHIPMENT_SCANNED,
        "OutForDelivery": _T.SHIPMENT_OUT_FOR_DELIVERY,
        "AttemptFail": _T.SHIPMENT_DELIVERY_ATTEMPTED,
        "Delivered": _T.SHIPMENT_DELIVERED,
        "AvailableForPickup": _T.SHIPMENT_AVAILABLE_FOR_PICKUP,
        "Exception": _T.SHIPMENT_PROBLEM_REPORTED,
        "Expired": None,
    },
    particular={
        "InTransit_002": (_T.SHIPMENT_PICKED_UP, None),
        "InTransit_003": (_T.SHIPMENT_SCANNED, None),
        "InTransit_004": (_T.SHIPMENT_SCANNED, None),
        "InTransit_005": (_T.SHIPMENT_RELEASED, None),
        "InTransit_006": (_T.SHIPMENT_SCANNED, None),
        "InTransit_007": (_T.SHIPMENT_SCANNED, None),
        "InTransit_008": (_T.SHIPMENT_SCANNED, None),
        "InTransit_009": (_T.SHIPMENT_SCANNED, None),
        "OutForDelivery_004": (_T.APPOINTMENT_CONFIRMED, None),
        "AttemptFail_002": (_T.SHIPMENT_DELIVERY_ATTEMPTED, "receiver_closed"),
        "AttemptFail_003": (_T.SHIPMENT_DELIVERY_ATTEMPTED, "receiver_closed"),
        "Exception_002": (_T.SHIPMENT_DELIVERY_ATTEMPTED, "address_wrong"),
        "Exception_003": (_T.SHIPMENT_REFUSED, "receiver_refused"),
        "Exception_004": (_T.SHIPMENT_DELAYED, "customs_exam"),
        "Exception_005": (_T.SHIPMENT_DELAYED, None),
        "Exception_006": (_T.SHIPMENT_HELD, "credit_or_payment"),
        "Exception_007": (_T.SHIPMENT_DELIVERY_ATTEMPTED, "address_wrong"),
        "Exception_008": (_T.SHIPMENT_DELIVERY_ATTEMPTED, "customer_reschedule"),
        "Exception_009": (_T.SHIPMENT_PROBLEM_REPORTED, "restricted_goods"),
        "Exception_010": (_T.SHIPMENT_RETURNED, None),
        "Exception_011": (_T.SHIPMENT_RETURNED, None),
        "Exception_012": (_T.SHIPMENT_DAMAGED, None),
        "Exception_013": (_T.SHIPMENT_LOST, None),
        "Exception_016": (_T.SHIPMENT_DELAYED, "carrier_other"),
        "Exception_017": (_T.SHIPMENT_DELAYED, "weather"),
        "Exception_018": (_T.SHIPMENT_HELD, "customs_documents"),
    },
    silent=frozenset(
        {
            "Pending_001",
            "InfoReceived_001",
            "InTransit_001",
            "OutForDelivery_001",
            "OutForDelivery_003",
            "AttemptFail_001",
            "AvailableForPickup_001",
            "Delivered_001",
            "Delivered_002",
            "Delivered_003",
            "Delivered_004",
            "Delivered_005",
            "Exception_001",
            "Expired_001",
        }
    ),
)
