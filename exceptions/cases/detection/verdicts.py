"""What rules say: findings with their evidence, recoveries, and what they wait for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from exceptions.cases.taxonomy import Severity, Subject

AT_RISK, BREACHED = "at_risk", "breached"
MILESTONE, SIGNAL = "milestone", "signal"


@dataclass(frozen=True, slots=True)
class SubjectRef:
    """The thing that is wrong: a kind of the taxonomy and the id of its row."""

    kind: Subject
    id: int

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True)
class Expected:
    """Something that must happen by `due_at`; when it does not, its rule says what that means.

    key: names it ("stop:51:shipment:7:arrival"), one open row for each. kind: a milestone, or any signal. At least
    one of shipment, load and order is set: what is judged again when it ran out.
    """

    key: str
    due_at: datetime
    code: str
    kind: str = MILESTONE
    shipment: int | None = None
    load: int | None = None
    order: int | None = None
    stop: int | None = None
    leg: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that says so: an event (its id), or something expected that ran out. load: where the event speaks of
    a load and of no shipment on it, that load."""

    at: datetime
    text: str
    event: int | None = None
    expected: Expected | None = None
    load: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something is wrong now. `shipments` and `orders` are the affected ones; `summary` is one sentence for the row.

    evidence: what says so, in order of time; each piece is one occurrence of the case. parts: what was found of each
    shipment, where that is one finding about something they share.
    """

    type: str
    subject: SubjectRef
    shipments: tuple[int, ...]
    at: datetime
    summary: str
    severity: Severity
    phase: str = ""
    evidence: tuple[Evidence, ...] = ()
    orders: tuple[int, ...] = ()
    parts: tuple[Finding, ...] = ()

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.type, self.subject)


@dataclass(frozen=True, slots=True)
class Clear:
    """It is not wrong, and why."""

    type: str
    subject: SubjectRef
    at: datetime
    summary: str

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.type, self.subject)


Verdict: TypeAlias = Finding | Clear | Expected


def fingerprint(type_code: str, subject: SubjectRef) -> str:
    """What makes two findings the same case: one open case per fingerprint."""
    return f"{type_code}:{subject.key}"
