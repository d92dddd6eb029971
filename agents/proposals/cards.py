"""A proposal as the approver reads it: effect first, then why, what speaks against it, and what it stands on.

Plain values for templates, made from the stored payload and the facts of now; nothing here was written by a model but
the words of a notice, and those stand beside their facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from agents.policy.kinds import OriginKind, ProposalKind
from agents.policy.requirement import Approver, Requirement, objections
from agents.proposals.models import Decision, Effect, Proposal, ProposalState
from agents.proposals.services.common import amount_of, matter_of, requirement_of, standing_of
from agents.proposals.services.creating import origin_in_words
from agents.proposals.snapshots import Stored
from agents.proposals.transitions import said
from agents.proposals.wording import amount_in_words, changes_in_words, fact_label, fact_shown
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer
from exceptions.cases.models import Case
from exceptions.cases.services.recording import major
from exceptions.cases.taxonomy import type_label

_STYLES = {OriginKind.MODEL: "ai", OriginKind.RULES: "rule", OriginKind.HUMAN: "human"}


@dataclass(frozen=True)
class FactRow:
    label: str
    shown: str
    source: str


@dataclass(frozen=True)
class EvidenceRow:
    """What a source said, and when."""

    text: str
    source: str
    at: datetime | None


@dataclass(frozen=True)
class SentenceRow:
    """One sentence of a notice with the facts it stands on."""

    text: str
    role: str
    facts: tuple[FactRow, ...]


@dataclass(frozen=True)
class ValueRow:
    """One value that would be set, the place it comes from beside it."""

    label: str
    value: str
    place: str = ""
    now: str = ""


@dataclass(frozen=True)
class Summary:
    """One line of the list."""

    number: str
    revision: int
    kind_label: str
    case_number: str
    case_label: str
    customer: str
    effect: str
    origin: str
    origin_style: str
    conflicts: int
    decide_by: datetime | None
    state_label: str
    state_at: datetime
    at_stake: str


@dataclass(frozen=True)
class Card:
    """Everything of one proposal; `refusals` say why this viewer may not approve, `stale` what changed since."""

    summary: Summary
    proposal: Proposal
    case: Case | None
    reversible: str
    why: str
    idle: str
    conflicts: Sequence[dict[str, str]]
    sentences: Sequence[SentenceRow]
    values: Sequence[ValueRow]
    subject: str
    evidence: Sequence[EvidenceRow]
    facts: Sequence[FactRow]
    context: Sequence[FactRow]
    missing: Sequence[str]
    stale: Sequence[str]
    refusals: Sequence[str]
    policy: str
    can_decide: bool
    can_work: bool
    can_cancel: bool
    decisions: Sequence[Decision] = field(default_factory=list)
    effects: Sequence[Effect] = field(default_factory=list)


def summary_of(proposal: Proposal) -> Summary:
    """The line of a proposal; asks the database nothing."""
    case = proposal.case
    return Summary(
        number=proposal.number,
        revision=proposal.revision,
        kind_label=proposal.get_kind_display(),
        case_number=case.number if case else "",
        case_label=type_label(case.type) if case else "",
        customer=case.account.name if case and case.account else "",
        effect=effect_in_words(proposal),
        origin=origin_in_words(proposal),
        origin_style=_STYLES[OriginKind(proposal.origin)],
        conflicts=len(proposal.conflicts),
        decide_by=proposal.decide_by,
        state_label=proposal.get_state_display(),
        state_at=proposal.state_at,
        at_stake=amount_in_words(amount_of(case), case.currency) if case and case.at_risk else "",
    )


def effect_in_words(proposal: Proposal) -> str:
    """Who receives what, or what becomes what, in one sentence made of stored values."""
    about = proposal.case.number if proposal.case else ""
    match proposal.kind:
        case ProposalKind.SEND_NOTICE:
            to = proposal.rendered["to"]
            return f"An e-mail about {about} goes to {to['name']} at {to['account']} ({to['address']})."
        case ProposalKind.SET_CLASSIFICATION:
            rows = dict(proposal.rendered["rows"])
            return (
                f"{about} becomes “{rows['What is wrong']}”, because of “{rows['Reason']}”; "
                f"{rows['Responsible party'].lower()} answers for it, {rows['Excused by contract'].lower()}."
            )
    rows = proposal.rendered["rows"]
    return f"{len(rows)} values of {proposal.rendered['document']} become part of the record."


def card_of(proposal: Proposal, viewer: Viewer, *, now: datetime) -> Card:
    """The whole card for one viewer."""
    standing = standing_of(proposal, now) if proposal.is_pending else None
    stale = [] if standing is None else [*changes_in_words(standing.material), *standing.objections]
    if standing is not None and standing.outdated:
        stale.append(standing.outdated)
    if standing is not None and not stale and standing.digest != proposal.digest:
        stale.append("The wording or the policy behind it changed.")
    requirement = requirement_of(proposal, now=now)
    rows = {fact["key"]: _fact_row(fact) for fact in proposal.facts}
    return Card(
        summary=summary_of(proposal),
        proposal=proposal,
        case=proposal.case,
        reversible=_reversible(proposal, viewer),
        why=requirement.trace[-1].why,
        idle=_idle(proposal),
        conflicts=proposal.conflicts,
        sentences=_sentences(proposal, rows),
        values=_values(proposal),
        subject=str(proposal.rendered.get("subject", "")),
        evidence=[_evidence_row(item) for item in proposal.evidence],
        facts=[row for key, row in rows.items() if key in proposal.material and _worth_listing(key)],
        context=[row for key, row in rows.items() if key not in proposal.material],
        missing=proposal.missing,
        stale=stale,
        refusals=_refusals(proposal, requirement, viewer, now),
        policy=f"Policy {requirement.version}, rule “{requirement.rule.replace('_', ' ')}”",
        can_decide=proposal.is_pending and viewer.can(Verb.DECIDE),
        can_work=proposal.is_pending and viewer.can(Verb.WORK),
        can_cancel=proposal.state in (ProposalState.APPROVED, ProposalState.HELD) and viewer.can(Verb.WORK),
        decisions=list(proposal.decisions.select_related("member__user").order_by("pk")),
        effects=list(proposal.effects.select_related("notice")),
    )


def state_in_words(proposal: Proposal) -> str:
    """ "AP-101 has been approved already and is held." """
    return f"{proposal.number} {said(proposal.state)}."


def _refusals(proposal: Proposal, requirement: Requirement, viewer: Viewer, now: datetime) -> list[str]:
    approver = Approver(viewer.member.pk, viewer.actor.is_person, viewer.can(Verb.DECIDE), viewer.authority_limit)
    return [objection.sentence for objection in objections(requirement, matter_of(proposal, now=now), approver)]


def _reversible(proposal: Proposal, viewer: Viewer) -> str:
    if proposal.kind == ProposalKind.SEND_NOTICE:
        seconds = viewer.organisation.hold_seconds
        if not seconds:
            return "It is sent at once and cannot be called back."
        return f"It is held for {seconds} seconds after the approval and can be called back until then, not after."
    if proposal.kind == ProposalKind.SET_CLASSIFICATION:
        return "At once; it can be set anew at any time."
    return "At once; each value can still be corrected in the document's review."


def _idle(proposal: Proposal) -> str:
    case = proposal.case
    if proposal.kind == ProposalKind.SEND_NOTICE:
        told = "Without a decision nothing is sent: nobody outside hears of this from us."
    elif proposal.kind == ProposalKind.SET_CLASSIFICATION:
        told = "Without a decision the cause stays unaccepted, and no excuse and no claim can rest on it."
    else:
        told = "Without a decision the values stay a suggestion, and nothing is compared with them."
    if case is not None and case.avoidable and case.act_by is not None:
        saves = amount_in_words(major(case.avoidable), case.currency)
        told += f" {saves} of the case can still be saved."
    elif case is not None and case.at_risk:
        told += (
            f" {amount_in_words(amount_of(case), case.currency)} are at risk on the case and cannot be saved any more."
        )
    return told


def _worth_listing(key: str) -> bool:
    """What stands now and the fields of a document are in the table of values already."""
    return not key.startswith(("current_", "field:"))


def _evidence_row(item: dict[str, str]) -> EvidenceRow:
    return EvidenceRow(item["text"], item["source"], datetime.fromisoformat(item["at"]) if item["at"] else None)


def _fact_row(fact: Stored) -> FactRow:
    return FactRow(fact_label(fact["key"]), fact_shown(fact), fact["source"])


def _sentences(proposal: Proposal, rows: dict[str, FactRow]) -> list[SentenceRow]:
    found = []
    for span in proposal.rendered.get("spans", []):
        used = (
            FactRow(fact_label(one["key"]), one["shown"], rows[one["key"]].source if one["key"] in rows else "")
            for one in span["facts"]
        )
        found.append(SentenceRow(span["text"], span["role"].replace("_", " "), tuple(used)))
    return found


def _values(proposal: Proposal) -> list[ValueRow]:
    now = {fact["key"].removeprefix("current_"): fact_shown(fact) for fact in proposal.facts}
    found = []
    for row in proposal.rendered.get("rows", []):
        label, value, place = (*row, "")[:3] if len(row) < 3 else row[:3]
        found.append(ValueRow(label, value, place, now.get(_NAMES.get(label, ""), "")))
    return found


_NAMES: dict[str, Any] = {
    "What is wrong": "type",
    "Reason": "reason",
    "Responsible party": "responsible_party",
    "Excused by contract": "excusable",
    "Severity": "severity",
}
