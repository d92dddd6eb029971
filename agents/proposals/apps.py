from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    name = "agents.proposals"
    label = "proposals"
    verbose_name = "Proposals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from agents.proposals import receivers, shortcuts
        from documents.signals import fields_decided
        from exceptions.cases.signals import case_changed, cases_priced
        from exceptions.notices.signals import notice_changed

        case_changed.connect(receivers.case_changed, dispatch_uid="proposals.case_changed")
        cases_priced.connect(receivers.cases_priced, dispatch_uid="proposals.cases_priced")
        notice_changed.connect(receivers.notice_changed, dispatch_uid="proposals.notice_changed")
        fields_decided.connect(receivers.fields_decided, dispatch_uid="proposals.fields_decided")
        shortcuts.register()
