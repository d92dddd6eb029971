"""Until when acting on a case still helps: said to whoever lets it wait for longer. It is allowed all the same."""

from __future__ import annotations

from datetime import datetime

from controltower.web import formats
from exceptions.cases.models import Case
from exceptions.cases.selectors.rows import QueueRow


def chance_of(case: Case, now: datetime) -> datetime | None:
    """The last time at which acting still helps; None when there is none, or none any more."""
    return None if case.explanation.get("unavoidable") else _ahead(case.act_by, now)


def chance_of_row(row: QueueRow, now: datetime) -> datetime | None:
    """The same of a case as it is shown."""
    return _ahead(row.act_by, now)


def chance_words(until: datetime, zone: str, place: str, now: datetime) -> str:
    """ "Acting is possible until Tue 11:20 Phoenix only." """
    return f"Acting is possible until {formats.clock(until, zone, now)}{f' {place}' if place else ''} only."


def _ahead(act_by: datetime | None, now: datetime) -> datetime | None:
    return act_by if act_by is not None and act_by > now else None
