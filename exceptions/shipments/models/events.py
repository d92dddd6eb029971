from django.db import models

from controltower.tenancy.base import TenantForeignKey, TenantModel
from exceptions.parties.constraints import exactly_one, one_of
from exceptions.parties.models import Partner
from exceptions.shipments.canonical import EventType
from exceptions.shipments.models.freight import Shipment
from exceptions.shipments.models.movement import Equipment, Load
from exceptions.shipments.models.orders import Order


class Event(TenantModel):
    """What a message said, in canonical form. Immutable: a trigger refuses UPDATE.

    `message_id` is the intake message's id; a plain number, as intake stands above. `key_refs` of an event are its
    `EventReference` rows, by which a shipment that becomes known later finds what was said before.
    """

    type = models.CharField(max_length=40, choices=EventType)
    occurred_at = models.DateTimeField()
    reported_at = models.DateTimeField(help_text="Report time as the sender gave it, else when it happened")
    recorded_at = models.DateTimeField()
    digest = models.CharField(max_length=64, db_collation="C")
    partner = TenantForeignKey(Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    adapter = models.CharField(max_length=40, default="", blank=True)
    source_rank = models.PositiveSmallIntegerField()
    source_code = models.CharField(max_length=60, default="", blank=True)
    source_text = models.CharField(max_length=500, default="", blank=True)
    sender_event_id = models.CharField(max_length=200, default="", blank=True)
    place = models.JSONField(null=True, blank=True)
    data = models.JSONField(default=dict, blank=True)
    message_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "digest"], name="event_digest_unique"),
            one_of("type", EventType, name="event_type_known"),
        ]
        indexes = [models.Index(fields=["organisation", "message_id"], name="event_message")]

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.occurred_at:%Y-%m-%d %H:%M}Z"


class EventReference(TenantModel):
    """An identifier an event carried, in normalised form."""

    event = TenantForeignKey(Event, on_delete=models.CASCADE, related_name="event_references")
    type = models.CharField(max_length=12)
    value = models.CharField(max_length=60)
    value_key = models.CharField(max_length=60, db_collation="C")
    issuer_key = models.CharField(max_length=40, default="", blank=True, db_collation="C")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "event", "type", "value_key", "issuer_key"], name="event_reference_unique"
            )
        ]
        indexes = [models.Index(fields=["organisation", "type", "value_key"], name="event_reference_value")]

    def __str__(self) -> str:
        return f"{self.type} {self.value}"


class EventSubject(TenantModel):
    """What an event speaks of. One that names a load speaks of every shipment on it, also of those added later."""

    event = TenantForeignKey(Event, on_delete=models.CASCADE, related_name="subjects")
    shipment = TenantForeignKey(
        Shipment, on_delete=models.CASCADE, null=True, blank=True, related_name="event_subjects"
    )
    load = TenantForeignKey(Load, on_delete=models.CASCADE, null=True, blank=True, related_name="event_subjects")
    order = TenantForeignKey(Order, on_delete=models.CASCADE, null=True, blank=True, related_name="event_subjects")
    equipment = TenantForeignKey(
        Equipment, on_delete=models.CASCADE, null=True, blank=True, related_name="event_subjects"
    )

    class Meta:
        constraints = [
            exactly_one("shipment", "load", "order", "equipment", name="event_subject_exactly_one"),
            models.UniqueConstraint(
                fields=["organisation", "event", "shipment", "load", "order", "equipment"],
                nulls_distinct=False,
                name="event_subject_unique",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "shipment"], name="event_subject_shipment"),
            models.Index(fields=["organisation", "load"], name="event_subject_load"),
        ]

    def __str__(self) -> str:
        return f"{self.event} of {self.shipment or self.load or self.order or self.equipment}"
