"""What people do with a proposal: approve, reject, edit, call back. Nothing else starts an effect."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from agents.policy.kinds import OriginKind
from agents.policy.requirement import Approver, Requirement, objections
from agents.policy.rules import VERSION
from agents.proposals.handlers import Unrenderable, handler_of
from agents.proposals.models import (
    Decision,
    Effect,
    EffectState,
    Proposal,
    ProposalState,
    RejectReason,
    Verdict,
)
from agents.proposals.services.common import (
    matter_of,
    proposal_digest,
    proposal_locked,
    proposal_move,
    proposal_record,
    requirement_of,
    stale,
    standing_of,
)
from agents.proposals.snapshots import FactLike, kept
from agents.proposals.transitions import said
from controltower.errors import Conflict, Forbidden, Invalid
from controltower.jobs import enqueue
from controltower.tenancy.context import current_organisation_id
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer, require
from controltower.web import live
from exceptions.notices.services import notice_cancel


@transaction.atomic
def proposal_approve(proposal: Proposal, *, digest: str, viewer: Viewer, now: datetime) -> Decision:
    """A named person says yes to exactly what `digest` stands for. Starts the effect as a job of the same transaction.

    Raises Forbidden with the reason when they may not, and Conflict `stale_proposal` with the difference in words
    (`details["changes"]`) when it is not what they saw.
    """
    require(viewer, Verb.DECIDE)
    proposal = proposal_locked(proposal)
    _waiting(proposal)
    standing = standing_of(proposal, now)
    if refusal := stale(proposal, standing, expected=digest):
        raise refusal
    requirement = _permitted(proposal, viewer, now)
    decision = _decision(proposal, Verdict.APPROVED, viewer, now, requirement=requirement.as_json())
    proposal_move(proposal, ProposalState.APPROVED, now=now)
    effect = Effect.objects.create(proposal=proposal, decision=decision, kind=proposal.kind, created_at=now)
    enqueue("proposals.effect", {"effect": effect.pk}, dedupe_key=f"effect:{effect.idempotency_key}")
    proposal_record(
        proposal,
        "proposal.approved",
        actor=viewer.actor,
        now=now,
        text=f"{proposal.number} approved by {viewer.member.name}",
        after={"decision": decision.pk, "effect": effect.pk, "policy": requirement.version, "rule": requirement.rule},
    )
    live.changed(current_organisation_id())
    return decision


@transaction.atomic
def proposal_reject(
    proposal: Proposal, *, digest: str, reason_code: str, text: str, viewer: Viewer, now: datetime
) -> Decision:
    """A named person says no, and why. Needs no authority: saying no does nothing."""
    require(viewer, Verb.DECIDE)
    _person(viewer)
    text = text.strip()[:2000]
    if reason_code not in RejectReason.values:
        raise Invalid("Choose why you reject it.", code="reason_needed", details={"reason_code": "is missing"})
    if reason_code == RejectReason.OTHER and not text:
        raise Invalid("Say in a few words why.", code="text_needed", details={"text": "is missing"})
    proposal = proposal_locked(proposal)
    _waiting(proposal)
    if digest != proposal.digest:
        raise Conflict(f"{proposal.number} changed while you looked at it. Look at it again.", code="stale_proposal")
    decision = _decision(proposal, Verdict.REJECTED, viewer, now, reason_code=reason_code, text=text)
    proposal_move(proposal, ProposalState.REJECTED, now=now)
    why = RejectReason(reason_code).label.lower()
    proposal_record(
        proposal,
        "proposal.rejected",
        actor=viewer.actor,
        now=now,
        text=f"{proposal.number} rejected by {viewer.member.name}: {why}",
        after={"decision": decision.pk, "reason": reason_code},
    )
    live.changed(current_organisation_id())
    return decision


@transaction.atomic
def proposal_edit(
    proposal: Proposal,
    *,
    digest: str,
    payload: dict[str, Any],
    override: str,
    viewer: Viewer,
    now: datetime,
) -> Proposal:
    """A person's own version: a new revision that waits like the first. The old one keeps its text.

    The draft checker warns; what it complains of is refused with `details["issues"]` unless `override` says why it should
    go all the same, which is recorded with the name. What this reader may not know cannot be set aside.
    """
    require(viewer, Verb.WORK)
    _person(viewer)
    proposal = proposal_locked(proposal)
    _waiting(proposal)
    if digest != proposal.digest:
        raise Conflict(
            f"{proposal.number} changed while you were writing. Your text is kept below.", code="stale_proposal"
        )
    handler = handler_of(proposal.kind)
    facts = tuple(handler.facts(proposal, now))
    overrides = _overrides(proposal, payload, facts, override)
    revision = _revision(proposal, payload, facts, overrides, viewer, now)
    if revision.digest == proposal.digest:
        return proposal
    proposal_move(proposal, ProposalState.EDITED, now=now)
    revision.save(force_insert=True)
    proposal_record(
        revision,
        "proposal.edited",
        actor=viewer.actor,
        now=now,
        text=f"{revision.number} edited by {viewer.member.name}",
        after={"previous": proposal.pk, "overrides": [each["rule"] for each in overrides]},
    )
    live.changed(current_organisation_id())
    return revision


@transaction.atomic
def proposal_cancel(proposal: Proposal, *, viewer: Viewer, now: datetime) -> Decision:
    """Calls an approved proposal back while it has not gone out. Anybody who works on cases may: stopping is safe."""
    require(viewer, Verb.WORK)
    _person(viewer)
    proposal = proposal_locked(proposal)
    effect = (
        Effect.objects.select_for_update(no_key=True, of=("self",))
        .filter(proposal=proposal)
        .select_related("notice")
        .first()
    )
    if effect is None or proposal.state not in (ProposalState.APPROVED, ProposalState.HELD):
        raise Conflict(f"{proposal.number} {said(proposal.state)}, so there is nothing to call back.", code="too_late")
    if effect.notice is not None:
        notice_cancel(effect.notice, actor=viewer.actor, now=now)
    decision = _decision(proposal, Verdict.CANCELLED, viewer, now)
    effect.state, effect.finished_at = EffectState.CANCELLED, now
    effect.save(update_fields=["state", "finished_at"])
    proposal_move(proposal, ProposalState.CANCELLED, now=now)
    proposal_record(
        proposal,
        "proposal.cancelled",
        actor=viewer.actor,
        now=now,
        text=f"{proposal.number} called back by {viewer.member.name}",
        after={"decision": decision.pk, **effect.as_audit()},
    )
    live.changed(current_organisation_id())
    return decision


def _waiting(proposal: Proposal) -> None:
    if proposal.is_pending:
        return
    decision = proposal.decisions.select_related("member__user").order_by("-id").first()
    by = f" by {decision.member.name}" if decision is not None else ""
    raise Conflict(
        f"{proposal.number} {said(proposal.state)}{by}. Nothing was done.",
        code="proposal_decided",
        details={"state": proposal.state},
    )


def _person(viewer: Viewer) -> None:
    if not viewer.actor.is_person:
        raise Forbidden("Only a named person can do this.", code="person_needed")


def _permitted(proposal: Proposal, viewer: Viewer, now: datetime) -> Requirement:
    requirement, matter = requirement_of(proposal, now=now), matter_of(proposal, now=now)
    approver = Approver(
        member_id=viewer.member.pk,
        is_person=viewer.actor.is_person,
        may_decide=viewer.can(Verb.DECIDE),
        authority_limit=viewer.authority_limit,
    )
    found = list(objections(requirement, matter, approver))
    if found:
        raise Forbidden(
            " ".join(objection.sentence for objection in found),
            code=found[0].code,
            details={"requirement": requirement.as_json()},
        )
    return requirement


def _decision(proposal: Proposal, verdict: Verdict, viewer: Viewer, now: datetime, **fields: Any) -> Decision:
    return Decision.objects.create(
        proposal=proposal,
        member=viewer.member,
        role=viewer.role,
        verdict=verdict,
        digest=proposal.digest,
        at=now,
        **fields,
    )


def _overrides(
    proposal: Proposal, payload: dict[str, Any], facts: tuple[FactLike, ...], override: str
) -> list[dict[str, str]]:
    issues = handler_of(proposal.kind).issues(payload, facts)
    reason = override.strip()[:300]
    if any(issue["final"] for issue in issues):
        raise Invalid("This cannot be sent as it stands.", code="draft_issues", details={"issues": issues})
    if issues and not reason:
        raise Invalid(
            "The checker has something against this text. Change it, or say why it should go all the same.",
            code="draft_issues",
            details={"issues": issues},
        )
    return [{**issue, "reason": reason} for issue in issues]


def _revision(
    proposal: Proposal,
    payload: dict[str, Any],
    facts: tuple[FactLike, ...],
    overrides: list[dict[str, str]],
    viewer: Viewer,
    now: datetime,
) -> Proposal:
    handler = handler_of(proposal.kind)
    revision = Proposal(
        number=proposal.number,
        revision=proposal.revision + 1,
        previous=proposal,
        kind=proposal.kind,
        subject=proposal.subject,
        slot=proposal.slot,
        case=proposal.case,
        payload=payload,
        evidence=proposal.evidence,
        conflicts=proposal.conflicts,
        missing=proposal.missing,
        origin=OriginKind.HUMAN,
        origin_detail={"from": proposal.origin, **proposal.origin_detail},
        run_id=proposal.run_id,
        author=viewer.member,
        overrides=overrides,
        policy_version=VERSION,
        created_at=now,
        state_at=now,
        decide_by=proposal.decide_by,
    )
    try:
        revision.rendered = handler.render(payload, facts)
    except Unrenderable as error:
        raise Invalid(str(error), code="draft_unrenderable") from None
    revision.material = handler.material(payload, facts, proposal.material)
    revision.facts = kept(facts, {*revision.material, *(fact["key"] for fact in proposal.facts)})
    revision.digest = proposal_digest(revision, facts, revision.rendered)
    revision.diff = handler.diff(proposal, revision)
    return revision
