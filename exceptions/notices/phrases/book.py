"""How one language's notices are written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from exceptions.notices.drafts import NoticeKind

Choice = tuple[str, ...]
"""Lines for one sentence, best first; the first whose slots are all known is taken, none if there is none.

``{slot}`` is a fact; ``[...]`` is left out when a slot inside it is not known.
"""


@dataclass(frozen=True)
class Phrasebook:
    greeting: str
    cause: str
    apology: str
    closing: str
    subjects: Mapping[NoticeKind, str]
    status: Mapping[NoticeKind, tuple[Choice, ...]]
    next_step: Mapping[NoticeKind, tuple[Choice, ...]]
    ask: Mapping[NoticeKind, Choice]
