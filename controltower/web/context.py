"""What every template of ours may count on, as `interface`. Asks the database nothing: the viewer is loaded already."""

from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from controltower.web import keys, nav, toast


class Interface:
    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.viewer: Any = getattr(request, "viewer", None)
        self._user: Any = getattr(self.viewer, "user", None)

    @property
    def layout(self) -> str:
        """The layout a page has that is shown to members and to strangers alike (errors)."""
        return "base.html" if self._user is not None else "plain.html"

    @property
    def theme(self) -> str:
        """`light`, `dark`, or empty for what the system says."""
        chosen: str = getattr(self._user, "theme", "auto")
        return "" if chosen == "auto" else chosen

    @property
    def density(self) -> str:
        return getattr(self._user, "density", "cosy")

    @property
    def single_keys(self) -> bool:
        return getattr(self._user, "single_keys", True)

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    @cached_property
    def verbs(self) -> set[str]:
        """Names of what this member may do, for templates: `{% if "WORK" in interface.verbs %}`."""
        return {verb.name for verb in getattr(self.viewer, "verbs", ())}

    @cached_property
    def nav(self) -> list[nav.Link]:
        if self.viewer is None:
            return []
        match = self._request.resolver_match
        return nav.links(self.verbs, match.view_name if match else "")

    @property
    def keys(self) -> list[dict[str, object]]:
        return keys.as_json()

    @property
    def toasts(self) -> list[dict[str, Any]]:
        return toast.pending(self._request)


def interface(request: HttpRequest) -> dict[str, Interface]:
    return {"interface": Interface(request)}
