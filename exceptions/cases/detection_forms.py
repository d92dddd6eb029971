"""What an organisation says about its rules, and about times in which trouble is known."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from exceptions.cases.detection import DETECTED_TYPES
from exceptions.cases.taxonomy import TYPES, Severity
from exceptions.parties.choosing import Choice, NamedField, choose_from

LONGEST = 60 * 24 * 366
DETECTED = [(entry.code, entry.label) for entry in TYPES if entry.code in DETECTED_TYPES]
LANE_HELP = "As shipments show it, such as US-TX>US-IL; empty for all"


def _minutes(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, required=False, min_value=0, max_value=LONGEST, help_text="Minutes; empty leaves it as it is"
    )


class SettingForm(forms.Form):
    """One correction of a rule. Empty fields leave a value to the next wider scope."""

    account = NamedField(label="Customer", empty="all customers")
    lane = forms.CharField(label="Lane", max_length=40, required=False, help_text=LANE_HELP)
    enabled = forms.ChoiceField(
        label="Opens cases", required=False, choices=[("", "As it is"), ("yes", "Yes"), ("no", "No")]
    )
    tolerance_minutes = _minutes("Tolerance")
    lead_minutes = _minutes("Lead")
    threshold_minutes = _minutes("Threshold")
    severity = forms.ChoiceField(label="Severity", required=False, choices=[("", "As it is"), *Severity.choices])

    def __init__(self, *args: Any, customers: Choice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "account", customers)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
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
    carrier = NamedField(label="Only with", empty="all carriers")
    lane = forms.CharField(label="Only on the lane", max_length=40, required=False, help_text=LANE_HELP)

    def __init__(self, *args: Any, carriers: Choice, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(zone)
        choose_from(self, "carrier", carriers)
        for name in ("starts_at", "ends_at"):
            self.fields[name].help_text = f"On the clock of {zone.rpartition('/')[2].replace('_', ' ')}"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("starts_at", "ends_at"):
            typed: datetime | None = data.get(name)
            if typed is None:
                continue
            if not 1990 <= typed.year <= 2100:
                self.add_error(name, "Choose a time that makes sense.")
            else:
                data[name] = typed.replace(tzinfo=self.zone).astimezone(UTC)
        return data
