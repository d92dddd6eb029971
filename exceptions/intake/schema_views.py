"""The JSON Schemas of our event types, for anybody: they tell of the product and of nobody's data."""

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from controltower.errors import NotFound
from controltower.tenancy.guards import no_db
from exceptions.shipments.canonical import EventType
from exceptions.shipments.payloads import PAYLOADS
from exceptions.shipments.payloads.schemas import schema_of, version_of


@require_safe
@no_db
@cache_control(public=True, max_age=3600)
def schemas(request: HttpRequest) -> JsonResponse:
    """Every event type with the version and the address of its schema."""
    found = [
        {"type": kind, "label": EventType(kind).label, "version": version_of(kind), "schema": _address(kind)}
        for kind in PAYLOADS
    ]
    return JsonResponse({"schemas": found})


@require_safe
@no_db
@cache_control(public=True, max_age=3600)
def schema(request: HttpRequest, event_type: str) -> JsonResponse:
    if event_type not in PAYLOADS:
        raise NotFound(f"There is no event type {event_type[:60]!r}. {_address('')} lists them.")
    body = {"$id": _address(event_type), **schema_of(event_type)}
    return JsonResponse(body, content_type="application/schema+json")


def _address(event_type: str) -> str:
    path = reverse("schemas:schema", args=[event_type]) if event_type else reverse("schemas:list")
    return settings.BASE_URL + path
