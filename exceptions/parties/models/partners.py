from django.db import models
from django.db.models import Q

from controltower.tenancy.base import TenantForeignKey, TenantModel
from exceptions.parties.constraints import one_of
from exceptions.parties.models.accounts import Account


class Channel(models.TextChoices):
    WEBHOOK = "webhook", "Webhook"
    REST = "rest", "REST batch"
    EDI = "edi", "EDI"
    MAIL = "mail", "E-mail"
    FILE = "file", "File drop"
    TELEMETRY = "telemetry", "Telemetry"


class SignatureScheme(models.TextChoices):
    STANDARD_WEBHOOKS = "standard_webhooks", "Standard Webhooks"
    EASYPOST = "easypost", "EasyPost HMAC"
    AFTERSHIP = "aftership", "AfterShip HMAC"
    SHIPPO = "shippo", "Shippo HMAC"
    HMAC = "hmac", "HMAC with header templates"
    BEARER = "bearer", "Bearer token"
    TRANSPORT = "transport", "By the transport"


class Partner(TenantModel):
    """A connection of an account that sends or takes signals.

    The slug is unique in the installation: the intake door has nothing else before it knows the organisation.
    `secrets` is a list of {"id", "ciphertext", "created_at", "expires_at"}; while one is rotated, two are valid.
    `source_rank` is a `shipments.canonical.SourceRank`: how far its signals are trusted.
    """

    account = TenantForeignKey(Account, on_delete=models.PROTECT, related_name="partners")
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    channel = models.CharField(max_length=12, choices=Channel, default=Channel.WEBHOOK)
    template = models.CharField(
        max_length=40, default="", blank=True, help_text="Key of the ready-made connection it was made from"
    )
    adapter = models.CharField(max_length=40)
    signature = models.CharField(max_length=20, choices=SignatureScheme)
    mapping = models.JSONField(default=dict, blank=True)
    secrets = models.JSONField(default=list, blank=True)
    source_rank = models.PositiveSmallIntegerField(default=30)
    creates_shipments = models.BooleanField(
        default=False, help_text="A tracking signal with unknown references starts a shipment"
    )
    default_customer = TenantForeignKey(
        Account,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Whose shipments they are that its signals start",
    )
    sandbox = models.BooleanField(default=True)
    active = models.BooleanField(default=True)
    rate_limit_per_minute = models.PositiveIntegerField(default=600)
    last_signal_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            one_of("channel", Channel, name="partner_channel_known"),
            one_of("signature", SignatureScheme, name="partner_signature_known"),
            models.CheckConstraint(condition=Q(source_rank__gte=1, source_rank__lte=99), name="partner_rank_1_to_99"),
        ]
        indexes = [models.Index(fields=["organisation", "name"], name="partner_name")]

    def __str__(self) -> str:
        return self.name
