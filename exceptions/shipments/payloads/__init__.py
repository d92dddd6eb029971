"""What the `data` of each event type holds. Pure.

Strict on purpose: an unknown key is a misspelt one, and a signal that is not understood waits for a person.
`examples.py` has one example of each type.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from controltower.errors import Invalid
from exceptions.shipments.canonical import CanonicalEvent, EventType
from exceptions.shipments.payloads import happenings as happens
from exceptions.shipments.payloads import plans
from exceptions.shipments.payloads.parts import Payload

_E = EventType
PAYLOADS: Final[Mapping[str, type[Payload]]] = {
    _E.ORDER_CREATED: plans.OrderData,
    _E.ORDER_CHANGED: plans.OrderData,
    _E.ORDER_RELEASED: happens.StateData,
    _E.ORDER_HELD: happens.OrderHeldData,
    _E.ORDER_CANCELLED: happens.StateData,
    _E.INVENTORY_ALLOCATED: happens.InventoryData,
    _E.INVENTORY_SHORTFALL_DETECTED: happens.InventoryData,
    _E.SUPPLY_ANNOUNCED: happens.SupplyData,
    _E.SUPPLY_DELAYED: happens.SupplyData,
    _E.SUPPLY_RECEIVED: happens.SupplyData,
    _E.LOAD_PLANNED: plans.LoadData,
    _E.LOAD_TENDERED: happens.TenderData,
    _E.LOAD_ACCEPTED: happens.StateData,
    _E.LOAD_REJECTED: happens.StateData,
    _E.LOAD_CANCELLED: happens.StateData,
    _E.LOAD_BROKEN_DOWN: happens.BreakdownData,
    _E.SHIPMENT_BOOKED: plans.BookedData,
    _E.SHIPMENT_ANNOUNCED: happens.StopEventData,
    _E.SHIPMENT_PICKED_UP: happens.DeliveredData,
    _E.SHIPMENT_DEPARTED: happens.StopEventData,
    _E.SHIPMENT_SCANNED: happens.StopEventData,
    _E.SHIPMENT_POSITION_REPORTED: happens.PositionData,
    _E.SHIPMENT_ARRIVED: happens.StopEventData,
    _E.SHIPMENT_OUT_FOR_DELIVERY: happens.StopEventData,
    _E.SHIPMENT_DELIVERY_ATTEMPTED: happens.AttemptData,
    _E.SHIPMENT_AVAILABLE_FOR_PICKUP: happens.StopEventData,
    _E.SHIPMENT_DELIVERED: happens.DeliveredData,
    _E.SHIPMENT_REFUSED: happens.PiecesData,
    _E.SHIPMENT_RETURNED: happens.StopEventData,
    _E.SHIPMENT_DELAYED: happens.DelayData,
    _E.SHIPMENT_ETA_CHANGED: happens.EtaData,
    _E.SHIPMENT_ROLLED: happens.DelayData,
    _E.SHIPMENT_HELD: happens.HeldData,
    _E.SHIPMENT_RELEASED: happens.StopEventData,
    _E.SHIPMENT_DAMAGED: happens.PiecesData,
    _E.SHIPMENT_COUNTED: happens.CountData,
    _E.SHIPMENT_LOST: happens.PiecesData,
    _E.SHIPMENT_DEVIATED: happens.StopEventData,
    _E.SHIPMENT_PROBLEM_REPORTED: happens.StopEventData,
    _E.SHIPMENT_CANCELLED: happens.StateData,
    _E.SHIPMENT_TEMPERATURE_READ: happens.TemperatureData,
    _E.EQUIPMENT_DISCHARGED: happens.EquipmentEventData,
    _E.EQUIPMENT_AVAILABLE: happens.EquipmentEventData,
    _E.EQUIPMENT_GATED_IN: happens.EquipmentEventData,
    _E.EQUIPMENT_GATED_OUT: happens.EquipmentEventData,
    _E.EQUIPMENT_LOADED: happens.EquipmentEventData,
    _E.EQUIPMENT_RETURNED: happens.EquipmentEventData,
    _E.EQUIPMENT_SEAL_CHECKED: happens.SealData,
    _E.APPOINTMENT_REQUESTED: happens.AppointmentEventData,
    _E.APPOINTMENT_CONFIRMED: happens.AppointmentEventData,
    _E.APPOINTMENT_RESCHEDULED: happens.AppointmentEventData,
    _E.APPOINTMENT_MISSED: happens.AppointmentEventData,
    _E.APPOINTMENT_CANCELLED: happens.AppointmentEventData,
    _E.DOCUMENT_RECEIVED: happens.DocumentData,
    _E.INVOICE_ISSUED: happens.InvoiceData,
    _E.INVOICE_RELEASED: happens.InvoiceData,
    _E.CUSTOMER_REQUESTED_CHANGE: happens.ChangeData,
    _E.MAIL_RECEIVED: happens.MailData,
    _E.EVENT_RETRACTED: happens.RetractionData,
}


def payload_of(event: CanonicalEvent) -> Any:
    """The event's data as its type's payload. Raises `Invalid` with a sentence that names the field."""
    wanted = PAYLOADS.get(event.type)
    if wanted is None:
        raise Invalid(f"{event.type!r} is not a type of event that is known here.", code="unknown_event_type")
    try:
        return wanted.model_validate_json(json.dumps(event.data), strict=True)
    except ValidationError as error:
        wrong = {".".join(str(step) for step in item["loc"]) or "data": item["msg"] for item in error.errors()}
        field, what = next(iter(wrong.items()))
        raise Invalid(
            f"The data of {event.type} is not acceptable: {field}: {what}.", code="invalid_payload", details=wrong
        ) from None
