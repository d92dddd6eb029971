"""The tags every template of ours loads: `{% load tower %}`."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

from controltower.web import formats, keys

register = template.Library()

# Shape, label and colour together: nobody has to tell red from orange. Drawn in a 10 x 10 box.
SEVERITIES: dict[str, tuple[str, str]] = {
    "S1": ("Critical", "M2.93 0h4.14L10 2.93v4.14L7.07 10H2.93L0 7.07V2.93z"),
    "S2": ("High", "M5 .5 10 9.5H0z"),
    "S3": ("Medium", "M5 0l5 5-5 5-5-5z"),
    "S4": ("Low", "M5 0a5 5 0 1 1 0 10A5 5 0 0 1 5 0zm0 2.25a2.75 2.75 0 1 0 0 5.5 2.75 2.75 0 0 0 0-5.5z"),
}

# The library's attributes that `.icon` in components.css sets for all of them: a list of fifty rows carries many icons.
_PRESENTATION = ' fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'


@lru_cache(maxsize=256)
def _icon(name: str, classes: str, label: str) -> SafeString:
    named = {"role": "img", "aria_label": label} if label else {"aria_hidden": "true"}
    drawn = lucide(name, size=16, **{"class": classes}, **named)
    return mark_safe("".join(drawn.replace(_PRESENTATION, "").split("\n  ")).replace("\n", ""))  # noqa: S308


@register.simple_tag
def icon(name: str, *, size: int = 16, label: str = "") -> SafeString:
    """A lucide icon, decorative unless it has a label."""
    return _icon(str(name), "icon" if size == 16 else f"icon icon--{size}", str(label))


@register.inclusion_tag("ui/_severity.html")
def severity(value: Any, *, short: bool = False) -> dict[str, Any]:
    """`S1` to `S4` as shape, label and colour; `short` draws the code alone and keeps the word for screen readers."""
    code = str(getattr(value, "value", value))
    label, path = SEVERITIES.get(code, SEVERITIES["S4"])
    return {"code": code, "label": label, "path": path, "short": short}


def _now(context: Context) -> datetime:
    shared = context.get("interface")
    return shared.now if shared is not None else timezone.now()


@register.simple_tag(takes_context=True)
def when(
    context: Context, instant: datetime | None, zone: str = "", place: str = "", *, date: bool = False
) -> SafeString:
    """An instant on the clock of its place, the place named: `Thu 14:00 Lyon`. Without a zone: the organisation's."""
    if instant is None:
        return mark_safe('<span class="faint">—</span>')
    zone = zone or _home(context)
    text = formats.clock(instant, zone, _now(context))
    if date:
        there = formats.local(instant, zone)
        text = f"{there.day} {there:%b %H:%M}"
    named = format_html(' <span class="faint">{}</span>', place) if place else ""
    return format_html(
        '<time datetime="{}" title="{}">{}{}</time>', instant.isoformat(), formats.full(instant, zone), text, named
    )


def _home(context: Context) -> str:
    viewer = getattr(context.get("interface"), "viewer", None)
    return getattr(getattr(viewer, "organisation", None), "time_zone", "UTC")


@register.inclusion_tag("ui/_countdown.html", takes_context=True)
def countdown(
    context: Context, due: datetime | None, *, soon: int = 3600, zone: str = "", calm: bool = False
) -> dict[str, Any]:
    """Time left until `due`; app.js keeps it going. `soon` is in seconds; `calm` never turns red."""
    if due is None:
        return {"due": None}
    now = _now(context)
    return {
        "due": due,
        "text": formats.countdown(due, now),
        "state": "ok" if calm else formats.urgency(due, now),
        "soon": soon,
        "calm": calm,
        "title": formats.full(due, zone or _home(context)),
    }


@register.simple_tag(takes_context=True)
def ago(context: Context, instant: datetime | None) -> SafeString:
    """How long ago; app.js keeps it going."""
    if instant is None:
        return mark_safe('<span class="faint">never</span>')
    return format_html(
        '<time datetime="{}" data-ago title="{}">{} ago</time>',
        instant.isoformat(),
        formats.full(instant, _home(context)),
        formats.span(_now(context) - instant),
    )


@register.filter
def utc(instant: datetime | None) -> SafeString:
    """An instant in UTC to the second, for what compares across places."""
    if instant is None:
        return mark_safe("—")
    there = instant.astimezone(UTC)
    return format_html('<time class="num" datetime="{}">{} UTC</time>', there.isoformat(), f"{there:%Y-%m-%d %H:%M:%S}")


@register.filter
def money(amount: Decimal | float | int | None, currency: str = "") -> str:
    return formats.money(amount, currency)


@register.filter
def initials(name: object) -> str:
    return formats.initials(str(name))


@register.filter
def dialable(number: str) -> str:
    return formats.dialable(number)


@register.filter
def zone_name(zone: str, instant: datetime) -> str:
    """`{{ stop.zone|zone_name:interface.now }}`: CST, or UTC+4."""
    return formats.zone_name(zone, instant)


@register.filter
def lookup(mapping: Mapping[str, Any] | None, key: str) -> Any:
    """`{{ errors|lookup:"reason" }}`: a key that is only known here."""
    return (mapping or {}).get(key)


@register.simple_tag
def action(name: str) -> SafeString:
    """Marks the element that performs a registered action, so that its key, help and palette entry work."""
    row = keys.find(name)
    if len(row.keys) > 1 and " " in row.keys:
        return format_html('data-action="{}"', row.action)  # a chord has no place in aria-keyshortcuts
    return format_html('data-action="{}" aria-keyshortcuts="{}"', row.action, row.keys.replace("Mod", "Control"))


@register.simple_tag
def key(name: str) -> SafeString:
    """The key caps of a registered action. Hidden from screen readers: `aria-keyshortcuts` says it to them."""
    caps = ((cap,) for cap in keys.find(name).caps)
    return format_html_join("", '<kbd class="key" aria-hidden="true">{}</kbd>', caps)


@register.inclusion_tag("ui/_field.html")
def field(bound: Any, *, hint: str = "", autofocus: bool = False, either: bool = False) -> dict[str, Any]:
    """A form field with its label, hint and errors, wired for screen readers.

    either: one of several of which one is needed, so that none of them is called optional.
    """
    widget = bound.field.widget
    kind = type(widget).__name__
    described = [f"{bound.id_for_label}_hint"] if (hint or bound.help_text) else []
    described += [f"{bound.id_for_label}_error"] if bound.errors else []
    attrs: dict[str, Any] = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attrs["aria-invalid"] = "true"
    if autofocus:
        attrs["data-autofocus"] = True
    grouped = kind in ("RadioSelect", "CheckboxSelectMultiple")
    if not grouped and kind != "CheckboxInput":
        attrs["class"] = f"input {widget.attrs.get('class', '')}".strip()
    return {
        "bound": bound,
        "control": "" if grouped else bound.as_widget(attrs=attrs),  # the template draws each choice of a group
        "hint": hint or bound.help_text,
        "grouped": grouped,
        "checkbox": kind == "CheckboxInput",
        "hidden": bound.is_hidden,
        # A choice says by itself what choosing nothing means.
        "optional": not (bound.field.required or either) and kind not in ("CheckboxInput", "Select"),
    }
