"""The table of the grammar: what stands before a colon, what may follow it, and how that is explained to people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from exceptions.cases.selectors.grammar.filters import Scope, Sort
from exceptions.cases.taxonomy import TYPES, Severity


@dataclass(frozen=True)
class Key:
    """One key. values: the words it knows, () when it takes names or ranges. several: `a,b` means either of them.
    negatable: `-key:a` leaves a out. help: one line for people. examples: complete filters, the first the best."""

    name: str
    help: str
    examples: tuple[str, ...]
    values: tuple[str, ...] = ()
    several: bool = False
    negatable: bool = False


# The grammar's word for a state of a case, and the lists that cases in it are on, the usual one first. A new one or one
# that somebody took may be asleep; one that waits always is.
_QUEUED: Final = (Scope.OPEN, Scope.SNOOZED)
STATES: Final[Mapping[str, tuple[str, tuple[Scope, ...]]]] = {
    "new": ("new", _QUEUED),
    "taken": ("open", _QUEUED),
    "waiting": ("waiting", (Scope.SNOOZED,)),
    "resolved": ("resolved", (Scope.RESOLVED,)),
    "closed": ("closed", (Scope.RESOLVED,)),
    "not_exception": ("not_exception", (Scope.RESOLVED,)),
    "merged": ("merged", (Scope.RESOLVED,)),
}
DUE_WORDS: Final = ("overdue", "today", "tomorrow")
OPENED_WORDS: Final = ("today", "yesterday")

KEYS: Final[Mapping[str, Key]] = {
    key.name: key
    for key in (
        Key(
            "is",
            "open (unless said), snoozed or resolved; also pinned, unavoidable",
            ("is:snoozed", "is:pinned", "-is:unavoidable"),
            (*Scope, "pinned", "unavoidable"),
            negatable=True,
        ),
        Key(
            "owner",
            "me, none, or the beginning of a name or an e-mail address",
            ("owner:me", "owner:none,me", "-owner:dana"),
            several=True,
            negatable=True,
        ),
        Key(
            "state",
            "how far it is: new, taken; waiting, which is asleep; or how it ended",
            ("state:new", "-state:taken", "state:not_exception"),
            tuple(STATES),
            several=True,
            negatable=True,
        ),
        Key(
            "type",
            "what is wrong",
            ("type:delivery_late", "type:customs_hold,free_time_expiring", "-type:tracking_silent"),
            tuple(entry.code for entry in TYPES),
            several=True,
            negatable=True,
        ),
        Key(
            "severity",
            "how bad it is",
            ("severity:S1", "severity:S1,S2", "-severity:S4"),
            tuple(Severity.values),
            several=True,
            negatable=True,
        ),
        Key(
            "customer",
            "beginning of a customer's name, or its code; with everything below it in its tree",
            ("customer:acme", 'customer:"acme foods",northgate', "-customer:acme"),
            several=True,
            negatable=True,
        ),
        Key(
            "partner",
            "beginning of the name of the connection whose signal opened the case",
            ("partner:fleettrace", "-partner:mailbox"),
            several=True,
            negatable=True,
        ),
        Key(
            "lane",
            "beginning of the place it comes from, goes to, or both",
            ("lane:dallas>chicago", "lane:dallas", 'lane:">new york"'),
            several=True,
            negatable=True,
        ),
        Key(
            "due",
            "act by: within or after m, h, d, w from now; a range, a day, today, tomorrow, overdue",
            ("due:<2h", "due:>1d", "due:2h..8h", "due:2026-11-05", "due:overdue"),
            DUE_WORDS,
        ),
        Key(
            "exposure",
            "what acting now still saves, in the organisation's currency (2k is 2000) or in the one behind it",
            ("exposure:>1000", "exposure:500..2000", "exposure:<=300eur"),
        ),
        Key(
            "opened",
            "how long ago, or on which day; today, yesterday",
            ("opened:<2h", "opened:>3d", "opened:2026-11-01..2026-11-03", "opened:today"),
            OPENED_WORDS,
        ),
        Key(
            "sort",
            "exposure (unless said), due (soonest first), opened (newest first), oldest",
            ("sort:due", "sort:oldest"),
            tuple(Sort),
        ),
    )
}

TEXT: Final = Key(
    "",
    "the beginning of any reference, with or without the letters in front, of a case number or of a party's name; in "
    "quotes the whole of it",
    ("PRO 40851", "acme foods", '"40851"'),
)
