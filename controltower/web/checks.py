"""System checks: what the tables promise must exist."""

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import NoReverseMatch, reverse

from controltower.web import nav


@register("web")
def navigation_resolves(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for item in nav.items():
        try:
            reverse(item.url_name)
        except NoReverseMatch:
            hint = "Include the app's urls, or register the page under the name it has."
            found.append(Error(f"The navigation names {item.url_name!r}, which is no page.", hint=hint, id="web.E001"))
    return found
