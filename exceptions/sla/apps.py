from django.apps import AppConfig


class SlaConfig(AppConfig):
    name = "exceptions.sla"
    label = "sla"
    verbose_name = "SLA"
