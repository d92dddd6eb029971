"""Amounts and times in a filter: `>1000`, `500..2000eur`, `<2h`, `1d..3d`, `2026-11-05`, `today`. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from math import ceil, floor
from typing import Final, Literal
from zoneinfo import ZoneInfo

from babel.core import get_global

Moment = timedelta | date
Operator = Literal["<", "<=", ">", ">=", "..", "on", "word"]

_UNITS: Final = {
    "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)
}  # fmt: skip
_DURATION: Final = re.compile(r"([0-9]{1,4})([mhdw])")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AMOUNT: Final = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,2})?)(k?)")
_CURRENCY: Final = re.compile(r"[a-z]{3}$")
# Dates beyond these are typing errors, and far from where a clock's arithmetic ends.
_YEARS: Final = range(2000, 2101)
# Each comparison, the longer first, with what it is for an instant.
_SIGNS: Final[dict[Operator, Operator]] = {"<=": "<", ">=": ">", "<": "<", ">": ">"}


@dataclass(frozen=True)
class When:
    """A span of time as asked for. `op` "on" is one day (`first`), "word" a word of its own (`word`).

    Durations count from now, whichever way the key looks; dates are days on the clock of the organisation.
    """

    op: Operator
    first: Moment | None = None
    last: Moment | None = None
    word: str = ""

    def __str__(self) -> str:
        if self.op == "word":
            return self.word
        first, last = _moment_text(self.first), _moment_text(self.last)
        return f"{first}..{last}" if self.op == ".." else first if self.op == "on" else f"{self.op}{first}"

    def ahead(self, now: datetime, zone: str) -> tuple[datetime | None, datetime | None]:
        """(from, until) of instants ahead, both aware UTC, until excluded. `<2h`: from now on until in two hours."""
        if self.word == "overdue":
            return None, now
        if self.op in ("<", "<="):
            return now, self._edge(self.op == "<", now, zone, 1)
        if self.op in (">", ">="):
            return self._edge(self.op == ">=", now, zone, 1), None
        return _begins(self._from(now, zone), now, zone, 1), _ends(self._until(now, zone), now, zone, 1)

    def ago(self, now: datetime, zone: str) -> tuple[datetime | None, datetime | None]:
        """(from, until) of instants past. `<2h`: less than two hours ago; but `<2026-11-05`: before that day."""
        durations = not isinstance(self.first, date) and self.op != "word"
        if self.op in ("<", "<=", ">", ">="):
            before = self.op.startswith("<") is not durations
            edge = self._edge(self.op in ("<", ">="), now, zone, -1)
            return (None, edge) if before else (edge, None)
        first, last = self._from(now, zone), self._until(now, zone)
        if durations:
            first, last = last, first
        return _begins(first, now, zone, -1), _ends(last, now, zone, -1)

    def _edge(self, begins: bool, now: datetime, zone: str, sign: int) -> datetime | None:
        """Where the day begins or ends; a duration has one instant only."""
        return (_begins if begins else _ends)(self.first, now, zone, sign)

    def _from(self, now: datetime, zone: str) -> Moment | None:
        return _day(self.word, now, zone) if self.op == "word" else self.first

    def _until(self, now: datetime, zone: str) -> Moment | None:
        return self.last if self.op == ".." else self._from(now, zone)


@dataclass(frozen=True)
class Amounts:
    """Amounts in major units of a currency, "" for the organisation's own. Those in others are converted."""

    op: Literal["<", "<=", ">", ">=", ".."]
    first: Decimal
    last: Decimal | None = None
    currency: str = ""

    def __str__(self) -> str:
        first, last = _plain(self.first), _plain(self.last or Decimal(0))
        return (f"{first}..{last}" if self.op == ".." else f"{self.op}{first}") + self.currency.lower()

    def minor(self, ratio: Decimal = Decimal(1)) -> tuple[int | None, int | None]:
        """(lowest, highest) in minor units, both included, in a currency of which `ratio` units are worth one."""
        first = self.first * 100 * ratio
        match self.op:
            case "<":
                return None, ceil(first) - 1
            case "<=":
                return None, floor(first)
            case ">":
                return floor(first) + 1, None
            case ">=":
                return ceil(first), None
        return ceil(first), floor((self.last or Decimal(0)) * 100 * ratio)


def when_read(text: str, words: tuple[str, ...]) -> When | None:
    """A span of time from what stands behind the colon; None when it is none."""
    text = text.lower()
    if text in words:
        return When("word", word=text)
    for op in _SIGNS:
        if text.startswith(op):
            moment = _moment(text[len(op) :])
            # Of an instant, "at the latest" and "before" are the same to the second; of a day they are not.
            return When(op if isinstance(moment, date) else _SIGNS[op], moment) if moment is not None else None
    first, separator, last = text.partition("..")
    if not separator:
        day = _moment(first)
        return When("on", day) if isinstance(day, date) else None
    pair = _moment(first), _moment(last)
    if isinstance(pair[0], date) and isinstance(pair[1], date):
        return When("..", *pair) if pair[0] <= pair[1] else None
    if isinstance(pair[0], timedelta) and isinstance(pair[1], timedelta):
        return When("..", *pair) if pair[0] <= pair[1] else None
    return None


def amounts_read(text: str) -> Amounts | None:
    """A span of money from what stands behind the colon; None when it is none."""
    text, currency = text.lower(), ""
    if (found := _CURRENCY.search(text)) and found[0].upper() in _currencies():
        text, currency = text[: found.start()], found[0].upper()
    for op in ("<=", ">=", "<", ">"):
        if text.startswith(op):
            amount = _amount(text[len(op) :])
            return Amounts(op, amount, None, currency) if amount is not None else None
    first, _, last = text.partition("..")
    low, high = _amount(first), _amount(last)
    return Amounts("..", low, high, currency) if low is not None and high is not None and low <= high else None


@cache
def _currencies() -> frozenset[str]:
    """Codes of ISO 4217, present and past."""
    return frozenset(get_global("all_currencies"))


def _plain(amount: Decimal) -> str:
    """1500, not 1.5E+3 or 1500.00."""
    return f"{amount.normalize():f}"


def _amount(text: str) -> Decimal | None:
    found = _AMOUNT.fullmatch(text)
    return Decimal(found[1]) * (1000 if found[2] else 1) if found else None


def _moment(text: str) -> Moment | None:
    if found := _DURATION.fullmatch(text):
        return int(found[1]) * _UNITS[found[2]]
    if not _DATE.fullmatch(text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in _YEARS else None


def _moment_text(moment: Moment | None) -> str:
    if isinstance(moment, timedelta):
        fitting = (unit for unit in reversed(_UNITS) if moment % _UNITS[unit] == timedelta(0))
        unit = next(unit for unit in fitting if moment // _UNITS[unit] < 10_000) if moment else "m"
        return f"{moment // _UNITS[unit]}{unit}"
    return moment.isoformat() if moment else ""


def _day(word: str, now: datetime, zone: str) -> date:
    offset = {"yesterday": -1, "today": 0, "tomorrow": 1}[word]
    return now.astimezone(ZoneInfo(zone)).date() + timedelta(days=offset)


def _begins(moment: Moment | None, now: datetime, zone: str, sign: int) -> datetime | None:
    if isinstance(moment, date):
        return datetime.combine(moment, time(), ZoneInfo(zone)).astimezone(UTC)
    return None if moment is None else now + sign * moment


def _ends(moment: Moment | None, now: datetime, zone: str, sign: int) -> datetime | None:
    return _begins(moment + timedelta(days=1) if isinstance(moment, date) else moment, now, zone, sign)
