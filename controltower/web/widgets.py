"""Draws form fields without a template for each: a choice of colleagues has as many options as there are people, and a
template for every option and for every option's attributes is most of the time that a form takes.

The words are those of Django's own widget templates; tests/web/test_widgets.py holds the two together.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

Widget = Mapping[str, Any]

INPUTS: Final = (
    "checkbox", "date", "datetime", "email", "hidden", "input", "number", "password", "search", "text", "url"
)  # fmt: skip


class FormRenderer(DjangoTemplates):
    """Selects, inputs and single choices by hand; everything else by Django's templates."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        drawn = DRAWN.get(template_name)
        return super().render(template_name, context, request) if drawn is None else drawn(context["widget"])


def _attributes(widget: Widget) -> str:
    return "".join(
        f" {name}" if value is True else f' {name}="{conditional_escape(str(value))}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _input(widget: Widget) -> str:
    value = "" if widget.get("value") is None else f' value="{_text(widget["value"])}"'
    return f'<input type="{_text(widget["type"])}" name="{_text(widget["name"])}"{value}{_attributes(widget)}>'


def _option(widget: Widget) -> str:
    return f'<option value="{_text(widget["value"])}"{_attributes(widget)}>{_text(widget["label"])}</option>'


def _select(widget: Widget) -> str:
    parts = []
    for group, options, _ in widget["optgroups"]:
        drawn = "".join(map(_option, options))
        parts.append(f'<optgroup label="{_text(group)}">{drawn}</optgroup>' if group else drawn)
    return f'<select name="{_text(widget["name"])}"{_attributes(widget)}>{"".join(parts)}</select>'


def _choice(widget: Widget) -> str:
    """A radio button or a box to tick, in its label where it is asked for with one."""
    drawn = _input(widget)
    if not widget.get("wrap_label"):
        return drawn
    pk = widget["attrs"].get("id")
    named = f' for="{_text(pk)}"' if pk else ""
    return f"<label{named}>{drawn} {_text(widget['label'])}</label>"


def _text(value: object) -> str:
    """A label may be safe HTML already; everything else is not."""
    return conditional_escape(value if isinstance(value, SafeString) else str(value))


_FOLDER: Final = "django/forms/widgets"
DRAWN: Final[Mapping[str, Callable[[Widget], str]]] = {
    **{f"{_FOLDER}/{name}.html": _input for name in INPUTS},
    f"{_FOLDER}/select.html": _select,
    f"{_FOLDER}/radio_option.html": _choice,
    f"{_FOLDER}/checkbox_option.html": _choice,
}
