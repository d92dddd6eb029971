from django.db import models

from controltower.tenancy.base import TenantForeignKey, TenantModel
from exceptions.parties.constraints import exactly_one, one_of
from exceptions.parties.models import Partner
from exceptions.shipments.canonical import EventType
from exceptions.shipments.models.freight import Shipment
from exceptions.shipments.models.movement import Equipment, Load
from exceptions.shipments.models.orders import Order
from exceptions.shipments.models.supply import Supply


class Event(TenantModel):
    """What a message said, in canonical form. Immutable: a trigger refuses UPDATE of all but `retracted_by`.

    `retracts` is the sender's id of the event that this one takes back (`event.retracted`). The event of the same
    partner with that `sender_event_id` then has `retracted_by`, whichever of the two came first, and counts no more.
    Where the sender said the same again under other ids (`EventAlias`), it counts until all of them are taken back.
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
    retracts = models.CharField(max_length=200, default="", blank=True)
    retracted_by = TenantForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "digest"], name="event_digest_unique"),
            one_of("type", EventType, name="event_type_known"),
        ]
        indexes = [
            models.Index(fields=["organisation", "message_id"], name="event_message"),
            models.Index(
                fields=["organisation", "partner", "sender_event_id"],
                condition=~models.Q(sender_event_id=""),
                name="event_sender_event",
            ),
            models.Index(
                fields=["organisation", "partner", "retracts"],
                condition=~models.Q(retracts=""),
                name="event_retracts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.occurred_at:%Y-%m-%d %H:%M}Z"


class EventAlias(TenantModel):
    """Another id under which the sender said the same again; empty for none, and then it cannot be taken back."""

    event = TenantForeignKey(Event, on_delete=models.CASCADE, related_name="aliases")
    sender_event_id = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "event", "sender_event_id"], name="event_alias_unique")
        ]
        indexes = [models.Index(fields=["organisation", "sender_event_id"], name="event_alias_sender_event")]
        verbose_name_plural = "event aliases"

    def __str__(self) -> str:
        return f"{self.sender_event_id or 'no id'} of {self.event}"


class EventReference(TenantModel):
    """An identifier an event carried, in normalised form.

    `waiting` while the event speaks of no shipment that is known: then it is read again when the identifier becomes
    known. Events that name only a load or an order go on waiting, as they may turn out to name one shipment.
    """

    event = TenantForeignKey(Event, on_delete=models.CASCADE, related_name="event_references")
    type = models.CharField(max_length=12)
    value = models.CharField(max_length=60)
    value_key = models.CharField(max_length=60, db_collation="C")
    issuer_key = models.CharField(max_length=40, default="", blank=True, db_collation="C")
    waiting = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "event", "type", "value_key", "issuer_key"], name="event_reference_unique"
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "type", "value_key"], name="event_reference_value"),
            models.Index(
                fields=["organisation", "type", "value_key"],
                condition=models.Q(waiting=True),
                name="event_reference_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.value}"


class EventSubject(TenantModel):
    """What an event speaks of. One that names a load speaks of every shipment on it, also of those added later.

    `shapes` is false for reports of where something is: there are hundreds of them, and only the last one counts.
    """

    event = TenantForeignKey(Event, on_delete=models.CASCADE, related_name="subjects")
    shipment = TenantForeignKey(
        Shipment, on_delete=models.CASCADE, null=True, blank=True, related_name="event_subjects"
    )
    load = TenantForeignKey(Load, on_delete=models.CASCADE, null=True, blank=True, related_name="event_subjects")
    order = TenantForeignKey(Order, on_delete=models.CASCADE, null=True, blank=True, related_name="event_subjects")
    equipment = TenantForeignKey(
        Equipment, on_delete=models.CASCADE, null=True, blank=True, related_name="event_subjects"
    )
    supply = TenantForeignKey(Supply, on_delete=models.CASCADE, null=True, blank=True, related_name="event_subjects")
    shapes = models.BooleanField(default=True)

    class Meta:
        constraints = [
            exactly_one("shipment", "load", "order", "equipment", "supply", name="event_subject_exactly_one"),
            models.UniqueConstraint(
                fields=["organisation", "event", "shipment", "load", "order", "equipment", "supply"],
                nulls_distinct=False,
                name="event_subject_unique",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "shipment", "shapes"], name="event_subject_shipment"),
            models.Index(fields=["organisation", "load", "shapes"], name="event_subject_load"),
            models.Index(fields=["organisation", "order"], condition=~models.Q(order=None), name="event_subject_order"),
            models.Index(
                fields=["organisation", "supply"], condition=~models.Q(supply=None), name="event_subject_supply"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} of {self.shipment or self.load or self.order or self.equipment or self.supply}"
