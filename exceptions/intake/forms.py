from typing import Any

from django import forms

from exceptions.intake.presets import PRESETS
from exceptions.parties.models import Account


class PartnerForm(forms.Form):
    """Whom to connect, and how. Everything else follows from the kind of connection."""

    preset = forms.ChoiceField(
        label="Kind of connection",
        choices=[(preset.key, preset.label) for preset in PRESETS.values()],
        widget=forms.RadioSelect,
        initial="easypost",
    )
    name = forms.CharField(label="Name", max_length=200, help_text="As your people call it: Swift parcel tracking.")
    account = forms.ModelChoiceField(
        label="Account it belongs to",
        queryset=Account.objects.none(),
        help_text="The carrier, warehouse or customer behind the connection.",
    )
    default_customer = forms.ModelChoiceField(
        label="Customer of shipments it starts",
        queryset=Account.objects.none(),
        required=False,
        help_text="With a customer, tracking signals with unknown references start a shipment. Without, they wait.",
    )
    secret = forms.CharField(
        label="Secret",
        max_length=200,
        required=False,
        strip=True,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="Only when the sender already has one. Otherwise one is made for you.",
    )
    sandbox = forms.BooleanField(
        label="Start in the sandbox",
        required=False,
        initial=True,
        help_text="Messages are checked and read, but record nothing and open no cases.",
    )

    def __init__(self, *args: Any, accounts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("account", "default_customer"):
            self.fields[name].queryset = accounts  # type: ignore[attr-defined]


class TryForm(forms.Form):
    body = forms.CharField(
        label="A message as the sender would send it",
        max_length=200_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "class": "mono"}),
    )
