from django.db import models
from django.db.models import Q

from controltower.tenancy.base import TenantForeignKey, TenantModel
from exceptions.cases.models import Case
from exceptions.notices.drafts import NoticeKind
from exceptions.parties.constraints import in_order, not_negative, one_of
from exceptions.parties.models import Account, Contact
from exceptions.shipments.models import Shipment


class Audience(models.TextChoices):
    CUSTOMER = "customer", "Customer"
    CONSIGNEE = "consignee", "Consignee"
    CARRIER = "carrier", "Carrier"
    TERMINAL = "terminal", "Terminal"
    BROKER = "broker", "Broker"


class NoticeChannel(models.TextChoices):
    MAIL = "mail", "E-mail"


class NoticeState(models.TextChoices):
    HELD = "held", "Held"
    SENDING = "sending", "Sending"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"
    UNKNOWN = "unknown", "Unknown whether sent"
    CANCELLED = "cancelled", "Cancelled"


class Notice(TenantModel):
    """An outgoing message about a case. No row exists without the member who approved it.

    `draft` holds the sentences with their parts, `facts` the facts they stand on, `spans` each sentence as it was
    rendered with the facts in it; all under the digest approved. `override` is why a person sent it although the
    checker had something against it.
    `decision_id` is the decision of the proposals above, opaque here; null when a person wrote the notice.
    `message_id` is deterministic, so that a mail cannot go out under two.
    """

    case = TenantForeignKey(Case, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=16, choices=NoticeKind)
    audience = models.CharField(max_length=12, choices=Audience)
    channel = models.CharField(max_length=8, choices=NoticeChannel, default=NoticeChannel.MAIL)
    recipient = TenantForeignKey(Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="notices")
    address = models.CharField(max_length=254)
    locale = models.CharField(max_length=10)
    subject = models.CharField(max_length=300)
    body_text = models.TextField()
    body_html = models.TextField(default="", blank=True)
    draft = models.JSONField()
    facts = models.JSONField()
    spans = models.JSONField(default=list)
    digest = models.CharField(max_length=64, db_collation="C")
    override = models.CharField(max_length=300, default="", blank=True)
    state = models.CharField(max_length=10, choices=NoticeState, default=NoticeState.HELD)
    created_at = models.DateTimeField()
    hold_until = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=200, db_collation="C")
    created_by = TenantForeignKey("tenancy.Member", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_by = TenantForeignKey("tenancy.Member", on_delete=models.PROTECT, related_name="+")
    cancelled_by = TenantForeignKey("tenancy.Member", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decision_id = models.BigIntegerField(null=True, blank=True)
    failure = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "message_id"], name="notice_message_id_unique"),
            models.UniqueConstraint(
                fields=["organisation", "decision_id"],
                condition=Q(decision_id__isnull=False),
                name="notice_once_per_decision",
            ),
            models.CheckConstraint(condition=~Q(state="sent") | Q(sent_at__isnull=False), name="notice_sent_has_time"),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | Q(cancelled_by__isnull=False), name="notice_cancelled_by_somebody"
            ),
            one_of("kind", NoticeKind, name="notice_kind_known"),
            one_of("audience", Audience, name="notice_audience_known"),
            one_of("channel", NoticeChannel, name="notice_channel_known"),
            one_of("state", NoticeState, name="notice_state_known"),
            in_order("created_at", "hold_until", name="notice_held_after_created"),
        ]
        indexes = [
            models.Index(fields=["organisation", "case", "-id"], name="notice_case"),
            models.Index(fields=["organisation", "-created_at"], name="notice_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} to {self.address} about {self.case}"


class AttemptState(models.TextChoices):
    CLAIMED = "claimed", "Claimed"
    ACCEPTED = "accepted", "Accepted by the mail server"
    REFUSED = "refused", "Refused"
    UNKNOWN = "unknown", "Died in flight"
    SET_ASIDE = "set_aside", "Set aside by a person who had it sent again"


class NoticeAttempt(TenantModel):
    """A claim to send, committed before the provider is called. One that died in flight is asked about, not retried."""

    notice = TenantForeignKey(Notice, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=AttemptState, default=AttemptState.CLAIMED)
    claimed_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "notice", "number"], name="notice_attempt_number_unique"),
            models.UniqueConstraint(
                fields=["organisation", "notice"],
                condition=Q(state__in=["claimed", "accepted", "unknown"]),
                name="notice_attempt_one_that_may_have_sent",
            ),
            one_of("state", AttemptState, name="notice_attempt_state_known"),
        ]

    def __str__(self) -> str:
        return f"Attempt {self.number} of {self.notice}"


class WrittenState(models.TextChoices):
    WAITING = "waiting", "Waiting for approval"
    APPROVED = "approved", "Approved"
    DISCARDED = "discarded", "Discarded"


class WrittenNotice(TenantModel):
    """A notice that a person wrote, inert until somebody who may decide approves it.

    `facts` are those it used when it was written; approval compares them with what holds then. `digest` is over the
    rendered words and these facts.
    """

    case = TenantForeignKey(Case, on_delete=models.PROTECT, related_name="written_notices")
    kind = models.CharField(max_length=16, choices=NoticeKind)
    recipient = TenantForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    draft = models.JSONField()
    facts = models.JSONField()
    rendered = models.JSONField()
    digest = models.CharField(max_length=64, db_collation="C")
    override = models.CharField(max_length=300, default="", blank=True)
    issues = models.JSONField(default=list, blank=True, help_text="What the checker had against it when it was written")
    state = models.CharField(max_length=10, choices=WrittenState, default=WrittenState.WAITING)
    written_by = TenantForeignKey("tenancy.Member", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    decided_by = TenantForeignKey("tenancy.Member", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    notice = TenantForeignKey(Notice, on_delete=models.PROTECT, null=True, blank=True, related_name="written")

    class Meta:
        constraints = [
            one_of("kind", NoticeKind, name="written_notice_kind_known"),
            one_of("state", WrittenState, name="written_notice_state_known"),
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="written_notice_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(notice__isnull=False), name="written_notice_approved_goes_out"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "case", "-id"], name="written_notice_case")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} about {self.case}, written by {self.written_by}"


class ClaimState(models.TextChoices):
    DRAFT = "draft", "Draft"
    FILED = "filed", "Filed"
    ACCEPTED = "accepted", "Accepted"
    DISALLOWED = "disallowed", "Disallowed"
    PAID = "paid", "Paid"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Claim(TenantModel):
    """Money asked back from a carrier, terminal or insurer, with the regime's three deadlines."""

    case = TenantForeignKey(Case, on_delete=models.PROTECT, related_name="claims")
    shipment = TenantForeignKey(Shipment, on_delete=models.PROTECT, null=True, blank=True, related_name="claims")
    against = TenantForeignKey(Account, on_delete=models.PROTECT, related_name="claims")
    regime = models.CharField(max_length=40)
    state = models.CharField(max_length=12, choices=ClaimState, default=ClaimState.DRAFT)
    notice_by = models.DateTimeField(null=True, blank=True)
    claim_by = models.DateTimeField(null=True, blank=True)
    suit_by = models.DateTimeField(null=True, blank=True)
    asked = models.DecimalField(max_digits=14, decimal_places=2)
    paid = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3)
    packet = models.JSONField(default=list, blank=True, help_text="Ids of the documents that go with it")
    filed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            one_of("state", ClaimState, name="claim_state_known"),
            not_negative("asked", "paid", name="claim_money_not_negative"),
        ]
        indexes = [models.Index(fields=["organisation", "state", "claim_by"], name="claim_deadline")]

    def __str__(self) -> str:
        return f"{self.regime} claim against {self.against}"
