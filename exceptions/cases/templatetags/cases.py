"""What only the screens of cases draw: `{% load cases %}`."""

from datetime import timedelta
from decimal import Decimal

from django import template
from django.utils.safestring import SafeString

from controltower.web import formats, keys
from controltower.web.templatetags.tower import action, key
from exceptions.cases.selectors.grammar import KEYS, TEXT, Key
from exceptions.sla.explaining import rounded

register = template.Library()

ICONS = {
    "signal": "radio",
    "rule": "workflow",
    "person": "user",
    "money": "coins",
    "note": "message-square-text",
    "interaction": "phone-call",
    "check": "calendar-clock",
    "proposal": "sparkles",
}


@register.filter
def timeline_icon(kind: str) -> str:
    return ICONS.get(kind, "circle-dot")


@register.filter
def lane(text: str) -> str:
    """`Dallas > Chicago` with a real arrow."""
    return text.replace(" > ", " → ")


@register.filter
def whole(amount: Decimal | None, currency: str) -> str:
    """`1,381 USD`: what is at stake, rounded as the sentences beside it say it."""
    return formats.money(None if amount is None else rounded(Decimal(amount)), currency)


@register.filter
def after_words(after: timedelta | None) -> str:
    """When a step of escalation is due: `at once`, `after 30 min`, `not taken`."""
    if after is None:
        return "not taken"
    return f"after {formats.span(after).removesuffix(' 00')}" if after else "at once"


@register.simple_tag
def case_action(name: str) -> SafeString:
    """`{% action "case.take" %}` for an action named by a variable; nothing where it has no key."""
    return action(f"case.{name}") if keys.knows(f"case.{name}") else SafeString("")


@register.simple_tag
def case_key(name: str) -> SafeString:
    return key(f"case.{name}") if keys.knows(f"case.{name}") else SafeString("")


@register.simple_tag
def filter_keys() -> list[Key]:
    """The table of the filter's grammar, free text first."""
    return [TEXT, *KEYS.values()]
