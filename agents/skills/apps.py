from django.apps import AppConfig


class SkillsConfig(AppConfig):
    name = "agents.skills"
    label = "skills"
    verbose_name = "Skills"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from agents.skills import receivers
        from documents.signals import document_read
        from exceptions.cases import signals

        signals.cases_opened.connect(receivers.cases_opened, dispatch_uid="skills.cases_opened")
        signals.case_changed.connect(receivers.case_changed, dispatch_uid="skills.case_changed")
        document_read.connect(receivers.document_read, dispatch_uid="skills.document_read")
