from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "controltower.tenancy"
    label = "tenancy"
    verbose_name = "Organisations and people"
    default_auto_field = "django.db.models.BigAutoField"
