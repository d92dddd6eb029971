"""What contracts promise about the freight of a case: each term that applies, its deadlines, its stakes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from exceptions.cases.models import Case
from exceptions.cases.services.promises.base import (
    STEPS,
    Look,
    Promise,
    Promises,
    hours_of,
    options_of,
    situation_of,
)
from exceptions.cases.services.promises.dues import Asked, Due, amount_of, dues_of
from exceptions.cases.services.state import Known
from exceptions.cases.taxonomy import Excusable, Party, reason_label
from exceptions.parties.models import Account
from exceptions.sla import pricing
from exceptions.sla.book import BoundTerm, Hours, LeadTime, Matched
from exceptions.sla.calendars import NeverOpen, always_open
from exceptions.sla.clocks import Allowed, Clock, Counted, Pause, clock, counted_pauses
from exceptions.sla.defaults import ETA_ERROR, helps
from exceptions.sla.exposure import CERTAIN, Option, Stake, likelihood_idle
from exceptions.sla.models import Measured, Side, Subkind, TermKind
from exceptions.sla.reach import AT_STAKE, EXCUSABLE

UNLESS: dict[str, str] = {
    TermKind.PICKUP_WINDOW: "not picked up",
    TermKind.TEMPERATURE: "not back in its band",
    TermKind.CUT_OFF: "not handed in",
    Subkind.DEMURRAGE: "not out of the gate",
    Subkind.STORAGE: "not out of the gate",
    Subkind.DETENTION: "not returned empty",
    Subkind.PER_DIEM: "not returned empty",
    Subkind.TRUCK_DETENTION: "still held at the stop",
    Subkind.TENDER_RESPONSE: "no carrier has taken it",
    Subkind.POD: "no proof of delivery is there",
    Subkind.INVOICE_DISPUTE: "not disputed",
    Subkind.NOTICE: "no notice of claim given",
    Subkind.FILING: "no claim filed",
    Subkind.SUIT: "no suit brought",
}
MEASURED_UNLESS: dict[str, str] = {
    Measured.UNLOADING_END: "not unloaded",
    Measured.PROOF: "no proof of delivery is there",
}
LeadsAndHours = Sequence[tuple[LeadTime, Hours]]


def promises_of_freight(case: Case, one: Known, look: Look, promises: Promises) -> Iterator[Promise]:
    """All that contracts promise about one shipment and that this type of case can put at stake."""
    leads = look.book.lead_times(case.type, one.shipment.mode, one.carrier.pk if one.carrier else None)
    timed = [(lead, hours_of(lead, one, look.book)) for lead in leads]
    for kind, subkind in AT_STAKE[case.type]:
        match = _match(case, one, kind, subkind, look)
        bound = match.bound
        if match.is_spoken_of:
            promises.trace += [line for line in match.trace if line not in promises.trace]
        if bound is None:
            continue
        dues = dues_of(Asked(case, one, bound, look.book))
        if not dues:
            promises.assume(f"{bound.term.key} is not priced: no deadline is known for {one.shipment.number}")
        for due in dues:
            promises.assumed += [line for line in due.assumed if line not in promises.assumed]
            then, held, fell_due = _when_due(case, one, bound, due, look, promises)
            try:
                yield from _promised(case, one, held, fell_due, timed, then, promises)
            except (pricing.PriceUnknown, NeverOpen) as problem:
                promises.assume(f"{held.term.key} is not priced: {problem}")


def _when_due(
    case: Case, one: Known, bound: BoundTerm, due: Due, look: Look, promises: Promises
) -> tuple[Look, BoundTerm, Due]:
    """What fell due counts by the term that was in force on that day; a later version says nothing about it.

    By today's where none was in force then, such as free time that ran out before the contract began.
    """
    then = look.when_due(due.at)
    if then is None:
        return look, bound, due
    kind, subkind = TermKind(bound.term.kind), Subkind(bound.term.subkind) if bound.term.subkind else None
    held = _match(case, one, kind, subkind, then).bound
    if held is None or held is bound:
        return then, bound, due
    same = next((other for other in dues_of(Asked(case, one, held, look.book)) if other.part == due.part), None)
    if same is None:
        return then, bound, due
    promises.trace_then(held, then)
    return then, held, same


def _match(case: Case, one: Known, kind: TermKind, subkind: Subkind | None, look: Look) -> Matched:
    """What we owe the customer; a claim is against the carrier first."""
    theirs = situation_of(case, one, one.shipment.customer, subkind or "")
    if kind == TermKind.CLAIM and one.carrier is not None:
        against = look.match(
            kind, situation_of(case, one, one.carrier, subkind or ""), Side.RECOVERABLE, of_others=True
        )
        if against.bound is not None:
            return against
    return look.match(kind, theirs)


def _promised(
    case: Case, one: Known, bound: BoundTerm, due: Due, leads: LeadsAndHours, look: Look, promises: Promises
) -> Iterator[Promise]:
    kind, shipment = TermKind(bound.term.kind), one.shipment
    name = bound.term.subkind or kind
    part = f":{due.part}" if due.part else ""
    pauses = [*look.clocks.pauses, *_excuse(case, look)] if kind in EXCUSABLE else []
    notice = None if bound.row.notice_minutes is None else timedelta(minutes=bound.row.notice_minutes)
    if notice is None and promises.is_excused and kind in EXCUSABLE:
        return
    told = counted_pauses(pauses, notice)
    # A paper's clock begins with an event; those of windows and cut-offs ran since they were planned.
    start = due.counted.begins if due.counted and kind == TermKind.DOCUMENT else None
    run = clock(due.at, told, look.now, due.counted.running if due.counted else None, start=start)
    stakes = [] if run.is_paused else list(_stakes(case, one, bound, due, run, leads, look, promises))
    made = Promise(
        key=f"{name}:{shipment.pk}{part}"[:80],
        kind=kind,
        text=f"{bound.row.name} ({shipment.number})",
        due_at=run.due_at,
        kept_at=due.kept_at,
        stakes=tuple(stakes),
        term=bound,
        shipment_id=shipment.pk,
        stop_id=due.stop_id,
        account_id=shipment.customer_id,
        felt_due_at=run.felt_due_at,
        is_paused=run.is_paused,
        counted=due.counted,
        stood=run.stood,
        untold=tuple(one for one in pauses if one not in told),
    )
    yield made
    if notice is not None:
        yield from _notices(made, pauses, notice, look)


def _excuse(case: Case, look: Look) -> list[Pause]:
    """An accepted reason that contracts excuse stops the clock from the opening on, told when a pause says so."""
    if not case.reason_accepted_by_id or case.excusable != Excusable.YES:
        return []
    told = min((one.notified_at for one in look.clocks.pauses if one.notified_at is not None), default=None)
    return [Pause(case.opened_at, None, told, reason_label(case.reason))]


def _notices(made: Promise, pauses: Sequence[Pause], notice: timedelta, look: Look) -> Iterator[Promise]:
    """The excuse has a deadline of its own: until then the other side must be told, or it does not count."""
    worth, minutes = made.stakes[:1], notice // timedelta(minutes=1)
    hours = always_open(made.counted.calendar.zone if made.counted else look.book.zone)
    for pause in sorted(pauses, key=lambda one: one.begins):
        counted = Counted(f"Beginning of the cause: {pause.cause}", pause.begins, Allowed(minutes=minutes), hours)
        due = counted.due_at
        stakes = [
            Stake(
                key=f"told:{pause.id}:{stake.key}"[:80],
                books_at=due,
                payable=stake.payable,
                currency=stake.currency,
                options=(Option("give_notice", due),),
                unless="the other side is not told why",
                term=stake.term,
                is_house=True,
                is_side=True,
                zone=stake.zone,
                place=stake.place,
                rate=stake.rate,
            )
            for stake in worth
            if pause.notified_at is None and due > look.now
        ]
        yield Promise(
            key=f"told:{pause.id}:{made.key}"[:80],
            kind=made.kind,
            text=f"The cause told in time: {made.text}"[:300],
            due_at=due,
            kept_at=pause.notified_at,
            stakes=tuple(stakes),
            term=made.term,
            shipment_id=made.shipment_id,
            stop_id=made.stop_id,
            account_id=made.account_id,
            counted=counted,
        )


def _stakes(
    case: Case,
    one: Known,
    bound: BoundTerm,
    due: Due,
    run: Clock,
    leads: LeadsAndHours,
    look: Look,
    promises: Promises,
) -> Iterator[Stake]:
    kind = TermKind(bound.term.kind)
    price = _priced(bound, one, promises)
    if price is None:
        return
    counting = due.calendar or always_open(due.zone)
    value = due.value or amount_of(one)
    steps = pricing.costing_steps(pricing.price_steps(price, run.due_at, value=value, calendar=counting), STEPS)
    if not steps:
        return
    currency = steps[0].money.currency
    _assume_rate(currency, look, promises)
    owed = Decimal(0) if kind == TermKind.CLAIM else _recoverable(case, one, bound, currency, look, promises)
    rate = look.rate(currency)
    helping = [(lead, hours) for lead, hours in leads if helps(lead.action, kind)]
    unless = MEASURED_UNLESS.get(bound.row.measured) or UNLESS.get(bound.term.subkind or kind, "not at the dock")
    part = f":{due.part}" if due.part else ""
    for number, step in enumerate(steps):
        slack = step.books_at - due.eta if due.eta else None
        yield Stake(
            key=f"{bound.term.subkind or kind}:{one.shipment.pk}{part}:{number}"[:80],
            books_at=step.books_at,
            payable=step.money.amount,
            currency=currency,
            p_idle=likelihood_idle(slack, ETA_ERROR) if due.eta else CERTAIN,
            recoverable=min(step.money.amount, owed) if number == 0 else Decimal(0),
            options=tuple(options_of(step.books_at, helping, rate)),
            unless=unless,
            term=bound.term.key,
            place=due.place,
            zone=due.zone,
            rate=rate,
        )


def _priced(bound: BoundTerm, one: Known, promises: Promises) -> pricing.Price | None:
    """The term's price; of a rate over a period what this one miss adds to it, None when that is nothing."""
    price, row = bound.term.price, bound.row
    if TermKind(bound.term.kind) not in (TermKind.OTIF, TermKind.SERVICE_CREDIT) or row.threshold is None:
        return price
    tally = one.tallies.get(row.period)
    if tally is None:
        raise pricing.PriceUnknown(f"the rate of the {row.period} is not known")
    if isinstance(price, pricing.Flat) and bound.term.kind == TermKind.SERVICE_CREDIT:
        price = pricing.credit_once(price, row.threshold)
    before, after = tally.rate(tally.missed), tally.rate(tally.missed + 1)
    promises.assume(
        f"{bound.term.key}: {tally.total - tally.missed} of {tally.total} in the {row.period}, {before:.1f} %; "
        f"{after:.1f} % with this miss, {row.threshold:.4g} % is agreed"
    )
    return pricing.marginal(price, row.threshold, tally)


def _recoverable(case: Case, one: Known, bound: BoundTerm, currency: str, look: Look, promises: Promises) -> Decimal:
    """What the carrier or the terminal owes us for the same, in `currency`, once a person accepted that it is theirs.

    What cannot be said is nothing, and said: it takes nothing from what we owe ourselves.
    """
    owes = _answers(case, one)
    if owes is None:
        return Decimal(0)
    situation = situation_of(case, one, owes, bound.term.subkind)
    match = look.match(TermKind(bound.term.kind), situation, Side.RECOVERABLE, of_others=True).bound
    if match is None:
        return Decimal(0)
    try:
        steps = pricing.costing_steps(pricing.price_steps(match.term.price, case.opened_at, value=amount_of(one)), 1)
    except (pricing.PriceUnknown, NeverOpen) as problem:
        promises.assume(f"What {owes.name} owes us by {match.term.key} is not counted: {problem}")
        return Decimal(0)
    if not steps:
        return Decimal(0)
    promises.recoverable_from = owes.name
    money = steps[0].money
    if money.currency == currency:
        return money.amount
    _assume_rate(money.currency, look, promises)
    return (money.amount * look.rate(money.currency) / look.rate(currency)).quantize(pricing.CENT, ROUND_HALF_UP)


def _assume_rate(currency: str, look: Look, promises: Promises) -> None:
    if look.book.rate(currency, look.day) is None:
        promises.assume(f"1 {currency} counted as 1 {look.book.currency}: no rate is known")


def _answers(case: Case, one: Known) -> Account | None:
    """Who answers for it. What nobody accepted moves no money."""
    if not case.reason_accepted_by_id:
        return None
    if case.responsible_party == Party.CARRIER:
        return one.carrier
    if case.responsible_party == Party.TERMINAL and one.terminal is not None and one.terminal.location is not None:
        return one.terminal.location.account
    return None
