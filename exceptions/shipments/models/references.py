from string import ascii_uppercase

from django.db import models
from django.db.models import F, Func, Q, Value

from controltower.tenancy.base import TenantForeignKey, TenantModel
from exceptions.parties.constraints import exactly_one, one_of
from exceptions.parties.models import Account
from exceptions.shipments.canonical import RefType
from exceptions.shipments.models.freight import Shipment
from exceptions.shipments.models.movement import Equipment, Load
from exceptions.shipments.models.orders import Order


class Reference(TenantModel):
    """An identifier of a shipment, load, order or piece of equipment.

    `value` is as the sender wrote it, `value_key` normalised, and all search goes by the key. `number_key` is the key
    without the letters in front of it: on the telephone QSXP-40851 is "40851". `exclusive` ones name one thing only (a
    PRO of one issuer); a PO or a container number may stand on many.
    """

    type = models.CharField(max_length=12, choices=RefType)
    value = models.CharField(max_length=60)
    value_key = models.CharField(max_length=60, db_collation="C")
    number_key = models.GeneratedField(
        expression=Func(F("value_key"), Value(ascii_uppercase), function="ltrim"),
        output_field=models.CharField(max_length=60, db_collation="C"),
        db_persist=True,
    )
    issuer = TenantForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    issuer_key = models.CharField(max_length=40, default="", blank=True, db_collation="C")
    exclusive = models.BooleanField()
    shipment = TenantForeignKey(Shipment, on_delete=models.CASCADE, null=True, blank=True, related_name="references")
    load = TenantForeignKey(Load, on_delete=models.CASCADE, null=True, blank=True, related_name="references")
    order = TenantForeignKey(Order, on_delete=models.CASCADE, null=True, blank=True, related_name="references")
    equipment = TenantForeignKey(Equipment, on_delete=models.CASCADE, null=True, blank=True, related_name="references")

    class Meta:
        constraints = [
            exactly_one("shipment", "load", "order", "equipment", name="reference_exactly_one"),
            models.UniqueConstraint(
                fields=["organisation", "type", "value_key", "issuer_key"],
                condition=Q(exclusive=True),
                name="reference_exclusive_unique",
            ),
            models.UniqueConstraint(
                fields=[
                    "organisation",
                    "type",
                    "value_key",
                    "issuer_key",
                    "shipment",
                    "load",
                    "order",
                    "equipment",
                ],
                nulls_distinct=False,
                name="reference_once_per_thing",
            ),
            models.CheckConstraint(condition=~Q(value_key=""), name="reference_has_value"),
            one_of("type", RefType, name="reference_type_known"),
        ]
        indexes = [
            models.Index(fields=["organisation", "value_key"], name="reference_search"),
            models.Index(fields=["organisation", "number_key"], name="reference_search_number"),
            models.Index(fields=["organisation", "shipment"], name="reference_shipment"),
        ]

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.value}"

    @staticmethod
    def searched_column(key: str) -> str:
        """The column in which the beginning of a normalised text is looked for. People leave out the letters in front; one
        range of one index finds a number with and without them."""
        return "number_key" if "0" <= key[:1] <= "9" else "value_key"
