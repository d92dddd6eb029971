"""A contract as it is written down, before it is anybody's promise: what is checked, imported and exported.

Everything is named as people name it: accounts by code, calendars and regimes by name. No database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from exceptions.sla.kinds import Counting, Side


@dataclass(frozen=True)
class TermDraft:
    """One promise. Empty criteria match everything; the fields are those of `models.Term`.

    calendar: its name. regime: as `regime_key` spells it. price: the form of `pricing.price_from_data`.
    """

    kind: str = ""
    name: str = ""
    subkind: str = ""
    account: str = ""
    service: str = ""
    mode: str = ""
    lane: str = ""
    case_type: str = ""
    goods_class: str = ""
    tier: int | None = None
    severity: str = ""
    starts: str = ""
    measured: str = ""
    counting: str = Counting.WALL.value
    calendar: str = ""
    allowed_minutes: int | None = None
    allowed_days: int | None = None
    first_day_counts: bool = False
    notice_minutes: int | None = None
    period: str = ""
    threshold: Decimal | None = None
    regime: str = ""
    price: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ContractDraft:
    """One version of a contract with its terms. account: the counterparty's code, empty for the house's own rates.

    effective_to: the first day on which it does not hold any more.
    """

    code: str
    name: str
    currency: str
    effective_from: date
    account: str = ""
    side: str = Side.PAYABLE.value
    effective_to: date | None = None
    note: str = ""
    terms: tuple[TermDraft, ...] = ()


@dataclass(frozen=True)
class Problem:
    """What cannot be, and where: ("terms", 2, "price", "cap"). line: in the text that it was read from, 0 for none."""

    where: tuple[str | int, ...]
    sentence: str
    line: int = 0

    @property
    def place(self) -> str:
        """For people: "term 3, price, cap"."""
        words = [f"term {part + 1}" if isinstance(part, int) else part.replace("_", " ") for part in self.where]
        return ", ".join(word for word in words if word != "terms")

    def __str__(self) -> str:
        told = f"{self.place}: {self.sentence}" if self.place else self.sentence
        return f"line {self.line}: {told}" if self.line else told


def regime_key(code: str, step: str, case_type: str = "") -> str:
    """How a contract names a confirmed deadline: "cmr/notice", "cmr/notice/delivery_late"."""
    return "/".join(part for part in (code, step, case_type) if part)
