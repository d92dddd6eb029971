from exceptions.shipments.models.appointments import Appointment, AppointmentChange, AppointmentState
from exceptions.shipments.models.charges import Charge, ChargeKind, ChargeState
from exceptions.shipments.models.events import Event, EventAlias, EventReference, EventSubject
from exceptions.shipments.models.freight import (
    HandlingUnit,
    Mode,
    PartyRole,
    PartyRoleKind,
    Shipment,
    ShipmentOrderLine,
    ShipmentStatus,
    TemperatureUnit,
)
from exceptions.shipments.models.milestones import Milestone, MilestoneCode, MilestoneKind, MilestoneReport
from exceptions.shipments.models.movement import (
    Equipment,
    EquipmentKind,
    Leg,
    Load,
    LoadShipment,
    LoadState,
    Stop,
    StopKind,
)
from exceptions.shipments.models.orders import Order, OrderLine, OrderState
from exceptions.shipments.models.references import Reference
from exceptions.shipments.models.supply import Supply, SupplyState

__all__ = [
    "Appointment",
    "AppointmentChange",
    "AppointmentState",
    "Charge",
    "ChargeKind",
    "ChargeState",
    "Equipment",
    "EquipmentKind",
    "Event",
    "EventAlias",
    "EventReference",
    "EventSubject",
    "HandlingUnit",
    "Leg",
    "Load",
    "LoadShipment",
    "LoadState",
    "Milestone",
    "MilestoneCode",
    "MilestoneKind",
    "MilestoneReport",
    "Mode",
    "Order",
    "OrderLine",
    "OrderState",
    "PartyRole",
    "PartyRoleKind",
    "Reference",
    "Shipment",
    "ShipmentOrderLine",
    "ShipmentStatus",
    "Stop",
    "StopKind",
    "Supply",
    "SupplyState",
    "TemperatureUnit",
]
