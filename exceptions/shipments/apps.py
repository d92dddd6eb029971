from django.apps import AppConfig


class ShipmentsConfig(AppConfig):
    name = "exceptions.shipments"
    label = "shipments"
    verbose_name = "Shipments"

    def ready(self) -> None:
        from controltower.web import nav

        nav.register("Shipments", "shipments:list", order=30, verb="VIEW", key="h", icon="truck")
