from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "controltower.tenancy"
    label = "tenancy"
    verbose_name = "Organisations and people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.account.signals import password_reset
        from django.db.backends.signals import connection_created

        from controltower import lookups  # noqa: F401  # registers itself by being imported
        from controltower.db import instants_load_fast
        from controltower.tenancy import openapi  # noqa: F401  # registers itself by being imported
        from controltower.tenancy.addresses import address_prove
        from controltower.web import nav

        connection_created.connect(instants_load_fast, dispatch_uid="tenancy.instants_load_fast")
        password_reset.connect(address_prove, dispatch_uid="tenancy.address_prove")
        nav.register("Settings", "tenancy:index", order=95, key="s", icon="settings", section="manage")
