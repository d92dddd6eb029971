from django.db import models

from controltower.tenancy.base import TenantForeignKey, TenantModel
from exceptions.parties.constraints import not_negative, one_of
from exceptions.parties.models import Account


class OrderState(models.TextChoices):
    CREATED = "created", "Created"
    RELEASED = "released", "Released"
    HELD = "held", "Held"
    SHIPPED = "shipped", "Shipped"
    CANCELLED = "cancelled", "Cancelled"


class Order(TenantModel):
    """What the customer ordered. `number` is the seller's; the customer's PO is a reference."""

    number = models.CharField(max_length=60, db_collation="C")
    customer = TenantForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="orders")
    state = models.CharField(max_length=12, choices=OrderState, default=OrderState.CREATED)
    state_at = models.DateTimeField(null=True, blank=True)
    hold_reason = models.CharField(max_length=300, default="", blank=True)
    hold_kind = models.CharField(
        max_length=16, default="", blank=True, help_text="quality, credit, sanctions, dangerous_goods, other"
    )
    need_by = models.DateTimeField(null=True, blank=True)
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, default="", blank=True)
    plan_key = models.CharField(
        max_length=110, default="", blank=True, help_text="Report time and digest of the event that set this order"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="order_number_unique"),
            one_of("state", OrderState, name="order_state_known"),
            not_negative("value", name="order_value_not_negative"),
            models.CheckConstraint(
                condition=models.Q(value=None) | ~models.Q(currency=""), name="order_value_has_currency"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "customer"], name="order_customer")]

    def __str__(self) -> str:
        return self.number


class OrderLine(TenantModel):
    """`released` is what was allocated or picked, `short` what is missing of it, as reported last; `alternates` is the
    stock that report offers instead: [{"location", "sku", "quantity", "available_at"}]. `waits_for` is the purchase
    order whose supply the line needs; its key is that of `Supply.number_key`."""

    order = TenantForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    line_number = models.PositiveIntegerField()
    sku = models.CharField(max_length=60, default="", blank=True, db_collation="C")
    description = models.CharField(max_length=200, default="", blank=True)
    unit = models.CharField(max_length=12, default="EA")
    ordered = models.DecimalField(max_digits=12, decimal_places=3)
    released = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    short = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    alternates = models.JSONField(default=list, blank=True)
    shipped = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    received = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    need_by = models.DateTimeField(null=True, blank=True)
    waits_for = models.CharField(max_length=60, default="", blank=True)
    waits_for_key = models.CharField(max_length=60, default="", blank=True, db_collation="C")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "order", "line_number"], name="order_line_unique"),
            not_negative(
                "ordered", "released", "short", "shipped", "received", "value", name="order_line_not_negative"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "waits_for_key"],
                condition=~models.Q(waits_for_key=""),
                name="order_line_waits_for",
            )
        ]

    def __str__(self) -> str:
        return f"{self.order} line {self.line_number}"
