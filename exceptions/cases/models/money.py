from django.db import models
from django.db.models import Q

from controltower.tenancy.base import TenantForeignKey, TenantModel
from exceptions.cases.models.cases import Case
from exceptions.parties.constraints import in_order, not_negative, one_of
from exceptions.parties.models import Account
from exceptions.shipments.models import Shipment, Stop


class CommitmentState(models.TextChoices):
    OPEN = "open", "Open"
    MET = "met", "Met"
    BROKEN = "broken", "Broken"
    VOID = "void", "No longer applies"


class CasePause(TenantModel):
    """A cause that may stop the contract clock, from when to when, with its evidence.

    It moves nothing until a person accepted it. `notified_at`: when the other side was told; many contracts count an
    excuse only when that was soon enough. Without an end it goes on. One that was noted or accepted wrongly is withdrawn:
    it stays on the record, with who did that and why, and stops nothing, as if it had never been.
    """

    case = TenantForeignKey(Case, on_delete=models.CASCADE, related_name="pauses")
    reason = models.CharField(max_length=40, help_text="A reason of the taxonomy")
    evidence = models.CharField(max_length=300)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    notified_at = models.DateTimeField(null=True, blank=True)
    noted_by = TenantForeignKey("tenancy.Member", on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()
    accepted_by = TenantForeignKey("tenancy.Member", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = TenantForeignKey("tenancy.Member", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_why = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "case"],
                condition=Q(ended_at=None, withdrawn_at=None),
                name="case_pause_one_at_a_time",
            ),
            in_order("started_at", "ended_at", name="case_pause_in_order"),
            models.CheckConstraint(condition=~Q(evidence=""), name="case_pause_has_evidence"),
            models.CheckConstraint(
                condition=Q(accepted_by=None, accepted_at=None)
                | Q(accepted_by__isnull=False, accepted_at__isnull=False),
                name="case_pause_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_by=None, withdrawn_at=None, withdrawn_why="")
                | (Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False) & ~Q(withdrawn_why="")),
                name="case_pause_withdrawn_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "case", "started_at"], name="case_pause_case")]

    def __str__(self) -> str:
        return f"{self.case} paused from {self.started_at:%Y-%m-%d %H:%M}Z"


class Commitment(TenantModel):
    """Something promised with a deadline, under a term. `key` keeps repricing from making it twice.

    Two clocks: `due_at` is the contract's, which accepted causes stop (`is_paused`: now); `felt_due_at` the customer's,
    which nothing stops.
    """

    case = TenantForeignKey(Case, on_delete=models.CASCADE, db_index=False, related_name="commitments")
    key = models.CharField(max_length=80, db_collation="C")
    kind = models.CharField(max_length=16, help_text="A TermKind of sla")
    term = TenantForeignKey("sla.Term", on_delete=models.PROTECT, null=True, blank=True, related_name="commitments")
    account = TenantForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    shipment = TenantForeignKey(Shipment, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    stop = TenantForeignKey(Stop, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    promise = models.CharField(max_length=300)
    due_at = models.DateTimeField()
    felt_due_at = models.DateTimeField()
    is_paused = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=CommitmentState, default=CommitmentState.OPEN)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "case", "key"], name="commitment_unique"),
            one_of("state", CommitmentState, name="commitment_state_known"),
        ]

    def __str__(self) -> str:
        return self.promise


class StakeState(models.TextChoices):
    OPEN = "open", "Open"
    LOST = "lost", "Lost"
    SAVED = "saved", "Saved"
    VOID = "void", "No longer applies"


class Stake(TenantModel):
    """Money that books as lost at an instant, and what can still be done. Amounts in minor units of `currency`.

    `options` is a list of {"action", "act_by", "cost", "p_act", "saves", "label"}; `current` is the index of the
    one that counts, null when none is left.
    """

    commitment = TenantForeignKey(Commitment, on_delete=models.CASCADE, db_index=False, related_name="stakes")
    case = TenantForeignKey(Case, on_delete=models.CASCADE, db_index=False, related_name="stakes")
    key = models.CharField(max_length=80, db_collation="C")
    label = models.CharField(max_length=300)
    books_at = models.DateTimeField()
    payable = models.BigIntegerField()
    recoverable = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    p_idle = models.FloatField()
    options = models.JSONField(default=list, blank=True)
    current = models.PositiveSmallIntegerField(null=True, blank=True)
    act_by = models.DateTimeField(null=True, blank=True)
    saves = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, choices=StakeState, default=StakeState.OPEN)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "commitment", "key"], name="stake_unique"),
            one_of("state", StakeState, name="stake_state_known"),
            not_negative("payable", "recoverable", "saves", name="stake_money_not_negative"),
            models.CheckConstraint(condition=Q(p_idle__gte=0, p_idle__lte=1), name="stake_p_idle_is_likelihood"),
        ]
        indexes = [models.Index(fields=["organisation", "case", "state"], name="stake_case_state")]

    def __str__(self) -> str:
        return self.label
