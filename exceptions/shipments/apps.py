from django.apps import AppConfig


class ShipmentsConfig(AppConfig):
    name = "exceptions.shipments"
    label = "shipments"
    verbose_name = "Shipments"
