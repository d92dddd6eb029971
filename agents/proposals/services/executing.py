"""Effects: what an approved proposal does, once, and only if it is still what was approved."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from agents.proposals.handlers import Done, handler_of
from agents.proposals.models import Effect, EffectState, Proposal, ProposalState
from agents.proposals.services.common import (
    proposal_locked,
    proposal_move,
    proposal_record,
    stale,
    standing_of,
)
from controltower.audit import SYSTEM, Actor
from controltower.errors import DomainError
from controltower.jobs import enqueue
from controltower.tenancy.context import current_organisation_id
from controltower.web import live
from exceptions.notices.models import NoticeState


def effect_run(effect_id: int, *, now: datetime) -> None:
    """Does it. Run twice it does it once; a fact that changed since the approval stops it and asks for a fresh draft."""
    proposal = proposal_locked(Effect.objects.values_list("proposal_id", flat=True).get(pk=effect_id))
    effect = (
        Effect.objects.select_for_update(no_key=True, of=("self",))
        .select_related("decision__member__user")
        .get(pk=effect_id)
    )
    effect.proposal = proposal
    if effect.state != EffectState.SCHEDULED or proposal.state != ProposalState.APPROVED:
        return
    refusal = stale(proposal, standing_of(proposal, now), expected=effect.decision.digest)
    if refusal is not None:
        _overtaken(proposal, effect, refusal.message, now)
        return
    member = effect.decision.member
    try:
        with transaction.atomic():
            approver = Actor("member", member.pk, member.name)
            done = handler_of(effect.kind).execute(effect, effect.decision, approver=approver, now=now)
    except DomainError as error:
        _failed(proposal, effect, error.message, now)
        return
    _done(proposal, effect, done, now)


def effect_settle(notice_id: int, *, now: datetime) -> None:
    """Closes the proposal behind a notice that was sent, called back, or failed. One whose facts changed while it was held
    was not sent: a fresh draft is asked for."""
    found = Effect.objects.filter(notice_id=notice_id).values_list("pk", "proposal_id").first()
    if found is None:
        return
    proposal = proposal_locked(found[1])
    effect = Effect.objects.select_for_update(no_key=True, of=("self",)).select_related("notice").get(pk=found[0])
    notice = effect.notice
    if notice is None or proposal.state not in (ProposalState.HELD, ProposalState.FAILED):
        return
    if notice.state == NoticeState.SENT:
        effect.failure = ""
        proposal_move(proposal, ProposalState.EXECUTING, now=now)
        _close(proposal, effect, ProposalState.EXECUTED, EffectState.EXECUTED, "proposal.executed", now)
    elif notice.state == NoticeState.CANCELLED and proposal.state == ProposalState.HELD:
        _close(proposal, effect, ProposalState.CANCELLED, EffectState.CANCELLED, "proposal.cancelled", now)
    elif notice.state in (NoticeState.FAILED, NoticeState.UNKNOWN) and proposal.state == ProposalState.HELD:
        effect.failure = (notice.failure or notice.get_state_display())[:500]
        overtaken = standing_of(proposal, now).is_overtaken
        proposal_move(proposal, ProposalState.EXECUTING, now=now)
        _close(proposal, effect, ProposalState.FAILED, EffectState.FAILED, "proposal.failed", now)
        if overtaken and notice.state == NoticeState.FAILED:
            redraft(proposal)


def effect_give_up(effect_id: int, why: str, *, now: datetime) -> bool:
    """After the last retry: the proposal says that it failed, and a person sees it. False when there was nothing to say."""
    proposal = proposal_locked(Effect.objects.values_list("proposal_id", flat=True).get(pk=effect_id))
    effect = Effect.objects.select_for_update(no_key=True).get(pk=effect_id)
    if effect.state != EffectState.SCHEDULED or proposal.state != ProposalState.APPROVED:
        return False
    _failed(proposal, effect, why, now)
    return True


def _done(proposal: Proposal, effect: Effect, done: Done, now: datetime) -> None:
    effect.notice = done.notice
    if done.state == EffectState.HELD and done.notice is not None:
        effect.state = EffectState.HELD
        effect.save(update_fields=["state", "notice"])
        proposal_move(proposal, ProposalState.HELD, now=now)
        after = {**effect.as_audit(), "notice": done.notice.pk}
        proposal_record(proposal, "proposal.held", actor=SYSTEM, now=now, after=after)
        live.changed(current_organisation_id())
        return
    proposal_move(proposal, ProposalState.EXECUTING, now=now)
    _close(proposal, effect, ProposalState.EXECUTED, done.state, "proposal.executed", now)


def _close(
    proposal: Proposal, effect: Effect, to: ProposalState, effect_to: EffectState, verb: str, now: datetime
) -> None:
    effect.state, effect.finished_at = effect_to, now
    effect.save(update_fields=["state", "finished_at", "failure", "notice"])
    proposal_move(proposal, to, now=now)
    proposal_record(proposal, verb, actor=SYSTEM, now=now, after=effect.as_audit())
    live.changed(current_organisation_id())


def _failed(proposal: Proposal, effect: Effect, why: str, now: datetime) -> None:
    effect.state, effect.finished_at, effect.failure = EffectState.FAILED, now, why[:500]
    effect.save(update_fields=["state", "finished_at", "failure"])
    proposal_move(proposal, ProposalState.FAILED, now=now)
    text = f"{proposal.number} could not be done: {why}"
    proposal_record(proposal, "proposal.failed", actor=SYSTEM, now=now, text=text, after=effect.as_audit())
    live.changed(current_organisation_id())


def _overtaken(proposal: Proposal, effect: Effect, why: str, now: datetime) -> None:
    effect.state, effect.finished_at, effect.failure = EffectState.CANCELLED, now, why[:500]
    effect.save(update_fields=["state", "finished_at", "failure"])
    proposal_move(proposal, ProposalState.SUPERSEDED, now=now)
    text = f"{proposal.number} was approved and not done: a fact changed in between"
    proposal_record(proposal, "proposal.superseded", actor=SYSTEM, now=now, text=text, after=effect.as_audit())
    redraft(proposal)
    live.changed(current_organisation_id())


def redraft(proposal: Proposal) -> None:
    """Asks for a fresh proposal in place of one that a fact overtook."""
    name, subject = handler_of(proposal.kind).redraft_job(), proposal.subject
    kind, _, number = subject.partition(":")
    if name and (proposal.case is None or proposal.case.is_open):
        enqueue(name, {kind: int(number)}, dedupe_key=subject)
