from django.db import models

from controltower.tenancy.base import TenantForeignKey, TenantModel
from exceptions.cases.models.cases import Case
from exceptions.parties.constraints import one_of
from exceptions.parties.models import Account, Contact
from exceptions.shipments.models import Event


class Occurrence(TenantModel):
    """One time a case's finding was made: what was seen, from which event or expectation that ran out."""

    case = TenantForeignKey(Case, on_delete=models.CASCADE, related_name="occurrences")
    event = TenantForeignKey(Event, on_delete=models.PROTECT, null=True, blank=True, related_name="occurrences")
    expectation = TenantForeignKey(
        "cases.Expectation", on_delete=models.PROTECT, null=True, blank=True, related_name="occurrences"
    )
    at = models.DateTimeField()
    rule = models.CharField(max_length=40)
    summary = models.CharField(max_length=300)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "case", "rule", "event"],
                condition=models.Q(event__isnull=False),
                name="occurrence_once_per_event",
            ),
            models.UniqueConstraint(
                fields=["organisation", "case", "rule", "expectation"],
                condition=models.Q(expectation__isnull=False),
                name="occurrence_once_per_expectation",
            ),
        ]

    def __str__(self) -> str:
        return self.summary


class EntryKind(models.TextChoices):
    OPENED = "opened", "Opened"
    SIGNAL = "signal", "Signal"
    STATE = "state", "State"
    CLASSIFIED = "classified", "Classified"
    PRICED = "priced", "Priced"
    NOTE = "note", "Note"
    INTERACTION = "interaction", "Interaction"
    NOTICE = "notice", "Notice"
    PROPOSAL = "proposal", "Proposal"
    DOCUMENT = "document", "Document"
    ESCALATION = "escalation", "Escalation"


class TimelineEntry(TenantModel):
    """What people read about a case, in order; append-only. The record of proof is the audit chain, not this."""

    case = TenantForeignKey(Case, on_delete=models.CASCADE, related_name="timeline")
    at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=EntryKind)
    text = models.TextField()
    actor_kind = models.CharField(max_length=12, default="system")
    actor_id = models.BigIntegerField(null=True, blank=True)
    actor_name = models.CharField(max_length=200, default="", blank=True)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [one_of("kind", EntryKind, name="timeline_entry_kind_known")]
        indexes = [models.Index(fields=["organisation", "case", "-at", "-id"], name="timeline_entry_newest")]
        verbose_name_plural = "timeline entries"

    def __str__(self) -> str:
        return f"{self.case} {self.get_kind_display().lower()}"


class InteractionChannel(models.TextChoices):
    CALL = "call", "Call"
    TEXT = "text", "Text message"
    MAIL = "mail", "E-mail"
    PORTAL = "portal", "Portal"
    VISIT = "visit", "Visit"


class InteractionOutcome(models.TextChoices):
    REACHED = "reached", "Reached"
    NOT_REACHED = "not_reached", "Nobody there"
    LEFT_MESSAGE = "left_message", "Left a message"


class Interaction(TenantModel):
    """A call, text, mail or visit that a person made about a case. One that found nobody is one too."""

    case = TenantForeignKey(Case, on_delete=models.CASCADE, related_name="interactions")
    at = models.DateTimeField()
    channel = models.CharField(max_length=8, choices=InteractionChannel)
    inbound = models.BooleanField(default=False)
    outcome = models.CharField(max_length=12, choices=InteractionOutcome)
    account = TenantForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    contact = TenantForeignKey(Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    with_whom = models.CharField(max_length=200, default="", blank=True)
    text = models.TextField(default="", blank=True)
    member = TenantForeignKey("tenancy.Member", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            one_of("channel", InteractionChannel, name="interaction_channel_known"),
            one_of("outcome", InteractionOutcome, name="interaction_outcome_known"),
        ]
        indexes = [models.Index(fields=["organisation", "case", "-at"], name="interaction_newest")]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} with {self.contact or self.with_whom}"


class NextCheck(TenantModel):
    """When somebody looks again and what they expect to find. Running out is a reminder, not a case."""

    case = TenantForeignKey(Case, on_delete=models.CASCADE, related_name="next_checks")
    due_at = models.DateTimeField()
    expecting = models.CharField(max_length=300, default="", blank=True)
    member = TenantForeignKey("tenancy.Member", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "case"], condition=models.Q(done_at=None), name="next_check_one_open"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at", "organisation"],
                condition=models.Q(done_at=None, reminded_at=None),
                name="next_check_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case} at {self.due_at:%Y-%m-%d %H:%M}Z"
