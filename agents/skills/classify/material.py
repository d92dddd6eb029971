"""What a classification is made from. Values only: the shell reads them from the database."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Signal:
    """One thing a source said about the case, newest first in the material.

    `reason` is one of our reason codes when the source's own code stands for one, else "". `text` is untrusted.
    """

    id: str
    event_type: str
    at: str
    source: str
    code: str
    reason: str
    text: str


@dataclass(frozen=True)
class Told:
    """A fact as the classifier sees it."""

    key: str
    type: str
    value: Any


@dataclass(frozen=True)
class Material:
    """`current` is the classification that stands, by the names of `form.CLASSIFIED`."""

    current: dict[str, str]
    phase: str
    signals: tuple[Signal, ...]
    facts: tuple[Told, ...]

    @property
    def digest(self) -> str:
        """Identifies the input of a run, SHA-256 hexadecimal."""
        content = {
            "current": self.current,
            "phase": self.phase,
            "signals": [vars(signal) for signal in self.signals],
            "facts": [[fact.key, fact.value] for fact in self.facts],
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()

    @property
    def citable(self) -> frozenset[str]:
        return frozenset(signal.id for signal in self.signals) | frozenset(fact.key for fact in self.facts)
