from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "exceptions.cases"
    label = "cases"
    verbose_name = "Cases"

    def ready(self) -> None:
        from exceptions.cases import receivers, shortcuts  # noqa: F401  # connects the receivers

        shortcuts.register()
