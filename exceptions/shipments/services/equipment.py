"""Free-time clocks of equipment from the whole set of events."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import Q

from exceptions.shipments.canonical import EventType, normalised
from exceptions.shipments.models import Equipment, Shipment
from exceptions.shipments.precedence import winner
from exceptions.shipments.services.references import EQUIPMENT_TYPES
from exceptions.shipments.services.told import Told, report_of

_CLOCKS: Final = {
    EventType.EQUIPMENT_DISCHARGED: "discharged_at",
    EventType.EQUIPMENT_AVAILABLE: "available_at",
    EventType.EQUIPMENT_GATED_OUT: "gated_out_at",
    EventType.EQUIPMENT_RETURNED: "returned_at",
}


def equipment_replay(shipment: Shipment, events: Sequence[Told], plan: Told | None) -> None:
    rows = list(Equipment.objects.filter(Q(shipment=shipment) | Q(load__load_shipments__shipment=shipment)))
    planned = {normalised(item.number): item for item in plan.payload.equipment} if plan else {}
    for equipment in rows:
        about = [item for item in events if _is_about(item, equipment, alone=len(rows) == 1)]
        clocks: dict[str, datetime] = {}
        for event_type, column in _CLOCKS.items():
            of_type = [item.row for item in about if item.row.type == event_type]
            if (best := winner(report_of(row, row.occurred_at) for row in of_type)) is not None:
                clocks[column] = best.value
        for column in ("last_free_at", "return_by"):
            limit = _latest_limit(column, about, planned.get(normalised(equipment.number)), plan)
            if limit is not None:
                clocks[column] = limit
        if clocks:
            Equipment.objects.filter(pk=equipment.pk).update(**clocks)


def _is_about(item: Told, equipment: Equipment, *, alone: bool) -> bool:
    if not item.row.type.startswith("equipment."):
        return False
    named = {normalised(ref.value) for ref in item.event.references if ref.type in EQUIPMENT_TYPES}
    return normalised(equipment.number) in named if named else alone


def _latest_limit(column: str, about: Sequence[Told], planned: Any, plan: Told | None) -> datetime | None:
    """The free-time limit last reported, by the plan or by an event."""
    said = [(item.row.reported_at, item.row.digest, getattr(item.payload, column, None)) for item in about]
    if planned is not None and plan is not None:
        said.append((plan.row.reported_at, plan.row.digest, getattr(planned, column)))
    return max(((at, mark, limit) for at, mark, limit in said if limit), default=(None, "", None))[2]
