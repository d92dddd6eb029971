"""Mailboxes that are looked into for a partner's mails."""

from django.db import models
from django.db.models import Q

from controltower.tenancy.base import TenantForeignKey, TenantModel
from exceptions.parties.constraints import one_of
from exceptions.parties.models import Partner


class MailboxSecurity(models.TextChoices):
    TLS = "tls", "TLS from the start (usually port 993)"
    STARTTLS = "starttls", "STARTTLS (usually port 143)"
    NONE = "none", "None: only for a server on this machine"


class Mailbox(TenantModel):
    """Where a partner's mails are fetched from by IMAP. Nothing is changed there: mails stay unread and in place.

    `last_uid` and `uid_validity` say how far the folder was read (RFC 3501: UIDs only grow while the validity is the
    same). `secret` is the sealed password.
    """

    partner = TenantForeignKey(Partner, on_delete=models.CASCADE, related_name="mailboxes")
    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField(default=993)
    security = models.CharField(max_length=10, choices=MailboxSecurity, default=MailboxSecurity.TLS)
    username = models.CharField(max_length=254)
    secret = models.TextField()
    folder = models.CharField(max_length=200, default="INBOX")
    uid_validity = models.BigIntegerField(null=True, blank=True)
    last_uid = models.BigIntegerField(default=0)
    first_look_at = models.DateTimeField(
        null=True, blank=True, help_text="When this folder was first looked into; what was received before is not news"
    )
    next_poll_at = models.DateTimeField()
    polled_at = models.DateTimeField(null=True, blank=True, help_text="When it was last looked into without trouble")
    problem = models.CharField(max_length=300, default="", blank=True, help_text="Why the last look failed")

    class Meta:
        verbose_name_plural = "mailboxes"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "partner"], name="mailbox_one_per_partner"),
            one_of("security", MailboxSecurity, name="mailbox_security_known"),
            models.CheckConstraint(condition=Q(port__gte=1, port__lte=65535), name="mailbox_port_is_one"),
        ]
        indexes = [
            models.Index(fields=["next_poll_at", "organisation"], name="mailbox_due"),
        ]

    def __str__(self) -> str:
        return f"{self.username} at {self.host}"
