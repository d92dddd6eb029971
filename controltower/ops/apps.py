from django.apps import AppConfig


class OpsConfig(AppConfig):
    name = "controltower.ops"
    label = "ops"
    verbose_name = "Operations"

    def ready(self) -> None:
        from controltower.web import nav

        nav.register("Status", "ops:status", order=80, verb="OPERATE", key="x", icon="activity", section="manage")
        nav.register("Jobs", "ops:jobs", order=70, verb="OPERATE", key="j", icon="list-checks", section="manage")
        nav.register("Audit trail", "ops:audit", order=60, verb="AUDIT", key="u", icon="scroll-text", section="manage")
