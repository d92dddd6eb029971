"""Counts of handling units from the whole set of events."""

from collections.abc import Sequence

from exceptions.shipments.canonical import EventType
from exceptions.shipments.models import HandlingUnit, Shipment, Stop, StopKind
from exceptions.shipments.services.told import Told


def units_replay(shipment: Shipment, events: Sequence[Told], stops: Sequence[Stop]) -> None:
    """What was counted on arrival; of several counts the most trusted, then the latest report. A count at the pickup
    says what was shipped, which the plan knows."""
    pickups = {stop.sequence for stop in stops if stop.kind == StopKind.PICKUP}
    counts = [
        item for item in events if item.row.type == EventType.SHIPMENT_COUNTED and item.payload.stop not in pickups
    ]
    if not counts:
        return
    counts.sort(key=lambda item: (item.row.source_rank, item.row.reported_at, item.row.digest))
    units = list(HandlingUnit.objects.filter(shipment=shipment))
    for unit in units:
        of_unit = [item for item in counts if _is_of(item, unit, alone=len(units) == 1)]
        if of_unit and unit.count_received != of_unit[-1].payload.counted:
            unit.count_received = of_unit[-1].payload.counted
            unit.save(update_fields=["count_received"])


def _is_of(item: Told, unit: HandlingUnit, *, alone: bool) -> bool:
    return unit.sequence == item.payload.unit if item.payload.unit is not None else alone
