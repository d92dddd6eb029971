"""Everything that pricing asks of one organisation's contracts, hours, lead times and rates, read once and kept.

A Book is immutable and made with a fixed number of queries. The process keeps one for each organisation for as long as
its stamp stands: every write to what it was read from changes the stamp in the writer's own transaction (triggers, see
`sla.stamping`), so a priced case never stands on a contract that was changed before its transaction began to read. What
cases and freight bring along themselves, the account tree (`Account.path`) and the hours of a place
(`Location.hours`), is not kept here.
"""

from __future__ import annotations

import json
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from threading import Lock
from typing import Any, Final
from zoneinfo import ZoneInfo

from controltower.db import rows
from controltower.tenancy.context import current_organisation_id
from exceptions.parties.models import Account, Contact, ContactRole, Location
from exceptions.sla import models, pricing
from exceptions.sla.calendars import Calendar, always_open, calendar_from_data
from exceptions.sla.clocks import Allowed
from exceptions.sla.defaults import exchange_rate, lead_times
from exceptions.sla.kinds import Counting

# So many organisations' books a process keeps; the one asked for longest ago goes first.
KEPT: Final = 64

STAMP = """
SELECT house.time_zone, house.currency, house.half_life_hours, coalesce(stamp.number, 0)
  FROM tenancy_organisation AS house LEFT JOIN sla_bookstamp AS stamp ON stamp.organisation_id = house.id
 WHERE house.id = %s
"""


@dataclass(frozen=True)
class BoundTerm:
    """A term for matching, with its row (never written). is_house: promised to nobody but ourselves."""

    term: pricing.Term
    row: models.Term
    is_house: bool

    @property
    def starts(self) -> str:
        """What the clock of its claim runs from: as the term says, else as its regime does; "" is the usual."""
        return self.row.starts or (self.row.regime.starts if self.row.regime is not None else "")

    @property
    def allowed(self) -> Allowed:
        """The time that the term allows; a claim that says neither days nor minutes takes what its regime says."""
        row, regime = self.row, self.row.regime
        if regime is not None and row.allowed_days is None and row.allowed_minutes is None:
            return Allowed(
                days=regime.days,
                months=regime.months,
                counting=Counting(regime.counting),
                first_day_counts=row.first_day_counts,
            )
        return Allowed(
            minutes=row.allowed_minutes,
            days=row.allowed_days,
            counting=Counting(row.counting),
            first_day_counts=row.first_day_counts,
        )


@dataclass(frozen=True)
class Matched:
    """The term that won, or None: nothing was promised. trace: why. is_spoken_of: whether any term is of that kind."""

    bound: BoundTerm | None
    trace: tuple[str, ...]
    is_spoken_of: bool


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


@dataclass(frozen=True)
class Stamp:
    """What a Book stands on: the settings of the organisation that pricing reads, and the number of its tables' state."""

    organisation: int
    zone: str
    currency: str
    half_life: timedelta
    number: int


class Book:
    """See the module. Its methods are functions of their arguments; what they found is remembered."""

    def __init__(
        self,
        stamp: Stamp,
        *,
        terms: Iterable[models.Term],
        calendars: Iterable[models.Calendar],
        desks: Iterable[Contact],
        lead_time_rows: Iterable[models.LeadTime],
        rates: Iterable[models.CurrencyRate] = (),
    ) -> None:
        """desks: contacts with hours, in the order in which they are asked. Terms of versions that are not active are
        for who asks what they would change."""
        self.stamp = stamp
        self._terms: dict[int | None, list[BoundTerm]] = defaultdict(list)
        unreadable = []
        for row in terms:
            try:
                bound = _bound(row)
            except ValueError as problem:
                unreadable.append(f"{_key(row)} is not priced: {problem}")
            else:
                self._terms[bound.term.account_id].append(bound)
        # Sentences. One row that nobody can read must not stop an organisation's whole queue.
        self.unreadable = tuple(sorted(unreadable))
        self._calendars = {(row.account_id, row.location_id): row for row in sorted(calendars, key=_name, reverse=True)}
        self._desks = {desk.account_id: desk for desk in reversed(list(desks))}
        self._lead_times = list(lead_time_rows)
        self._rates = sorted(rates, key=_valid_from, reverse=True)
        self.match = lru_cache(maxsize=4096)(self._match)
        self.lead_times = lru_cache(maxsize=4096)(self._lead_times_of)
        self.hours_of_account = lru_cache(maxsize=4096)(self._hours_of_account)

    @property
    def zone(self) -> str:
        return self.stamp.zone

    @property
    def currency(self) -> str:
        return self.stamp.currency

    @property
    def half_life(self) -> timedelta:
        return self.stamp.half_life

    @cached_property
    def ours(self) -> Hours:
        """Our own working time; around the clock when nobody wrote it down."""
        row = self._calendars.get((None, None))
        return Hours(calendar_of(row), True) if row else Hours(always_open(self.zone), False)

    @cached_property
    def period_accounts(self) -> frozenset[int | None]:
        """Whose terms are about a rate over a period; None for the house's own, which are about everybody."""
        return frozenset(
            account for account, terms in self._terms.items() if any(one.row.threshold is not None for one in terms)
        )

    @cached_property
    def accounts_with_hours(self) -> frozenset[int]:
        """Whose working time somebody wrote down."""
        own = (account for account, _ in self._calendars if account is not None)
        return frozenset((*own, *self._desks))

    def counts_period_of(self, account: Account | None) -> bool:
        """Whether any term of an account, of those above it or of the house is about a rate over a period."""
        return not self.period_accounts.isdisjoint((None, *account_path(account)))

    def day(self, at: datetime) -> date:
        """The local date of the organisation, by which versions of contracts take effect."""
        return at.astimezone(ZoneInfo(self.zone)).date()

    def terms(self, accounts: Sequence[int], side: models.Side, on: date) -> list[BoundTerm]:
        """Terms of these accounts and the house's own, in force on a local date of the organisation."""
        return [
            bound
            for account in (*accounts, None)
            for bound in self._terms.get(account, ())
            if bound.row.version.contract.side == side and _in_force(bound.row.version, on)
        ]

    def _match(
        self,
        kind: models.TermKind,
        situation: pricing.Situation,
        on: date,
        side: models.Side = models.Side.PAYABLE,
        of_others: bool = False,
    ) -> Matched:
        """The most specific term of a kind that applies. of_others: the house's own terms do not count."""
        terms = [term for term in self.terms(situation.accounts, side, on) if not (of_others and term.is_house)]
        found = pricing.best_term([bound.term for bound in terms], kind, situation)
        return Matched(
            next((bound for bound in terms if bound.term == found.term), None),
            found.trace,
            any(bound.term.kind == kind for bound in terms),
        )

    def _hours_of_account(self, account: int | None) -> Hours | None:
        """An account's working time: its calendar, else its dispatch desk's hours. None when nobody wrote either down."""
        if account is None:
            return None
        if (row := self._calendars.get((account, None))) is not None:
            return Hours(calendar_of(row), True)
        desk = self._desks.get(account)
        return Hours(_calendar(json.dumps(desk.hours), desk.zone), True) if desk else None

    def hours_of_location(self, location: Location | None) -> Hours | None:
        """When a place receives. None when nobody wrote it down."""
        if location is None:
            return None
        if (row := self._calendars.get((None, location.pk))) is not None:
            return Hours(calendar_of(row), True)
        return Hours(_calendar(json.dumps(location.hours), location.zone), True) if location.hours else None

    def _lead_times_of(self, case_type: str, mode: str, carrier: int | None) -> tuple[LeadTime, ...]:
        """Options for a case: the organisation's rows, and the shipped table for actions it has no row for.

        Of several rows for an action the most specific wins: account, then case type, then mode.
        """
        fitting = [
            row
            for row in self._lead_times
            if row.account_id in (None, carrier) and row.case_type in ("", case_type) and row.mode in ("", mode)
        ]
        shipped = lead_times(case_type, mode)
        known_actions = {entry.action for entry in shipped}
        chosen: dict[str, models.LeadTime] = {}
        for row in sorted(fitting, key=lambda row: (row.account_id is not None, bool(row.case_type), bool(row.mode))):
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
        return (*own, *rest)

    def rate(self, currency: str, on: date) -> Decimal | None:
        """What a unit of a currency is worth in the organisation's own; None when no rate is known.

        The organisation's newest rate that holds on a local date, else the shipped table's.
        """
        if currency == self.currency:
            return Decimal(1)
        entered = (row for row in self._rates if row.currency == currency and row.valid_from <= on)
        return next((row.rate for row in entered), None) or exchange_rate(currency, self.currency)


_kept: OrderedDict[int, Book] = OrderedDict()
_keeping = Lock()


def book_now() -> Book:
    """The Book of the organisation acted for, as this transaction sees it. One query when nothing changed since."""
    stamp = stamp_now()
    with _keeping:
        kept = _kept.get(stamp.organisation)
        if kept is not None and kept.stamp == stamp:
            _kept.move_to_end(stamp.organisation)
            return kept
    # The stamp was read first: what is committed meanwhile is then at worst read twice, and never missed.
    book = _load(stamp)
    with _keeping:
        _kept[stamp.organisation] = book
        _kept.move_to_end(stamp.organisation)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return book


def stamp_now() -> Stamp:
    """What a Book would stand on now: one cheap query."""
    organisation = current_organisation_id()
    zone, currency, half_life_hours, number = rows(STAMP, [organisation])[0]
    return Stamp(organisation, zone, currency, timedelta(hours=half_life_hours), number)


def account_path(account: Account | None) -> tuple[int, ...]:
    """The account and its parents, nearest first."""
    return () if account is None else _path(account.pk, account.path)


@lru_cache(maxsize=4096)
def _path(account: int, path: str) -> tuple[int, ...]:
    above = [int(step) for step in path.split("/") if step]
    return (account, *(step for step in reversed(above) if step != account))


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


def book_trying(version: models.ContractVersion, on: date) -> Book:
    """The Book as it would be if this version held on a day in place of what its contract has. Kept by nobody."""
    rows = list(models.Term.objects.filter(version=version).select_related("version__contract", "calendar", "regime"))
    for row in rows:
        row.version.effective_from, row.version.effective_to = on, None
    return _load(stamp_now(), instead_of=version.contract_id, tried=rows)


def _load(stamp: Stamp, *, instead_of: int | None = None, tried: Iterable[models.Term] = ()) -> Book:
    """instead_of: a contract whose own terms are left out, for those that are `tried`."""
    held = models.Term.objects.filter(version__state=models.VersionState.ACTIVE)
    if instead_of is not None:
        held = held.exclude(version__contract=instead_of)
    desks = Contact.objects.filter(role__in=(ContactRole.DISPATCH, ContactRole.RECEIVING)).exclude(hours={})
    return Book(
        stamp,
        terms=[*held.select_related("version__contract", "calendar", "regime"), *tried],
        calendars=models.Calendar.objects.all(),
        desks=desks.order_by("escalation_step", "pk"),
        lead_time_rows=models.LeadTime.objects.order_by("pk").select_related("calendar"),
        rates=models.CurrencyRate.objects.all(),
    )


def _bound(row: models.Term) -> BoundTerm:
    contract = row.version.contract
    account_id = row.account_id or contract.account_id
    term = pricing.Term(
        key=_key(row),
        kind=row.kind,
        price=pricing.price_from_data(row.price),
        account_id=account_id,
        case_type=row.case_type,
        service=row.service,
        mode=row.mode,
        lane=row.lane,
        goods_class=row.goods_class,
        subkind=row.subkind,
        tier=row.tier,
        severity=row.severity,
        version=row.version.number,
    )
    return BoundTerm(term, row, is_house=contract.account_id is None)


def _key(row: models.Term) -> str:
    return f"{row.version.contract.code} v{row.version.number}, {row.name}"


def _in_force(version: models.ContractVersion, on: date) -> bool:
    return version.effective_from <= on and (version.effective_to is None or on < version.effective_to)


def _lead_time(row: models.LeadTime, party: str) -> LeadTime:
    hours = Hours(calendar_of(row.calendar), True) if row.calendar else None
    p_act = Decimal(str(row.p_act))
    lead = None if row.minutes is None else timedelta(minutes=row.minutes)
    return LeadTime(row.action, row.party or party, lead, row.cost, p_act, hours)


def _name(row: models.Calendar) -> str:
    return row.name


def _valid_from(row: models.CurrencyRate) -> date:
    return row.valid_from


@lru_cache(maxsize=4096)
def _calendar(hours: str, zone: str) -> Calendar:
    week: dict[str, Any] = json.loads(hours)
    return calendar_from_data(week, zone=zone)
