from django.apps import AppConfig


class OpsConfig(AppConfig):
    name = "controltower.ops"
    label = "ops"
    verbose_name = "Operations"

    def ready(self) -> None:
        from controltower.web import nav

        nav.register("Status", "ops:status", order=80, verb="OPERATE", key="x", icon="activity", section="manage")
