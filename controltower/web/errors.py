"""The one place where an error becomes an answer: a page, a fragment, or problem details (RFC 9457)."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from controltower.errors import DomainError

HEADINGS = {
    400: "That request made no sense here",
    401: "Please sign in",
    403: "You may not do this",
    404: "Nothing here",
    405: "This address is for forms only",
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
        aim_at_problem(response)
    else:
        response = render(request, "web/error.html", context, status=error.status)
    if "retry_after" in error.details:
        response["Retry-After"] = str(error.details["retry_after"])
    return response


def aim_at_problem(response: HttpResponse) -> None:
    """Have htmx put this answer into the page's place for problems; the address stays what it was."""
    response["HX-Retarget"] = "#problem"
    response["HX-Reswap"] = "innerHTML"
    response["HX-Push-Url"] = "false"


def problem(error: DomainError) -> JsonResponse:
    body: dict[str, Any] = {"type": "about:blank", "title": error.code, "status": error.status, "detail": error.message}
    return JsonResponse({**error.details, **body}, status=error.status, content_type="application/problem+json")


def wants_problem(request: HttpRequest) -> bool:
    """Machines: the API, the door, whoever shows a key, and whoever does not ask for HTML."""
    if request.headers.get("HX-Request"):
        return False
    if request.path.startswith(("/api/", "/in/")) or request.headers.get("Authorization"):
        return True
    return "html" not in request.headers.get("Accept", "html")
