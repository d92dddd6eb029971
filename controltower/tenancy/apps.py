from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "controltower.tenancy"
    label = "tenancy"
    verbose_name = "Organisations and people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from controltower.tenancy import openapi  # noqa: F401  # registers itself by being imported
        from controltower.web import nav

        nav.register("Settings", "tenancy:index", order=95, key="s", icon="settings", section="manage")
