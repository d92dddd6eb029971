"""When the customer hears from us next, as a person types it."""

from datetime import datetime
from typing import Any

from django import forms

from exceptions.cases.forms import CaseForm, WhenForm
from exceptions.cases.services.updates import FARTHEST


class UpdateForm(WhenForm):
    """By when the customer hears again."""

    furthest, furthest_words = FARTHEST, "31 days"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["after"].label = "The customer hears by"


class RestoreUpdateForm(CaseForm):
    """What was promised before, "" for nothing: what taking back posts."""

    was = forms.CharField(max_length=40, required=False)

    def clean_was(self) -> datetime | None:
        if not self.cleaned_data["was"]:
            return None
        try:
            was = datetime.fromisoformat(self.cleaned_data["was"])
        except ValueError:
            was = None
        if was is None or was.tzinfo is None:
            raise forms.ValidationError("This is no time.")
        return was
