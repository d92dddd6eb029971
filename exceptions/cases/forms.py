"""What a person says when they act on a case. Times are typed on the organisation's clock and leave here as UTC."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from controltower.web.templatetags.tower import SEVERITIES
from exceptions.cases.chances import chance_of_row, chance_words
from exceptions.cases.models import InteractionChannel, InteractionOutcome, SnoozedFor
from exceptions.cases.selectors.rows import CaseDetail
from exceptions.cases.taxonomy import REASON_CHOICES, TYPE_CHOICES, UNKNOWN_REASON, Excusable, Party

MORNING = time(8, 0)
FURTHEST = timedelta(days=366)
# A day: whatever a case waits for, somebody looks at it again within one.
LONGEST_WAIT = timedelta(hours=24)


def later(choice: str, now: datetime, zone: str) -> datetime:
    """The instant behind a shortcut. choice: "30m", "1h", "4h", "tomorrow" or "monday", at 08:00 on the zone's clock; for
    what waits on something that happens, when it waits no longer."""
    spans = {"30m": timedelta(minutes=30), "1h": timedelta(hours=1), "4h": timedelta(hours=4)}
    spans |= dict.fromkeys(SnoozedFor.values, LONGEST_WAIT)
    if choice in spans:
        return now + spans[choice]
    here = now.astimezone(ZoneInfo(zone))
    days = 1 if choice == "tomorrow" else (7 - here.weekday()) or 7
    return datetime.combine(here.date() + timedelta(days=days), MORNING, ZoneInfo(zone)).astimezone(UTC)


class CaseForm(forms.Form):
    """Knows the moment, the organisation's zone and the case it speaks of, none of which a person types."""

    def __init__(self, *args: Any, now: datetime, zone: str, detail: CaseDetail | None = None, **kwargs: Any) -> None:
        self.now, self.zone, self.detail = now, zone, detail
        name = type(self).__name__.removesuffix("Form").lower()
        kwargs.setdefault("auto_id", f"id_{name}_%s")
        super().__init__(*args, **kwargs)


class PlainForm(CaseForm):
    """For actions that need nothing but the click."""


def instant_ahead(typed: datetime, zone: str, now: datetime) -> datetime | None:
    """The instant at which the zone's clock shows what was typed; None beyond the calendar's edge, where UTC has the year
    0 or 10000. Of an hour that a night has twice, the one that is still ahead."""
    here = typed.replace(tzinfo=ZoneInfo(zone))
    try:
        both = [here.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
    except OverflowError:
        return None
    return next((each for each in both if each > now), both[0])


class WhenForm(CaseForm):
    """A shortcut or an exact time; the exact one wins."""

    furthest, furthest_words = FURTHEST, "a year"

    after = forms.ChoiceField(
        label="When",
        choices=[("1h", "In 1 hour"), ("4h", "In 4 hours"), ("tomorrow", "Tomorrow 08:00"), ("monday", "Monday 08:00")],
        widget=forms.RadioSelect,
        initial="1h",
        required=False,
    )
    at = forms.DateTimeField(
        label="Or exactly at", required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].help_text = f"On the clock of {self.zone.rpartition('/')[2].replace('_', ' ')}"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        exact: datetime | None = data.get("at")
        if exact is not None:
            data["when"] = instant_ahead(exact, self.zone, self.now) or self.now + self.furthest
            if data["when"] <= self.now:
                self.add_error("at", "Choose a time that is still ahead.")
            elif data["when"] >= self.now + self.furthest:
                self.add_error("at", f"Choose a time within {self.furthest_words}.")
        else:
            data["when"] = later(data.get("after") or "1h", self.now, self.zone)
        return data


class SnoozeForm(WhenForm):
    """Until a time, or until something happens; then the time is when it wakes at the latest."""

    after = forms.ChoiceField(
        label="Until",
        choices=[
            ("1h", "In 1 hour"),
            ("4h", "In 4 hours"),
            ("tomorrow", "Tomorrow 08:00"),
            ("monday", "Monday 08:00"),
            (SnoozedFor.MILESTONE.value, "The next milestone"),
            (SnoozedFor.REPLY.value, "A reply arrives"),
        ],
        widget=forms.RadioSelect,
        initial="1h",
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].label = "Or exactly at"
        self.fields["at"].help_text += ". With a milestone or a reply: at the latest then, else after 24 hours"
        chance = chance_of_row(self.detail.row, self.now) if self.detail is not None else None
        if self.detail is not None and chance is not None:
            row = self.detail.row
            self.fields["after"].help_text = chance_words(
                chance, row.act_by_zone or self.zone, row.act_by_place, self.now
            )
            self._mark(chance)

    def _mark(self, chance: datetime) -> None:
        """Say of each choice whether it lets the last chance to act pass."""
        field = self.fields["after"]
        assert isinstance(field, forms.ChoiceField)
        choices = []
        for value, label in SnoozeForm.base_fields["after"].choices:  # type: ignore[attr-defined]
            is_late = later(value, self.now, self.zone) > chance
            mark = ", which may be too late to act" if value in SnoozedFor.values else ", too late to act"
            choices.append((value, f"{label}{mark}" if is_late else label))
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        chosen = data.get("after")
        data["wakes_on"] = chosen if chosen in SnoozedFor.values else ""
        return data


class NextCheckForm(WhenForm):
    after = forms.ChoiceField(
        label="When",
        choices=[("30m", "In 30 minutes"), ("1h", "In 1 hour"), ("4h", "In 4 hours"), ("tomorrow", "Tomorrow 08:00")],
        widget=forms.RadioSelect,
        initial="1h",
        required=False,
    )
    expecting = forms.CharField(label="What you expect to find", max_length=300, required=False)


class ResolveForm(CaseForm):
    resolution = forms.CharField(label="What ended it", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    reason_unknown = forms.BooleanField(label="The cause stays unknown", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.detail is not None and self.detail.reason not in ("", UNKNOWN_REASON):
            del self.fields["reason_unknown"]


class NotAnExceptionForm(CaseForm):
    why = forms.CharField(label="Why it is none", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class NoteForm(CaseForm):
    text = forms.CharField(max_length=4000, widget=forms.Textarea)


class InteractionForm(CaseForm):
    contact = forms.IntegerField()
    channel = forms.ChoiceField(choices=InteractionChannel.choices)
    outcome = forms.ChoiceField(choices=InteractionOutcome.choices)
    text = forms.CharField(max_length=2000, required=False)

    def clean_contact(self) -> int:
        """Only whom the case lists: the answer names them, and not everybody may know all that there are."""
        contact: int = self.cleaned_data["contact"]
        if self.detail is not None and contact not in {row.id for row in self.detail.contacts}:
            raise forms.ValidationError("This contact does not belong to the case any more. Reload it.")
        return contact


class ClassifyForm(CaseForm):
    type = forms.ChoiceField(label="What is wrong", choices=TYPE_CHOICES)
    reason = forms.ChoiceField(label="Why", choices=REASON_CHOICES)
    responsible_party = forms.ChoiceField(label="Who answers for it", choices=Party.choices)
    excusable = forms.ChoiceField(label="By the contract", choices=Excusable.choices)
    severity = forms.ChoiceField(
        label="Severity", choices=[(code, f"{code} {name}") for code, (name, _) in SEVERITIES.items()]
    )


class AssignForm(CaseForm):
    to = forms.ChoiceField(label="Give it to")

    def __init__(self, *args: Any, members: list[tuple[int, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [(str(pk), name) for pk, name in members or []]  # type: ignore[attr-defined]


class SplitForm(CaseForm):
    shipment = forms.MultipleChoiceField(choices=())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = self.detail.affected if self.detail is not None else []
        field = self.fields["shipment"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(row.number, row.number) for row in shown]


class NumbersForm(CaseForm):
    """Numbers of cases, as the page has them."""

    numbers = forms.CharField(max_length=2000)


class ViewForm(forms.Form):
    """A saved view: what it is called, what it shows, and for whom."""

    name = forms.CharField(label="Name", max_length=60)
    query = forms.CharField(label="Filter", max_length=500)
    is_shared = forms.BooleanField(label="For everybody", required=False)
