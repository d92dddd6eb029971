from django.apps import AppConfig

from controltower.web import nav


class ContractsConfig(AppConfig):
    """The screens of what was agreed with whom. It has no tables of its own: those are in `exceptions.sla`."""

    name = "exceptions.contracts"
    label = "contracts"
    verbose_name = "Contracts"

    def ready(self) -> None:
        nav.register("Contracts", "contracts:contracts", order=35, verb="VIEW", icon="handshake", section="manage")
