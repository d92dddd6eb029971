"""Contracts, hours and lead times from the database, in the words of the pure core. For services, which see everything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q

from exceptions.parties.models import Account, Contact, ContactRole, Location
from exceptions.sla import models, pricing
from exceptions.sla.calendars import Calendar, always_open, calendar_from_data
from exceptions.sla.defaults import lead_times


@dataclass(frozen=True)
class BoundTerm:
    """A term for matching, with its row. is_house: promised to nobody but ourselves."""

    term: pricing.Term
    row: models.Term
    is_house: bool


@dataclass(frozen=True)
class Hours:
    """A calendar and whether anybody ever wrote it down."""

    calendar: Calendar
    is_known: bool


@dataclass(frozen=True)
class LeadTime:
    """How an action goes in this organisation. lead None: not known. cost in the organisation's currency."""

    action: str
    party: str
    lead: timedelta | None
    cost: Decimal
    p_act: Decimal
    hours: Hours | None = None


def account_path(account: Account | None) -> tuple[int, ...]:
    """The account and its parents, nearest first."""
    if account is None:
        return ()
    above = [int(step) for step in account.path.split("/") if step]
    return (account.pk, *(step for step in reversed(above) if step != account.pk))


def terms_for(accounts: tuple[int, ...], side: models.Side, on: date) -> list[BoundTerm]:
    """Active terms of these accounts and the house's own, in force on a local date of the organisation."""
    versions = models.ContractVersion.objects.filter(
        Q(effective_to=None) | Q(effective_to__gt=on), state=models.VersionState.ACTIVE, effective_from__lte=on
    )
    rows = (
        models.Term.objects.filter(version__in=versions, version__contract__side=side)
        .filter(Q(account__in=accounts) | Q(account=None, version__contract__account__in=[*accounts]) | _HOUSE)
        .select_related("version__contract", "calendar")
    )
    return [_bound(row) for row in rows]


def hours_of_account(account_id: int | None) -> Hours | None:
    """An account's working time: its calendar, else its dispatch desk's hours. None when nobody wrote either down."""
    if account_id is None:
        return None
    row = models.Calendar.objects.filter(account=account_id).order_by("name").first()
    if row is not None:
        return Hours(calendar_of(row), True)
    desk = (
        Contact.objects.filter(account=account_id, role__in=(ContactRole.DISPATCH, ContactRole.RECEIVING))
        .exclude(hours={})
        .order_by("escalation_step", "pk")
        .first()
    )
    return Hours(calendar_from_data(desk.hours, zone=desk.zone), True) if desk else None


def hours_of_location(location: Location | None) -> Hours | None:
    """When a place receives. None when nobody wrote it down."""
    if location is None:
        return None
    row = models.Calendar.objects.filter(location=location).order_by("name").first()
    if row is not None:
        return Hours(calendar_of(row), True)
    return Hours(calendar_from_data(location.hours, zone=location.zone), True) if location.hours else None


def hours_of_organisation(zone: str) -> Hours:
    """Our own working time; around the clock when nobody wrote it down."""
    row = models.Calendar.objects.filter(account=None, location=None).order_by("name").first()
    return Hours(calendar_of(row), True) if row else Hours(always_open(zone), False)


def calendar_of(row: models.Calendar) -> Calendar:
    """The pure calendar behind a row."""
    return calendar_from_data(
        row.intervals,
        zone=row.zone,
        country=row.holiday_country,
        subdivision=row.holiday_subdivision,
        closures=row.closures,
        extra=row.extra_days,
    )


def lead_times_for(case_type: str, mode: str, carrier: int | None) -> list[LeadTime]:
    """Options for a case: the organisation's rows, and the shipped table for actions it has no row for.

    Of several rows for an action the most specific wins: account, then case type, then mode.
    """
    rows = models.LeadTime.objects.filter(
        Q(account=None) | Q(account=carrier), case_type__in=("", case_type), mode__in=("", mode)
    ).select_related("calendar")
    shipped = lead_times(case_type, mode)
    known_actions = {entry.action for entry in shipped}
    chosen: dict[str, models.LeadTime] = {}
    for row in sorted(rows, key=lambda row: (row.account_id is not None, bool(row.case_type), bool(row.mode))):
        # A row without a case type corrects an action; it does not make it one for every case.
        if row.case_type or row.action in known_actions:
            chosen[row.action] = row
    parties = {entry.action: entry.party for entry in shipped}
    own = [_lead_time(row, parties.get(row.action, "carrier")) for row in chosen.values()]
    rest = [
        LeadTime(entry.action, entry.party, entry.lead, entry.cost, entry.p_act)
        for entry in shipped
        if entry.action not in chosen
    ]
    return own + rest


_HOUSE = Q(account=None, version__contract__account=None)


def _bound(row: models.Term) -> BoundTerm:
    contract = row.version.contract
    account_id = row.account_id or contract.account_id
    term = pricing.Term(
        key=f"{contract.code} v{row.version.number}, {row.name}",
        kind=row.kind,
        price=pricing.price_from_data(row.price),
        account_id=account_id,
        case_type=row.case_type,
        service=row.service,
        mode=row.mode,
        lane=row.lane,
        goods_class=row.goods_class,
        version=row.version.number,
    )
    return BoundTerm(term, row, is_house=account_id is None)


def _lead_time(row: models.LeadTime, party: str) -> LeadTime:
    hours = Hours(calendar_of(row.calendar), True) if row.calendar else None
    p_act = Decimal(str(row.p_act))
    return LeadTime(row.action, party, timedelta(minutes=row.minutes), row.cost, p_act, hours)
