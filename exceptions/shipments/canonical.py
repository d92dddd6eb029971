"""Canonical events: what a message says, in one form, whoever sent it. Pure: no database, no clock."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from functools import lru_cache
from typing import Final, TypeAlias

from django.db.models import TextChoices

JSON: TypeAlias = "None | bool | int | float | str | Sequence[JSON] | Mapping[str, JSON]"


class EventType(TextChoices):
    """What can happen, as `object.past_participle`. `payloads.py` says what the data of each type holds."""

    ORDER_CREATED = "order.created", "Order created"
    ORDER_CHANGED = "order.changed", "Order changed"
    ORDER_RELEASED = "order.released", "Order released"
    ORDER_HELD = "order.held", "Order held"
    ORDER_CANCELLED = "order.cancelled", "Order cancelled"
    INVENTORY_ALLOCATED = "inventory.allocated", "Inventory allocated"
    INVENTORY_SHORTFALL_DETECTED = "inventory.shortfall_detected", "Inventory shortfall detected"
    SUPPLY_ANNOUNCED = "supply.announced", "Supply announced"
    SUPPLY_DELAYED = "supply.delayed", "Supply delayed"
    SUPPLY_RECEIVED = "supply.received", "Supply received"
    LOAD_PLANNED = "load.planned", "Load planned"
    LOAD_TENDERED = "load.tendered", "Load tendered"
    LOAD_ACCEPTED = "load.accepted", "Load tender accepted"
    LOAD_REJECTED = "load.rejected", "Load tender rejected"
    LOAD_CANCELLED = "load.cancelled", "Load cancelled"
    LOAD_BROKEN_DOWN = "load.broken_down", "Vehicle broken down"
    SHIPMENT_BOOKED = "shipment.booked", "Shipment booked"
    SHIPMENT_ANNOUNCED = "shipment.announced", "Carrier told, freight not yet received"
    SHIPMENT_PICKED_UP = "shipment.picked_up", "Picked up"
    SHIPMENT_DEPARTED = "shipment.departed", "Departed"
    SHIPMENT_SCANNED = "shipment.scanned", "Scanned on the way"
    SHIPMENT_POSITION_REPORTED = "shipment.position_reported", "Position reported"
    SHIPMENT_ARRIVED = "shipment.arrived", "Arrived"
    SHIPMENT_OUT_FOR_DELIVERY = "shipment.out_for_delivery", "Out for delivery"
    SHIPMENT_DELIVERY_ATTEMPTED = "shipment.delivery_attempted", "Delivery attempted"
    SHIPMENT_AVAILABLE_FOR_PICKUP = "shipment.available_for_pickup", "Available for pickup by the receiver"
    SHIPMENT_DELIVERED = "shipment.delivered", "Delivered"
    SHIPMENT_REFUSED = "shipment.refused", "Refused by the receiver"
    SHIPMENT_RETURNED = "shipment.returned", "Returning to the sender"
    SHIPMENT_DELAYED = "shipment.delayed", "Delayed"
    SHIPMENT_ETA_CHANGED = "shipment.eta_changed", "ETA changed"
    SHIPMENT_ROLLED = "shipment.rolled", "Booking rolled"
    SHIPMENT_HELD = "shipment.held", "Held by an authority or a party"
    SHIPMENT_RELEASED = "shipment.released", "Released"
    SHIPMENT_DAMAGED = "shipment.damaged", "Damaged"
    SHIPMENT_COUNTED = "shipment.counted", "Counted against the papers"
    SHIPMENT_LOST = "shipment.lost", "Lost or stolen"
    SHIPMENT_DEVIATED = "shipment.deviated", "Off its route"
    SHIPMENT_PROBLEM_REPORTED = "shipment.problem_reported", "Problem reported without detail"
    SHIPMENT_CANCELLED = "shipment.cancelled", "Shipment cancelled"
    SHIPMENT_TEMPERATURE_READ = "shipment.temperature_read", "Temperature read"
    EQUIPMENT_DISCHARGED = "equipment.discharged", "Discharged from the vessel or train"
    EQUIPMENT_AVAILABLE = "equipment.made_available", "Available at the terminal"
    EQUIPMENT_GATED_IN = "equipment.gated_in", "Gated in"
    EQUIPMENT_GATED_OUT = "equipment.gated_out", "Gated out"
    EQUIPMENT_LOADED = "equipment.loaded", "Loaded on the vessel or train"
    EQUIPMENT_RETURNED = "equipment.returned", "Empty returned"
    EQUIPMENT_SEAL_CHECKED = "equipment.seal_checked", "Seal checked"
    APPOINTMENT_REQUESTED = "appointment.requested", "Appointment requested"
    APPOINTMENT_CONFIRMED = "appointment.confirmed", "Appointment confirmed"
    APPOINTMENT_RESCHEDULED = "appointment.rescheduled", "Appointment rescheduled"
    APPOINTMENT_MISSED = "appointment.missed", "Appointment missed"
    APPOINTMENT_CANCELLED = "appointment.cancelled", "Appointment cancelled"
    DOCUMENT_RECEIVED = "document.received", "Document received"
    INVOICE_ISSUED = "invoice.issued", "Invoice issued"
    INVOICE_RELEASED = "invoice.released", "Invoice released"
    CUSTOMER_REQUESTED_CHANGE = "customer.requested_change", "Customer requested a change"
    MAIL_RECEIVED = "mail.received", "E-mail received"
    EVENT_RETRACTED = "event.retracted", "Earlier event retracted"


class RefType(TextChoices):
    """Kinds of identifiers the trade uses. `SHIPMENT` is our own number."""

    SHIPMENT = "shipment", "Shipment"
    BOL = "bol", "BOL"
    PRO = "pro", "PRO"
    TRACKING = "tracking", "Tracking number"
    AWB = "awb", "AWB"
    BOOKING = "booking", "Booking"
    CMR = "cmr", "CMR"
    ORDER = "order", "Order"
    PO = "po", "PO"
    LOAD = "load", "Load"
    CONTAINER = "container", "Container"
    TRAILER = "trailer", "Trailer"
    CUSTOMER = "customer", "Customer reference"


class SourceRank(IntEnum):
    """How far a source is trusted about what happened. More is better."""

    MANUAL = 10
    MAIL = 20
    EDI = 30
    SCAN = 40
    GATE = 50
    TELEMATICS = 60


# `.values` makes a new list each time it is asked; a reader of messages asks for every one of them.
EVENT_TYPES: Final = frozenset(EventType.values)
REF_TYPES: Final = frozenset(RefType.values)


@dataclass(frozen=True, slots=True)
class Ref:
    """One identifier as the sender wrote it. `issuer` is an account code or SCAC, empty when not said."""

    type: str
    value: str
    issuer: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.type, normalised(self.value), normalised(self.issuer))


@dataclass(frozen=True, slots=True)
class Place:
    name: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    postcode: str = ""
    unlocode: str = ""
    zone: str = ""
    latitude: float | None = None
    longitude: float | None = None

    def __str__(self) -> str:
        return ", ".join(part for part in (self.name or self.city, self.region, self.country) if part)


@dataclass(frozen=True, slots=True)
class Source:
    """Who says it: the partner's slug, the adapter that read it, and how far it is trusted."""

    partner: str
    adapter: str
    rank: SourceRank


@dataclass(frozen=True, slots=True)
class CanonicalEvent:
    """One thing that happened, or is expected.

    `occurred_at` is when it happened (for `shipment.eta_changed`: when the estimate was made), aware UTC.
    `reported_at` is when the sender says it reported it; None where its format does not say.
    `source_code` and `source_text` keep the sender's own words for the reason tables.
    """

    type: str
    occurred_at: datetime
    references: tuple[Ref, ...] = ()
    place: Place | None = None
    data: Mapping[str, JSON] = field(default_factory=dict)
    source_code: str = ""
    source_text: str = ""
    event_id: str = ""
    reported_at: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "occurred_at", _utc(self.occurred_at))
        if self.reported_at is not None:
            object.__setattr__(self, "reported_at", _utc(self.reported_at))

    @property
    def report_time(self) -> datetime:
        """When it counts as reported. Never the time of arrival: retries and queues reorder arrivals."""
        return self.reported_at or self.occurred_at


def digest(event: CanonicalEvent, source: Source | None = None) -> str:
    """Sha256 (hex) of what is said and by whom.

    The sender's event id does not count: the same words under a new id are a repeat (all their ids are kept, and they
    stand until each of them is taken back). The source counts:
    the same arrival seen by the gate and by EDI are two reports.
    """
    place = event.place
    content = {
        "type": event.type,
        "occurred_at": event.occurred_at.isoformat(),
        "reported_at": event.reported_at.isoformat() if event.reported_at else None,
        "references": sorted({ref.key for ref in event.references}),
        "place": [getattr(place, name) for name in Place.__slots__] if place else None,
        "data": event.data,
        "code": event.source_code,
        "text": event.source_text,
        "source": [source.partner, int(source.rank)] if source else None,
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=32_768)
def normalised(value: str) -> str:
    """Letters and digits only, upper case: the form in which identifiers are compared and searched."""
    folded = unicodedata.normalize("NFKC", value).upper()
    return "".join(character for character in folded if character.isalnum())


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a canonical event needs a time with a zone")
    return moment.astimezone(UTC)
