"""The one place where an error becomes an answer: a page, a fragment, or problem details (RFC 9457)."""

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from controltower.errors import BadRequest, DomainError, Forbidden, NotFound

logger = logging.getLogger(__name__)

HEADINGS = {
    400: "That request made no sense here",
    401: "Please sign in",
    403: "You may not do this",
    404: "Nothing here",
    409: "This changed while you were looking",
    413: "That is too large",
    415: "That kind of file is not accepted",
    422: "Something is missing",
    429: "Too many requests",
    500: "Something broke on our side",
    503: "Not available right now",
}


def error_response(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Pages for people, a fragment for htmx, `application/problem+json` for everything else.

    The fragment goes into the page's own place for problems and not where the answer was meant to go, so that what a
    person has typed stays.
    """
    context = {"error": error, "heading": HEADINGS.get(error.status, HEADINGS[400])}
    if wants_problem(request):
        response: HttpResponse = problem(error)
    elif request.headers.get("HX-Request"):
        response = render(request, "web/_error.html", context, status=error.status)
        response["HX-Retarget"] = "#problem"
        response["HX-Reswap"] = "innerHTML"
        response["HX-Push-Url"] = "false"
    else:
        response = render(request, "web/error.html", context, status=error.status)
    if "retry_after" in error.details:
        response["Retry-After"] = str(error.details["retry_after"])
    return response


def problem(error: DomainError) -> JsonResponse:
    body: dict[str, Any] = {"type": "about:blank", "title": error.code, "status": error.status, "detail": error.message}
    return JsonResponse({**error.details, **body}, status=error.status, content_type="application/problem+json")


def wants_problem(request: HttpRequest) -> bool:
    """Machines: the API, the door, whoever shows a key, and whoever does not ask for HTML."""
    if request.headers.get("HX-Request"):
        return False
    if request.path.startswith(("/api/", "/in/")) or request.headers.get("Authorization"):
        return True
    accept = request.headers.get("Accept", "text/html")
    return "html" not in accept and "*/*" not in accept


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_response(request, BadRequest("The request could not be read. Go back, reload the page and try again."))


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_response(request, Forbidden("Your role does not allow this. Ask an administrator."))


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    message = "This page does not exist, or it is not yours to see. Check the address, or go to the queue."
    return error_response(request, NotFound(message))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Usually a form left open over a new sign-in. Nothing was changed; the reload brings a fresh form."""
    logger.info("csrf check failed", extra={"reason": reason})
    message = "Nothing was changed: this form was opened before you last signed in. Reload the page and send it again."
    return error_response(request, Forbidden(message, code="csrf_failed"))


def server_error(request: HttpRequest) -> HttpResponse:
    """Without context processors and database: whatever broke must not break this page too."""
    error = DomainError(
        "The error was recorded and nothing was half saved. Try again; if it happens twice, tell your administrator.",
        code="internal_error",
    )
    error.status = 500
    if wants_problem(request):
        return problem(error)
    name = "web/_error.html" if request.headers.get("HX-Request") else "web/error_500.html"
    response = HttpResponse(render_to_string(name, {"error": error, "heading": HEADINGS[500]}), status=500)
    if request.headers.get("HX-Request"):
        response["HX-Retarget"] = "#problem"
        response["HX-Reswap"] = "innerHTML"
    return response
