from django.apps import AppConfig


class OpsConfig(AppConfig):
    name = "controltower.ops"
    label = "ops"
    verbose_name = "Operations"

    def ready(self) -> None:
        from django.conf import settings

        from controltower.web import nav

        nav.register("Status", "ops:status", order=80, verb="OPERATE", key="x", icon="activity", section="manage")
        nav.register("Jobs", "ops:jobs", order=70, verb="OPERATE", key="j", icon="list-checks", section="manage")
        nav.register("Audit trail", "ops:audit", order=60, verb="AUDIT", key="u", icon="scroll-text", section="manage")
        if settings.MAILBOX_DIR is not None:
            nav.register("Mailbox", "ops:mailbox", order=90, verb="VIEW", key="m", icon="mail", section="manage")
