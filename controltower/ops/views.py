"""Health for machines, the status page for people."""

import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from controltower.errors import NotFound
from controltower.ops import figures, metrics, readiness
from controltower.tenancy.guards import no_db, public, requires
from controltower.tenancy.permissions import Verb
from controltower.web.render import page


@require_safe
@no_db
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers. Says nothing about anything behind it."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
@public
def readyz(request: HttpRequest) -> JsonResponse:
    """200 as long as signals can be accepted, also when something is degraded; 503 when they cannot."""
    found = readiness.look(timezone.now())
    body = {
        "status": found.state,
        "accepts_signals": found.accepts_signals,
        "checks": {check.name: {"status": check.state, "detail": check.sentence} for check in found.checks},
        "degraded": [check.sentence for check in found.checks if check.state is not readiness.State.OK],
    }
    return JsonResponse(body, status=200 if found.accepts_signals else 503, json_dumps_params={"indent": 2})


@require_safe
@public
def metrics_text(request: HttpRequest) -> HttpResponse:
    """Prometheus text. In production only for who shows TOWER_METRICS_TOKEN as bearer token."""
    if settings.PRODUCTION or settings.METRICS_TOKEN:
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not settings.METRICS_TOKEN or not hmac.compare_digest(shown.encode(), settings.METRICS_TOKEN.encode()):
            raise NotFound("There is nothing here. Metrics need the bearer token of TOWER_METRICS_TOKEN.")
    return HttpResponse(metrics.exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")


@require_safe
@requires(Verb.OPERATE)
def status(request: HttpRequest) -> HttpResponse:
    """The same in words, with the jobs of the whole installation by kind."""
    found = readiness.look(timezone.now())
    context = {"readiness": found, "kinds": figures.jobs_by_kind()}
    return page(request, "ops/status.html", context, fragment="ops/_status.html")
