"""Working time as people type it: "08:00-12:00, 13:00-17:00"."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import available_timezones

import holidays
from django import forms
from holidays.registry import COUNTRIES

from exceptions.contracts.common import SinceField
from exceptions.parties.choosing import Choice, NamedField, choose_from
from exceptions.sla.calendars import WEEKDAYS, Interval, intervals_from_data
from exceptions.sla.models import Calendar

DAYS = dict(zip(WEEKDAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True))
SPLIT = "08:00-12:00, 13:00-17:00"
ZONES = [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())]
SUPPORTED = holidays.list_supported_countries(include_aliases=False)
COUNTRY_NAMES = sorted(
    (codes[1], key.replace("_", " ").title()) for key, codes in COUNTRIES.items() if codes[1] in SUPPORTED
)


def hours_text(intervals: Any) -> str:
    """How stored intervals are typed; the same as `clock_text`, from ["08:00", "12:00"]."""
    return ", ".join(f"{start}-{end}" for start, end in intervals)


def clock_text(intervals: tuple[Interval, ...]) -> str:
    """Minutes after midnight as a person reads them."""
    return ", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in intervals)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _read_hours(typed: str) -> list[list[str]]:
    """Stored form of typed hours. Raises ValidationError with a sentence that names what cannot be read."""
    joined = typed.replace(" - ", "-").replace("–", "-")
    try:
        return [[_clock(start), _clock(end)] for start, end in intervals_from_data(joined)]
    except ValueError as problem:
        text = str(problem)
        if text.startswith("intervals of a day"):
            text = f"{typed}: the hours of a day must not overlap, and end by 24:00"
        raise forms.ValidationError(f"{text}. Write them like {SPLIT}.") from problem


def _read_day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError as problem:
        raise forms.ValidationError(f"“{typed}” is not a date. Write it like 2026-12-24.") from problem


class HoursField(forms.CharField):
    """Several intervals of a day; empty is closed."""

    def clean(self, value: Any) -> list[list[str]]:
        return _read_hours(super().clean(value))


class DatesField(forms.CharField):
    """Dates, one on each line. Cleaned to ISO dates in order, each once."""

    widget = forms.Textarea

    def clean(self, value: Any) -> list[str]:
        words = super().clean(value).replace(",", " ").split()
        return sorted({_read_day(word).isoformat() for word in words})


class ExtraDaysField(forms.CharField):
    """A date and its hours on each line. Cleaned to the stored mapping."""

    widget = forms.Textarea

    def clean(self, value: Any) -> dict[str, list[list[str]]]:
        found: dict[str, list[list[str]]] = {}
        for line in super().clean(value).splitlines():
            if not line.strip():
                continue
            day, _, hours = line.strip().partition(" ")
            read = _read_hours(hours)
            if not read:
                raise forms.ValidationError(f"“{line.strip()}” has no hours. Write it like 2026-12-19 08:00-12:00.")
            found[_read_day(day).isoformat()] = read
        return found


class CalendarForm(forms.Form):
    """A whole calendar. `values()` is what the service stores."""

    name = forms.CharField(label="Name", max_length=200, help_text="As your people call it: Dispatch, Receiving.")
    account = NamedField(label="Whose hours these are", empty="ours, or those of a place")
    place = NamedField(label="Or of which place", empty="of no place")
    zone = forms.ChoiceField(label="Time zone", choices=ZONES)
    mon, tue, wed, thu, fri, sat, sun = (
        HoursField(label=label, required=False, max_length=200) for label in DAYS.values()
    )
    holiday_country = forms.ChoiceField(
        label="Closed on the public holidays of", required=False, choices=[("", "No country"), *COUNTRY_NAMES]
    )
    holiday_subdivision = forms.CharField(
        label="State or region", required=False, max_length=10, help_text="Its code, such as TX or BY"
    )
    closures = DatesField(
        label="Closed on these days too", required=False, help_text="Like 2026-12-24, one on each line"
    )
    extra_days = ExtraDaysField(
        label="Days with other hours",
        required=False,
        help_text="Like 2026-12-19 08:00-12:00, one on each line. They count even on a public holiday.",
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Any = None, *, accounts: Choice | None = None, places: Choice | None = None, **kwargs: Any
    ) -> None:
        """Whose hours they are is asked with both, of a new calendar."""
        super().__init__(data, **kwargs)
        for name, choice in (("account", accounts), ("place", places)):
            if choice is None:
                del self.fields[name]
            else:
                choose_from(self, name, choice)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("account") is not None and data.get("place") is not None:
            self.add_error("place", "Hours are of an account or of a place. Leave one of the two empty.")
        country, part = data.get("holiday_country") or "", data.get("holiday_subdivision") or ""
        known = SUPPORTED.get(country, [])
        if part and part not in known:
            some = ", ".join(known[:20]) + (", …" if len(known) > 20 else "")
            self.add_error(
                "holiday_subdivision",
                f"Not known there. Known are {some}." if known else "Choose the country first, or leave this empty.",
            )
        return data

    def values(self) -> dict[str, Any]:
        """The stored form. All seven weekdays are named: a week that names none would mean around the clock."""
        data = self.cleaned_data
        kept = ("name", "zone", "holiday_country", "holiday_subdivision", "closures", "extra_days")
        return {**{name: data[name] for name in kept}, "intervals": {day: data[day] for day in WEEKDAYS}}

    def owner_parts(self) -> dict[str, Any]:
        """`account` and `location` for the service."""
        return {"account": self.cleaned_data["account"], "location": self.cleaned_data["place"]}


def calendar_initial(row: Calendar) -> Mapping[str, Any]:
    """What the form shows for a stored calendar. One without any week means around the clock."""
    week = row.intervals or {day: [["00:00", "24:00"]] for day in WEEKDAYS}
    return {
        **{name: getattr(row, name) for name in ("name", "zone", "holiday_country", "holiday_subdivision", "revision")},
        **{day: hours_text(week.get(day, [])) for day in WEEKDAYS},
        "closures": "\n".join(row.closures),
        "extra_days": "\n".join(f"{day} {hours_text(hours)}" for day, hours in sorted(row.extra_days.items())),
    }


class TryHoursForm(forms.Form):
    """Add working time to an instant."""

    hours = forms.DecimalField(label="Working hours", min_value=0, max_value=2000, max_digits=7, decimal_places=2)
    since = SinceField(label="From")
