"""When a step of escalation is due, as a person sets it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms

from exceptions.cases.models import EscalationStep
from exceptions.cases.services.escalating import LATEST_MINUTES
from exceptions.parties.models import Contact
from exceptions.sla.models import Contract


class EscalationForm(forms.Form):
    """One step, for one contract or for all that say nothing themselves."""

    contract = forms.ChoiceField(label="Contract", required=False)
    step = forms.ChoiceField(label="Who is told", choices=EscalationStep.choices)
    after_minutes = forms.IntegerField(
        label="After",
        required=False,
        min_value=0,
        max_value=LATEST_MINUTES,
        help_text="Minutes after the promise broke; 0 is at once",
    )
    is_skipped = forms.BooleanField(label="This step is not taken", required=False)
    contact = forms.CharField(
        label="Contact",
        max_length=300,
        required=False,
        help_text="Of the named contact's step: a name or an e-mail address; empty: the next in the customer's ladder",
        widget=forms.TextInput(attrs={"list": "contacts", "autocomplete": "off"}),
    )

    def __init__(
        self, *args: Any, contracts: list[Contract], called: Callable[[str], list[Contact]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.contracts, self.called = {str(each.pk): each for each in contracts}, called
        field = self.fields["contract"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "All contracts"), *((key, str(each)) for key, each in self.contracts.items())]

    def clean(self) -> dict[str, Any]:
        """A step is left out by saying so, not by an empty box."""
        data = super().clean() or {}
        if data.pop("is_skipped", False):
            data["after_minutes"] = None
        elif "after_minutes" in data and data["after_minutes"] is None:
            self.add_error("after_minutes", "Say after how many minutes, or that the step is not taken.")
        return data

    def clean_contract(self) -> Contract | None:
        return self.contracts.get(self.cleaned_data["contract"])

    def clean_contact(self) -> Contact | None:
        """The one contact that is meant; nobody is guessed."""
        text = self.cleaned_data["contact"].strip()
        if not text:
            return None
        found = self.called(text)
        if not found:
            raise forms.ValidationError("No contact has this name or address.")
        if len(found) > 1:
            raise forms.ValidationError("Several contacts have this name. Write it with the company: name, company.")
        return found[0]
