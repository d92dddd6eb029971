"""The shape of one language's word lists, and how text is brought to the form they are written in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

# Letters that do not decompose into a base letter and a mark.
_PLAIN = str.maketrans({"ł": "l", "Ł": "l", "ß": "ss", "ø": "o", "đ": "d", "ı": "i", "’": "'", "ʼ": "'"})


def fold(text: str) -> str:
    """Lower case without marks or width: the form in which word lists and literal text meet.

    Not length-preserving; use it for finding words, never for cutting text.
    """
    decomposed = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


class Claim(StrEnum):
    """What a sentence can say about the state of the freight without naming a value."""

    DELIVERED = "delivered"
    PICKED_UP = "picked_up"
    DEPARTED = "departed"
    ARRIVED = "arrived"
    CLEARED = "cleared"
    HELD = "held"
    DAMAGED = "damaged"
    LOST = "lost"
    SHORT = "short"
    REFUSED = "refused"
    ATTEMPTED = "attempted"
    DELAYED = "delayed"
    EARLY = "early"
    TEMPERATURE = "temperature"
    SILENT = "silent"
    RECOVERED = "recovered"
    WEATHER = "weather"
    STRIKE = "strike"
    BREAKDOWN = "breakdown"
    ACCIDENT = "accident"
    CONGESTION = "congestion"
    THEFT = "theft"


@dataclass(frozen=True)
class Lexicon:
    """Word lists in folded form. Entries are regular expressions matched at word boundaries."""

    values: Mapping[str, tuple[str, ...]]
    """Kind of value -> words that carry one. Checked in every draft, whatever its language."""
    own_values: Mapping[str, tuple[str, ...]]
    """The same, but ordinary words in another language: checked only in drafts of this language."""
    units: tuple[str, ...]
    """Words that would change what a value means when they follow it."""
    greetings: tuple[str, ...]
    """Greetings that contain a word from `values`, allowed in a greeting only."""
    claims: Mapping[Claim, tuple[str, ...]]
    negations: tuple[str, ...]
    conditions: tuple[str, ...]
    """Openings of a clause that states nothing: "once", "as soon as", "until"."""
    futures: tuple[str, ...]
    commitments: Mapping[str, tuple[str, ...]]
    blame: tuple[str, ...]
    causal: tuple[str, ...]
    """Words that, right before a party's name, make it the culprit."""


def words(*lists: str) -> tuple[str, ...]:
    """Whitespace-separated patterns; an underscore stands for the space inside one."""
    return tuple(word.replace("_", r"\s+") for text in lists for word in text.split())


def any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    if not patterns:
        return re.compile(r"(?!)")
    return re.compile(r"(?<!\w)(?:" + "|".join(patterns) + r")(?!\w)")
