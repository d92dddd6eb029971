"""When facts change, the proposals that stand on them are looked at again, at once and not by a timer."""

from __future__ import annotations

from datetime import datetime

from agents.proposals.models import Proposal, ProposalState
from agents.proposals.services.common import Standing, proposal_locked, proposal_move, proposal_record, standing_of
from agents.proposals.services.executing import redraft
from agents.proposals.wording import changes_in_words
from controltower.audit import SYSTEM
from controltower.tenancy.context import current_organisation_id
from controltower.web import live


def subject_reconsider(subject: str, *, now: datetime) -> int:
    """Looks at every waiting proposal of a subject ("case:17"). Returns how many were overtaken or lost their purpose.

    What is approved is compared by its own effect, and a held notice once more before it goes out.
    """
    waiting = Proposal.objects.filter(subject=subject, state=ProposalState.PENDING).order_by("pk")
    return sum(proposal_reconsider(key, now=now) for key in waiting.values_list("pk", flat=True))


def proposal_reconsider(proposal_id: int, *, now: datetime) -> bool:
    """A material change overtakes it and asks for a fresh one; a cosmetic one leaves a note on it; a lost purpose ends it."""
    proposal = proposal_locked(proposal_id)
    if not proposal.is_pending:
        return False
    standing = standing_of(proposal, now)
    if standing.outdated:
        text = f"{proposal.number} is no longer of use. {standing.outdated}"
        proposal_move(proposal, ProposalState.EXPIRED, now=now)
        proposal_record(proposal, "proposal.expired", actor=SYSTEM, now=now, text=text)
        live.changed(current_organisation_id())
        return True
    if standing.is_overtaken or standing.digest != proposal.digest:
        _overtake(proposal, standing, now)
        return True
    changed = changes_in_words(standing.cosmetic)
    if changed != proposal.changed:
        proposal.changed = changed
        proposal.save(update_fields=["changed"])
        live.changed(current_organisation_id())
    return False


def _overtake(proposal: Proposal, standing: Standing, now: datetime) -> None:
    proposal_move(proposal, ProposalState.SUPERSEDED, now=now)
    keys = [change.key for change in standing.material]
    why = [*changes_in_words(standing.material), *standing.objections]
    text = " ".join([f"{proposal.number} was overtaken.", *why])
    proposal_record(proposal, "proposal.superseded", actor=SYSTEM, now=now, text=text, after={"changed": keys})
    redraft(proposal)
    live.changed(current_organisation_id())
