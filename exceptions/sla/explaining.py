"""The place of a case in the queue, in words. Written once when it is priced, never recomputed for display."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from exceptions.sla.exposure import Assessment, Choice, Stake
from exceptions.sla.whatif import Waiting

UNAVOIDABLE = "unavoidable: notify and recover"
NOTHING_PRICED = "no SLA: nothing is promised and nothing is priced"


@dataclass(frozen=True)
class Wording:
    """An action for people: "rebook", "rebooking"."""

    imperative: str
    gerund: str


WORDINGS = {
    "answer": Wording("answer", "answering"),
    "resolve": Wording("resolve", "resolving"),
    "call_carrier": Wording("call the carrier", "calling the carrier"),
    "rebook": Wording("rebook", "rebooking"),
    "expedite": Wording("expedite", "expediting"),
    "reroute": Wording("reroute", "rerouting"),
    "swap_equipment": Wording("swap the equipment", "swapping the equipment"),
    "reschedule_appointment": Wording("move the appointment", "moving the appointment"),
    "book_redelivery": Wording("book the redelivery", "booking the redelivery"),
    "book_dray": Wording("book the dray", "booking the dray"),
    "request_document": Wording("send the papers", "sending the papers"),
    "give_notice": Wording("give notice", "giving notice"),
    "inspect": Wording("have it inspected", "having it inspected"),
    "agree_disposition": Wording("agree where it goes", "agreeing where it goes"),
    "update_customer": Wording("tell the customer", "telling the customer"),
    "retender": Wording("tender it to another", "tendering it to another"),
    "confirm_appointment": Wording("have the appointment confirmed", "having the appointment confirmed"),
    "hand_in": Wording("have it handed in", "having it handed in"),
    "extend_free_time": Wording("ask for more free time", "asking for more free time"),
    "return_empty": Wording("have the empty returned", "having the empty returned"),
    "release_truck": Wording("have the truck released", "having the truck released"),
    "search": Wording("have it searched for", "having it searched for"),
    "reship": Wording("send a replacement", "sending a replacement"),
    "clear_customs": Wording("have the broker clear it", "having the broker clear it"),
    "clear_hold": Wording("have the hold lifted", "having the hold lifted"),
    "dispute": Wording("dispute the invoice", "disputing the invoice"),
    "correct_data": Wording("correct the data", "correcting the data"),
    "reallocate": Wording("take the goods from elsewhere", "taking the goods from elsewhere"),
    "file_claim": Wording("file the claim", "filing the claim"),
}


@lru_cache(maxsize=256)
def wording(action: str) -> Wording:
    """The words for an action code; a code of an organisation's own is read as it is spelt."""
    plain = action.replace("_", " ")
    return WORDINGS.get(action, Wording(plain, plain))


def phrase(assessment: Assessment, now: datetime) -> str:
    """The one line of a row: "6,900 of 8,000 EUR still avoidable: rebook until 11:20"."""
    leading = assessment.leading
    if assessment.is_unavoidable:
        if assessment.unavoidable:
            return f"{money(assessment.unavoidable, assessment.currency)} {UNAVOIDABLE}"
        return f"{money(assessment.lost, assessment.currency)} lost: notify and recover"
    if leading is None or leading.option is None:
        return NOTHING_PRICED if not assessment.lost else f"{money(assessment.lost, assessment.currency)} lost"
    until = clock(leading.option.act_by, now, leading.stake.zone)
    action = wording(leading.option.action).imperative
    return (
        f"{amount(assessment.avoidable)} of {money(assessment.at_risk, assessment.currency)} still avoidable: "
        f"{action} until {until}"
    )


def sentences(assessment: Assessment, now: datetime) -> tuple[str, ...]:
    """Why the case stands where it stands: one sentence for each term, those that save most first.

    Stakes of one term make one sentence: the shipments of a trailer, the started hours of a running charge.
    """
    groups: dict[tuple[str, ...], list[Choice]] = {}
    for choice in assessment.choices:
        stake = choice.stake
        groups.setdefault((stake.unless, stake.term, stake.currency, stake.place), []).append(choice)
    by_weight = sorted(groups.values(), key=lambda group: (-_total(group), -_payable(group)))
    told = [_choices_sentence(group, now) for group in by_weight]
    booked: dict[tuple[str, ...], list[Stake]] = {}
    for stake in assessment.booked:
        booked.setdefault((stake.unless, stake.term, stake.currency, stake.place), []).append(stake)
    told += [_booked_sentence(group, now) for group in booked.values()]
    if assessment.recoverable:
        told.append(f"{money(assessment.recoverable, assessment.currency)} is recoverable from who caused it")
    return tuple(told)


def waited(waiting: Waiting) -> tuple[str, ...]:
    """What waiting until `waiting.at` would mean: what acting then still saves, what has booked, what works no more.

    Clocks are read from now: that is when somebody reads it.
    """
    then, at, now = waiting.then, waiting.at, waiting.start
    told = [_still(waiting)]
    if waiting.gone:
        told.append(f"waiting gives up {money(waiting.gone, waiting.now.currency)} of what is avoidable now")
    booked: dict[tuple[str, str, str], list[Stake]] = {}
    for stake in waiting.books:
        booked.setdefault((stake.unless, stake.term, stake.currency), []).append(stake)
    for stakes in booked.values():
        lost = sum((stake.payable for stake in stakes), Decimal(0))
        told.append(
            f"{money(lost, stakes[0].currency)} has booked by then: {stakes[0].unless} by {_when(stakes[0], now)}"
        )
    left = {choice.option.action for choice in then.choices if choice.option}
    shut: dict[str, str] = {}
    for stake, option in waiting.closes:
        if option.action not in left and option.action not in shut:
            until = clock(option.act_by, now, stake.zone)
            shut[option.action] = f"{wording(option.action).gerund} works only until {until}"
    told += shut.values()
    if waiting.changes_nothing and then.avoidable:
        told.append(f"nothing is given up by waiting until {clock(at, now, _zone(waiting))}")
    return tuple(told)


def _still(waiting: Waiting) -> str:
    then, leading = waiting.then, waiting.then.leading
    if then.is_unavoidable:
        return "nothing of what was promised could be saved any more: notify and recover"
    if leading is None or leading.option is None:
        return "nothing would be left to save" if then.at_risk or then.lost else NOTHING_PRICED
    until = clock(leading.option.act_by, waiting.start, leading.stake.zone)
    return (
        f"{amount(then.avoidable)} of {money(then.at_risk, then.currency)} would still be avoidable: "
        f"{wording(leading.option.action).imperative} until {until}"
    )


def _zone(waiting: Waiting) -> str:
    choices = waiting.then.choices or waiting.now.choices
    return choices[0].stake.zone if choices else "UTC"


def assumptions(assessment: Assessment) -> tuple[str, ...]:
    """What had to be assumed for the current options, each once."""
    found = [choice.option.assumed for choice in assessment.choices if choice.option and choice.option.assumed]
    return tuple(dict.fromkeys(found))


def rounded(value: Decimal) -> Decimal:
    """Whole units; cents only below ten."""
    is_small = 0 < value < 10 and value != value.to_integral_value()
    return value.quantize(Decimal("0.01") if is_small else Decimal(1), ROUND_HALF_UP)


def amount(value: Decimal) -> str:
    """As `rounded`, with thousands separators."""
    return f"{rounded(value):,}"


def money(value: Decimal, currency: str) -> str:
    """ "8,000 EUR"."""
    return f"{amount(value)} {currency}"


def clock(at: datetime, now: datetime, zone: str) -> str:
    """The clock at the place: "14:00" today, "Mon 08:00" within six days, else with the date, always unambiguous."""
    local, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    if timedelta(0) < local.date() - today <= timedelta(days=6):
        return f"{local:%a %H:%M}"
    return f"{local:%a} {local.day} {local:%b %H:%M}"


def _choices_sentence(choices: list[Choice], now: datetime) -> str:
    """Of the first to close among those that can be saved, or of the first to book."""
    acting = [choice for choice in choices if choice.option is not None]
    first = min(acting or choices, key=lambda choice: choice.option.act_by if choice.option else choice.stake.books_at)
    stake, option = first.stake, first.option
    opening = f"{money(_payable(choices), stake.currency)} if {stake.unless} {_by(choices, now)}"
    if option is None:
        return f"{opening}; {UNAVOIDABLE}"
    until = clock(option.act_by, now, stake.zone)
    gone = _payable([choice for choice in choices if choice.option is None])
    in_parts = len({choice.option.act_by for choice in acting if choice.option}) > 1 and _runs(choices)
    whole = " for all of it" if in_parts and not gone else ""  # what books later can still be saved later
    said = (
        f"{opening}; {wording(option.action).gerund} still works{whole} until {until}, "
        f"saves about {amount(_total(choices))}"
    )
    if gone:
        said += f"; {amount(gone)} of it cannot be saved"
    if first.then is not None and first.then.action != option.action:
        said += f", after that {wording(first.then.action).gerund} until {clock(first.then.act_by, now, stake.zone)}"
    return said


def _booked_sentence(stakes: list[Stake], now: datetime) -> str:
    lost = sum((stake.payable for stake in stakes), Decimal(0))
    return f"{money(lost, stakes[0].currency)} lost: {stakes[0].unless} by {_when(stakes[0], now)}"


def _runs(choices: list[Choice]) -> bool:
    """Whether they are one charge that goes on, each part at an instant of its own."""
    return len({choice.stake.books_at for choice in choices}) == len(choices) > 1


def _by(choices: list[Choice], now: datetime) -> str:
    """ "by 14:00 Lyon", for several shipments "(14 x)", for a running charge "from 14:00 Lyon on"."""
    first = min((choice.stake for choice in choices), key=lambda stake: stake.books_at)
    if _runs(choices):
        return f"from {_when(first, now)} on"
    times = f" ({len(choices)} x)" if len(choices) > 1 else ""
    return f"by {_when(first, now)}{times}"


def _total(choices: list[Choice]) -> Decimal:
    return sum((choice.saves for choice in choices), Decimal(0))


def _payable(choices: list[Choice]) -> Decimal:
    return sum((choice.stake.payable for choice in choices), Decimal(0))


def _when(stake: Stake, now: datetime) -> str:
    return f"{clock(stake.books_at, now, stake.zone)} {stake.place}".rstrip()
