from django.db import models
from django.db.models import Q

from controltower.tenancy.base import TenantForeignKey, TenantModel
from controltower.tenancy.context import current_organisation_id
from exceptions.parties.constraints import one_of
from exceptions.parties.models import Channel, Partner
from exceptions.shipments.models import Event


class MessageState(models.TextChoices):
    RECEIVED = "received", "Received"
    PROCESSED = "processed", "Processed"
    DUPLICATE = "duplicate", "Duplicate"
    SPLIT = "split", "Taken apart"
    DEAD = "dead", "Not understood"


class Message(TenantModel):
    """One inbound delivery as received, byte for byte, or one item of it. Immutable apart from what became of it.

    A delivery of several items is taken apart: it stays whole, in the state `split`, and each item is a message of its
    own that names it as `parent`, with its own key, state and reason. An item that was sent before has no row.
    """

    # One row each for thousands of deliveries a second: the composite reference to the partner, which has one to its
    # organisation, says all that a reference to the organisation would, and other indexes begin with partner and parent.
    organisation = models.ForeignKey(
        "tenancy.Organisation",
        on_delete=models.PROTECT,
        related_name="+",
        default=current_organisation_id,
        db_index=False,
        db_constraint=False,
        editable=False,
    )
    partner = TenantForeignKey(Partner, on_delete=models.PROTECT, related_name="messages", db_index=False)
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
    parent = TenantForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts", db_index=False
    )
    position = models.PositiveIntegerField(null=True, blank=True, help_text="Of an item in its delivery, from 1")
    within = models.CharField(
        max_length=200, default="", blank=True, help_text="Of an item in its delivery: line, segment, JSON pointer"
    )
    items = models.PositiveIntegerField(
        default=0, help_text="Items of a delivery that was taken apart, repeats included"
    )
    acknowledgement = models.BinaryField(null=True, blank=True, help_text="What the format answers, such as an X12 997")

    class Meta:
        constraints = [
            # The digest is part of it: other content under the id of a dead letter is its correction and must get in.
            # What comes under the id of a message that was understood is a repeat, which the reading settles.
            models.UniqueConstraint(
                fields=["organisation", "partner", "dedupe_key", "sha256"], name="message_once_per_key_and_content"
            ),
            models.CheckConstraint(
                condition=Q(parent=None, position=None) | Q(parent__isnull=False, position__gte=1),
                name="message_item_has_position",
            ),
            models.CheckConstraint(condition=~Q(state="dead") | ~Q(reason=""), name="message_dead_has_reason"),
            one_of("channel", Channel, name="message_channel_known"),
            one_of("state", MessageState, name="message_state_known"),
        ]
        indexes = [
            models.Index(fields=["organisation", "-received_at"], name="message_newest"),
            models.Index(fields=["organisation", "-id"], condition=Q(state="dead"), name="message_dead"),
            models.Index(
                fields=["organisation", "partner", "received_at"], condition=Q(state="received"), name="message_waiting"
            ),
            models.Index(
                fields=["organisation", "parent", "position"], condition=Q(parent__isnull=False), name="message_items"
            ),
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
