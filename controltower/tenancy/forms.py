from typing import Any
from zoneinfo import available_timezones

from django import forms

from controltower.tenancy.models import Organisation, Role
from controltower.tenancy.permissions import VERBS, Verb

MACHINES_MAY = sorted((verb.name, verb.value) for verb in VERBS[Role.INTEGRATION])
PEOPLE = [choice for choice in Role.choices if choice[0] != Role.INTEGRATION]


class RightsForm(forms.Form):
    """What a member may do."""

    role = forms.ChoiceField(
        label="Role",
        choices=PEOPLE,
        help_text="Coordinators work cases. Supervisors also decide. Administrators change settings. Auditors read.",
    )
    authority_limit = forms.DecimalField(
        label="Authority limit",
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        help_text="Largest amount this member may decide on, in the organisation's currency. Empty: none.",
    )
    restricted = forms.BooleanField(
        label="Sees only the accounts granted to them", required=False, help_text="Their children are included."
    )


class AddMemberForm(RightsForm):
    field_order = ("email", "name", "role", "authority_limit", "restricted")
    email = forms.EmailField(label="E-mail", max_length=254)
    name = forms.CharField(label="Name", max_length=120)


class MemberForm(RightsForm):
    is_active = forms.BooleanField(label="Is a member", required=False, help_text="Off: cannot come in any more.")


class KeyForm(forms.Form):
    name = forms.CharField(label="Used by", max_length=120, help_text="The system that calls: WMS Phoenix.")
    scopes = forms.MultipleChoiceField(
        label="May",
        choices=MACHINES_MAY,
        initial=[Verb.INGEST.name],
        widget=forms.CheckboxSelectMultiple,
    )
    expires_on = forms.DateField(
        label="Ends on",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Empty: when revoked.",
    )


class OrganisationForm(forms.ModelForm):
    """The settings of the organisation that its administrators may change."""

    time_zone = forms.ChoiceField(label="Time zone", help_text="For what belongs to no other place.")

    class Meta:
        model = Organisation
        fields = ("name", "time_zone", "hold_seconds", "reply_to", "mfa_for_approvers")
        labels = {
            "hold_seconds": "Hold before a notice goes out, seconds",
            "reply_to": "Answers to notices go to",
            "mfa_for_approvers": "Approvers must have a second factor",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = [(zone, zone) for zone in sorted(available_timezones())]  # type: ignore[attr-defined]
