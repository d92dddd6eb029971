"""What an organisation says about its rules, and about times in which trouble is known."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from exceptions.cases.detection import DETECTED_TYPES
from exceptions.cases.taxonomy import TYPES, Severity
from exceptions.parties.models import Account

LONGEST = 60 * 24 * 366
DETECTED = [(entry.code, entry.label) for entry in TYPES if entry.code in DETECTED_TYPES]
LANE_HELP = "As shipments show it, such as US-TX>US-IL; empty for all"


def _minutes(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, required=False, min_value=0, max_value=LONGEST, help_text="Minutes; empty leaves it as it is"
    )


class SettingForm(forms.Form):
    """One correction of a rule. Empty fields leave a value to the next wider scope."""

    account = forms.ChoiceField(label="Customer", required=False)
    lane = forms.CharField(label="Lane", max_length=40, required=False, help_text=LANE_HELP)
    enabled = forms.ChoiceField(
        label="Opens cases", required=False, choices=[("", "As it is"), ("yes", "Yes"), ("no", "No")]
    )
    tolerance_minutes = _minutes("Tolerance")
    lead_minutes = _minutes("Lead")
    threshold_minutes = _minutes("Threshold")
    severity = forms.ChoiceField(label="Severity", required=False, choices=[("", "As it is"), *Severity.choices])

    def __init__(self, *args: Any, customers: list[Account], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customers = {str(account.pk): account for account in customers}
        field = self.fields["account"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "All customers"), *((key, account.name) for key, account in self.customers.items())]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["account"] = self.customers.get(data.get("account") or "")
        data["enabled"] = {"yes": True, "no": False}.get(data.get("enabled") or "")
        values = ("enabled", "tolerance_minutes", "lead_minutes", "threshold_minutes", "severity")
        if not self.errors and all(data.get(name) in (None, "") for name in values):
            raise forms.ValidationError("Say what differs.")
        return data


class SuppressionForm(forms.Form):
    """A time, and what it is limited to."""

    note = forms.CharField(label="Why", max_length=300, help_text="Colleagues read it on the queue")
    starts_at = forms.DateTimeField(label="From", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    ends_at = forms.DateTimeField(label="Until", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    type = forms.ChoiceField(label="Only this", required=False, choices=[("", "Everything"), *DETECTED])
    place = forms.CharField(label="Only at", max_length=100, required=False, help_text="A city, a name or a UN/LOCODE")
    carrier = forms.ChoiceField(label="Only with", required=False)
    lane = forms.CharField(label="Only on the lane", max_length=40, required=False, help_text=LANE_HELP)

    def __init__(self, *args: Any, carriers: list[Account], zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.carriers, self.zone = {str(account.pk): account for account in carriers}, ZoneInfo(zone)
        field = self.fields["carrier"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "All carriers"), *((key, account.name) for key, account in self.carriers.items())]
        for name in ("starts_at", "ends_at"):
            self.fields[name].help_text = f"On the clock of {zone.rpartition('/')[2].replace('_', ' ')}"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["carrier"] = self.carriers.get(data.get("carrier") or "")
        for name in ("starts_at", "ends_at"):
            typed: datetime | None = data.get(name)
            if typed is None:
                continue
            if not 1990 <= typed.year <= 2100:
                self.add_error(name, "Choose a time that makes sense.")
            else:
                data[name] = typed.replace(tzinfo=self.zone).astimezone(UTC)
        return data
