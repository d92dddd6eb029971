"""Forms of lead times, rates and the house's own settings."""

from __future__ import annotations

from typing import Any

from django import forms

from exceptions.contracts.common import offer
from exceptions.contracts.forms import DATE, LengthField
from exceptions.contracts.prices import amount_field, currency_field
from exceptions.parties.choosing import Choice, NamedField, choose_from
from exceptions.sla.kinds import ActingParty
from exceptions.sla.models import Calendar


class LeadTimeForm(forms.Form):
    """One row of the table of actions, for everybody or for one acting party."""

    minutes = LengthField(label="Lead time", help_text="Working time of who acts before the deadline: 90 min, 4 h, 1 d")
    cost = amount_field("Cost", hint="In the house's currency, of the action as a whole")
    chance = forms.DecimalField(
        label="Works in so many of a hundred cases", min_value=0, max_value=100, max_digits=5, decimal_places=2
    )
    account = NamedField(label="Holds for", empty="everybody")
    party = forms.ChoiceField(label="Who acts", required=False, help_text="The lead time is counted in their hours")
    calendar = forms.ChoiceField(label="Counted by the hours of", required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Any = None, *, acts: str, choice: Choice, calendars: list[Calendar], **kwargs: Any
    ) -> None:
        """acts: who does as shipped, in words."""
        super().__init__(data, **kwargs)
        choose_from(self, "account", choice)
        self.calendars = {str(row.pk): row for row in calendars}
        offer(self, "party", [("", f"By default: {acts}"), *ActingParty.choices])
        offer(self, "calendar", [("", "Whoever acts"), *((key, row.name) for key, row in self.calendars.items())])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("minutes") is None and "minutes" not in self.errors:
            self.add_error("minutes", "Say how long it takes.")
        data["calendar"] = self.calendars.get(data.get("calendar") or "")
        return data


class RateForm(forms.Form):
    """What a unit of a currency is worth from a day on."""

    currency = currency_field()
    rate = forms.DecimalField(label="One unit is worth", min_value=0, max_digits=18, decimal_places=8)
    valid_from = forms.DateField(label="From", widget=forms.DateInput(attrs=DATE))
    source = forms.CharField(label="Says who", max_length=200, help_text="ECB reference rate, bank, contract")


class HalfLifeForm(forms.Form):
    """How fast urgency grows."""

    half_life_hours = forms.FloatField(
        label="Half-life of urgency, hours", min_value=0.25, max_value=168, help_text="A quarter of an hour to a week"
    )
    before = forms.FloatField(widget=forms.HiddenInput)
