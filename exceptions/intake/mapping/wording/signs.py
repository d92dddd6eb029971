"""What a phrase in a carrier's status text can be a sign of, in the order in which signs are believed."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeAlias

from exceptions.shipments.canonical import EventType


class Sign(StrEnum):
    """The earlier sign wins where a text holds several: "returned after three attempts" is a return.

    What went wrong stands before what went on, a particular thing before a general one.
    """

    NOT_FOUND = "not_found"
    HANDED_ON = "handed_on"
    RETURN_ANNOUNCED = "return_announced"
    RESOLVED = "resolved"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    LOST = "lost"
    DELIVERED_DAMAGED = "delivered_damaged"
    DAMAGED = "damaged"
    REFUSED = "refused"
    UNCOLLECTED = "uncollected"
    PICKUP_FAILED = "pickup_failed"
    ATTEMPTED = "attempted"
    BROKEN_DOWN = "broken_down"
    ROLLED = "rolled"
    MISROUTED = "misrouted"
    CLEARANCE_DELAYED = "clearance_delayed"
    DELAYED = "delayed"
    RELEASED = "released"
    NOT_YET_RECEIVED = "not_yet_received"
    AVAILABLE = "available"
    HELD = "held"
    DELIVERY_PROBLEM = "delivery_problem"
    ANNOUNCED = "announced"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    APPOINTMENT = "appointment"
    PROBLEM = "problem"
    PICKED_UP = "picked_up"
    DEPARTED = "departed"
    ARRIVED = "arrived"
    IN_CUSTOMS = "in_customs"
    PENDING = "pending"
    MOVING = "moving"


_T = EventType
# Our event type for each sign; None where the text speaks of the tracking and not of the freight.
EVENTS: Final[Mapping[Sign, str | None]] = {
    Sign.NOT_FOUND: None,
    Sign.HANDED_ON: _T.SHIPMENT_SCANNED,
    Sign.RETURN_ANNOUNCED: _T.SHIPMENT_ANNOUNCED,
    Sign.RESOLVED: _T.SHIPMENT_SCANNED,
    Sign.RETURNED: _T.SHIPMENT_RETURNED,
    Sign.CANCELLED: _T.SHIPMENT_CANCELLED,
    Sign.LOST: _T.SHIPMENT_LOST,
    Sign.DELIVERED_DAMAGED: _T.SHIPMENT_DELIVERED,
    Sign.DAMAGED: _T.SHIPMENT_DAMAGED,
    Sign.REFUSED: _T.SHIPMENT_REFUSED,
    Sign.UNCOLLECTED: _T.SHIPMENT_DELIVERY_ATTEMPTED,
    Sign.PICKUP_FAILED: _T.SHIPMENT_DELAYED,
    Sign.ATTEMPTED: _T.SHIPMENT_DELIVERY_ATTEMPTED,
    Sign.BROKEN_DOWN: _T.LOAD_BROKEN_DOWN,
    Sign.ROLLED: _T.SHIPMENT_ROLLED,
    Sign.MISROUTED: _T.SHIPMENT_DEVIATED,
    Sign.CLEARANCE_DELAYED: _T.SHIPMENT_HELD,
    Sign.DELAYED: _T.SHIPMENT_DELAYED,
    Sign.RELEASED: _T.SHIPMENT_RELEASED,
    Sign.NOT_YET_RECEIVED: _T.SHIPMENT_ANNOUNCED,
    Sign.AVAILABLE: _T.SHIPMENT_AVAILABLE_FOR_PICKUP,
    Sign.HELD: _T.SHIPMENT_HELD,
    Sign.DELIVERY_PROBLEM: _T.SHIPMENT_DELIVERY_ATTEMPTED,
    Sign.ANNOUNCED: _T.SHIPMENT_ANNOUNCED,
    Sign.OUT_FOR_DELIVERY: _T.SHIPMENT_OUT_FOR_DELIVERY,
    Sign.DELIVERED: _T.SHIPMENT_DELIVERED,
    Sign.APPOINTMENT: _T.APPOINTMENT_CONFIRMED,
    Sign.PROBLEM: _T.SHIPMENT_PROBLEM_REPORTED,
    Sign.PICKED_UP: _T.SHIPMENT_PICKED_UP,
    Sign.DEPARTED: _T.SHIPMENT_DEPARTED,
    Sign.ARRIVED: _T.SHIPMENT_ARRIVED,
    Sign.IN_CUSTOMS: _T.SHIPMENT_SCANNED,
    Sign.PENDING: _T.SHIPMENT_ANNOUNCED,
    Sign.MOVING: _T.SHIPMENT_SCANNED,
}

# These are past or nothing: "will be delivered tomorrow" has delivered nothing.
ONLY_WHEN_DONE: Final = frozenset(
    {Sign.DELIVERED, Sign.DELIVERED_DAMAGED, Sign.PICKED_UP, Sign.DEPARTED, Sign.ARRIVED, Sign.RELEASED}
)

# Patterns of one language: regular expressions over folded text (no accents, lower case, punctuation as full stops).
Phrases: TypeAlias = Mapping[Sign, tuple[str, ...]]
# The same for our reasons.
Causes: TypeAlias = Mapping[str, tuple[str, ...]]
