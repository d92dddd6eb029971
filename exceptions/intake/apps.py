from django.apps import AppConfig

from controltower.web import nav


class IntakeConfig(AppConfig):
    name = "exceptions.intake"
    label = "intake"
    verbose_name = "Intake"

    def ready(self) -> None:
        nav.register("Dead letters", "intake:dead_letters", order=75, verb="OPERATE", icon="mail-x", section="manage")
        nav.register("Partners", "intake:partners", order=40, verb="OPERATE", icon="plug", section="manage")
