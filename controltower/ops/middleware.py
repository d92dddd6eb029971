"""The first middleware: a request id for everything that follows, one access line, one count."""

import logging
import re
import time
from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest, HttpResponseBase

from controltower.audit.recording import request_id
from controltower.ops import metrics
from controltower.ops.logs import case_reference

log = logging.getLogger("tower.access")
GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}\Z")
QUIET = {"healthz", "readyz", "metrics"}  # asked every few seconds by machines: counted, not logged


class RequestLog:
    """Sets X-Request-ID (a caller's own is kept when it is plain), logs the route and never the path or its values."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        name = given if GIVEN_ID.match(given) else uuid4().hex
        began = time.perf_counter()
        request_token, case_token = request_id.set(name), case_reference.set("")
        try:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = name
            self._record(request, response, time.perf_counter() - began)
        finally:
            request_id.reset(request_token)
            case_reference.reset(case_token)
        return response

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: dict[str, object]) -> None:
        reference = kwargs.get("reference")
        if isinstance(reference, str) and reference.startswith("EX-"):
            case_reference.set(reference)

    def _record(self, request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
        match = request.resolver_match
        route = match.route if match else "(none)"
        metrics.request_done(request.method or "?", route, response.status_code, seconds)
        if route in QUIET and response.status_code < 400:
            return
        viewer = getattr(request, "viewer", None)
        fields = {
            "method": request.method,
            "route": route,
            "status": response.status_code,
            "duration_ms": round(seconds * 1000, 1),
            "bytes": len(getattr(response, "content", b"")),
            "organisation": viewer.organisation.pk if viewer else None,
            "member": viewer.member.pk if viewer else None,
        }
        log.info("request", extra={key: value for key, value in fields.items() if value is not None})
