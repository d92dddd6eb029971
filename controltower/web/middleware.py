"""What every answer to a browser gets: toasts for htmx, and no copy in any cache."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django_htmx.http import trigger_client_event

from controltower.web.toast import pending

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class WebMiddleware:
    """Stands inside the message middleware and outside the tenant's: it sees finished answers."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.headers.get("HX-Request") == "true" and _is_shown(response):
            toasts = pending(request)
            if toasts:
                trigger_client_event(response, "tower:toasts", {"toasts": toasts})  # type: ignore[type-var]
        if response.headers.get("Content-Type", "").startswith("text/html"):
            # Pages show one organisation's data to one person; a shared computer keeps no copy of them.
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


def _is_shown(response: HttpResponseBase) -> bool:
    """A redirect is followed by another request, which shows the words; 204 and polls leave them for a real answer."""
    if "HX-Redirect" in response.headers or response.status_code in (204, 304):
        return False
    return not 300 <= response.status_code < 400
