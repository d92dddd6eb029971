"""Calendars: whose hours are known, the editor with its preview, and a deadline counted by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from controltower.errors import Conflict, DomainError
from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer
from controltower.web.render import page
from controltower.web.toast import toast
from exceptions.contracts.calendar_forms import DAYS, CalendarForm, TryHoursForm, calendar_initial, clock_text
from exceptions.contracts.common import by, may_change_house, must_see_all, put, read_again
from exceptions.parties.choosing import choice_of
from exceptions.sla.book import calendar_of
from exceptions.sla.calendars import Calendar as Hours
from exceptions.sla.calendars import NeverOpen
from exceptions.sla.models import Calendar
from exceptions.sla.reckoning import Day, Reckoning, days_of, deadline_steps, next_holidays
from exceptions.sla.selectors import calendars as selectors
from exceptions.sla.services import calendars as services

AHEAD = 14
HOLIDAYS = 6


@dataclass(frozen=True)
class CalendarRow:
    """week: days with the same hours together, "Mon to Fri 08:00-17:00"."""

    row: Calendar
    whose: str
    week: list[str]


@dataclass(frozen=True)
class Preview:
    days: list[tuple[Day, str]]
    holidays: list[tuple[Any, str]]


@require_safe
@requires(Verb.VIEW)
def calendars(request: MemberRequest) -> HttpResponse:
    rows = [CalendarRow(row, _whose(row), _week(row)) for row in selectors.calendars_list(request.viewer)]
    context = {"rows": rows, "may_change": may_change_house(request.viewer)}
    return page(request, "contracts/calendars.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Verb.AGREE)
def calendar_new(request: MemberRequest) -> HttpResponse:
    must_see_all(request.viewer)
    choices = {"accounts": choice_of(request.viewer), "places": choice_of(request.viewer, "place")}
    initial = {"zone": request.viewer.organisation.time_zone, **dict.fromkeys(list(DAYS)[:5], "08:00-17:00")}
    form = CalendarForm(request.POST if request.method == "POST" else None, **choices, initial=initial)
    if request.method == "POST" and form.is_valid():
        if "preview" in request.POST:
            return _editor(request, None, form, preview=_preview_of_form(form, request.viewer))
        made = put(form, lambda: services.calendar_save(None, form.values(), **form.owner_parts(), **by(request)))
        if made is not None:
            toast(request, "Saved. The open cases are being priced anew.")
            return redirect("contracts:calendar", pk=made.pk)
    return _editor(request, None, form, status=422 if form.is_bound else 200)


@require_safe
@requires(Verb.VIEW)
def calendar(request: MemberRequest, pk: int) -> HttpResponse:
    """One calendar, with what is tried on it."""
    row = selectors.calendar_get(request.viewer, pk)
    return _calendar_page(request, row, CalendarForm(initial=calendar_initial(row)))


@require_POST
@requires(Verb.AGREE)
def calendar_change(request: MemberRequest, pk: int) -> HttpResponse:
    must_see_all(request.viewer)
    row = selectors.calendar_get(request.viewer, pk)
    form = CalendarForm(request.POST)
    if not form.is_valid():
        return _calendar_page(request, row, form, status=422)
    if "preview" in request.POST:
        return _calendar_page(request, row, form, preview=_preview_of_form(form, request.viewer))
    revision = form.cleaned_data["revision"] or 0
    try:
        with transaction.atomic():
            services.calendar_save(row, form.values(), revision=revision, **by(request))
    except Conflict as problem:
        row = selectors.calendar_get(request.viewer, pk)
        read_again(form, revision=row.revision)
        return _calendar_page(request, row, form, problem=problem, status=409)
    except DomainError as problem:
        return _calendar_page(request, row, form, problem=problem, status=problem.status)
    toast(request, "Saved. The open cases are being priced anew.")
    return redirect("contracts:calendar", pk=pk)


@require_POST
@requires(Verb.AGREE)
def calendar_remove(request: MemberRequest, pk: int) -> HttpResponse:
    must_see_all(request.viewer)
    row = selectors.calendar_get(request.viewer, pk)
    try:
        with transaction.atomic():
            services.calendar_remove(row, **by(request))
    except Conflict as problem:
        form = CalendarForm(initial=calendar_initial(row))
        return _calendar_page(request, row, form, problem=problem, status=409)
    toast(request, f"{row.name} is removed.")
    return redirect("contracts:calendars")


def _editor(
    request: MemberRequest,
    row: Calendar | None,
    form: CalendarForm,
    *,
    preview: Preview | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "days": [form[day] for day in DAYS], "preview": preview, "calendar": row}
    return page(request, "contracts/calendar_new.html", context, status=status)


def _calendar_page(
    request: MemberRequest,
    row: Calendar,
    form: CalendarForm,
    *,
    preview: Preview | None = None,
    problem: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    hours, now = calendar_of(row), timezone.now()
    asked = TryHoursForm(request.GET if "hours" in request.GET else None, initial=_try_initial(hours, now))
    context = {
        "calendar": row,
        "whose": _whose(row),
        "form": form,
        "days": [form[day] for day in DAYS],
        "stored": Preview(*_seen(hours, now)),
        "preview": preview,
        "problem": problem,
        "asked": asked,
        "reckoning": _reckoned(asked, hours),
        "may_change": may_change_house(request.viewer),
    }
    return page(request, "contracts/calendar.html", context, fragment={"tried": "contracts/_tried.html"}, status=status)


def _reckoned(asked: TryHoursForm, hours: Hours) -> Reckoning | None:
    if not asked.is_valid():
        return None
    since = asked.cleaned_data["since"].replace(tzinfo=ZoneInfo(hours.zone)).astimezone(UTC)
    try:
        return deadline_steps(hours, since, timedelta(hours=float(asked.cleaned_data["hours"])))
    except (NeverOpen, OverflowError):
        asked.add_error("hours", "That much working time does not come within two years.")
        return None


def _try_initial(hours: Hours, now: datetime) -> dict[str, Any]:
    return {"hours": 8, "since": f"{now.astimezone(ZoneInfo(hours.zone)):%Y-%m-%dT%H:%M}"}


def _preview_of_form(form: CalendarForm, viewer: Viewer) -> Preview | None:
    now = timezone.now()
    checked = put(form, lambda: services.calendar_checked(form.values(), now))
    return Preview(*_seen(checked, now)) if checked is not None else None


def _seen(hours: Hours, now: datetime) -> tuple[list[tuple[Day, str]], list[tuple[Any, str]]]:
    today = now.astimezone(ZoneInfo(hours.zone)).date()
    days = [(day, clock_text(day.intervals)) for day in days_of(hours, today, AHEAD)]
    return days, next_holidays(hours.country, hours.subdivision, today, HOLIDAYS)


def _whose(row: Calendar) -> str:
    if row.location is not None:
        return f"{row.location.name}, {row.location.city}".rstrip(", ")
    return row.account.name if row.account else "Ours"


def _week(row: Calendar) -> list[str]:
    """Days with the same hours in a row, together."""
    hours, told = calendar_of(row), list[str]()
    groups: list[tuple[list[str], str]] = []
    for name, intervals in zip(DAYS.values(), hours.week, strict=True):
        text = clock_text(intervals)
        if groups and groups[-1][1] == text:
            groups[-1][0].append(name[:3])
        else:
            groups.append(([name[:3]], text))
    for names, text in groups:
        if text:
            days = names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
            told.append(f"{days} {'around the clock' if text == '00:00-24:00' else text}")
    return told
