"""REST framework's errors and ours in one form: RFC 9457 problem details."""

from typing import Any

from rest_framework.response import Response
from rest_framework.views import exception_handler as framework_handler

from controltower.errors import DomainError


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Domain errors and the framework's own become problem details; anything else stays a 500."""
    if isinstance(error, DomainError):
        return _problem(error.status, error.code, error.message, error.details)
    response = framework_handler(error, context)
    if response is None:
        return None
    detail = response.data.get("detail") if isinstance(response.data, dict) else None
    code = getattr(detail, "code", "invalid")
    fields = {} if detail is not None else {"errors": response.data}
    return _problem(response.status_code, code, str(detail or "Some fields are not acceptable."), fields)


def _problem(status: int, code: str, sentence: str, details: dict[str, Any]) -> Response:
    body = {**details, "type": "about:blank", "title": code, "status": status, "detail": sentence}
    response = Response(body, status=status, content_type="application/problem+json")
    if "retry_after" in details:
        response["Retry-After"] = str(details["retry_after"])
    response.exception = True
    return response
