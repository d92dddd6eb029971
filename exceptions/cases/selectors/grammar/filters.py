"""What a filter asks for, and how it is written. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final

from exceptions.cases.selectors.grammar.ranges import Amounts, When


class Scope(StrEnum):
    """Which cases a list is about at all. Each has its own indexes."""

    OPEN = "open"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


class Sort(StrEnum):
    """The orders of open cases. Snoozed ones stand by when they wake, resolved ones by when they ended."""

    EXPOSURE = "exposure"
    DUE = "due"
    OPENED = "opened"
    OLDEST = "oldest"


@dataclass(frozen=True)
class Choice:
    """Values of which a case must have one, and values of which it must have none."""

    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.wanted or self.unwanted)


@dataclass(frozen=True)
class Filters:
    """All parts hold together. `owner` may want "me" and "none"; `states` are the grammar's words, such as "taken".

    `pinned`, `unavoidable`: asked for (True), excluded (False), or no matter (None). `text` is searched by its
    beginning, each of `exact` as it is.
    """

    scope: Scope = Scope.OPEN
    pinned: bool | None = None
    unavoidable: bool | None = None
    owner: Choice = Choice()
    state: Choice = Choice()
    type: Choice = Choice()
    severity: Choice = Choice()
    customer: Choice = Choice()
    partner: Choice = Choice()
    lane: Choice = Choice()
    due: When | None = None
    exposure: Amounts | None = None
    opened: When | None = None
    text: str = ""
    exact: tuple[str, ...] = ()
    sort: Sort = Sort.EXPOSURE

    @property
    def narrows(self) -> bool:
        """Whether anything beyond "open and awake" is asked for; an order narrows nothing."""
        return self != Filters(sort=self.sort)

    @property
    def is_text(self) -> bool:
        """Whether a text is searched for."""
        return bool(self.text or self.exact)


CHOICES: Final = tuple(field.name for field in fields(Filters) if field.type == "Choice")
_NEEDS_QUOTES: Final = re.compile(r'[\s,"\\]')


def printed(filters: Filters) -> str:
    """The filter in the grammar, in the order of its parts: `parse` reads the same out of it."""
    is_said = filters.scope != Scope.OPEN and not (filters.scope == Scope.RESOLVED and filters.state.wanted)
    words = [f"is:{filters.scope}"] if is_said else []
    for name in ("pinned", "unavoidable"):
        asked = getattr(filters, name)
        words += [] if asked is None else [f"{'' if asked else '-'}is:{name}"]
    for name in CHOICES:
        choice: Choice = getattr(filters, name)
        for sign, values in (("", choice.wanted), ("-", choice.unwanted)):
            words += [f"{sign}{name}:{','.join(map(written, values))}"] if values else []
    words += [f"{name}:{asked}" for name in ("due", "exposure", "opened") if (asked := getattr(filters, name))]
    words += [] if filters.sort == Sort.EXPOSURE else [f"sort:{filters.sort}"]
    words += [quoted(each) for each in filters.exact]
    return " ".join([*words, *([filters.text] if filters.text else [])])


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def written(text: str) -> str:
    """A value as it stands behind a key."""
    return quoted(text) if _NEEDS_QUOTES.search(text) else text
