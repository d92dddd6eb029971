"""Shipments that turn out to be one: a tracker started one by its number before the booking told us the rest."""

from collections.abc import Iterable

from exceptions.shipments.models import EventSubject, Reference, Shipment
from exceptions.shipments.services.removal import discard
from exceptions.shipments.services.replay import shipment_replay


def shipment_absorb(shipment: Shipment, others: Iterable[Shipment]) -> None:
    """Take over what is known by and was said of shipments that nobody planned. The caller holds all their locks.

    One that a case speaks of stays as a shell that points here; else nothing of it is left but its identifiers.
    """
    for other in others:
        _move_references(shipment, other)
        mine = EventSubject.objects.filter(shipment=shipment).values("event")
        EventSubject.objects.filter(shipment=other, event__in=mine).delete()
        EventSubject.objects.filter(shipment=other).update(shipment=shipment)
        if shipment.customer_id is None and other.customer_id is not None:
            shipment.customer_id = other.customer_id
            shipment.save(update_fields=["customer"])
        for shell in discard([other]):
            shell.continued_as = shipment
            shell.save(update_fields=["continued_as"])
    shipment_replay(shipment)


def _move_references(shipment: Shipment, other: Shipment) -> None:
    held = set(Reference.objects.filter(shipment=shipment).values_list("type", "value_key", "issuer_key"))
    for ref in Reference.objects.filter(shipment=other):
        if (ref.type, ref.value_key, ref.issuer_key) in held:
            ref.delete()
        else:
            ref.shipment = shipment
            ref.save(update_fields=["shipment"])
