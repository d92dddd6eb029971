from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "exceptions.parties"
    label = "parties"
    verbose_name = "Parties"
