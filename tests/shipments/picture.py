"""Everything that must not depend on the order in which it was said, told without the ids and numbers that do."""

from typing import Any

from exceptions.shipments.canonical import Ref
from exceptions.shipments.models import (
    Appointment,
    Charge,
    Equipment,
    Event,
    Load,
    Milestone,
    Order,
    OrderLine,
    Shipment,
    Supply,
)


def picture() -> dict[str, Any]:
    return {
        "shipments": sorted(_shipment(shipment) for shipment in Shipment.objects.all()),
        "milestones": sorted(_milestone(milestone) for milestone in Milestone.objects.filter(stop__dropped=False)),
        "appointments": sorted(
            (name_of(row.stop.shipment), row.state, str(row.ends_at), row.changes.count())
            for row in Appointment.objects.filter(stop__dropped=False)
        ),
        "orders": sorted(
            (o.number, o.state, o.hold_kind, o.hold_reason, str(o.customer), str(o.need_by))
            for o in Order.objects.all()
        ),
        "lines": sorted(_line(line) for line in OrderLine.objects.all()),
        "loads": sorted(
            (load.number, str(load.carrier), load.state, str(load.respond_by), load.vehicle)
            for load in Load.objects.all()
        ),
        "equipment": sorted(_equipment(row) for row in Equipment.objects.all()),
        "supplies": sorted(
            (row.number_key, row.state, str(row.expected_at), str(row.announced_for), str(row.received_at), row.lines)
            for row in Supply.objects.all()
        ),
        "charges": sorted(_charge(row) for row in Charge.objects.all()),
        "events": sorted(_event(event) for event in Event.objects.all()),
    }


def name_of(shipment: Shipment | None) -> str:
    """By what plans call it."""
    if shipment is None:
        return ""
    return "+".join(sorted(row.value for row in shipment.references.filter(exclusive=True).exclude(type="shipment")))


def _shipment(shipment: Shipment) -> tuple[Any, ...]:
    return (
        sorted(Ref(row.type, row.value, row.issuer_key).key for row in shipment.references.exclude(type="shipment")),
        str(shipment.customer),
        shipment.goods,
        shipment.mode,
        shipment.lane,
        shipment.status,
        shipment.created_from,
        shipment.last_event.digest if shipment.last_event else "",
        shipment.documents,
        [(s.sequence, s.kind, s.city, s.zone) for s in shipment.stops.filter(dropped=False).order_by("sequence")],
        [(leg.sequence, leg.origin.sequence, leg.destination.sequence, leg.cutoffs) for leg in shipment.legs.all()],
        sorted(row.load.number for row in shipment.load_shipments.all()),
        [(unit.count_ordered, unit.count_received) for unit in shipment.handling_units.all()],
    )


def _milestone(milestone: Milestone) -> tuple[Any, ...]:
    stop = milestone.stop
    reports = sorted((str(report.value), report.source) for report in milestone.reports.all())
    return (
        name_of(stop.shipment),
        stop.sequence,
        milestone.kind,
        milestone.code,
        str(milestone.value),
        milestone.source_rank,
        milestone.source,
        reports,
    )


def _line(line: OrderLine) -> tuple[Any, ...]:
    said = (line.ordered, line.released, line.short)
    return (line.order.number, line.line_number, line.sku, *map(str, said), line.alternates, line.waits_for_key)


def _equipment(row: Equipment) -> tuple[Any, ...]:
    clocks = (row.discharged_at, row.available_at, row.last_free_at, row.gated_out_at, row.return_by, row.returned_at)
    return (row.number, name_of(row.shipment), str(row.load), *map(str, clocks))


def _charge(row: Charge) -> tuple[Any, ...]:
    whose = name_of(row.shipment) or str(row.load)
    return (whose, str(row.payee), row.invoice_number, row.line, row.code, str(row.amount), row.state, row.kind)


def _event(event: Event) -> tuple[Any, ...]:
    named = [
        name_of(row.shipment) or (row.load and row.load.number) or str(row.order or row.equipment or row.supply)
        for row in event.subjects.all()
    ]
    return (event.digest, sorted(named), event.retracted_by_id is not None)
