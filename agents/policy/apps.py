from django.apps import AppConfig


class PolicyConfig(AppConfig):
    name = "agents.policy"
    label = "policy"
    verbose_name = "Approval policy"
    default_auto_field = "django.db.models.BigAutoField"
