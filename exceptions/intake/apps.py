from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "exceptions.intake"
    label = "intake"
    verbose_name = "Intake"
