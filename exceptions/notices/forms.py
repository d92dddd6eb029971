from datetime import datetime
from typing import Any

from django import forms

from exceptions.cases.forms import instant_ahead
from exceptions.cases.services.updates import FARTHEST
from exceptions.notices.drafts import MAX_SENTENCES, MAX_TEXT, Locale, NoticeKind, SentenceRole

LANGUAGES = [(Locale.EN, "English"), (Locale.DE, "German"), (Locale.PL, "Polish"), (Locale.ES, "Spanish")]
ROLES = [(role.value, role.value.replace("_", " ").capitalize()) for role in SentenceRole]


class StartForm(forms.Form):
    """To whom, what about, in which language: what the template starts from."""

    recipient = forms.ChoiceField(label="To")
    kind = forms.ChoiceField(label="About", choices=NoticeKind.choices)
    locale = forms.ChoiceField(label="Language", choices=LANGUAGES)
    next_update = forms.DateTimeField(
        label="Write again by", required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )

    def __init__(
        self, *args: Any, recipients: list[tuple[str, str]], now: datetime, zone: str, stands: str, **kwargs: Any
    ) -> None:
        """stands: what the customer was promised, in words; "" for nothing."""
        super().__init__(*args, **kwargs)
        self.now, self.zone = now, zone
        self.fields["recipient"].choices = recipients  # type: ignore[attr-defined]
        city = zone.rpartition("/")[2].replace("_", " ")
        left = f"it stays {stands}" if stands else "no time is said"
        self.fields["next_update"].help_text = f"On the clock of {city}. Left empty, {left}"

    def clean_next_update(self) -> datetime | None:
        """The instant, ahead of now and not farther than a promise reaches."""
        typed: datetime | None = self.cleaned_data["next_update"]
        if typed is None:
            return None
        at = instant_ahead(typed.replace(second=0, microsecond=0), self.zone, self.now)  # as it is promised and told
        if at is not None and at <= self.now:
            raise forms.ValidationError("Choose a time that is still ahead.")
        if at is None or at > self.now + FARTHEST:
            raise forms.ValidationError("Choose a time within 31 days.")
        return at


class OverrideForm(forms.Form):
    override = forms.CharField(
        label="Why it should go all the same",
        max_length=300,
        required=False,
        help_text="Your name and this reason go on record with what the check found.",
    )


class SentenceForm(forms.Form):
    role = forms.ChoiceField(
        label="Role",
        choices=ROLES,
        initial=SentenceRole.STATUS.value,
        widget=forms.Select(attrs={"class": "input input--short", "aria-label": "Role"}),
    )
    text = forms.CharField(
        label="Sentence",
        max_length=MAX_TEXT * 2,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "input", "aria-label": "Sentence"}),
    )


SentenceFormSet = forms.formset_factory(SentenceForm, extra=2, max_num=MAX_SENTENCES, absolute_max=MAX_SENTENCES)
