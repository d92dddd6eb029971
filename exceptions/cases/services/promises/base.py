"""What a promise is made of, and what all of them ask of the Book."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from exceptions.cases.models import Case
from exceptions.cases.services.known_clocks import CaseClocks
from exceptions.cases.services.state import Known
from exceptions.parties.models import Account
from exceptions.sla import pricing
from exceptions.sla.book import Book, BoundTerm, Hours, LeadTime, Matched, account_path
from exceptions.sla.calendars import always_open
from exceptions.sla.clocks import Counted, Pause, Standstill
from exceptions.sla.explaining import wording
from exceptions.sla.exposure import Option, Stake, act_by
from exceptions.sla.models import Side, TermKind

# What most clocks of a case run from, in words.
OPENED = "Opening of the case"


# A running charge books step after step; more steps than this ahead do not change what to do now.
STEPS = 12


@dataclass(frozen=True)
class Promise:
    """One commitment of a case with its stakes. kept_at: when it was kept, early or late.

    due_at is the contract's clock; felt_due_at, where it differs, the customer's, which nothing stops. A promise whose
    clock is stopped now (is_paused) has no stakes: nothing books while it stands still. counted: how felt_due_at came
    about, None where it was reported as it is; stood: what put due_at off; untold: causes that did not, because the
    other side was not told in time. since: from when an update is owed; before: the updates that were owed before this
    one, each kept by the next word. is_given: a person gave it to the customer, whatever a contract asks.
    """

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
    felt_due_at: datetime | None = None
    is_paused: bool = False
    counted: Counted | None = None
    stood: tuple[Standstill, ...] = ()
    untold: tuple[Pause, ...] = ()
    since: datetime | None = None
    before: tuple[Promise, ...] = ()
    is_given: bool = False


@dataclass(frozen=True)
class Look:
    """The Book on a local date of the organisation, and what is known of the case's own clocks.

    on: another date whose contracts count, for what fell due then; what a currency is worth is always today's.
    """

    book: Book
    day: date
    now: datetime
    clocks: CaseClocks
    on: date | None = None

    def when_due(self, at: datetime) -> Look | None:
        """The same on the day on which something fell due; None when that was today or is ahead."""
        if at >= self.now or (then := self.book.day(at)) >= self.day:
            return None
        return replace(self, on=then)

    def match(
        self, kind: TermKind, situation: pricing.Situation, side: Side = Side.PAYABLE, *, of_others: bool = False
    ) -> Matched:
        """The term that wins on this date."""
        return self.book.match(kind, situation, self.on or self.day, side, of_others)

    def rate(self, currency: str) -> Decimal:
        """What a unit is worth in the organisation's currency; one for one when nobody knows."""
        return self.book.rate(currency, self.day) or Decimal(1)


@dataclass
class Promises:
    """All of a case. assumed, trace: sentences for the explanation. is_excused: an accepted cause stops the contract.
    heard: each time the customer heard from us, in order, by the key of the updates that it kept."""

    found: list[Promise] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)
    is_excused: bool = False
    recoverable_from: str = ""
    heard: dict[str, tuple[datetime, ...]] = field(default_factory=dict)

    def assume(self, sentence: str) -> None:
        """Say it once."""
        if sentence not in self.assumed:
            self.assumed.append(sentence)

    def trace_then(self, bound: BoundTerm, then: Look) -> None:
        """Say once that another term counts than today's."""
        sentence = f"{bound.term.key} counts: it was in force on {then.on:%-d %B %Y}, when it fell due"
        if sentence not in self.trace:
            self.trace.append(sentence)


def situation_of(case: Case, one: Known | None, account: Account | None, subkind: str = "") -> pricing.Situation:
    """What terms are matched against."""
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
        subkind=subkind,
    )


def options_of(books_at: datetime, leads: Sequence[tuple[LeadTime, Hours]], rate: Decimal) -> Iterable[Option]:
    """What can still be done before a loss books, each until when. rate: of the stake's currency."""
    for lead, hours in leads:
        last = act_by(books_at, lead.lead, hours.calendar)
        if last is None:
            continue
        whose = "our" if lead.party in ("", "us") else f"the {lead.party}'s"
        assumed = "" if hours.is_known else f"{whose} hours are not known: around the clock is assumed"
        if lead.lead is None:
            assumed = f"no lead time is known for {wording(lead.action).gerund}"
        yield Option(lead.action, last, lead.cost / rate, lead.p_act, assumed)


def hours_of(lead: LeadTime, one: Known, book: Book) -> Hours:
    """The working time of whoever has to act: of a party its calendar or its desk's hours, of a terminal and of who
    receives the hours of the place."""
    if lead.hours is not None:
        return lead.hours
    zone = one.stop.zone if one.stop else "UTC"
    unknown = Hours(always_open(zone), False)
    match lead.party:
        case "" | "us":
            return book.ours
        case "carrier":
            return book.hours_of_account(one.carrier.pk if one.carrier else None) or unknown
        case "broker":
            return book.hours_of_account(one.broker.pk if one.broker else None) or unknown
        case "customer":
            return book.hours_of_account(one.shipment.customer_id) or unknown
        case "terminal":
            location = one.terminal.location if one.terminal else None
        case _:
            location = one.stop.location if one.stop else None
    return book.hours_of_location(location) or unknown
