from exceptions.parties.adminkit import show
from exceptions.shipments.models import (
    Appointment,
    Charge,
    Equipment,
    Event,
    HandlingUnit,
    Leg,
    Load,
    Milestone,
    Order,
    OrderLine,
    Reference,
    Shipment,
    Stop,
    Supply,
)

show(Order, "customer", "state", "need_by", search=("number",))
show(OrderLine, "order", "sku", "ordered", "shipped", "received")
show(Shipment, "customer", "mode", "status", "lane", "created_at", search=("number",))
show(HandlingUnit, "shipment", "kind", "count_ordered", "count_received", search=("label",))
show(Load, "mode", "carrier", "state", search=("number",))
show(Leg, "mode", "carrier", "load")
show(Equipment, "kind", "shipment", "load", "last_free_at", search=("number",))
show(Stop, "shipment", "load", "kind", "zone", "window_end")
show(Appointment, "stop", "state", "starts_at", "ends_at", search=("number",))
show(Milestone, "kind", "code", "value", "source", "reported_at")
show(Supply, "state", "expected_at", "received_at", search=("number",))
show(Reference, "type", "value", "issuer_key", "shipment", "load", "order", search=("value_key",))
show(Event, "type", "occurred_at", "partner", "source_text", search=("digest",))
show(Charge, "kind", "state", "payee", "dispute_until", search=("invoice_number",))
