from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from agents.policy.kinds import OriginKind, ProposalKind
from controltower.tenancy.base import TenantForeignKey, TenantModel


class ProposalState(models.TextChoices):
    PENDING = "pending", "Waiting for a decision"
    APPROVED = "approved", "Approved"
    HELD = "held", "Approved, held"
    EXECUTING = "executing", "Being done"
    EXECUTED = "executed", "Done"
    FAILED = "failed", "Failed"
    REJECTED = "rejected", "Rejected"
    EDITED = "edited", "Edited"
    SUPERSEDED = "superseded", "Overtaken by a changed fact"
    EXPIRED = "expired", "No longer of use"
    CANCELLED = "cancelled", "Called back"


class Proposal(TenantModel):
    """What an agent, the rules or a person suggests. Inert: nothing reads `payload` before a decision stands.

    `subject` names what it is about ("case:17", "document:4"); `slot` what it would settle there, and only one proposal
    waits in a slot. An edit is a new row with the same number, the next revision, and `previous`. `facts` are the facts
    used, with digests; `material` the keys whose change overtakes the proposal. `digest` binds all of it to an approval.
    """

    number = models.CharField(max_length=16, db_collation="C")
    revision = models.PositiveSmallIntegerField(default=1)
    previous = TenantForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="next_revisions")
    kind = models.CharField(max_length=20, choices=ProposalKind)
    subject = models.CharField(max_length=60, db_collation="C")
    slot = models.CharField(max_length=80, db_collation="C")
    case = TenantForeignKey("cases.Case", on_delete=models.PROTECT, null=True, blank=True, related_name="proposals")
    state = models.CharField(max_length=10, choices=ProposalState, default=ProposalState.PENDING)

    payload = models.JSONField()
    facts = models.JSONField(default=list)
    material = models.JSONField(default=list)
    evidence = models.JSONField(default=list)
    conflicts = models.JSONField(default=list)
    missing = models.JSONField(default=list)
    changed = models.JSONField(default=list, help_text="Facts that changed since without overtaking it, in words.")
    rendered = models.JSONField(default=dict)

    origin = models.CharField(max_length=8, choices=OriginKind)
    origin_detail = models.JSONField(default=dict)
    run = TenantForeignKey("gateway.Run", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    author = TenantForeignKey("tenancy.Member", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    overrides = models.JSONField(default=list, help_text="Complaints of the checker that the author set aside.")
    diff = models.JSONField(default=list)

    policy_version = models.CharField(max_length=20)
    digest = models.CharField(max_length=64, db_collation="C")
    created_at = models.DateTimeField()
    state_at = models.DateTimeField()
    decide_by = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number", "revision"], name="proposal_revision_unique"),
            models.UniqueConstraint(
                fields=["organisation", "subject", "slot"],
                condition=Q(state="pending"),
                name="proposal_one_pending_per_slot",
            ),
            models.CheckConstraint(condition=Q(kind__in=sorted(ProposalKind.values)), name="proposal_kind_known"),
            models.CheckConstraint(condition=Q(state__in=sorted(ProposalState.values)), name="proposal_state_known"),
            models.CheckConstraint(
                condition=Q(origin="human", author__isnull=False) | (~Q(origin="human") & Q(author__isnull=True)),
                name="proposal_by_a_person_names_them",
            ),
            models.CheckConstraint(
                condition=Q(origin="model", run__isnull=False) | ~Q(origin="model"),
                name="proposal_by_a_model_names_its_run",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "case", "-id"], name="proposal_case"),
            models.Index(
                fields=["organisation", "decide_by"],
                condition=Q(state__in=["pending", "held"]),
                name="proposal_waiting",
            ),
            models.Index(fields=["organisation", "-state_at"], name="proposal_newest"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_pending(self) -> bool:
        return self.state == ProposalState.PENDING

    @property
    def is_past_use(self) -> bool:
        """Nobody decided on it, and nobody can any more."""
        return self.state in (ProposalState.SUPERSEDED, ProposalState.EXPIRED)


class Verdict(models.TextChoices):
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    CANCELLED = "cancelled", "Called back"


class RejectReason(models.TextChoices):
    WRONG_FACT = "wrong_fact", "A fact is wrong"
    WRONG_ACTION = "wrong_action", "Not the right thing to do"
    TONE = "tone", "Tone"
    TIMING = "timing", "Not now"
    DUPLICATE = "duplicate", "Already done"
    POLICY = "policy", "Against our policy"
    OTHER = "other", "Something else"


class Decision(TenantModel):
    """A named person's verdict on one revision. Never changed: the database refuses it."""

    proposal = TenantForeignKey(Proposal, on_delete=models.PROTECT, related_name="decisions")
    member = TenantForeignKey("tenancy.Member", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16)
    verdict = models.CharField(max_length=10, choices=Verdict)
    digest = models.CharField(max_length=64, db_collation="C")
    reason_code = models.CharField(max_length=16, choices=RejectReason, blank=True, default="")
    text = models.TextField(blank=True, default="")
    requirement = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "proposal"],
                condition=Q(verdict__in=["approved", "rejected"]),
                name="decision_once_per_proposal",
            ),
            models.CheckConstraint(condition=Q(verdict__in=sorted(Verdict.values)), name="decision_verdict_known"),
            models.CheckConstraint(
                condition=~Q(verdict="rejected") | ~Q(reason_code=""), name="decision_rejection_has_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(reason_code="other") | ~Q(text=""), name="decision_other_reason_has_a_text"
            ),
            models.CheckConstraint(condition=~Q(role="integration"), name="decision_by_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()} by {self.member}"


class EffectState(models.TextChoices):
    SCHEDULED = "scheduled", "Scheduled"
    HELD = "held", "Held"
    EXECUTED = "executed", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Called back"


class Effect(TenantModel):
    """What an approved proposal does, once. `verdict` is constant: it is part of the foreign key to an approving decision
    of the same proposal, so that the database refuses an effect that nobody approved."""

    proposal = TenantForeignKey(Proposal, on_delete=models.PROTECT, related_name="effects")
    decision = TenantForeignKey(Decision, on_delete=models.PROTECT, related_name="effects")
    verdict = models.CharField(max_length=10, default=Verdict.APPROVED, editable=False)
    kind = models.CharField(max_length=20, choices=ProposalKind)
    state = models.CharField(max_length=10, choices=EffectState, default=EffectState.SCHEDULED)
    notice = TenantForeignKey("notices.Notice", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    failure = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "proposal", "kind"], name="effect_once"),
            models.CheckConstraint(condition=Q(verdict="approved"), name="effect_only_of_an_approval"),
            models.CheckConstraint(condition=Q(state__in=sorted(EffectState.values)), name="effect_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.proposal}"

    @property
    def idempotency_key(self) -> str:
        return f"{self.proposal_id}:{self.kind}"

    def as_audit(self) -> dict[str, Any]:
        return {"effect": self.pk, "kind": self.kind, "proposal": self.proposal_id}
