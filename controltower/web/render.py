"""One address, one view, two renderings: the page, and for htmx the part of it that was asked for."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    fragment: str | Mapping[str, str] = "",
    status: int = 200,
) -> HttpResponse:
    """Render `template`, or for htmx the `fragment`: one template, or one for each id of a target element."""
    chosen = template
    if is_fragment(request):
        chosen = fragment if isinstance(fragment, str) else fragment.get(target(request), "")
    response = render(request, chosen or template, dict(context), status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part. Coming back through the history needs the whole page."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


def target(request: HttpRequest) -> str:
    return request.headers.get("HX-Target", "")
