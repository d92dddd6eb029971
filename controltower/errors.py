"""The one family of errors that people are meant to read.

Every error carries a stable `code` for programs, a `status` for HTTP and a `message`: one sentence that says what
happened and what to do. `controltower.web` maps the family once for pages and fragments, and once for the API as
RFC 9457 problem details. Anything outside the family is a bug and ends as a plain 500.
"""

from collections.abc import Mapping
from typing import Any


class DomainError(Exception):
    """Something a person or a partner can act on. `details` holds JSON values only."""

    status = 400
    code = "bad_request"

    def __init__(self, message: str, *, code: str | None = None, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.details: dict[str, Any] = dict(details or {})


class BadRequest(DomainError):
    status, code = 400, "bad_request"


class Unauthorised(DomainError):
    status, code = 401, "unauthorised"


class Forbidden(DomainError):
    status, code = 403, "forbidden"


class NotFound(DomainError):
    """Also what a viewer gets for a thing that exists but is not theirs to see."""

    status, code = 404, "not_found"


class Conflict(DomainError):
    """Somebody else was faster, or a fact changed. `details` says who changed what."""

    status, code = 409, "conflict"


class TooLarge(DomainError):
    status, code = 413, "too_large"


class UnsupportedMediaType(DomainError):
    status, code = 415, "unsupported_media_type"


class Invalid(DomainError):
    """The request is well formed and its content is not acceptable. `details` maps field names to sentences."""

    status, code = 422, "invalid"


class RateLimited(DomainError):
    """`details["retry_after"]` is in whole seconds."""

    status, code = 429, "rate_limited"


class Unavailable(DomainError):
    status, code = 503, "unavailable"
