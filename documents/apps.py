from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "documents"
    label = "documents"
    verbose_name = "Documents"

    def ready(self) -> None:
        from controltower.web import nav

        nav.register("Documents", "documents:index", order=40, verb="VIEW", key="d", icon="file-text")
