from django.apps import AppConfig


class ReconciliationConfig(AppConfig):
    name = "exceptions.reconciliation"
    label = "reconciliation"
    verbose_name = "Reconciliation"
