"""What every step of a proposal shares: the lock, the move, the digest, the comparison with the facts of now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from agents.policy.kinds import OriginKind, ProposalKind
from agents.policy.requirement import Matter, Requirement
from agents.policy.rules import VERSION, requirement_for
from agents.proposals.handlers import Handler, Unrenderable, handler_of
from agents.proposals.models import Proposal, ProposalState
from agents.proposals.snapshots import Change, FactLike, changes, digest, kept
from agents.proposals.transitions import allowed, said
from agents.proposals.wording import changes_in_words
from controltower.audit import Actor, record
from controltower.errors import Conflict, NotFound
from controltower.tenancy.context import current_organisation_id
from controltower.tenancy.models import Organisation
from exceptions.cases.models import Case, EntryKind
from exceptions.cases.services.authority import in_house
from exceptions.cases.services.recording import case_locked, major, timeline_add


@dataclass(frozen=True)
class Standing:
    """How a proposal stands against the facts of now. `digest` is None when it can no longer be rendered; `objections` is
    what the checker has against it now and had not when it was made, such as a new fact that it would have to say."""

    facts: tuple[FactLike, ...]
    changes: tuple[Change, ...]
    digest: str | None
    objections: tuple[str, ...]
    outdated: str

    @property
    def is_overtaken(self) -> bool:
        """Whether a fresh one has to take its place."""
        return bool(self.material or self.objections)

    @property
    def material(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.material)

    @property
    def cosmetic(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if not change.material)


def proposal_locked(proposal: Proposal | int) -> Proposal:
    """The proposal as it is now, and its case, both locked to the end of the transaction, in this order."""
    key = proposal if isinstance(proposal, int) else proposal.pk
    found = Proposal.objects.select_for_update(no_key=True).filter(pk=key).first()
    if found is None:
        raise NotFound("This proposal does not exist.")
    if found.case_id is not None:
        found.case = case_locked(found.case_id)
    return found


def proposal_move(proposal: Proposal, to: ProposalState, *, now: datetime) -> None:
    """The only writer of `state`. A move that the life cycle does not know is a Conflict that says what happened."""
    if not allowed(proposal.state, to):
        raise Conflict(
            f"{proposal.number} {said(proposal.state)}.", code="proposal_state", details={"state": proposal.state}
        )
    proposal.state, proposal.state_at = to, now
    proposal.save(update_fields=["state", "state_at"])


def proposal_digest(proposal: Proposal, facts: Sequence[FactLike], rendered: dict[str, Any]) -> str:
    """What an approval binds: the payload, the material facts as they are, the policy in force, what people see."""
    return digest(
        kind=proposal.kind,
        subject=proposal.subject,
        payload=proposal.payload,
        facts=kept(facts, proposal.material),
        policy=VERSION,
        rendered=rendered,
    )


def standing_of(proposal: Proposal, now: datetime) -> Standing:
    """Compares with the facts of now. Reads only; lock first where the answer decides something."""
    handler = handler_of(proposal.kind)
    facts = tuple(handler.facts(proposal, now))
    try:
        current = proposal_digest(proposal, facts, handler.render(proposal.payload, facts))
    except Unrenderable:
        current = None
    return Standing(
        facts,
        changes(proposal.facts, proposal.material, facts),
        current,
        _objections(proposal, handler, facts),
        handler.outdated(proposal, proposal.case, facts),
    )


def _objections(proposal: Proposal, handler: Handler, facts: Sequence[FactLike]) -> tuple[str, ...]:
    set_aside = {(issue["rule"], issue["message"]) for issue in proposal.overrides}
    found = handler.issues(proposal.payload, facts)
    return tuple(issue["message"] for issue in found if (issue["rule"], issue["message"]) not in set_aside)


def stale(proposal: Proposal, standing: Standing, expected: str) -> Conflict | None:
    """The refusal when the proposal is not what `expected` stood for, with the difference in words."""
    differences = [*changes_in_words(standing.material), *standing.objections]
    if standing.outdated:
        differences.append(standing.outdated)
    if not differences and standing.digest == expected:
        return None
    if not differences:
        differences.append("The wording or the policy behind it is not the one that was shown.")
    return Conflict(
        f"{proposal.number} is not what it was when you looked: {' '.join(differences)} "
        "Nothing was done. Look at it again.",
        code="stale_proposal",
        details={"changes": differences},
    )


def matter_of(proposal: Proposal, *, now: datetime) -> Matter:
    """What policy asks about, with the amounts of now."""
    handler = handler_of(proposal.kind)
    case, excuses = proposal.case, handler.excuses(proposal.payload)
    return Matter(
        kind=ProposalKind(proposal.kind),
        origin=OriginKind(proposal.origin),
        amount=in_house(case, now=now, settled=excuses) if case is not None else Decimal(0),
        currency=house_currency(),
        excuses=excuses,
        overrides=len(proposal.overrides),
        last_editor=proposal.author_id,
    )


def requirement_of(proposal: Proposal, *, now: datetime) -> Requirement:
    """What approving it takes now."""
    return requirement_for(matter_of(proposal, now=now))


def amount_of(case: Case) -> Decimal:
    """What is at risk on a case, in its currency."""
    return major(case.at_risk)


def house_currency() -> str:
    return Organisation.objects.only("currency").get(pk=current_organisation_id()).currency


def proposal_record(
    proposal: Proposal,
    verb: str,
    *,
    actor: Actor,
    now: datetime,
    text: str = "",
    after: dict[str, Any] | None = None,
    kind: EntryKind = EntryKind.PROPOSAL,
) -> None:
    """A line on the case's timeline and the audit entry; the last step of a transition."""
    if text and proposal.case is not None:
        timeline_add(proposal.case, kind, text, actor=actor, now=now, data={"proposal": proposal.number})
    content = {
        "number": proposal.number,
        "revision": proposal.revision,
        "kind": proposal.kind,
        "state": proposal.state,
        "digest": proposal.digest,
        **(after or {}),
    }
    record(verb=verb, subject=f"proposal:{proposal.pk}", actor=actor, after=content, now=now)
