"""What a person says of a cause that stops the contract's clock. Times are typed on the organisation's clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms

from exceptions.cases.forms import CaseForm
from exceptions.cases.selectors.rows import CaseDetail, PauseRow
from exceptions.cases.services.pausing import EVIDENCE_LENGTH, WHY_LENGTH
from exceptions.cases.taxonomy import REASON_CHOICES, UNKNOWN_REASON

TYPED: Final = "%Y-%m-%dT%H:%M"
CAUSES: Final = [("", "Choose"), *(pair for pair in REASON_CHOICES if pair[0] not in (UNKNOWN_REASON, "none"))]


class TypedTime(forms.DateTimeField):
    """An instant as typed; `ClockForm` makes it one of the organisation's clock."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=TYPED)
        super().__init__(widget=widget, **kwargs)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Always told as it was typed."""
        return True


class ClockForm(CaseForm):
    """A form whose times are typed as the clock of the organisation shows them, and begin with now."""

    begins_now: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        city = self.zone.rpartition("/")[2].replace("_", " ")
        for name, bound in self.fields.items():
            if isinstance(bound, TypedTime):
                bound.help_text = f"On the clock of {city}"
            if name in self.begins_now:
                self.initial.setdefault(name, self.now.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None, second=0))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, bound in self.fields.items():
            if isinstance(bound, TypedTime) and data.get(name) is not None:
                data[name] = self._instant(name, data[name])
        return data

    def _instant(self, name: str, typed: datetime) -> datetime | None:
        try:
            return typed.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)
        except OverflowError:  # the edge of the calendar: in UTC it is the year 10000, or the year 0
            self.add_error(name, "Choose a time that people live in.")
            return None


class PauseForm(ClockForm):
    """A new cause."""

    begins_now = ("since",)

    reason = forms.ChoiceField(label="Cause", choices=CAUSES)
    evidence = forms.CharField(
        label="Evidence",
        max_length=EVIDENCE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "Highway patrol closed I-40, notice 2026-1187"}),
    )
    since = TypedTime(label="Since")
    told_at = TypedTime(label="The other side was told", required=False)


class OfPauseForm(ClockForm):
    """About one cause of the case."""

    pause = forms.IntegerField(widget=forms.HiddenInput)

    def clean_pause(self) -> int:
        """Only one of the case: a form can be sent to another address than it stood on."""
        pause: int = self.cleaned_data["pause"]
        if self.detail is not None and pause not in {row.id for row in self.detail.clock.pauses}:
            raise forms.ValidationError("This cause does not belong to the case. Reload it.")
        return pause


class PauseAcceptForm(OfPauseForm):
    told_at = TypedTime(label="The other side was told", required=False)


class PauseToldForm(OfPauseForm):
    begins_now = ("told_at",)

    told_at = TypedTime(label="The other side was told")


class PauseEndForm(OfPauseForm):
    begins_now = ("ended_at",)

    ended_at = TypedTime(label="Ended")


class PauseWithdrawForm(OfPauseForm):
    why = forms.CharField(label="Why", max_length=WHY_LENGTH, widget=forms.Textarea(attrs={"rows": 2}))


FORMS: Final[Mapping[str, tuple[type[OfPauseForm], str, str]]] = {
    "pause_accept": (PauseAcceptForm, "Accept", "user-check"),
    "pause_told": (PauseToldForm, "Other side told", "send"),
    "pause_end": (PauseEndForm, "End", "circle-stop"),
    "pause_withdraw": (PauseWithdrawForm, "Withdraw", "undo-2"),
}


@dataclass(frozen=True)
class PauseAct:
    """A form beside a cause. `opened` is its name while it lies open because it was refused; `warning` what follows."""

    name: str
    label: str
    icon: str
    form: CaseForm
    opened: str
    warning: str


def pause_acts(
    detail: CaseDetail, *, now: datetime, zone: str, form: CaseForm | None = None, action: str = ""
) -> list[tuple[PauseRow, list[PauseAct]]]:
    """Each cause of the case with the forms that this viewer has for it; `form` is the one that came back."""
    came_back = form.data.get("pause") if form is not None else None
    found = []
    for row in detail.clock.pauses:
        acts = []
        for name in row.acts:
            kind, label, icon = FORMS[name]
            is_it = name == action and came_back == str(row.id)
            given = kind(initial={"pause": row.id}, auto_id=f"id_{name}_{row.id}_%s", now=now, zone=zone, detail=detail)
            if name == "pause_accept" and row.notified_at is not None:
                del given.fields["told_at"]
            shown = form if is_it and form is not None else given
            acts.append(PauseAct(name, label, icon, shown, name if is_it else "", _warning(name, row)))
        found.append((row, acts))
    return found


def _warning(name: str, row: PauseRow) -> str:
    """What a person should know before they do what cannot be undone."""
    if name != "pause_withdraw" or row.accepted_at is None:
        return ""
    return "The contract's clock will run as if nothing had stopped it. What is overdue by then is lost at once."
