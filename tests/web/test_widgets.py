from datetime import UTC, datetime

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.test import SimpleTestCase
from django.utils.safestring import mark_safe

from controltower.web.widgets import DRAWN, FormRenderer

CHOICES = [("", "nobody"), (7, 'A <b> & "c"'), ("Ports", [("LA", "Los Angeles"), ("NY", mark_safe("<i>New</i> York"))])]
LISTED = [("a", 'One & "two"'), ("b", mark_safe("<b>Two</b>"))]


class Everything(forms.Form):
    text = forms.CharField(max_length=9, help_text="hint")
    number = forms.IntegerField(min_value=0, required=False)
    mail = forms.EmailField(disabled=True)
    address = forms.URLField(assume_scheme="https")
    secret = forms.CharField(widget=forms.PasswordInput(render_value=True))
    hidden = forms.CharField(widget=forms.HiddenInput)
    day = forms.DateField()
    at = forms.DateTimeField(widget=forms.DateTimeInput(attrs={"type": "datetime-local", "data-x": '"<&'}))
    tick = forms.BooleanField(widget=forms.CheckboxInput(attrs={"autofocus": True, "readonly": False}))
    one = forms.ChoiceField(choices=CHOICES)
    some = forms.MultipleChoiceField(choices=CHOICES)
    radio = forms.ChoiceField(choices=LISTED, widget=forms.RadioSelect)
    boxes = forms.MultipleChoiceField(choices=LISTED, widget=forms.CheckboxSelectMultiple)
    words = forms.CharField(widget=forms.Textarea)


TYPED = {
    "text": 'a"<b>&',
    "number": "12",
    "mail": "x@y.example",
    "secret": "'",
    "hidden": "h",
    "at": datetime(2026, 11, 3, 15, 4, tzinfo=UTC),
    "tick": True,
    "one": "7",
    "some": ["LA", "7"],
    "radio": "b",
    "boxes": ["a", "b"],
    "words": "<two>\nlines",
}


@pytest.mark.parametrize("given", [{}, TYPED], ids=["empty", "typed"])
@pytest.mark.parametrize("name", Everything.base_fields)
def test_a_field_is_drawn_with_the_same_words_as_by_djangos_templates(name: str, given: dict[str, object]) -> None:
    ours, theirs = (
        Everything(initial=given, renderer=FormRenderer()),
        Everything(initial=given, renderer=DjangoTemplates()),
    )

    SimpleTestCase().assertHTMLEqual(str(ours[name]), str(theirs[name]))
    for mine, other in zip(ours[name], theirs[name], strict=True):
        SimpleTestCase().assertHTMLEqual(mine.tag(wrap_label=True), other.tag(wrap_label=True))


def test_no_template_is_loaded_for_what_is_drawn_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    given = DjangoTemplates.get_template
    monkeypatch.setattr(DjangoTemplates, "get_template", lambda self, name: (asked.append(name), given(self, name))[1])
    form = Everything(initial=TYPED, renderer=FormRenderer())

    assert all(str(form[name]) for name in ("text", "number", "at", "tick", "one", "some"))
    assert all(option.tag() for option in form["radio"])

    assert not asked and {f"django/forms/widgets/{name}.html" for name in ("select", "text")} <= {*DRAWN}
