from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from controltower.tenancy.base import TenantForeignKey, TenantModel
from exceptions.parties.constraints import not_negative, one_of
from exceptions.parties.models import Account
from exceptions.sla.kinds import COUNTED_IN_DAYS, SUBKINDS, Counting, Measured, Period, Side, Starts, Subkind, TermKind
from exceptions.sla.models.editing import EditedModel
from exceptions.sla.models.regimes import ClaimRegime


class Contract(TenantModel):
    """An agreement with a counterparty. Without one it holds the organisation's own house rates."""

    side = models.CharField(max_length=12, choices=Side)
    account = TenantForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="contracts")
    code = models.CharField(max_length=40, db_collation="C")
    name = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code"], name="contract_code_unique"),
            one_of("side", Side, name="contract_side_known"),
        ]
        indexes = [models.Index(fields=["organisation", "account"], name="contract_account")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class VersionState(models.TextChoices):
    DRAFT = "draft", "Draft"
    ACTIVE = "active", "Active"
    WITHDRAWN = "withdrawn", "Withdrawn"


def _only(field: str) -> Func:
    """A number as a range of itself: ranges of numbers need no extension to stand in an exclusion constraint."""
    return Func(F(field), F(field), Value("[]"), function="int8range")


class ContractVersion(EditedModel):
    """The terms of a contract from one date on (to the day before the other; both local dates of the organisation)."""

    contract = TenantForeignKey(Contract, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=12, choices=VersionState, default=VersionState.DRAFT)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=300, default="", blank=True)
    activated_at = models.DateTimeField(null=True, blank=True)
    activated_by = TenantForeignKey("tenancy.Member", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "contract", "number"], name="contract_version_unique"),
            ExclusionConstraint(
                name="contract_version_one_active_at_a_time",
                expressions=[
                    (_only("organisation"), RangeOperators.OVERLAPS),
                    (_only("contract"), RangeOperators.OVERLAPS),
                    (Func(F("effective_from"), F("effective_to"), function="daterange"), RangeOperators.OVERLAPS),
                ],
                condition=Q(state="active"),
            ),
            models.CheckConstraint(
                condition=Q(effective_to=None) | Q(effective_from__lt=F("effective_to")),
                name="contract_version_holds_some_time",
            ),
            one_of("state", VersionState, name="contract_version_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.contract.code} v{self.number}"


def _subkinds_fit() -> Q:
    """A kind with several has one of them, any other kind none."""
    fits = Q(subkind="") & ~Q(kind__in=sorted(SUBKINDS))
    for kind, subkinds in SUBKINDS.items():
        fits |= Q(kind=str(kind), subkind__in=sorted(subkinds))
    return fits


class Term(EditedModel):
    """One promise and what missing it costs.

    Matching: an empty column matches anything; `account` matches its children too. `price` has the form that
    `sla.pricing.price_from_data` reads: flat, percent of value, per started hour or day with cap, tiers, credits of a
    period. Time allowed is `allowed_minutes`, or `allowed_days` counted by `counting`; a claim without either has what
    its regime says. `notice_minutes`: an excuse counts only when the other side was told within this.
    """

    version = TenantForeignKey(ContractVersion, on_delete=models.CASCADE, related_name="terms")
    kind = models.CharField(max_length=16, choices=TermKind)
    subkind = models.CharField(max_length=16, choices=Subkind, default="", blank=True)
    name = models.CharField(max_length=200)
    account = TenantForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="terms")
    service = models.CharField(max_length=60, default="", blank=True)
    mode = models.CharField(max_length=12, default="", blank=True)
    lane = models.CharField(max_length=40, default="", blank=True, db_collation="C")
    case_type = models.CharField(max_length=40, default="", blank=True)
    goods_class = models.CharField(max_length=40, default="", blank=True)
    tier = models.PositiveSmallIntegerField(null=True, blank=True)
    severity = models.CharField(max_length=2, default="", blank=True)
    starts = models.CharField(max_length=12, choices=Starts, default="", blank=True)
    measured = models.CharField(max_length=16, choices=Measured, default="", blank=True)
    counting = models.CharField(max_length=14, choices=Counting, default=Counting.WALL)
    calendar = TenantForeignKey("sla.Calendar", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    allowed_minutes = models.PositiveIntegerField(
        null=True, blank=True, help_text="Time allowed; for windows the tolerance after their end"
    )
    allowed_days = models.PositiveSmallIntegerField(null=True, blank=True)
    first_day_counts = models.BooleanField(
        default=False, help_text="Whether the day on which the clock starts is the first of the days allowed"
    )
    notice_minutes = models.PositiveIntegerField(null=True, blank=True)
    period = models.CharField(max_length=8, choices=Period, default="", blank=True)
    threshold = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True, help_text="In percent")
    price = models.JSONField(default=dict)
    regime = TenantForeignKey(ClaimRegime, on_delete=models.PROTECT, null=True, blank=True, related_name="terms")

    class Meta:
        constraints = [
            one_of("kind", TermKind, name="term_kind_known"),
            models.CheckConstraint(condition=_subkinds_fit(), name="term_subkind_fits"),
            models.CheckConstraint(condition=Q(starts__in=["", *sorted(Starts)]), name="term_starts_known"),
            models.CheckConstraint(condition=Q(measured__in=["", *sorted(Measured)]), name="term_measured_known"),
            one_of("counting", Counting, name="term_counting_known"),
            models.CheckConstraint(
                condition=Q(allowed_days=None) | Q(allowed_minutes=None, counting__in=sorted(COUNTED_IN_DAYS)),
                name="term_days_or_minutes",
            ),
            models.CheckConstraint(
                condition=Q(period="", threshold=None)
                | Q(period__in=sorted(Period), threshold__gt=0, threshold__lte=100),
                name="term_period_has_threshold",
            ),
            models.CheckConstraint(condition=Q(regime=None) | Q(kind="claim"), name="term_regime_of_claim"),
        ]
        indexes = [
            models.Index(fields=["organisation", "kind"], name="term_kind"),
            models.Index(fields=["organisation", "version"], name="term_version"),
        ]

    def __str__(self) -> str:
        return self.name


class LeadTime(EditedModel):
    """How long an action takes, what it costs and how likely the loss comes all the same (`p_act`).

    Empty columns match anything; the most specific row wins. The organisation's rows come before the shipped table.
    `party`: whose working hours count, as in the shipped table; empty is the shipped row's. No `minutes`: not known.
    """

    action = models.CharField(max_length=40)
    case_type = models.CharField(max_length=40, default="", blank=True)
    mode = models.CharField(max_length=12, default="", blank=True)
    account = TenantForeignKey(
        Account,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="lead_times",
        help_text="The party that has to act",
    )
    party = models.CharField(max_length=12, default="", blank=True)
    minutes = models.PositiveIntegerField(null=True, blank=True)
    cost = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    currency = models.CharField(max_length=3)
    p_act = models.FloatField()
    calendar = TenantForeignKey("sla.Calendar", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "action", "case_type", "mode", "account"],
                nulls_distinct=False,
                name="lead_time_unique",
            ),
            models.CheckConstraint(condition=Q(p_act__gte=0, p_act__lte=1), name="lead_time_p_act_is_likelihood"),
            not_negative("cost", name="lead_time_cost_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.action}: {self.minutes} min"
