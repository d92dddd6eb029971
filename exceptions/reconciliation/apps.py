from django.apps import AppConfig


class ReconciliationConfig(AppConfig):
    name = "exceptions.reconciliation"
    label = "reconciliation"
    verbose_name = "Reconciliation"

    def ready(self) -> None:
        from documents import scopes
        from exceptions.reconciliation import receivers
        from exceptions.reconciliation.selectors import document_scopes

        receivers.connect()
        scopes.plug(document_scopes)
