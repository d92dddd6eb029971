from django.db import models
from django.db.models import Q

from controltower.tenancy.base import TenantForeignKey, TenantModel
from exceptions.parties.constraints import one_of
from exceptions.parties.models import Channel, Partner
from exceptions.shipments.models import Event


class MessageState(models.TextChoices):
    RECEIVED = "received", "Received"
    PROCESSED = "processed", "Processed"
    DUPLICATE = "duplicate", "Duplicate"
    DEAD = "dead", "Not understood"


class Message(TenantModel):
    """One inbound delivery as received, byte for byte. Immutable apart from its state."""

    partner = TenantForeignKey(Partner, on_delete=models.PROTECT, related_name="messages")
    channel = models.CharField(max_length=12, choices=Channel)
    raw = models.BinaryField()
    headers = models.JSONField(default=dict, blank=True)
    content_type = models.CharField(max_length=100, default="", blank=True)
    sha256 = models.CharField(max_length=64, db_collation="C")
    dedupe_key = models.CharField(max_length=200, db_collation="C")
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=MessageState, default=MessageState.RECEIVED)
    attempts = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=500, default="", blank=True)
    where = models.CharField(
        max_length=200, default="", blank=True, help_text="JSON pointer, header or line at which reading stopped"
    )
    events_read = models.PositiveIntegerField(default=0, help_text="Canonical events the adapter found in it")
    processed_at = models.DateTimeField(null=True, blank=True)
    sandbox = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "partner", "dedupe_key"], name="message_once_per_dedupe_key"
            ),
            models.CheckConstraint(condition=~Q(state="dead") | ~Q(reason=""), name="message_dead_has_reason"),
            one_of("channel", Channel, name="message_channel_known"),
            one_of("state", MessageState, name="message_state_known"),
        ]
        indexes = [
            models.Index(fields=["organisation", "-received_at"], name="message_newest"),
            models.Index(fields=["organisation", "-id"], condition=Q(state="dead"), name="message_dead"),
        ]

    def __str__(self) -> str:
        return f"Message {self.pk} of {self.partner}"


class MessageEvent(TenantModel):
    """An event that a message said."""

    message = TenantForeignKey(Message, on_delete=models.CASCADE, related_name="message_events")
    event = TenantForeignKey(Event, on_delete=models.PROTECT, related_name="message_events")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "message", "event"], name="message_event_unique")
        ]

    def __str__(self) -> str:
        return f"{self.event} from {self.message}"
