"""Classify a case: both twins answer, their disagreement is shown first, and a person decides."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from agents.gateway.ask import Question
from agents.gateway.profiles import Profile
from agents.gateway.services import Consulted, Inquiry
from agents.policy.kinds import ProposalKind
from agents.proposals.handlers.classification import CURRENT_KEYS
from agents.proposals.models import Proposal
from agents.proposals.services.creating import Basis, proposal_create
from agents.proposals.snapshots import FactLike
from agents.skills.classify.form import Classification
from agents.skills.classify.material import Material
from agents.skills.classify.prompt import VERSION, messages
from agents.skills.classify.rules import (
    Conflict,
    classify,
    complaints,
    contradictions,
    disagreements,
    missing,
    reasons_named,
)
from agents.skills.origins import origin_of
from exceptions.cases.models import Case

FEWER_SIGNALS = 4


def inquiry_for(case: Case, material: Material) -> Inquiry[Classification]:
    """The question to a model, identified by its input."""
    question = Question(
        messages=messages(material),
        form=Classification,
        check=lambda answer: complaints(material, answer),
        shorter=messages(material, limit=FEWER_SIGNALS),
    )
    return Inquiry(f"case:{case.pk}", "classify", VERSION, material.digest, question)


def propose(
    case: Case,
    material: Material,
    facts: Sequence[FactLike],
    consulted: Consulted[Classification],
    profile: Profile | None,
    *,
    now: datetime,
) -> Proposal | None:
    """Puts the answer before people; `facts` are those that the material was made from. None when it is what stands already, or says nothing that anybody could decide."""
    rules = classify(material)
    answer = consulted.value or rules
    conflicts = [*(disagreements(consulted.value, rules) if consulted.value else []), *contradictions(material, answer)]
    if _settled(case, material) or _says_nothing_new(case, answer, conflicts):
        return None
    cited = [fact.key for fact in facts if fact.key in answer.evidence]
    return proposal_create(
        kind=ProposalKind.SET_CLASSIFICATION,
        subject=f"case:{case.pk}",
        slot="classification",
        case=case,
        payload=answer.payload,
        facts=facts,
        basis=Basis(
            material=[*CURRENT_KEYS, *(key for key in cited if key not in CURRENT_KEYS)],
            evidence=_evidence(material, answer),
            conflicts=_distinct(conflicts),
            missing=missing(material, answer),
        ),
        origin=origin_of(consulted, profile, VERSION),
        now=now,
    )


def _settled(case: Case, material: Material) -> bool:
    """Whether a person accepted a reason after everything that was said about the cause: then nobody asks them again."""
    if case.reason_accepted_at is None:
        return False
    said = (datetime.fromisoformat(signal.at) for signal, _ in reasons_named(material))
    return all(at <= case.reason_accepted_at for at in said)


def _says_nothing_new(case: Case, answer: Classification, conflicts: list[Conflict]) -> bool:
    same = all(getattr(case, name) == value for name, value in answer.payload.items())
    accepted = case.reason_accepted_by_id is not None
    return same and not conflicts and (accepted or answer.reason == "unknown")


def _evidence(material: Material, answer: Classification) -> list[dict[str, str]]:
    """The signals and facts cited, as people read them."""
    found = []
    for signal in material.signals:
        if signal.id in answer.evidence:
            text = signal.text or signal.code or signal.event_type.replace(".", " ").replace("_", " ")
            found.append({"id": signal.id, "text": text, "source": signal.source, "at": signal.at})
    for fact in material.facts:
        if fact.key in answer.evidence:
            text = fact.value if isinstance(fact.value, str) else json.dumps(fact.value, default=str)
            found.append({"id": fact.key, "text": str(text)[:300], "source": "facts of the case", "at": ""})
    return found


def _distinct(conflicts: list[Conflict]) -> list[dict[str, Any]]:
    return [conflict.as_json() for conflict in dict.fromkeys(conflicts)]
