from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured

from agents.gateway.profiles import ProfileError, configured_profile


class GatewayConfig(AppConfig):
    name = "agents.gateway"
    label = "gateway"
    verbose_name = "Model gateway"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        try:
            configured_profile()  # contradictory settings end the start, not the first case
        except ProfileError as error:
            raise ImproperlyConfigured(str(error)) from None
