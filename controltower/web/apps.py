from django.apps import AppConfig


class WebConfig(AppConfig):
    """The interface every screen shares: layout, navigation and keyboard tables, errors, toasts. Knows no logistics."""

    name = "controltower.web"
    label = "web"

    def ready(self) -> None:
        from controltower.web import checks, shortcuts

        shortcuts.register_shared()
        assert checks  # imported for its registration
