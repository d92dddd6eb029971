from django.db import models
from django.db.models import Q

from controltower.tenancy.base import TenantForeignKey, TenantModel
from exceptions.parties.constraints import in_order, not_negative, one_of
from exceptions.parties.models import Account
from exceptions.shipments.models.orders import OrderLine


class Mode(models.TextChoices):
    ROAD = "road", "Road"
    LTL = "ltl", "LTL"
    PARCEL = "parcel", "Parcel"
    RAIL = "rail", "Rail"
    OCEAN = "ocean", "Ocean"
    AIR = "air", "Air"
    INTERMODAL = "intermodal", "Intermodal"


class ShipmentStatus(models.TextChoices):
    BOOKED = "booked", "Booked"
    ANNOUNCED = "announced", "Announced"
    IN_TRANSIT = "in_transit", "In transit"
    OUT_FOR_DELIVERY = "out_for_delivery", "Out for delivery"
    DELIVERED = "delivered", "Delivered"
    RETURNED = "returned", "Returned"
    CANCELLED = "cancelled", "Cancelled"


class TemperatureUnit(models.TextChoices):
    CELSIUS = "C", "°C"
    FAHRENHEIT = "F", "°F"


class Shipment(TenantModel):
    """What a customer asked to move. `number` is ours, short and stable: SH-10001.

    `lane` is "US-TX>US-IL": country and region of the first and the last stop. `plan_key` names the event whose plan
    is in force (report time and digest), so that an older booking that arrives late changes nothing. `documents` is what
    the plan requires: [{"kind": "certificate", "due_at": "2026-03-01T05:00:00Z"}], kinds as in `document.received`.
    """

    number = models.CharField(max_length=20, db_collation="C")
    customer = TenantForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="shipments")
    service = models.CharField(max_length=60, default="", blank=True)
    mode = models.CharField(max_length=12, choices=Mode, default=Mode.ROAD)
    incoterm = models.CharField(max_length=3, default="", blank=True)
    freight_terms = models.CharField(max_length=20, default="", blank=True, help_text="prepaid, collect, third party")
    goods = models.CharField(max_length=200, default="", blank=True)
    goods_class = models.CharField(max_length=40, default="", blank=True, help_text="What terms of contracts match")
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, default="", blank=True)
    temperature_min = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    temperature_max = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    temperature_unit = models.CharField(max_length=1, choices=TemperatureUnit, default="", blank=True)
    hazmat = models.JSONField(null=True, blank=True, help_text="UN number, class, packing group")
    documents = models.JSONField(default=list, blank=True)
    status = models.CharField(max_length=20, choices=ShipmentStatus, default=ShipmentStatus.BOOKED)
    status_at = models.DateTimeField(null=True, blank=True)
    lane = models.CharField(max_length=40, default="", blank=True, db_collation="C")
    created_from = models.CharField(max_length=20, default="booking", help_text="booking, tracking signal, by hand")
    created_at = models.DateTimeField()
    plan_key = models.CharField(max_length=110, default="", blank=True)
    continued_as = TenantForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="shells",
        help_text="Turned out to be that one; this row stays for the cases that speak of it",
    )
    last_event = TenantForeignKey("shipments.Event", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="shipment_number_unique"),
            one_of("mode", Mode, name="shipment_mode_known"),
            one_of("status", ShipmentStatus, name="shipment_status_known"),
            not_negative("value", name="shipment_value_not_negative"),
            models.CheckConstraint(condition=Q(value=None) | ~Q(currency=""), name="shipment_value_has_currency"),
            in_order("temperature_min", "temperature_max", name="shipment_temperature_band"),
            models.CheckConstraint(
                condition=Q(temperature_min=None, temperature_max=None) | ~Q(temperature_unit=""),
                name="shipment_temperature_has_unit",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-id"], name="shipment_newest"),
            models.Index(fields=["organisation", "customer", "-id"], name="shipment_customer_newest"),
            models.Index(fields=["organisation", "status", "-id"], name="shipment_status_newest"),
        ]

    def __str__(self) -> str:
        return self.number


class ShipmentOrderLine(TenantModel):
    """How much of an order line rides on a shipment."""

    shipment = TenantForeignKey(Shipment, on_delete=models.CASCADE, related_name="shipment_order_lines")
    order_line = TenantForeignKey(OrderLine, on_delete=models.PROTECT, related_name="shipment_order_lines")
    quantity = models.DecimalField(max_digits=12, decimal_places=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "shipment", "order_line"], name="shipment_order_line_unique"
            ),
            not_negative("quantity", name="shipment_order_line_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.order_line} on {self.shipment}"


class PartyRoleKind(models.TextChoices):
    BILL_TO = "bill_to", "Bill-to"
    SHIPPER = "shipper", "Shipper"
    CONSIGNEE = "consignee", "Consignee"
    NOTIFY = "notify", "Notify party"
    BROKER = "broker", "Broker"
    CONTRACTED_CARRIER = "contracted_carrier", "Contracted carrier"
    ACTUAL_CARRIER = "actual_carrier", "Actual carrier"
    IMPORTER = "importer", "Importer of record"


class PartyRole(TenantModel):
    """Which account is what on a shipment."""

    shipment = TenantForeignKey(Shipment, on_delete=models.CASCADE, related_name="party_roles")
    account = TenantForeignKey(Account, on_delete=models.PROTECT, related_name="party_roles")
    role = models.CharField(max_length=20, choices=PartyRoleKind)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "shipment", "role", "account"], name="party_role_unique"),
            one_of("role", PartyRoleKind, name="party_role_known"),
        ]
        indexes = [models.Index(fields=["organisation", "account", "role"], name="party_role_account")]

    def __str__(self) -> str:
        return f"{self.account} as {self.get_role_display()} of {self.shipment}"


class HandlingUnit(TenantModel):
    """Pallets, cartons, pieces: counts and weights (kg) as ordered, as shipped, as received."""

    shipment = TenantForeignKey(Shipment, on_delete=models.CASCADE, related_name="handling_units")
    order_line = TenantForeignKey(OrderLine, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sequence = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=20, default="pallet")
    label = models.CharField(max_length=60, default="", blank=True, db_collation="C", help_text="SSCC or mark")
    description = models.CharField(max_length=200, default="", blank=True)
    count_ordered = models.PositiveIntegerField(null=True, blank=True)
    count_shipped = models.PositiveIntegerField(null=True, blank=True)
    count_received = models.PositiveIntegerField(null=True, blank=True)
    weight_ordered = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    weight_shipped = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    weight_received = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "shipment", "sequence"], name="handling_unit_sequence_unique"
            ),
            not_negative(
                "weight_ordered", "weight_shipped", "weight_received", name="handling_unit_weight_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.label or f"{self.kind} {self.sequence} of {self.shipment}"
