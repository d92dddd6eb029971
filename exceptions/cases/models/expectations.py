from django.db import models
from django.db.models import Q

from controltower.tenancy.base import TenantForeignKey, TenantModel
from exceptions.parties.constraints import exactly_one, one_of
from exceptions.shipments.models import Event, Leg, Load, Order, Shipment, Stop


class ExpectationKind(models.TextChoices):
    MILESTONE = "milestone", "A milestone must come"
    SIGNAL = "signal", "Any signal must come"


class Expectation(TenantModel):
    """Something that must happen by `due_at`. An arriving milestone clears it; the sweeper takes those that ran out.

    `key` says what is expected ("stop:51:shipment:7:arrival", "shipment:7:signal"); one open row for each. The shipment,
    load or order is what is judged again when it ran out.
    """

    shipment = TenantForeignKey(Shipment, on_delete=models.CASCADE, null=True, blank=True, related_name="expectations")
    load = TenantForeignKey(Load, on_delete=models.CASCADE, null=True, blank=True, related_name="expectations")
    order = TenantForeignKey(Order, on_delete=models.CASCADE, null=True, blank=True, related_name="expectations")
    stop = TenantForeignKey(Stop, on_delete=models.CASCADE, null=True, blank=True, related_name="expectations")
    leg = TenantForeignKey(Leg, on_delete=models.CASCADE, null=True, blank=True, related_name="expectations")
    kind = models.CharField(max_length=10, choices=ExpectationKind)
    code = models.CharField(
        max_length=20, default="", blank=True, help_text="The milestone, document or answer expected"
    )
    key = models.CharField(max_length=60, db_collation="C")
    due_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True, blank=True)
    cleared_by = TenantForeignKey(Event, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    expired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "key"],
                condition=Q(cleared_at=None, expired_at=None),
                name="expectation_one_open",
            ),
            models.CheckConstraint(
                condition=Q(cleared_at=None) | Q(expired_at=None), name="expectation_cleared_or_expired"
            ),
            exactly_one("shipment", "load", "order", name="expectation_of_something"),
            one_of("kind", ExpectationKind, name="expectation_kind_known"),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "organisation"],
                condition=Q(cleared_at=None, expired_at=None),
                name="expectation_due",
            ),
            models.Index(
                fields=["organisation", "shipment"], condition=Q(cleared_at=None), name="expectation_shipment"
            ),
            models.Index(
                fields=["organisation", "load"],
                condition=Q(cleared_at=None, load__isnull=False),
                name="expectation_load",
            ),
            models.Index(
                fields=["organisation", "order"],
                condition=Q(cleared_at=None, order__isnull=False),
                name="expectation_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} by {self.due_at:%Y-%m-%d %H:%M}Z"
