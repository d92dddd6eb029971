"""One account or place out of however many, named by what people call it: its name, its code, or both as suggested.

Who can be named is a `Choice`; the suggestions and the check of what was typed are made of the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer, require
from exceptions.parties.models import Account, AccountKind, Location
from exceptions.parties.selectors import account_list, account_scope
from exceptions.parties.text import search_form

SUGGESTED: Final = 20
NEAR: Final = 5
# At most so many names are compared with one that is not there.
COMPARED: Final = 2_000
# Who can be named in a field, as its suggestions are asked for, with what one of them is called.
WHO: Final = {
    "account": "account",
    "customer": "customer",
    "carrier": "carrier",
    "other": "carrier or other party",
    "place": "place",
}


@dataclass(frozen=True)
class Choice:
    """Rows that a viewer may name. who: a key of `WHO`; below: the id of an account whose children they are."""

    rows: QuerySet[Any]
    who: str = "account"
    below: int | None = None

    @property
    def address(self) -> str:
        """Where suggestions out of the same rows come from."""
        asked = {"of": self.who} | ({"below": str(self.below)} if self.below is not None else {})
        return f"{reverse('parties:suggested')}?{urlencode(asked)}"

    def like(self, text: str, most: int) -> list[str]:
        """How those are called whose name or code looks like a text, names that begin like it first."""
        name = search_form(text)
        begins = Case(When(search_name__startswith=name, then=Value(0)), default=Value(1), output_field=IntegerField())
        found = self.rows.filter(Q(search_name__contains=name) | Q(code__istartswith=text))
        return [called(row) for row in found.alias(begins=begins).order_by("begins", "search_name", "pk")[:most]]

    def nearest(self, text: str, most: int) -> list[str]:
        """How those are called whose name is likest to a text that is in none of them: a letter is wrong, or two have
        changed places. Of those that begin with the same letter."""
        name = search_form(text)
        begun = self.rows.filter(search_name__startswith=name[:1]).order_by("search_name", "pk")[:COMPARED]
        names = {row.search_name: called(row) for row in begun} if name else {}
        return [names[each] for each in get_close_matches(name, names, n=most, cutoff=0.6)]

    def meant(self, text: str) -> list[Any]:
        """Those that a text names: as one is suggested, else by the whole name or the code. At most some, to tell one
        from several."""
        code = text.rpartition(" (")[2].removesuffix(")")
        asked = Q(code__in={text, text.upper(), code, code.upper()} - {""}) | Q(search_name=search_form(text))
        if self.who == "place":
            name, _, city = text.rpartition(", ")
            asked |= Q(search_name=search_form(name), city__iexact=city, code="")
        rows = list(self.rows.filter(asked).order_by("search_name", "pk")[: NEAR + 1])
        same = search_form(text)
        whole = [row for row in rows if search_form(called(row)) == same]
        return whole or [row for row in rows if search_form(row.name) == same or row.code in {text, text.upper()}]


def choice_of(viewer: Viewer, who: str = "account", *, below: Account | None = None) -> Choice:
    """Out of whom a viewer may name one; a member who sees some accounts names none of the others.

    below: only those under this account in the tree.
    """
    require(viewer, Verb.VIEW)
    if who == "place":
        places, scope = Location.objects.all(), account_scope(viewer)
        return Choice(places if scope is None else places.filter(account__in=scope), who)
    found = account_list(viewer).order_by()
    match who:
        case "customer" | "carrier":
            found = found.filter(kind=AccountKind(who))
        case "other":
            found = found.exclude(kind=AccountKind.CUSTOMER)
    if below is not None:
        found = found.filter(path__startswith=below.path).exclude(pk=below.pk) if below.path else found.none()
    return Choice(found, who, below.pk if below is not None else None)


def called(row: Account | Location) -> str:
    """As it is suggested, and as a field shows the one that is chosen. No two with a code are called alike."""
    name = f"{row.name}, {row.city}" if isinstance(row, Location) and row.city else row.name
    return f"{name} ({row.code})" if row.code else name


class SuggestingInput(forms.TextInput):
    """A text box with suggestions from the server; without JavaScript one that takes the same words."""

    address = ""
    suggested: tuple[str, ...] = ()

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        listed = f"{(attrs or {}).get('id', name)}_suggested"
        asking = {
            "list": listed,
            "autocomplete": "off",
            "spellcheck": "false",
            "hx-get": f"{self.address}&{urlencode({'in': name})}",
            "hx-trigger": "focus once, input changed delay:200ms",
            "hx-target": f"#{listed}",
            "hx-swap": "innerHTML",
            "hx-push-url": "false",
            "hx-sync": "this:replace",
        }
        options = format_html_join("", '<option value="{}"></option>', ((each,) for each in self.suggested))
        box = super().render(name, value, {**(attrs or {}), **asking}, renderer)
        return format_html('{}<datalist id="{}">{}</datalist>', box, listed, options)


class NamedField(forms.CharField):
    """Cleans to the row that a text names, or to None when it is empty and may be. Nobody is guessed: what names none or
    several is refused with those that are like it. A form says with `choose_from` who can be named."""

    widget = SuggestingInput

    def __init__(self, *, empty: str = "", **kwargs: Any) -> None:
        """empty: what leaving it empty means."""
        hint = f"Name or code; empty: {empty}" if empty else "Name or code"
        super().__init__(**{"max_length": 300, "required": not empty, "help_text": hint, **kwargs})
        self.choice: Choice | None = None
        self.chosen: Account | Location | None = None

    def offer(self, choice: Choice, chosen: Account | Location | None = None) -> None:
        """chosen: who is stored, and can be chosen again even by a viewer who may not name them anew."""
        self.choice, self.chosen = choice, chosen
        assert isinstance(self.widget, SuggestingInput)
        self.widget.address = choice.address

    def prepare_value(self, value: Any) -> Any:
        return called(value) if isinstance(value, Account | Location) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        if self.chosen is not None and text == called(self.chosen):
            return self.chosen
        assert self.choice is not None
        found = self.choice.meant(text)
        if len(found) != 1:
            raise forms.ValidationError(self._refusal(text, [called(row) for row in found[:NEAR]]))
        return found[0]

    def _refusal(self, text: str, meant: list[str]) -> str:
        assert self.choice is not None and isinstance(self.widget, SuggestingInput)
        thing = WHO[self.choice.who]
        near = meant or self.choice.like(text, NEAR) or self.choice.nearest(text, NEAR)
        first = near or self.choice.like("", NEAR)
        self.widget.suggested = tuple(first)
        if meant:
            return f"More than one {thing} is called “{text}”: {'; '.join(meant)}."
        told = f"There is no {thing} “{text}” here."
        if near:
            return f"{told} Like it: {'; '.join(near)}."
        return f"{told} The first are: {'; '.join(first)}." if first else told


def choose_from(form: forms.Form, name: str, choice: Choice, chosen: Account | Location | None = None) -> None:
    """Who can be named in a field of this form."""
    field = form.fields[name]
    assert isinstance(field, NamedField)
    field.offer(choice, chosen)
