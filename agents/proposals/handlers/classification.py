"""Set the classification of a case."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agents.proposals.handlers.base import Done
from agents.proposals.models import Decision, Effect, EffectState, Proposal
from agents.proposals.snapshots import FactLike
from controltower.audit import Actor
from exceptions.cases.facts import facts_for
from exceptions.cases.models import Case
from exceptions.cases.services.classification import classification_set
from exceptions.cases.taxonomy import Excusable, Party, reason_label, type_label

ROWS = ("type", "reason", "responsible_party", "excusable", "severity")
LABELS = {
    "type": "What is wrong",
    "reason": "Reason",
    "responsible_party": "Responsible party",
    "excusable": "Excused by contract",
    "severity": "Severity",
}


def value_label(name: str, code: str) -> str:
    """One code of a classification in words."""
    match name:
        case "type":
            return type_label(code)
        case "reason":
            return reason_label(code)
        case "responsible_party":
            return Party(code).label if code in Party.values else code
        case "excusable":
            return Excusable(code).label if code in Excusable.values else code
    return code


@dataclass(frozen=True)
class CurrentFact:
    """One code of the classification that stands, as a fact: a proposal to replace it goes stale with it."""

    key: str
    value: dict[str, str]
    type: str
    source: str
    audience: str
    state: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(f"{self.key}|{self.value['code']}|{self.state}".encode()).hexdigest()


CURRENT_KEYS = tuple(f"current_{name}" for name in ROWS)


def classification_facts(case: Case, now: datetime) -> tuple[FactLike, ...]:
    """The facts of the case, and the classification that stands with whether a person accepted it."""
    state = "accepted" if case.reason_accepted_by_id is not None else "automatic"
    current = [
        CurrentFact(
            f"current_{name}",
            {"code": getattr(case, name), "label": value_label(name, getattr(case, name))},
            "code",
            "classification of the case",
            "internal",
            state,
        )
        for name in ROWS
    ]
    return (*facts_for(case, now=now), *current)


class ClassificationHandler:
    def facts(self, proposal: Proposal, now: datetime) -> Sequence[FactLike]:
        assert proposal.case is not None
        return classification_facts(proposal.case, now)

    def render(self, payload: dict[str, Any], facts: Sequence[FactLike]) -> dict[str, Any]:
        return {"rows": [[LABELS[name], value_label(name, str(payload[name]))] for name in ROWS]}

    def excuses(self, payload: dict[str, Any]) -> bool:
        return str(payload["excusable"]) != Excusable.NO

    def outdated(self, proposal: Proposal, case: Case | None, facts: Sequence[FactLike]) -> str:
        if case is None or not case.is_open:
            return "The case is not open any more."
        return ""

    def execute(self, effect: Effect, decision: Decision, *, approver: Actor, now: datetime) -> Done:
        proposal = effect.proposal
        assert proposal.case is not None
        classification_set(proposal.case, **{name: proposal.payload[name] for name in ROWS}, actor=approver, now=now)
        return Done(EffectState.EXECUTED)

    def issues(self, payload: dict[str, Any], facts: Sequence[FactLike]) -> list[dict[str, str]]:
        return []  # codes are closed: classification_set refuses others

    def material(self, payload: dict[str, Any], facts: Sequence[FactLike], before: Sequence[str]) -> list[str]:
        return list(before)

    def diff(self, before: Proposal, after: Proposal) -> list[list[str]]:
        return [
            [LABELS[name], value_label(name, before.payload[name]), value_label(name, after.payload[name])]
            for name in ROWS
            if before.payload[name] != after.payload[name]
        ]

    def redraft_job(self) -> str:
        return "agents.classify"
