from django.db import models

from controltower.tenancy.base import TenantForeignKey, TenantModel
from exceptions.parties.constraints import exactly_one, not_negative, one_of
from exceptions.parties.models import Account
from exceptions.shipments.models.events import Event
from exceptions.shipments.models.freight import Shipment
from exceptions.shipments.models.movement import Equipment, Load


class ChargeKind(models.TextChoices):
    FREIGHT = "freight", "Freight"
    ACCESSORIAL = "accessorial", "Accessorial"
    FREE_TIME = "free_time", "Demurrage, detention, per diem"
    DUTY = "duty", "Duty"


class ChargeState(models.TextChoices):
    EXPECTED = "expected", "Expected"
    INVOICED = "invoiced", "Invoiced"
    APPROVED = "approved", "Approved"
    DISPUTED = "disputed", "Disputed"
    RELEASED = "released", "Released"


class Charge(TenantModel):
    """What somebody asks or will ask to be paid for moving freight, and until when it can be disputed.

    One row per line of an invoice (`line` from 1 in its order; 0 for one without lines), of the report that counts of
    that payee, number and subject. The same payee and number on more subjects than one, or issued twice with other
    amounts, is for detection to see. `code` is the sender's charge code. A line may be a credit: its amount is negative.
    """

    shipment = TenantForeignKey(Shipment, on_delete=models.CASCADE, null=True, blank=True, related_name="charges")
    load = TenantForeignKey(Load, on_delete=models.CASCADE, null=True, blank=True, related_name="charges")
    equipment = TenantForeignKey(Equipment, on_delete=models.CASCADE, null=True, blank=True, related_name="charges")
    kind = models.CharField(max_length=12, choices=ChargeKind)
    state = models.CharField(max_length=12, choices=ChargeState, default=ChargeState.EXPECTED)
    payee = TenantForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="charges")
    line = models.PositiveSmallIntegerField(default=0)
    code = models.CharField(max_length=40, default="", blank=True)
    description = models.CharField(max_length=200, default="", blank=True)
    invoice_number = models.CharField(max_length=60, default="", blank=True, db_collation="C")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    agreed_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3)
    invoiced_at = models.DateTimeField(null=True, blank=True)
    dispute_until = models.DateTimeField(null=True, blank=True)
    event = TenantForeignKey(Event, on_delete=models.PROTECT, null=True, blank=True, related_name="charges")
    approved_by = TenantForeignKey("tenancy.Member", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            exactly_one("shipment", "load", "equipment", name="charge_exactly_one_subject"),
            not_negative("agreed_amount", name="charge_not_negative"),
            models.UniqueConstraint(
                fields=["organisation", "shipment", "load", "equipment", "payee", "invoice_number", "line"],
                condition=~models.Q(invoice_number=""),
                nulls_distinct=False,
                name="charge_once_per_line",
            ),
            one_of("kind", ChargeKind, name="charge_kind_known"),
            one_of("state", ChargeState, name="charge_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state="approved") | models.Q(approved_by__isnull=False),
                name="charge_approved_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "invoice_number"], name="charge_invoice")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount} {self.currency}"
