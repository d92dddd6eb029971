from django.db import models
from django.db.models import Q

from controltower.tenancy.base import TenantForeignKey, TenantModel
from exceptions.parties.constraints import one_of
from exceptions.sla.kinds import CLAIM_STEPS, COUNTED_IN_DAYS, Starts, Subkind


class ClaimRegime(TenantModel):
    """One deadline of a law or tariff under which freight is claimed, as a named person checked it.

    There is no unchecked row: what we ship (`sla.regimes`) is a suggestion until somebody confirms it, and a term can
    only stand on what is here. The deadline is `days` counted by `counting`, or `months` of the calendar.
    """

    code = models.CharField(max_length=40, db_collation="C")
    step = models.CharField(max_length=8, choices=[(step.value, step.label) for step in CLAIM_STEPS])
    case_type = models.CharField(max_length=40, default="", blank=True, help_text="Empty: any that a claim is about")
    name = models.CharField(max_length=200)
    days = models.PositiveSmallIntegerField(null=True, blank=True)
    months = models.PositiveSmallIntegerField(null=True, blank=True)
    counting = models.CharField(
        max_length=14, choices=[(value.value, value.label) for value in COUNTED_IN_DAYS], default=COUNTED_IN_DAYS[0]
    )
    starts = models.CharField(max_length=12, choices=Starts, default=Starts.DELIVERY)
    consequence = models.CharField(max_length=300, help_text="What happens when it passes")
    source = models.CharField(max_length=300)
    confirmed_by = TenantForeignKey("tenancy.Member", on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code", "step", "case_type"], name="claim_regime_unique"),
            models.CheckConstraint(condition=Q(step__in=sorted(CLAIM_STEPS)), name="claim_regime_step_known"),
            one_of("starts", Starts, name="claim_regime_starts_known"),
            models.CheckConstraint(
                condition=Q(counting__in=sorted(COUNTED_IN_DAYS)), name="claim_regime_counting_known"
            ),
            models.CheckConstraint(
                condition=Q(days__gte=1, months=None) | Q(days=None, months__gte=1), name="claim_regime_days_or_months"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {Subkind(self.step).label.lower()}"


class CurrencyRate(TenantModel):
    """What a unit of a currency is worth in the organisation's own, from a local date on. `source`: who says so."""

    currency = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=18, decimal_places=8)
    valid_from = models.DateField()
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "currency", "valid_from"], name="currency_rate_unique"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="currency_rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} from {self.valid_from}: {self.rate}"
