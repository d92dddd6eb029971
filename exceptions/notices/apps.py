from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "exceptions.notices"
    label = "notices"
    verbose_name = "Notices"

    def ready(self) -> None:
        from controltower.web import nav

        nav.register("Notices", "notices:list", order=40, verb="VIEW", key="n", icon="send")
