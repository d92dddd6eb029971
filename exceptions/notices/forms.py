from typing import Any

from django import forms

from exceptions.notices.drafts import MAX_SENTENCES, MAX_TEXT, Locale, NoticeKind, SentenceRole

LANGUAGES = [(Locale.EN, "English"), (Locale.DE, "German"), (Locale.PL, "Polish"), (Locale.ES, "Spanish")]
ROLES = [(role.value, role.value.replace("_", " ").capitalize()) for role in SentenceRole]


class StartForm(forms.Form):
    """To whom, what about, in which language: what the template starts from."""

    recipient = forms.ChoiceField(label="To")
    kind = forms.ChoiceField(label="About", choices=NoticeKind.choices)
    locale = forms.ChoiceField(label="Language", choices=LANGUAGES)

    def __init__(self, *args: Any, recipients: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["recipient"].choices = recipients  # type: ignore[attr-defined]


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
