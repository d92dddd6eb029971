"""Shipments that turn out to be one: a tracker started one by its number before the booking told us the rest."""

from collections.abc import Iterable

from exceptions.shipments.models import Charge, EventSubject, LoadShipment, Reference, Shipment, ShipmentOrderLine
from exceptions.shipments.services.batch import Batch
from exceptions.shipments.services.removal import discard, discard_all


def shipments_absorb(batch: Batch, shipment: int, others: Iterable[int]) -> None:
    """Take over what is known by and was said of other shipments.

    One that a case speaks of stays as a shell that points here and rides nothing; else nothing of it is left but its
    identifiers.
    """
    batch.disturbed.add(shipment)
    for other in sorted(others):
        batch.names.load(Reference.objects.filter(shipment=other).values_list("type", "value_key"))
        batch.names.move_shipment(other, shipment)
        batch.names.store()  # before the other goes, and its references with it
        batch.disturbed.discard(other)
        batch.planned.discard(other)
        for item in (*batch.items, *batch.again.values()):
            if ("shipment", other) in item.ties:
                item.ties = item.ties - {("shipment", other)} | {("shipment", shipment)}
            if ("shipment", other) in item.was:
                item.was = item.was - {("shipment", other)} | {("shipment", shipment)}
        _take_over(shipment, other)


def _take_over(shipment: int, other: int) -> None:
    mine = EventSubject.objects.filter(shipment=shipment).values("event")
    EventSubject.objects.filter(shipment=other, event__in=mine).delete()
    EventSubject.objects.filter(shipment=other).update(shipment=shipment)
    rows = {row.pk: row for row in Shipment.objects.select_for_update(no_key=True).filter(pk__in=(shipment, other))}
    if other not in rows:
        return
    if shipment in rows and rows[shipment].customer_id is None and rows[other].customer_id is not None:
        Shipment.objects.filter(pk=shipment).update(customer=rows[other].customer_id)
    discard_all(Charge.objects.filter(shipment=other))  # they follow from its events, which are the other's now
    for shell in discard([rows[other]]):
        LoadShipment.objects.filter(shipment=other).delete()
        ShipmentOrderLine.objects.filter(shipment=other).delete()
        shell.continued_as_id = shipment
        shell.save(update_fields=["continued_as"])
