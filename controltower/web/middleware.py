"""What every answer to a browser gets: toasts for htmx, and no copy in any cache."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponseBase, QueryDict

from controltower.errors import BadRequest, DomainError, TooLarge
from controltower.web.errors import error_response, wants_problem
from controltower.web.toast import pending

# The largest document and the form around it. Refused before anything reads the body: the check of the form's token
# would otherwise spool it to disk first.
LARGEST_BODY = 26 * 1024 * 1024

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class WebMiddleware:
    """Stands inside the message middleware and outside the tenant's: it sees finished answers."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if _announced_bytes(request) > LARGEST_BODY:
            return error_response(request, TooLarge("This is larger than 26 MB. Send a smaller file, or split it."))
        response = self.get_response(request)
        if response.status_code == 405 and not wants_problem(request):
            response = _not_allowed(request, response)
        if request.headers.get("HX-Request") == "true" and _is_shown(response):
            toasts = pending(request)
            if toasts:
                # A header of our own: htmx tells HX-Trigger to the element that asked, which may be gone from the page.
                response.headers["Tower-Toasts"] = json.dumps(toasts)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            # Pages show one organisation's data to one person; a shared computer keeps no copy of them.
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """PostgreSQL takes no NUL in a text, and nobody types one: refused here for every view."""
        reads_itself = getattr(view, "csrf_exempt", False)  # the door and the API want the body's bytes
        given = [request.GET] if reads_itself else [request.GET, request.POST]
        if any("\x00" in text for text in _texts(given, kwargs)):
            return error_response(request, BadRequest("The request contains a character that no text has."))
        return None


def _texts(given: Sequence[QueryDict], kwargs: dict[str, Any]) -> Iterator[str]:
    yield from (value for value in kwargs.values() if isinstance(value, str))
    for fields in given:
        for name, values in fields.lists():
            yield from (name, *(str(value) for value in values))


def _announced_bytes(request: HttpRequest) -> int:
    announced = request.META.get("CONTENT_LENGTH") or ""
    return int(announced[:18]) if announced.isdecimal() else 0


def _is_shown(response: HttpResponseBase) -> bool:
    """A redirect is followed by another request, which shows the words; 204 and polls leave them for a real answer."""
    if "HX-Redirect" in response.headers or response.status_code in (204, 304):
        return False
    return not 300 <= response.status_code < 400


def _not_allowed(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Django's own answer has no body, and a browser shows its own page for that."""
    error = DomainError("Nothing was changed. Go to the queue, and use the buttons there.", code="method_not_allowed")
    error.status = 405
    page = error_response(request, error)
    page["Allow"] = response.headers.get("Allow", "")
    return page
