from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "exceptions.notices"
    label = "notices"
    verbose_name = "Notices"
