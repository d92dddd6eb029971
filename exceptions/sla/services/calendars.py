"""Calendars: working time of ourselves, of parties and of places."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import ProtectedError

from controltower.audit import Actor, record
from controltower.errors import Conflict, Invalid, NotFound
from exceptions.parties.models import Account, Location
from exceptions.sla.calendars import Calendar as Hours
from exceptions.sla.calendars import NeverOpen, add_business, calendar_from_data, public_holidays
from exceptions.sla.models import Calendar
from exceptions.sla.services.editing import person, same_revision, tell_changed

COLUMNS = ("name", "zone", "intervals", "holiday_country", "holiday_subdivision", "closures", "extra_days")


def calendar_checked(values: Mapping[str, Any], now: datetime) -> Hours:
    """The pure calendar of these columns. `Invalid` says at which field something is wrong, also when it never opens."""
    try:
        hours = calendar_from_data(
            values["intervals"],
            zone=values["zone"],
            country=values["holiday_country"],
            subdivision=values["holiday_subdivision"],
            closures=values["closures"],
            extra=values["extra_days"],
        )
    except ValueError as problem:
        raise Invalid(f"{problem}"[:1].upper() + f"{problem}"[1:] + ".", code="calendar_unreadable") from problem
    try:
        if hours.country:
            public_holidays(hours.country, hours.subdivision)
    except ValueError as problem:
        raise Invalid(
            "No public holidays are known for that.",
            code="holidays_unknown",
            details={"holiday_subdivision" if hours.subdivision else "holiday_country": "is not known"},
        ) from problem
    try:
        add_business(hours, now, timedelta(minutes=1))
    except NeverOpen as problem:
        raise Invalid(
            "With these hours nobody would ever be there: give at least one day its hours.", code="never_open"
        ) from problem
    return hours


def calendar_save(
    calendar: Calendar | None,
    values: Mapping[str, Any],
    *,
    account: Account | None = None,
    location: Location | None = None,
    revision: int = 0,
    actor: Actor,
    now: datetime,
) -> Calendar:
    """Make a calendar, or change one that was read at `revision`; the open cases are priced anew.

    values: COLUMNS in their stored form. Whose hours they are is said when it is made. `Invalid`, `Conflict`.
    """
    member = person(actor)
    calendar_checked(values, now)
    row, before = Calendar(account=account, location=location), None
    if calendar is not None:
        row = _locked(calendar)
        same_revision(row, revision)
        before = {name: getattr(row, name) for name in COLUMNS}
    same_name = Calendar.objects.filter(account=row.account_id, location=row.location_id, name=values["name"])
    if same_name.exclude(pk=row.pk).exists():
        raise Invalid(
            "There is a calendar of this name already.", code="name_taken", details={"name": "is used already"}
        )
    for name in COLUMNS:
        setattr(row, name, values[name])
    after = {name: values[name] for name in COLUMNS}
    if before == after:
        return row
    if before is None:
        row.changed_by_id, row.changed_at = member, now
    else:
        row.changed(member, now)
    row.save()
    verb = "calendar.made" if before is None else "calendar.changed"
    record(verb=verb, subject=f"calendar:{row.pk}", actor=actor, before=before, after=after, now=now)
    tell_changed(f"The calendar {row.name} was changed", actor=actor, now=now)
    return row


def calendar_remove(calendar: Calendar, *, actor: Actor, now: datetime) -> None:
    """Remove a calendar that no term and no action counts by; `Conflict` otherwise."""
    person(actor)
    row = _locked(calendar)
    before, subject = {name: getattr(row, name) for name in COLUMNS}, f"calendar:{row.pk}"
    try:
        row.delete()
    except ProtectedError as problem:
        users = sorted({str(used._meta.verbose_name) for used in problem.protected_objects})
        raise Conflict(
            f"A {' and a '.join(users)} of a contract or table counts by this calendar. Choose another one there first.",
            code="calendar_in_use",
        ) from problem
    record(verb="calendar.removed", subject=subject, actor=actor, before=before, now=now)
    tell_changed(f"The calendar {row.name} was removed", actor=actor, now=now)


def _locked(calendar: Calendar) -> Calendar:
    found = (
        Calendar.objects.select_for_update(no_key=True, of=("self",))
        .select_related("changed_by__user")
        .filter(pk=calendar.pk)
        .first()
    )
    if found is None:
        raise NotFound("This calendar does not exist any more.")
    return found
