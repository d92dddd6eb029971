"""Error pages for what never reached a view of ours."""

from django.http import HttpRequest, HttpResponse

from controltower.errors import BadRequest, DomainError, Forbidden, NotFound
from controltower.web.errors import error_response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, BadRequest("This request could not be read. Go back and try again."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, Forbidden("You may not do this. Ask an administrator of your organisation."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, NotFound("There is nothing at this address, or it is not yours to see."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_response(request, Forbidden("This form has expired. Load the page again and repeat.", code="csrf"))


def server_error(request: HttpRequest) -> HttpResponse:
    error = DomainError("Something broke on our side. It has been logged; try again in a moment.", code="internal")
    error.status = 500
    return error_response(request, error)
