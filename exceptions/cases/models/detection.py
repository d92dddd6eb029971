from django.db import models
from django.db.models import F, Q

from controltower.tenancy.base import TenantForeignKey, TenantModel
from exceptions.cases.taxonomy import Severity
from exceptions.parties.constraints import in_order, one_of
from exceptions.parties.models import Account
from exceptions.shipments.models import Mode


class DetectionSetting(TenantModel):
    """A correction of how strict one type's rule is, for everything, a customer (and what is below it in its tree), a
    lane, or both.

    A value that is null is left to the next wider scope, at last to the shipped default: customer and lane, customer,
    lane, organisation, default. Minutes; each rule says which of the three it uses (docs/detection.md).
    """

    type = models.CharField(max_length=40)
    account = TenantForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    lane = models.CharField(max_length=40, default="", blank=True, db_collation="C", help_text="As US-TX>US-IL")
    enabled = models.BooleanField(null=True, blank=True)
    tolerance_minutes = models.PositiveIntegerField(null=True, blank=True)
    lead_minutes = models.PositiveIntegerField(null=True, blank=True)
    threshold_minutes = models.PositiveIntegerField(null=True, blank=True)
    severity = models.CharField(max_length=2, choices=Severity, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "type", "account", "lane"],
                nulls_distinct=False,
                name="detection_setting_one_per_scope",
            ),
            models.CheckConstraint(
                condition=Q(severity="") | Q(severity__in=Severity.values), name="detection_setting_severity_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} for {self.account or 'everybody'} {self.lane}".strip()


class LaneGap(TenantModel):
    """How long freight usually says nothing, as learned from stored events: a high quantile of the pauses between
    signals of one shipment; and `lags`, how many minutes after the fact we hear, by kind of word. A null carrier and an
    empty lane mean any."""

    carrier = TenantForeignKey(Account, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    mode = models.CharField(max_length=12, choices=Mode)
    lane = models.CharField(max_length=40, default="", blank=True, db_collation="C")
    gap_minutes = models.PositiveIntegerField()
    lags = models.JSONField(default=dict, blank=True)
    samples = models.PositiveIntegerField()
    learned_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "carrier", "mode", "lane"], nulls_distinct=False, name="lane_gap_unique"
            ),
            one_of("mode", Mode, name="lane_gap_mode_known"),
        ]

    def __str__(self) -> str:
        return f"{self.carrier or 'any carrier'} {self.mode} {self.lane}: {self.gap_minutes} min".strip()


class Suppression(TenantModel):
    """A time in which known trouble opens no cases: planned maintenance, an announced strike.

    What is left empty limits nothing. place: a city, a name or a UN/LOCODE of a stop. `settled_at` is when what it had
    held back was looked at again, once it was over.
    """

    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    note = models.CharField(max_length=300)
    type = models.CharField(max_length=40, default="", blank=True)
    place = models.CharField(max_length=100, default="", blank=True)
    carrier = TenantForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    lane = models.CharField(max_length=40, default="", blank=True, db_collation="C")
    made_by = TenantForeignKey("tenancy.Member", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [in_order("starts_at", "ends_at", name="suppression_in_order")]
        indexes = [
            models.Index(F("ends_at"), F("organisation"), condition=Q(settled_at=None), name="suppression_unsettled")
        ]

    def __str__(self) -> str:
        return self.note


class Suppressed(TenantModel):
    """A case that a suppression kept from being opened. `cleared_at`: it was over before the suppression was."""

    suppression = TenantForeignKey(Suppression, on_delete=models.CASCADE, related_name="suppressed")
    fingerprint = models.CharField(max_length=90, db_collation="C")
    type = models.CharField(max_length=40)
    severity = models.CharField(max_length=2, choices=Severity)
    summary = models.CharField(max_length=300, default="", blank=True)
    account = TenantForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    shipments = models.JSONField(default=list, blank=True, help_text="Ids of what it affects")
    loads = models.JSONField(default=list, blank=True)
    orders = models.JSONField(default=list, blank=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "suppressed findings"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "suppression", "fingerprint"], name="suppressed_once"),
            one_of("severity", Severity, name="suppressed_severity_known"),
        ]
        indexes = [models.Index(fields=["organisation", "fingerprint"], name="suppressed_fingerprint")]

    def __str__(self) -> str:
        return self.summary
