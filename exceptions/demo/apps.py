from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "exceptions.demo"
    label = "demo"
    verbose_name = "Demo day"
