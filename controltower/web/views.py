"""The answers Django itself asks for: what could not be read, may not be done, is not there, or broke."""

import logging

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from controltower.errors import BadRequest, DomainError, Forbidden, NotFound
from controltower.web.errors import HEADINGS, aim_at_problem, error_response, problem, wants_problem

logger = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_response(request, BadRequest("The request could not be read. Go back, reload the page and try again."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_response(request, Forbidden("Your role does not allow this. Ask an administrator."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
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
        aim_at_problem(response)
    return response
