"""Whether a contract can be meant as it is written: all that is wrong with it at once, each with its place.

Pure. What the organisation has (accounts, calendars, rates, confirmed regimes, versions in force) is passed as a World.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from exceptions.sla.calendars import (
    FIRST_YEAR,
    LAST_YEAR,
    Calendar,
    NeverOpen,
    add_business,
    always_open,
    office_hours,
)
from exceptions.sla.drafts import ContractDraft, Problem, TermDraft
from exceptions.sla.kinds import COUNTED_IN_DAYS, SUBKINDS, Counting, Measured, Period, Side, Starts, Subkind, TermKind
from exceptions.sla.pricing import (
    PRECEDENCE,
    Credits,
    Disputed,
    Flat,
    Money,
    PerUnit,
    Price,
    ShareOfValue,
    Unit,
    price_from_data,
)
from exceptions.sla.reach import AT_STAKE, MODES, OF_THE_CASE, SEVERITIES, TIERS, case_types_of
from exceptions.sla.reads import FREE, OF_FREIGHT, READS, Reads

LANE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?>[A-Z]{2}(-[A-Z0-9]{1,3})?")
CURRENCY = re.compile(r"[A-Z]{3}")
MINUTE = timedelta(minutes=1)
LONGEST = timedelta(days=3 * 366)
# Working time is counted over `SEARCH_DAYS` at most, from any day of a year: two years of it always fit.
COUNTABLE = timedelta(weeks=104)
# Of places nobody is asked yet; one that is open less than this is so seldom open that days are meant.
_OF_A_PLACE = office_hours("UTC", "08:00-16:00")
LENGTHS = {"code": 40, "name": 200, "note": 300, "service": 60, "lane": 40, "goods_class": 40}


@dataclass(frozen=True)
class InForce:
    """A version of the same contract that is active."""

    number: int
    effective_from: date
    effective_to: date | None = None


@dataclass(frozen=True)
class World:
    """What a contract may speak of. accounts: each code with its own and its parents' codes, nearest first.

    calendars: those of a name. currencies: that have a rate. regimes: confirmed ones, with step and case type.
    in_force: what it must not overlap with. ours: our own working time. hours: that of accounts where somebody wrote it
    down, by code.
    """

    accounts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    calendars: Mapping[str, tuple[Calendar, ...]] = field(default_factory=dict)
    currencies: frozenset[str] = frozenset()
    regimes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    in_force: tuple[InForce, ...] = ()
    ours: Calendar = field(default_factory=always_open)
    hours: Mapping[str, Calendar] = field(default_factory=dict)


_EMPTY = TermDraft()
_OPTIONAL = (
    "starts", "measured", "counting", "calendar", "allowed_minutes", "allowed_days", "first_day_counts",
    "notice_minutes", "period", "threshold", "regime",
)  # fmt: skip


def check_contract(draft: ContractDraft, world: World) -> list[Problem]:
    """Everything that keeps this version from being meant, in the order of its text; empty when nothing does."""
    problems = [*_check_head(draft, world)]
    if not FIRST_YEAR <= draft.effective_from.year <= LAST_YEAR:
        problems.append(Problem(("effective_from",), f"it begins between {FIRST_YEAR} and {LAST_YEAR}"))
        draft = replace(draft, effective_from=date(FIRST_YEAR, 1, 1))  # where its terms can be counted from
    first: dict[tuple[object, ...], int] = {}
    for number, term in enumerate(draft.terms):
        problems += [
            Problem(("terms", number, *problem.where), problem.sentence) for problem in _check_term(draft, term, world)
        ]
        twin = first.setdefault(_chosen_by(draft, term), number)
        if twin != number:
            sentence = f"it is for the same as term {twin + 1}, {draft.terms[twin].name}: only one of them can count"
            problems.append(Problem(("terms", number), sentence))
    return problems


def has_working_time(calendar: Calendar, from_day: date) -> bool:
    """Whether it is open on any day of the three years after `from_day`."""
    return any(calendar.intervals_on(from_day + timedelta(days=number)) for number in range(LONGEST.days))


def _chosen_by(draft: ContractDraft, term: TermDraft) -> tuple[object, ...]:
    """What a term is chosen for. Of two that are alike in it, the second would never count."""
    named = (getattr(term, name) for name in PRECEDENCE)
    return (term.kind, term.subkind, term.account or draft.account, *named)


def _check_texts(draft: ContractDraft | TermDraft) -> Iterator[Problem]:
    for name, most in LENGTHS.items():
        value, where = getattr(draft, name, ""), ("contract" if name == "code" else name,)
        if len(value) > most:
            yield Problem(where, f"is longer than {most} characters")
        if value.strip() and (value.strip() != value or any(mark in value for mark in "\n\r\t")):
            yield Problem(where, "begins or ends with a space, or has a line break in it")


def _check_head(draft: ContractDraft, world: World) -> Iterator[Problem]:
    yield from _check_texts(draft)
    if not draft.code.strip():
        yield Problem(("contract",), "a contract has a code")
    if not draft.name.strip():
        yield Problem(("name",), "a contract has a name")
    if draft.side not in Side.values:
        yield Problem(("side",), f"{draft.side!r} is neither payable nor recoverable")
    if draft.account and draft.account not in world.accounts:
        yield Problem(("account",), f"there is no account {draft.account}")
    if not draft.account and draft.side == Side.RECOVERABLE:
        yield Problem(("side",), "the house's own rates are payable: name the account that owes us")
    yield from _check_currency(("currency",), draft.currency, world)
    if draft.effective_to is not None and draft.effective_to <= draft.effective_from:
        yield Problem(("effective_to",), "it would end before it begins")
    for other in world.in_force:
        if _overlap(draft, other):
            until = f"to {other.effective_to:%-d %B %Y}" if other.effective_to else "without an end"
            yield Problem(
                ("effective_from",),
                f"version {other.number} holds from {other.effective_from:%-d %B %Y} {until}: the two would overlap",
            )
    if not draft.terms:
        yield Problem(("terms",), "it promises nothing")


def _overlap(draft: ContractDraft, other: InForce) -> bool:
    begins_before_its_end = other.effective_to is None or draft.effective_from < other.effective_to
    return begins_before_its_end and (draft.effective_to is None or other.effective_from < draft.effective_to)


def _check_term(draft: ContractDraft, term: TermDraft, world: World) -> Iterator[Problem]:
    if term.kind not in TermKind.values:
        yield Problem(("kind",), f"{term.kind!r} is no kind of term: {', '.join(TermKind.values)}")
        return
    kind = TermKind(term.kind)
    yield from _check_texts(term)
    if not term.name.strip():
        yield Problem(("name",), "a term has a name")
    yield from _check_subkind(kind, term)
    yield from _check_reach(draft, kind, term, world)
    yield from _check_clock(kind, term, world, draft.effective_from)
    yield from _check_countable(draft, kind, term, world)
    yield from _check_regime(term, world)
    yield from _check_price(kind, term, world)


def _check_subkind(kind: TermKind, term: TermDraft) -> Iterator[Problem]:
    known = SUBKINDS.get(kind, ())
    if known and term.subkind not in known:
        yield Problem(("subkind",), f"say which {kind.label.lower()}: {', '.join(known)}")
    if not known and term.subkind:
        yield Problem(("subkind",), f"there is only one {kind.label.lower()}")


def _check_reach(draft: ContractDraft, kind: TermKind, term: TermDraft, world: World) -> Iterator[Problem]:
    """A term that no case can ever match is a mistake, not a promise."""
    yield from _check_freight(kind, term)
    if term.account and term.account not in world.accounts:
        yield Problem(("account",), f"there is no account {term.account}")
    elif term.account and draft.account and draft.account not in world.accounts[term.account]:
        yield Problem(("account",), f"{term.account} is not {draft.account} and not below it: it can never match")
    if term.tier is not None and term.tier not in TIERS:
        yield Problem(("tier",), f"{term.tier} is no tier, so it can never match: 1 to {TIERS[-1]}")
    if term.severity and term.severity not in SEVERITIES:
        yield Problem(("severity",), f"{term.severity!r} is no severity: {', '.join(SEVERITIES)}")
    if not term.case_type:
        return
    if term.case_type not in AT_STAKE:
        yield Problem(("case_type",), f"{term.case_type!r} is no type of case, so it can never match")
    elif term.case_type not in case_types_of(kind, Subkind(term.subkind) if term.subkind in Subkind.values else None):
        yield Problem(
            ("case_type",), f"no {term.case_type} case puts this {kind.label.lower()} at stake: it can never match"
        )


def _check_freight(kind: TermKind, term: TermDraft) -> Iterator[Problem]:
    named = [name for name in OF_FREIGHT if getattr(term, name)]
    if kind in OF_THE_CASE:
        for name in named:
            yield Problem((name,), f"a {kind.label.lower()} is promised whatever moves, so it can never match")
        return
    if term.mode and term.mode not in MODES:
        yield Problem(("mode",), f"{term.mode!r} is no mode, so it can never match: {', '.join(MODES)}")
    if term.lane and not LANE.fullmatch(term.lane):
        yield Problem(("lane",), f"{term.lane!r} is no lane, so it can never match: write it as US-TX>US-IL")


def _check_clock(kind: TermKind, term: TermDraft, world: World, from_day: date) -> Iterator[Problem]:
    reads = READS[kind]
    for name in _OPTIONAL:
        if getattr(term, name) != getattr(_EMPTY, name) and name not in reads.fields:
            yield Problem((name,), f"a term of kind {kind} does not read it")
    for group in reads.needs:
        if all(getattr(term, name) in (None, "") for name in group):
            yield Problem((), f"{' or '.join(group)} is missing")
    yield from _check_choices(reads, term)
    if kind == TermKind.FREE_TIME and term.subkind in FREE:
        yield from _check_free(Subkind(term.subkind), term)
    yield from _check_allowed(term)
    if bool(term.period) != (term.threshold is not None):
        yield Problem(("period",), "a period and its threshold come together")
    if term.threshold is not None and not 0 < term.threshold <= 100:
        yield Problem(("threshold",), f"{term.threshold} is no percentage between 0 and 100")
    elif term.threshold is not None and term.threshold != round(term.threshold, 2):
        yield Problem(("threshold",), f"{term.threshold} has more than two decimals")
    if term.calendar:
        yield from _check_calendar(term.calendar, world, from_day)


def _check_choices(reads: Reads, term: TermDraft) -> Iterator[Problem]:
    for name, choices in (("starts", Starts), ("measured", Measured), ("counting", Counting), ("period", Period)):
        value = getattr(term, name)
        if value and value not in choices.values:
            yield Problem((name,), f"{value!r} is none of {', '.join(choices.values)}")
        elif name == "counting" and name in reads.fields and value not in reads.counting:
            yield Problem((name,), f"this kind is counted as {', '.join(reads.counting)}")
        elif name == "measured" and value and name in reads.fields and value not in reads.measured:
            yield Problem((name,), f"this kind is measured at {', '.join(reads.measured)}")
        elif name == "starts" and value and name in reads.fields and value not in reads.starts:
            yield Problem((name,), f"this kind's clock starts with {', '.join(reads.starts)}")


def _check_free(which: Subkind, term: TermDraft) -> Iterator[Problem]:
    starts, measured = FREE[which]
    if term.starts in Starts.values and term.starts not in starts:
        yield Problem(("starts",), f"{which.label.lower()} starts with {', '.join(starts)}")
    if term.measured in Measured.values and term.measured not in measured:
        yield Problem(("measured",), f"{which.label.lower()} is measured at {', '.join(measured)}")


def _check_countable(draft: ContractDraft, kind: TermKind, term: TermDraft, world: World) -> Iterator[Problem]:
    """Whether the clock finds so much working time by whichever hours it will count by."""
    if term.counting != Counting.BUSINESS or not 0 < (term.allowed_minutes or 0) <= LONGEST // MINUTE:
        return
    start, length = datetime.combine(draft.effective_from, time(), UTC), (term.allowed_minutes or 0) * MINUTE
    for whose, calendar in _counted_by(draft, kind, term, world):
        try:
            is_within = calendar.is_always_open or add_business(calendar, start, length) <= start + COUNTABLE
        except (NeverOpen, OverflowError):
            is_within = False
        if not is_within:
            told = f"{term.allowed_minutes} minutes are more working time than {whose} in two years: allow days instead"
            yield Problem(("allowed_minutes",), told)
            return


def _counted_by(draft: ContractDraft, kind: TermKind, term: TermDraft, world: World) -> Iterator[tuple[str, Calendar]]:
    if term.calendar:
        named = world.calendars.get(term.calendar, ())[:1]
        yield from ((f"{term.calendar!r} has", one) for one in named if has_working_time(one, draft.effective_from))
    elif kind == TermKind.FREE_TIME:
        yield "a place has that is open eight hours on working days,", _OF_A_PLACE
    elif kind == TermKind.NEXT_UPDATE:
        top = term.account or draft.account
        for code, calendar in world.hours.items():
            if not top or top in world.accounts.get(code, ()):
                yield f"{code} has", calendar
    else:
        yield "we have", world.ours


def _check_allowed(term: TermDraft) -> Iterator[Problem]:
    for name, most in (
        ("allowed_minutes", LONGEST.days * 24 * 60),
        ("allowed_days", LONGEST.days),
        ("notice_minutes", LONGEST.days * 24 * 60),
    ):
        value = getattr(term, name)
        if value is not None and value < 0:
            yield Problem((name,), f"{value} is negative")
        if value is not None and value > most:
            yield Problem((name,), f"{value} is longer than three years")
    if term.allowed_days is not None and term.allowed_minutes is not None:
        yield Problem(("allowed_days",), "days and minutes are allowed at once: choose one")
    if term.allowed_days is not None and term.counting in Counting.values and term.counting not in COUNTED_IN_DAYS:
        yield Problem(("counting",), f"days are counted as {', '.join(COUNTED_IN_DAYS)}")
    if term.first_day_counts and term.allowed_days is None and not term.regime:
        yield Problem(("first_day_counts",), "only days that are allowed have a first one")


def _check_calendar(name: str, world: World, from_day: date) -> Iterator[Problem]:
    named = world.calendars.get(name, ())
    if not named:
        yield Problem(("calendar",), f"there is no calendar {name!r}")
    elif len(named) > 1:
        yield Problem(("calendar",), f"{len(named)} calendars are called {name!r}: rename all but one")
    elif not has_working_time(named[0], from_day):
        yield Problem(("calendar",), f"{name!r} has no working time")


def _check_regime(term: TermDraft, world: World) -> Iterator[Problem]:
    if not term.regime:
        return
    found = world.regimes.get(term.regime)
    if found is None:
        yield Problem(("regime",), f"nobody has confirmed {term.regime!r}: a term stands on checked deadlines only")
        return
    step, case_type = found
    if step != term.subkind:
        yield Problem(("regime",), f"{term.regime!r} is about the {step}, this term about the {term.subkind}")
    if case_type and term.case_type != case_type:
        yield Problem(("case_type",), f"{term.regime!r} is about {case_type} cases only")


def _check_price(kind: TermKind, term: TermDraft, world: World) -> Iterator[Problem]:
    try:
        price = price_from_data(term.price)
    except ValueError as problem:
        yield Problem(("price",), str(problem))
        return
    if not isinstance(price, READS[kind].prices):
        yield Problem(("price",), f"a term of kind {kind} is not priced by {term.price.get('kind')}")
        return
    currency = currency_of(price)
    if currency is not None:
        yield from _check_currency(("price", "currency"), currency, world)
    if isinstance(price, PerUnit):
        yield from _check_running(price)
    if isinstance(price, Credits) and term.threshold is not None and price.steps[0].below > term.threshold:
        yield Problem(("price",), f"a credit below {price.steps[0].below} is due while {term.threshold} is still kept")
    if isinstance(price, Disputed) and term.subkind != Subkind.INVOICE_DISPUTE:
        yield Problem(("price",), "only a dispute window is priced by what is disputed")
    if isinstance(price, ShareOfValue) and price.percent > 100:
        yield Problem(("price",), f"{price.percent} percent is more than the whole")
    if isinstance(price, PerUnit) and price.unit == Unit.WORKING_DAY and kind != TermKind.FREE_TIME:
        yield Problem(("price",), "working days are counted for free time only")


def _check_running(price: PerUnit) -> Iterator[Problem]:
    rates = [tier.rate for tier in price.tiers]
    if rates != sorted(rates):
        yield Problem(
            ("price", "tiers"), f"the tiers fall: {', '.join(map(str, rates))}. A longer wait is never cheaper"
        )
    if any(tier.units is not None and tier.units < 1 for tier in price.tiers):
        yield Problem(("price", "tiers"), "a tier is for one unit at least")
    if price.cap is not None and price.cap < rates[0]:
        yield Problem(("price", "cap"), f"the cap of {price.cap} is below the first step of {rates[0]}")


def currency_of(price: Price) -> str | None:
    """The currency a price is in; None when it takes that of the freight's value or of an invoice."""
    match price:
        case Flat(Money(_, currency)) | PerUnit(_, _, currency, _) | Credits(_, currency):
            return currency
    return None


def _check_currency(where: tuple[str, ...], currency: str, world: World) -> Iterator[Problem]:
    if not CURRENCY.fullmatch(currency):
        yield Problem(where, f"{currency!r} is no currency code such as EUR")
    elif currency not in world.currencies:
        yield Problem(where, f"no rate is known for {currency}: enter one first")
