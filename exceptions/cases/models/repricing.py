from django.db import models

from controltower.tenancy.base import TenantForeignKey, TenantModel
from exceptions.parties.constraints import one_of
from exceptions.parties.models import Account


class RepricingState(models.TextChoices):
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Cancelled"
    OVERTAKEN = "overtaken", "Begun anew by a later change"


class Repricing(TenantModel):
    """All open cases priced anew, in batches by id; `account` limits it to those of a customer and below.

    `ranked_to` is the last case whose rank alone was written, which after a new half-life comes first. `failed` counts
    cases that could not be priced; the sweep tries those again.
    """

    reason = models.CharField(max_length=200)
    account = TenantForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    started_by = TenantForeignKey("tenancy.Member", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=RepricingState, default=RepricingState.RUNNING)
    ranks_first = models.BooleanField(default=False)
    ranked_to = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            one_of("state", RepricingState, name="repricing_state_known"),
            models.CheckConstraint(
                condition=models.Q(state="running", finished_at=None)
                | (~models.Q(state="running") & models.Q(finished_at__isnull=False)),
                name="repricing_finished_or_running",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-id"], name="repricing_newest")]

    def __str__(self) -> str:
        return f"{self.reason}: {self.done} of {self.total}"


class RepricingPart(TenantModel):
    """A range of the cases, above `after` and up to `last` (None: to the end), that one worker at a time goes through.

    Each batch moves `after` in its own transaction, so that whoever goes on after a crash begins where that one ended.
    """

    repricing = TenantForeignKey(Repricing, on_delete=models.CASCADE, related_name="parts")
    after = models.BigIntegerField()
    last = models.BigIntegerField(null=True, blank=True)
    is_done = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["organisation", "repricing"], name="repricing_part_of")]

    def __str__(self) -> str:
        return f"{self.repricing}, after case {self.after}"
