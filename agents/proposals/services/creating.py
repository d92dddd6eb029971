"""A proposal comes into being: from a model, the rules, or a person's edit of either."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from agents.policy.kinds import OriginKind, ProposalKind
from agents.policy.rules import VERSION
from agents.proposals.handlers import Unrenderable, handler_of
from agents.proposals.models import Proposal, ProposalState
from agents.proposals.services.common import proposal_digest, proposal_move, proposal_record
from agents.proposals.snapshots import FactLike, kept
from controltower.audit import SYSTEM, Actor
from controltower.tenancy.context import current_organisation_id
from controltower.web import live
from exceptions.cases.models import Case
from exceptions.shipments.services.numbers import numbers_take


@dataclass(frozen=True)
class Origin:
    """Where a proposal comes from. `detail` for a model: profile and prompt version; for the rules: the reason why."""

    kind: OriginKind
    detail: dict[str, Any] = field(default_factory=dict)
    run_id: int | None = None

    @property
    def actor(self) -> Actor:
        """Who the record names as the author; no person."""
        return Actor("agent", self.run_id, "AI") if self.kind is OriginKind.MODEL else SYSTEM


@dataclass(frozen=True)
class Basis:
    """What a proposal stands on: keys of facts whose change overtakes it, keys shown besides, and what was found."""

    material: Sequence[str]
    context: Sequence[str] = ()
    evidence: Sequence[dict[str, str]] = ()
    conflicts: Sequence[dict[str, str]] = ()
    missing: Sequence[str] = ()

    @property
    def columns(self) -> dict[str, Any]:
        return {name: list(getattr(self, name)) for name in ("material", "evidence", "conflicts", "missing")}


def proposal_create(
    *,
    kind: ProposalKind,
    subject: str,
    slot: str,
    case: Case | None,
    payload: dict[str, Any],
    facts: Iterable[FactLike],
    basis: Basis,
    origin: Origin,
    now: datetime,
) -> Proposal:
    """Puts a proposal before people. One that already waits in the slot is overtaken, unless it says the same or is a
    person's and still holds. What people rejected is not put before them again as it was."""
    facts = tuple(facts)
    proposal = Proposal(
        kind=kind,
        subject=subject,
        slot=slot,
        case=case,
        payload=payload,
        facts=kept(facts, {*basis.material, *basis.context}),
        origin=origin.kind,
        origin_detail=origin.detail,
        run_id=origin.run_id,
        policy_version=VERSION,
        created_at=now,
        state_at=now,
        decide_by=case.act_by if case is not None else None,
        **basis.columns,
    )
    proposal.rendered = handler_of(kind).render(payload, facts)
    proposal.digest = proposal_digest(proposal, facts, proposal.rendered)
    last = slot_last(subject, slot)
    if last is not None and last.state == ProposalState.REJECTED and last.digest == proposal.digest:
        return last
    if last is not None and last.is_pending and (stays := _stays(last, proposal, facts)):
        return stays
    (proposal.number,) = numbers_take("proposal")
    proposal.save(force_insert=True)
    proposal_record(
        proposal,
        "proposal.created",
        actor=origin.actor,
        now=now,
        text=f"{proposal.number} proposed: {proposal.get_kind_display().lower()} ({origin_in_words(proposal)})",
        after={"origin": proposal.origin, "run": proposal.run_id},
    )
    live.changed(current_organisation_id())
    return proposal


def slot_last(subject: str, slot: str) -> Proposal | None:
    """The newest proposal in a slot, whatever became of it; edits count as what they became."""
    return Proposal.objects.filter(subject=subject, slot=slot).order_by("-pk").first()


def _stays(waiting: Proposal, fresh: Proposal, facts: Sequence[FactLike]) -> Proposal | None:
    """The proposal that already waits, when the fresh one does not push it aside: it says the same, or a person wrote it
    and it still holds. It takes over what was found for and against it meanwhile."""
    waiting = Proposal.objects.select_for_update(no_key=True).get(pk=waiting.pk)
    if not waiting.is_pending:
        return None
    same = waiting.digest == fresh.digest and waiting.origin == fresh.origin
    if same or (waiting.author_id is not None and _holds(waiting, facts)):
        waiting.evidence, waiting.conflicts, waiting.missing = fresh.evidence, fresh.conflicts, fresh.missing
        waiting.save(update_fields=["evidence", "conflicts", "missing"])
        return waiting
    proposal_move(waiting, ProposalState.SUPERSEDED, now=fresh.created_at)
    proposal_record(waiting, "proposal.superseded", actor=SYSTEM, now=fresh.created_at)
    return None


def _holds(waiting: Proposal, facts: Sequence[FactLike]) -> bool:
    try:
        rendered = handler_of(waiting.kind).render(waiting.payload, facts)
    except Unrenderable:
        return False
    return waiting.digest == proposal_digest(waiting, facts, rendered)


def origin_in_words(proposal: Proposal) -> str:
    """One phrase: who wrote it, and for the rules, why it was not a model."""
    detail = proposal.origin_detail
    match proposal.origin:
        case OriginKind.MODEL:
            return f"AI, {detail.get('model', 'model')}, {detail.get('prompt', '')}".rstrip(", ")
        case OriginKind.HUMAN:
            return f"edited by {proposal.author}"
    return f"rules, because {detail['reason']}" if detail.get("reason") else "rules"
