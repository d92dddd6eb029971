"""A short word after an action, with the way back where there is one.

Carried by Django's messages: the next page renders them, an htmx answer carries them in its Tower-Toasts header.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest


def toast(
    request: HttpRequest,
    text: str,
    *,
    undo: str | None = None,
    fields: Mapping[str, object] | None = None,
    danger: bool = False,
    target: str = "detail",
) -> None:
    """Say `text`. `undo` is an address to POST to, `fields` what to post with it (the version), `target` the id of what
    htmx replaces with the answer; "" leads to the answer as a page."""
    extra = {
        "undo": undo,
        "fields": {name: str(value) for name, value in (fields or {}).items()},
        "target": target,
    }
    messages.add_message(request, messages.ERROR if danger else messages.SUCCESS, text, json.dumps(extra))


def pending(request: HttpRequest) -> list[dict[str, Any]]:
    """The words not shown yet; reading them uses them up."""
    found = []
    for message in messages.get_messages(request):
        try:
            extra = json.loads(message.extra_tags or "{}")
        except ValueError:
            extra = {}  # a library's own message (sign-in) has plain tags
        if not isinstance(extra, dict):
            extra = {}
        found.append(
            {
                "text": str(message.message),
                "danger": message.level >= messages.ERROR,
                "undo": extra.get("undo"),
                "fields": extra.get("fields") or {},
                "target": extra.get("target", "detail"),
            }
        )
    return found
