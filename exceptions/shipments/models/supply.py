from django.db import models

from controltower.tenancy.base import TenantModel
from exceptions.parties.constraints import one_of


class SupplyState(models.TextChoices):
    ANNOUNCED = "announced", "Announced"
    DELAYED = "delayed", "Delayed"
    RECEIVED = "received", "Received"


class Supply(TenantModel):
    """What is on its way to us under a purchase order of ours, as the supplier said last.

    `number` is the purchase order's, `number_key` normalised: order lines that wait for it hold the same key in
    `OrderLine.waits_for_key`. `lines` is a list of {"sku", "expected", "ordered", "received"}, quantities as decimal
    text or null where nobody said one. `expected_at` is kept by a later report that says none.
    """

    number = models.CharField(max_length=60)
    number_key = models.CharField(max_length=60, db_collation="C")
    state = models.CharField(max_length=12, choices=SupplyState, default=SupplyState.ANNOUNCED)
    expected_at = models.DateTimeField(null=True, blank=True)
    announced_for = models.DateTimeField(null=True, blank=True, help_text="What was expected at first")
    received_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    lines = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name_plural = "supplies"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number_key"], name="supply_number_unique"),
            models.CheckConstraint(condition=~models.Q(number_key=""), name="supply_has_number"),
            one_of("state", SupplyState, name="supply_state_known"),
        ]

    def __str__(self) -> str:
        return f"PO {self.number}"
