"""The cases of a filter as lines of a CSV file, batch after batch, in constant memory.

The file is in the order of the cases' own ids: they never change, so that every case that fits is in it once, however
long somebody takes to fetch it. The order of the queue moves meanwhile; the column `urgency` has it (the largest first).
Between two batches no transaction is open.

Written for spreadsheets, which is what people open it with: UTF-8 with a byte order mark (without one they read accents
as something else), commas, CRLF. A text that a spreadsheet would take for a formula is led by an apostrophe. Times are
ISO 8601 with the offset of the organisation's zone, amounts plain decimals of the currency beside them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final
from zoneinfo import ZoneInfo

from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer, require
from exceptions.cases.models import Case
from exceptions.cases.selectors.grammar import Choice, Filters, printed
from exceptions.cases.selectors.queue import case_ids
from exceptions.cases.taxonomy import reason_label, type_label

BATCH: Final = 1_000
BOM: Final = "\N{BYTE ORDER MARK}"
# What makes a cell a formula in one spreadsheet or another, also behind a tab or a line break that it drops.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
# A spreadsheet drops blanks in front of a sign, and where it speaks Japanese takes the wide signs for the narrow ones.
_WIDE: Final = str.maketrans("\uff1d\uff0b\uff0d\uff20", "=+-@")

Cell = Callable[[Any, ZoneInfo], str]


def _text(of: Callable[[Any], str]) -> Cell:
    return lambda case, zone: formula_safe(of(case))


def _time(name: str) -> Cell:
    return lambda case, zone: iso(getattr(case, name), zone)


def _amount(name: str) -> Cell:
    return lambda case, zone: f"{Decimal(getattr(case, name)) / 100:.2f}"


COLUMNS: Final[dict[str, Cell]] = {
    "number": _text(lambda case: case.number),
    "severity": _text(lambda case: case.severity),
    "type": _text(lambda case: type_label(case.type)),
    "phase": _text(lambda case: case.phase),
    "state": _text(lambda case: case.get_state_display()),
    "customer": _text(lambda case: case.account.name if case.account else ""),
    "owner": _text(lambda case: case.owner.name if case.owner else ""),
    "place": _text(lambda case: case.place),
    "lane": _text(lambda case: case.lane),
    "reference": _text(lambda case: case.reference),
    "summary": _text(lambda case: case.summary),
    "reason": _text(lambda case: reason_label(case.reason)),
    "opened_at": _time("opened_at"),
    "act_by": _time("act_by"),
    "snoozed_until": _time("snoozed_until"),
    "closed_at": _time("closed_at"),
    "currency": _text(lambda case: case.currency),
    "at_risk": _amount("at_risk"),
    "avoidable": _amount("avoidable"),
    "lost": _amount("lost"),
    "recoverable": _amount("recoverable"),
    "pinned": _text(lambda case: "yes" if case.pinned else ""),
    "urgency": lambda case, zone: "" if case.rank is None else f"{case.rank:.6f}",
}


def export_head() -> str:
    """The first line, the byte order mark before it."""
    return BOM + _line(COLUMNS)


def export_batch(viewer: Viewer, filters: Filters, *, behind: int, now: datetime) -> tuple[str, int, int]:
    """The next lines behind a case's id: (lines, how many, the last id). None of them when that was all.

    Forbidden for a viewer who may not export; asked for each batch, as somebody may lose the right meanwhile.
    """
    require(viewer, Verb.EXPORT)
    zone = ZoneInfo(viewer.organisation.time_zone)
    ids = case_ids(viewer, filters, behind=behind, limit=BATCH, now=now)
    cases = Case.objects.filter(pk__in=ids).select_related("account", "owner__user").order_by("pk")
    lines = [_line(cell(case, zone) for cell in COLUMNS.values()) for case in cases]
    return "".join(lines), len(lines), ids[-1] if ids else behind


def filter_for_trail(filters: Filters) -> str:
    """The filter as the audit trail keeps it: of people and of free text, which may name some, only digests."""

    def people(words: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(word if word in ("me", "none") else _digest(word) for word in words)

    owner = Choice(people(filters.owner.wanted), people(filters.owner.unwanted))
    text = _digest(filters.text) if filters.text else ""
    return printed(replace(filters, owner=owner, text=text, exact=tuple(map(_digest, filters.exact))))


def formula_safe(text: str) -> str:
    """The text, led by an apostrophe where a spreadsheet would calculate with it."""
    meant = text.lstrip(" \u00a0\u3000\ufeff").translate(_WIDE)
    return f"'{text}" if meant.startswith(_FORMULA) else text


def iso(instant: datetime | None, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).isoformat(timespec="seconds") if instant else ""


def _line(cells: Any) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12]
