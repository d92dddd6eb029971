"""Terms in the words of the trade: what is promised, for what freight, by when, and what missing it costs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from controltower.web.formats import money
from exceptions.cases.taxonomy import type_label
from exceptions.shipments.models import Mode
from exceptions.sla.clocks import Allowed
from exceptions.sla.models import Counting, Measured, Starts, Subkind, Term, TermKind
from exceptions.sla.pricing import Unit

UNITS = {
    Unit.HOUR: ("started hour", "hours"),
    Unit.DAY: ("started 24 hours", "times 24 hours"),
    Unit.CALENDAR_DAY: ("calendar day", "calendar days"),
    Unit.WORKING_DAY: ("working day", "working days"),
}
# How time is counted, after an amount of it: "within 4 h of working time".
COUNTED = {
    Counting.WALL: "",
    Counting.BUSINESS: "of working time",
    Counting.CALENDAR_DAYS: "calendar days",
    Counting.WORKING_DAYS: "working days",
    Counting.NOT_SUNDAYS: "days without Sundays and public holidays",
}


def duration_words(length: timedelta) -> str:
    """A length of time in full: "1 d 3 h 30 min", "0 min"."""
    minutes = round(length.total_seconds() / 60)
    parts = ((minutes // 1440, "d"), (minutes % 1440 // 60, "h"), (minutes % 60, "min"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 min"


def price_words(price: Mapping[str, Any]) -> str:
    """What missing it costs, from the stored form of a price: "215 USD for each of the first 4 calendar days"."""
    currency = str(price.get("currency", ""))
    cap = f", at most {_money(price['cap'], currency)}" if price.get("cap") else ""
    match price.get("kind"):
        case "flat":
            return f"{_money(price.get('amount'), currency)} once"
        case "percent":
            return f"{_number(price.get('percent'))} % of the value{cap}"
        case "per_unit":
            one, many = UNITS.get(Unit(price["unit"]), ("unit", "units"))
            if "rate" in price:
                return f"{_money(price['rate'], currency)} per {one}{cap}"
            return f"{_tiers(price.get('tiers', ()), one, many, currency)}{cap}"
        case "credits":
            steps = [
                f"{_money(step['amount'], currency)} for a period below {_number(step['below'])} %"
                for step in price.get("steps", ())
            ]
            return ", ".join(steps)
        case "disputed":
            return "the part of the invoice that becomes undisputable"
    return "not readable"


def matches_words(term: Term) -> list[str]:
    """What freight it is for, one clause for each thing it names; nothing means everything of the contract."""
    told = []
    if term.account_id is not None and term.account_id != term.version.contract.account_id:
        told.append(f"only {term.account.name}" if term.account else "")
    told += [type_label(term.case_type)] if term.case_type else []
    told += [f"service {term.service}"] if term.service else []
    told += [f"lane {term.lane}"] if term.lane else []
    told += [str(Mode(term.mode).label) if term.mode in Mode.values else term.mode] if term.mode else []
    told += [f"goods {term.goods_class}"] if term.goods_class else []
    told += [f"tier {term.tier}"] if term.tier else []
    told += [f"severity {term.severity}"] if term.severity else []
    return told


def promise_words(term: Term) -> str:
    """What it is, the subkind where there are several: "Demurrage"."""
    return str(Subkind(term.subkind).label if term.subkind else TermKind(term.kind).label)


def length_words(allowed: Allowed) -> str:
    """How long something may take: "5 working days", "4 h of working time", "9 months"; "" for no time at all."""
    if allowed.months is not None:
        return f"{allowed.months} months"
    if allowed.days is not None:
        first = ", the first day counts" if allowed.first_day_counts else ""
        return f"{allowed.days} {COUNTED[allowed.counting]}{first}"
    if allowed.minutes is not None:
        return f"{duration_words(timedelta(minutes=allowed.minutes))} {COUNTED[allowed.counting]}".strip()
    return ""


def allowed_words(term: Term) -> str:
    """By when: the time allowed, how it is counted, from and until what."""
    own = Allowed(term.allowed_minutes, term.allowed_days, None, Counting(term.counting), term.first_day_counts)
    told = [words] if (words := length_words(own)) else []
    told += [f"from {_lower(Starts(term.starts).label)}"] if term.starts else []
    told += [f"until {_lower(Measured(term.measured).label)}"] if term.measured else []
    if term.threshold is not None:
        told.append(f"{_number(term.threshold)} % in a {term.period}")
    told += [f"under {term.regime.name}"] if term.regime else []
    told += [f"hours of {term.calendar.name}"] if term.calendar else []
    if term.notice_minutes is not None:
        told.append(f"excuses told within {duration_words(timedelta(minutes=term.notice_minutes))}")
    return ", ".join(told)


def _tiers(tiers: Any, one: str, many: str, currency: str) -> str:
    told = []
    for number, tier in enumerate(tiers):
        rate = _money(tier.get("rate"), currency if number == 0 else "")
        units = tier.get("units")
        if units is None:
            told.append(f"{rate} per {one}" if number == 0 else f"{rate} per {one} after that")
        else:
            which = f"each of the first {units} {many}" if number == 0 else f"each of the next {units}"
            told.append(
                f"{rate} for {which}" if units > 1 else f"{rate} for the {'first' if not number else 'next'} {one}"
            )
    return ", ".join(told)


def _money(value: Any, currency: str) -> str:
    try:
        return money(Decimal(str(value)), currency)
    except InvalidOperation:
        return str(value)


def _number(value: Any) -> str:
    try:
        return f"{Decimal(str(value)).normalize():f}"
    except InvalidOperation:
        return str(value)


def _lower(label: Any) -> str:
    text = str(label)
    return text[:1].lower() + text[1:]
