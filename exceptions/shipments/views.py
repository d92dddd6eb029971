from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.web.numbers import number_in
from controltower.web.render import page
from exceptions.shipments import selectors
from exceptions.shipments.models import ShipmentStatus

# Fragments of upper layers that the page loads by name; one that is not installed is not on the page.
PANELS = {"documents": "reconciliation:shipment_documents"}
QUEUE = "cases:queue"


@require_safe
@requires(Verb.VIEW)
def index(request: MemberRequest) -> HttpResponse:
    found = selectors.shipment_list(
        request.viewer,
        now=timezone.now(),
        query=request.GET.get("q", "")[:60],
        status=request.GET.get("status", ""),
        before=number_in(request.GET.get("before", "")),
    )
    context = {"found": found, "statuses": ShipmentStatus}
    return page(request, "shipments/list.html", context, fragment="shipments/_list.html")


@require_safe
@requires(Verb.VIEW)
def detail(request: MemberRequest, number: str) -> HttpResponse:
    found = selectors.shipment_detail(request.viewer, number, now=timezone.now())
    context = {"found": found, "shipment": found.shipment}
    return page(request, "shipments/detail.html", context | _panels(found.shipment.number))


@require_safe
@requires(Verb.VIEW)
def events(request: MemberRequest, number: str) -> HttpResponse:
    found = selectors.shipment_events(
        request.viewer,
        number,
        all_of_them="all" in request.GET,
    )
    context = {"found": found, "shipment": found.shipment}
    return page(request, "shipments/events.html", context, fragment="shipments/_events.html")


def _panels(number: str) -> dict[str, str]:
    panels = {}
    for name, url_name in PANELS.items():
        try:
            panels[f"{name}_url"] = reverse(url_name, args=[number])
        except NoReverseMatch:
            continue
    return panels | {"exceptions_url": f"{reverse(QUEUE)}?{urlencode({'q': number})}"}
