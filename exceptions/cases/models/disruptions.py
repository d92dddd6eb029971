from django.db import models

from controltower.tenancy.base import TenantForeignKey, TenantModel
from exceptions.parties.constraints import in_order, one_of


class DisruptionState(models.TextChoices):
    PROPOSED = "proposed", "Proposed"
    CONFIRMED = "confirmed", "Confirmed"
    OVER = "over", "Over"
    DISMISSED = "dismissed", "Dismissed"


class Disruption(TenantModel):
    """One cause behind many cases: a closed port, a strike, a storm.

    `key` says what its cases share ("place:elko", "carrier:7", "load:51"), `proposed` which cases it was proposed for, by
    id: those that one was dismissed for are not proposed again under the same key. Cases belong to it once it is confirmed.
    """

    name = models.CharField(max_length=200)
    state = models.CharField(max_length=12, choices=DisruptionState, default=DisruptionState.PROPOSED)
    place = models.CharField(max_length=100, default="", blank=True)
    carrier = TenantForeignKey("parties.Account", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    vehicle = models.CharField(max_length=100, default="", blank=True)
    key = models.CharField(max_length=120, default="", blank=True, db_collation="C")
    proposed = models.JSONField(default=list, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = TenantForeignKey("tenancy.Member", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    dismissed_by = TenantForeignKey("tenancy.Member", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            one_of("state", DisruptionState, name="disruption_state_known"),
            in_order("starts_at", "ends_at", name="disruption_in_order"),
            models.CheckConstraint(
                condition=~models.Q(state="confirmed") | models.Q(confirmed_by__isnull=False),
                name="disruption_confirmed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="dismissed") | models.Q(dismissed_by__isnull=False),
                name="disruption_dismissed_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["organisation", "key"],
                condition=models.Q(state="proposed") & ~models.Q(key=""),
                name="disruption_one_proposal",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "state", "-starts_at"], name="disruption_state")]

    def __str__(self) -> str:
        return self.name
