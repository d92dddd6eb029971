from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "exceptions.cases"
    label = "cases"
    verbose_name = "Cases"

    def ready(self) -> None:
        from exceptions.cases import shortcuts

        shortcuts.register()
