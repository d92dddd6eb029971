from django.db.models import Q

from exceptions.shipments.models import Shipment


def events_of(shipment: Shipment) -> Q:
    """Events that speak of a shipment: directly, or of a load it rides."""
    return Q(subjects__shipment=shipment) | Q(subjects__load__load_shipments__shipment=shipment)
