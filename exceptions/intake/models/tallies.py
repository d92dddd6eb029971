"""What is counted while messages are understood, so that no page counts messages."""

from django.db import models
from django.db.models import F, Q

from controltower.tenancy.base import TenantForeignKey, TenantModel
from exceptions.intake.models.messages import Message
from exceptions.parties.models import Partner


class SignalHour(TenantModel):
    """Messages of one partner that came in during one hour (UTC), by what became of them when they were first read."""

    partner = TenantForeignKey(Partner, on_delete=models.CASCADE, related_name="signal_hours")
    hour = models.DateTimeField(help_text="When the hour begins")
    messages = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0, help_text="Not understood when first read")
    repeated = models.PositiveIntegerField(default=0, help_text="Said nothing that was not known")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "partner", "hour"], name="signal_hour_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.messages} messages at {self.hour:%Y-%m-%d %H}Z"


class UnmappedCode(TenantModel):
    """A status or reason code, or a status text, that a partner sends and no table knows.

    `system` is the list that a code is from, such as `x12.1650`, and `text` for a text; `code` is then the text as
    `mapping.carrier_text.folded` writes it, which is how the partner's mapping names it.
    """

    TEXT = "text"

    partner = TenantForeignKey(Partner, on_delete=models.CASCADE, related_name="unmapped_codes")
    system = models.CharField(max_length=60, db_collation="C")
    code = models.CharField(max_length=200, db_collation="C")
    words = models.CharField(max_length=300, default="", blank=True, help_text="The sender's own words beside it")
    taken_for = models.CharField(max_length=40, default="", blank=True, help_text="The event type it was read as")
    count = models.PositiveBigIntegerField(default=0)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    example = TenantForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    mapped_at = models.DateTimeField(null=True, blank=True, help_text="When somebody said what it means")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "partner", "system", "code"], name="unmapped_code_unique"),
            models.CheckConstraint(condition=Q(first_seen__lte=F("last_seen")), name="unmapped_code_in_order"),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "-last_seen", "-id"],
                condition=Q(mapped_at__isnull=True),
                name="unmapped_code_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.system}.{self.code}"
