"""What was promised in a case, by which term, what missing it costs, and what can still be done: input to the rank."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice

from exceptions.cases.models import Case
from exceptions.cases.services.state import Known
from exceptions.cases.taxonomy import Excusable, Party
from exceptions.parties.models import Account
from exceptions.shipments.models import Stop
from exceptions.sla import pricing
from exceptions.sla.book import Book, BoundTerm, Hours, LeadTime, Matched, account_path
from exceptions.sla.calendars import add_business, always_open
from exceptions.sla.defaults import (
    ETA_ERROR,
    FIRST_RESPONSE_RATE,
    FIRST_RESPONSE_WITHIN,
    OPEN_DAY_RATE,
)
from exceptions.sla.explaining import wording
from exceptions.sla.exposure import Option, Stake, act_by, likelihood_idle
from exceptions.sla.models import Counting, Side, TermKind
from exceptions.sla.reach import ARRIVAL, AT_STAKE

ARRIVAL_TERMS = ARRIVAL
UNLESS = {
    TermKind.FREE_TIME: "not out of the gate",
    TermKind.TEMPERATURE: "not back in its band",
    TermKind.CLAIM: "no notice of claim given",
}
# A running charge books step after step; more steps than this ahead do not change what to do now.
STEPS = 12
DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Promise:
    """One commitment of a case with its stakes. kept_at: when it was kept, early or late."""

    key: str
    kind: TermKind
    text: str
    due_at: datetime
    kept_at: datetime | None
    stakes: tuple[Stake, ...]
    term: BoundTerm | None = None
    shipment_id: int | None = None
    stop_id: int | None = None
    account_id: int | None = None


@dataclass(frozen=True)
class Look:
    """The Book on a local date of the organisation."""

    book: Book
    day: date

    def match(
        self,
        kind: TermKind,
        situation: pricing.Situation,
        side: Side = Side.PAYABLE,
        *,
        of_others: bool = False,
    ) -> Matched:
        """The term that wins on this date."""
        return self.book.match(kind, situation, self.day, side, of_others)


@dataclass
class Promises:
    """All of a case. assumed, trace: sentences for the explanation. is_excused: an accepted cause stops the contract."""

    found: list[Promise] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)
    is_excused: bool = False
    recoverable_from: str = ""


def promises_of(case: Case, known: Sequence[Known], book: Book, now: datetime) -> Promises:
    """Everything promised in the case, and the house's own rates. A function of its arguments.

    The case comes with its account, so that nothing is asked of the database.
    """
    promises = Promises(is_excused=bool(case.reason_accepted_by_id) and case.excusable == Excusable.YES)
    promises.assumed += book.unreadable
    look = Look(book, book.day(now))
    promises.found.append(_first_response(case, look))
    promises.found.append(_open_day(case, look, now))
    if promises.is_excused:
        promises.trace.append("The accepted reason is excused: what contracts promise does not apply")
        return promises
    for one in known:
        _contract_promises(case, one, look, promises)
    if all(promise.kind in (TermKind.FIRST_RESPONSE, TermKind.HOUSE_RATE) for promise in promises.found):
        promises.trace.append("No contract promises anything here: only the house's own rates count")
    return promises


def _first_response(case: Case, look: Look) -> Promise:
    book = look.book
    match = look.match(TermKind.FIRST_RESPONSE, _situation(case, None, case.account)).bound
    allowed = FIRST_RESPONSE_WITHIN
    price: pricing.Price = pricing.Flat(pricing.Money(FIRST_RESPONSE_RATE, book.currency))
    if match is not None:
        price = match.term.price
        allowed = timedelta(minutes=match.row.allowed_minutes or 60)
    is_wall = match is not None and match.row.counting == Counting.WALL
    due = case.opened_at + allowed if is_wall else add_business(book.ours.calendar, case.opened_at, allowed)
    money = next(pricing.price_steps(price, due)).money
    stake = Stake(
        key="first_response:0",
        books_at=due,
        payable=money.amount,
        currency=money.currency,
        options=(Option("answer", due),),
        unless="nobody has answered",
        term=match.term.key if match else "house rate",
        is_house=match is None or match.is_house,
        is_side=True,
        zone=book.zone,
        rate=_rate(money.currency, book)[0],
    )
    return Promise(
        "first_response", TermKind.FIRST_RESPONSE, "First response", due, case.first_response_at, (stake,), match
    )


def _open_day(case: Case, look: Look, now: datetime) -> Promise:
    """The house rate charges every further day that the case is open; the next one is what can be avoided."""
    book = look.book
    match = look.match(TermKind.HOUSE_RATE, _situation(case, None, case.account)).bound
    price: pricing.Price = pricing.PerUnit(pricing.Unit.DAY, (pricing.Tier(OPEN_DAY_RATE),), book.currency)
    if match is not None:
        price = match.term.price
    days = max(1, (now - case.opened_at) // DAY + 1)
    due = case.opened_at + days * DAY
    money = next(pricing.price_steps(price, due)).money
    stake = Stake(
        key=f"open_day:{days}",
        books_at=due,
        payable=money.amount,
        currency=money.currency,
        options=(Option("resolve", due),),
        unless="still open",
        term=match.term.key if match else "house rate",
        is_house=True,
        is_side=True,
        zone=book.zone,
        rate=_rate(money.currency, book)[0],
    )
    return Promise("open_day", TermKind.HOUSE_RATE, "Closed within a day", due, None, (stake,), match)


@dataclass(frozen=True)
class Deadline:
    """When a term's promise is due for a shipment, where, and what is known about it being kept."""

    at: datetime
    kept_at: datetime | None
    eta: datetime | None
    zone: str
    place: str


def _contract_promises(case: Case, one: Known, look: Look, promises: Promises) -> None:
    shipment = one.shipment
    situation = _situation(case, one, shipment.customer)
    leads = look.book.lead_times(case.type, shipment.mode, _pk(one.carrier))
    options = [(lead, _hours(lead, one, look.book)) for lead in leads]
    for kind, subkind in AT_STAKE[case.type]:
        match = look.match(kind, replace(situation, subkind=subkind or ""))
        bound = match.bound
        if match.is_spoken_of:
            promises.trace += [line for line in match.trace if line not in promises.trace]
        if bound is None:
            continue
        deadline = _deadline(case, one, kind, bound, look.book)
        if deadline is None:
            promises.assumed.append(f"{bound.term.key} is not priced: no deadline is known for {shipment.number}")
            continue
        try:
            stakes = tuple(_stakes(case, one, bound, deadline, options, look, promises))
        except pricing.PriceUnknown as problem:
            promises.assumed.append(f"{bound.term.key} is not priced: {problem}")
            continue
        promises.found.append(
            Promise(
                key=f"{subkind or kind}:{shipment.pk}",
                kind=kind,
                text=f"{bound.row.name} ({shipment.number})",
                due_at=deadline.at,
                kept_at=deadline.kept_at,
                stakes=stakes,
                term=bound,
                shipment_id=shipment.pk,
                stop_id=one.stop.pk if one.stop else None,
                account_id=shipment.customer_id,
            )
        )


def _deadline(case: Case, one: Known, kind: TermKind, bound: BoundTerm, book: Book) -> Deadline | None:
    allowed = timedelta(minutes=bound.row.allowed_minutes or 0)
    zone, place = (one.stop.zone, one.stop.city or one.stop.name) if one.stop else ("UTC", "UTC")
    if kind in ARRIVAL_TERMS:
        delivery = one.state.delivery
        if delivery is None or delivery.promised is None:
            return None
        return Deadline(delivery.promised + allowed, delivery.reached_at, _eta(case, one), zone, place)
    if kind == TermKind.FREE_TIME:
        last_free = one.state.last_free_at
        if one.terminal is not None:
            zone, place = one.terminal.zone, one.terminal.city or one.terminal.name
        return Deadline(last_free + allowed, one.state.gated_out_at, None, zone, place) if last_free else None
    if bound.row.counting in (Counting.CALENDAR_DAYS, Counting.WORKING_DAYS, Counting.WALL):
        return Deadline(case.opened_at + allowed, None, None, zone, place)
    hours = book.hours_of_account(_pk(one.carrier)) or Hours(always_open(zone), False)
    return Deadline(add_business(hours.calendar, case.opened_at, allowed), None, None, zone, place)


def _eta(case: Case, one: Known) -> datetime | None:
    """The ETA, unless something happened since that it does not know of."""
    delivery = one.state.delivery
    if delivery is None or delivery.estimated_reported_at is None:
        return None
    since = one.state.trouble_at if case.type == "delivery_late" else case.opened_at
    return None if since is not None and delivery.estimated_reported_at < since else delivery.estimated


def _stakes(
    case: Case,
    one: Known,
    bound: BoundTerm,
    deadline: Deadline,
    options: list[tuple[LeadTime, Hours]],
    look: Look,
    promises: Promises,
) -> Iterable[Stake]:
    shipment = one.shipment
    value = pricing.Money(shipment.value, shipment.currency) if shipment.value is not None else None
    steps = list(
        islice(
            pricing.price_steps(bound.term.price, deadline.at, value=value, calendar=always_open(deadline.zone)), STEPS
        )
    )
    owed = _recoverable(case, one, bound, look, promises)
    rate, known_rate = _rate(steps[0].money.currency, look.book) if steps else (Decimal(1), True)
    if not known_rate:
        promises.assumed.append(f"1 {steps[0].money.currency} counted as 1 {look.book.currency}: no rate is known")
    for number, step in enumerate(steps):
        slack = step.books_at - deadline.eta if deadline.eta else None
        yield Stake(
            key=f"{bound.term.subkind or bound.term.kind}:{shipment.pk}:{number}",
            books_at=step.books_at,
            payable=step.money.amount,
            currency=step.money.currency,
            p_idle=likelihood_idle(slack, ETA_ERROR),
            recoverable=min(step.money.amount, owed) if number == 0 else Decimal(0),
            options=tuple(_options(step.books_at, options, rate)),
            unless=UNLESS.get(TermKind(bound.term.kind), "not at the dock"),
            term=bound.term.key,
            place=deadline.place,
            zone=deadline.zone,
            rate=rate,
        )


def _options(books_at: datetime, options: list[tuple[LeadTime, Hours]], rate: Decimal) -> Iterable[Option]:
    for lead, hours in options:
        last = act_by(books_at, lead.lead, hours.calendar)
        if last is None:
            continue
        whose = "our" if lead.party in ("", "us") else f"the {lead.party}'s"
        assumed = "" if hours.is_known else f"{whose} hours are not known: around the clock is assumed"
        if lead.lead is None:
            assumed = f"no lead time is known for {wording(lead.action).gerund}"
        yield Option(lead.action, last, lead.cost / rate, lead.p_act, assumed)


def _recoverable(case: Case, one: Known, bound: BoundTerm, look: Look, promises: Promises) -> Decimal:
    """What the carrier owes us for the same, once a person accepted that it is the carrier's."""
    if not case.reason_accepted_by_id or case.responsible_party != Party.CARRIER or one.carrier is None:
        return Decimal(0)
    situation = replace(_situation(case, one, one.carrier), subkind=bound.term.subkind)
    match = look.match(TermKind(bound.term.kind), situation, Side.RECOVERABLE, of_others=True).bound
    if match is None:
        return Decimal(0)
    value = pricing.Money(one.shipment.value, one.shipment.currency) if one.shipment.value is not None else None
    money = next(pricing.price_steps(match.term.price, case.opened_at, value=value)).money
    promises.recoverable_from = one.carrier.name
    return money.amount


def _hours(lead: LeadTime, one: Known, book: Book) -> Hours:
    """The working time of whoever has to act."""
    if lead.hours is not None:
        return lead.hours
    zone = one.stop.zone if one.stop else "UTC"
    if lead.party in ("", "us"):
        return book.ours
    if lead.party == "carrier":
        return book.hours_of_account(_pk(one.carrier)) or Hours(always_open(zone), False)
    location = one.stop.location if one.stop else None
    return book.hours_of_location(location) or Hours(always_open(zone), False)


def _situation(case: Case, one: Known | None, account: Account | None) -> pricing.Situation:
    shipment = one.shipment if one else None
    return pricing.Situation(
        accounts=account_path(account),
        case_type=case.type,
        service=shipment.service if shipment else "",
        mode=shipment.mode if shipment else "",
        lane=shipment.lane if shipment else "",
        goods_class=shipment.goods_class if shipment else "",
        tier=account.tier if account else None,
        severity=case.severity,
    )


def _rate(currency: str, book: Book) -> tuple[Decimal, bool]:
    rate = book.rate(currency)
    return (rate, True) if rate is not None else (Decimal(1), False)


def _pk(row: Account | Stop | None) -> int | None:
    return row.pk if row is not None else None
