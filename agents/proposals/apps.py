from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    name = "agents.proposals"
    label = "proposals"
    verbose_name = "Proposals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from agents.proposals import receivers
        from controltower.web import nav
        from exceptions.cases import signals

        signals.case_changed.connect(receivers.case_changed, dispatch_uid="proposals.case_changed")
        nav.register("Approvals", "proposals:list", order=20, verb="VIEW", key="a", icon="circle-check")
