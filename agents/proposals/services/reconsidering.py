"""When facts change, the proposals that stand on them are looked at again, at once and not by a timer."""

from __future__ import annotations

from datetime import datetime

from exceptions.notices.services import notice_cancel

from agents.proposals.models import Effect, EffectState, Proposal, ProposalState
from agents.proposals.services.common import Standing, proposal_locked, proposal_move, proposal_record, standing_of
from agents.proposals.services.executing import redraft
from agents.proposals.wording import changes_in_words
from controltower.audit import SYSTEM
from controltower.web import live
from exceptions.notices.models import NoticeState


def subject_reconsider(subject: str, *, now: datetime) -> int:
    """Looks at every open proposal of a subject ("case:17"). Returns how many were overtaken or lost their purpose."""
    open_ones = Proposal.objects.filter(subject=subject, state__in=[ProposalState.PENDING, ProposalState.HELD])
    return sum(proposal_reconsider(key, now=now) for key in open_ones.order_by("pk").values_list("pk", flat=True))


def proposal_reconsider(proposal_id: int, *, now: datetime) -> bool:
    """A material change overtakes it and asks for a fresh one; a cosmetic one leaves a note on it; a lost purpose ends it."""
    proposal = proposal_locked(proposal_id)
    if proposal.state not in (ProposalState.PENDING, ProposalState.HELD):
        return False
    standing = standing_of(proposal, now)
    if standing.outdated:
        return _end(proposal, standing.outdated, now)
    if standing.material or standing.digest != proposal.digest:
        return _overtake(proposal, standing, now)
    changed = changes_in_words(standing.cosmetic)
    if changed != proposal.changed:
        proposal.changed = changed
        proposal.save(update_fields=["changed"])
        live.changed(proposal.organisation_id)
    return False


def _end(proposal: Proposal, why: str, now: datetime) -> bool:
    if proposal.state == ProposalState.HELD and not _call_back(proposal, now):
        return False
    to = ProposalState.EXPIRED if proposal.is_pending else ProposalState.SUPERSEDED
    proposal_move(proposal, to, now=now)
    proposal_record(
        proposal, f"proposal.{to.value}", actor=SYSTEM, now=now, text=f"{proposal.number} is no longer of use. {why}"
    )
    live.changed(proposal.organisation_id)
    return True


def _overtake(proposal: Proposal, standing: Standing, now: datetime) -> bool:
    if proposal.state == ProposalState.HELD and not _call_back(proposal, now):
        return False
    proposal_move(proposal, ProposalState.SUPERSEDED, now=now)
    keys = [change.key for change in standing.material]
    text = " ".join([f"{proposal.number} was overtaken.", *changes_in_words(standing.material)])
    proposal_record(proposal, "proposal.superseded", actor=SYSTEM, now=now, text=text, after={"changed": keys})
    redraft(proposal)
    live.changed(proposal.organisation_id)
    return True


def _call_back(proposal: Proposal, now: datetime) -> bool:
    """Stops a held notice whose facts changed. False when it is on its way already: then it cannot be helped."""
    effect = Effect.objects.select_for_update().select_related("notice").get(proposal=proposal)
    if effect.notice is None or effect.notice.state != NoticeState.HELD:
        return False
    notice_cancel(effect.notice, actor=SYSTEM, now=now)
    effect.state, effect.finished_at = EffectState.CANCELLED, now
    effect.failure = "A fact changed while it was held."
    effect.save(update_fields=["state", "finished_at", "failure"])
    return True
