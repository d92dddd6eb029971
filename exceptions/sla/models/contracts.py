from django.db import models
from django.db.models import Q

from controltower.tenancy.base import TenantForeignKey, TenantModel
from exceptions.parties.constraints import in_order, not_negative, one_of
from exceptions.parties.models import Account


class Side(models.TextChoices):
    PAYABLE = "payable", "Payable: what we owe a customer"
    RECOVERABLE = "recoverable", "Recoverable: what others owe us"


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


class ContractVersion(TenantModel):
    """The terms of a contract from one date on (to the day before the other; both local dates of the organisation)."""

    contract = TenantForeignKey(Contract, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=12, choices=VersionState, default=VersionState.DRAFT)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "contract", "number"], name="contract_version_unique"),
            models.UniqueConstraint(
                fields=["organisation", "contract", "effective_from"],
                condition=Q(state="active"),
                name="contract_version_one_active_from",
            ),
            in_order("effective_from", "effective_to", name="contract_version_in_order"),
            one_of("state", VersionState, name="contract_version_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.contract.code} v{self.number}"


class TermKind(models.TextChoices):
    FIRST_RESPONSE = "first_response", "First response"
    RESOLUTION = "resolution", "Resolution"
    NEXT_UPDATE = "next_update", "Next update to the customer"
    PICKUP_WINDOW = "pickup_window", "Pickup window"
    DELIVERY_WINDOW = "delivery_window", "Delivery window"
    APPOINTMENT = "appointment", "Appointment"
    OTIF = "otif", "OTIF"
    FREE_TIME = "free_time", "Free time"
    CUT_OFF = "cut_off", "Cut-off"
    DOCUMENT = "document", "Document"
    TEMPERATURE = "temperature", "Temperature"
    CLAIM = "claim", "Claim"
    HOUSE_RATE = "house_rate", "House rate"


class Measured(models.TextChoices):
    ARRIVAL = "arrival", "Arrival at the stop"
    UNLOADING_START = "unloading_start", "Start of unloading"
    UNLOADING_END = "unloading_end", "End of unloading"
    PROOF = "proof", "Proof received"
    CASE_OPENED = "case_opened", "From the case's opening"


class Counting(models.TextChoices):
    WALL = "wall", "Every hour counts"
    BUSINESS = "business", "Business time"
    CALENDAR_DAYS = "calendar_days", "Calendar days"
    WORKING_DAYS = "working_days", "Working days"


class Term(TenantModel):
    """One promise and what missing it costs.

    Matching: an empty column matches anything; `account` matches its children too. `price` has the form
    that `sla.pricing.price_from_data` reads: flat, percent of value, per started hour or day with cap, tiers.
    """

    version = TenantForeignKey(ContractVersion, on_delete=models.CASCADE, related_name="terms")
    kind = models.CharField(max_length=16, choices=TermKind)
    name = models.CharField(max_length=200)
    account = TenantForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="terms")
    service = models.CharField(max_length=60, default="", blank=True)
    mode = models.CharField(max_length=12, default="", blank=True)
    lane = models.CharField(max_length=40, default="", blank=True, db_collation="C")
    case_type = models.CharField(max_length=40, default="", blank=True)
    goods_class = models.CharField(max_length=40, default="", blank=True)
    measured = models.CharField(max_length=16, choices=Measured, default=Measured.ARRIVAL)
    counting = models.CharField(max_length=14, choices=Counting, default=Counting.WALL)
    calendar = TenantForeignKey("sla.Calendar", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    allowed_minutes = models.PositiveIntegerField(
        null=True, blank=True, help_text="Time allowed; for windows the tolerance after their end"
    )
    price = models.JSONField(default=dict)
    regime = models.CharField(max_length=40, default="", blank=True, help_text="Claim regime, such as CMR")

    class Meta:
        constraints = [
            one_of("kind", TermKind, name="term_kind_known"),
            one_of("measured", Measured, name="term_measured_known"),
            one_of("counting", Counting, name="term_counting_known"),
        ]
        indexes = [
            models.Index(fields=["organisation", "kind"], name="term_kind"),
            models.Index(fields=["organisation", "version"], name="term_version"),
        ]

    def __str__(self) -> str:
        return self.name


class LeadTime(TenantModel):
    """How long an action takes, what it costs and how likely the loss comes all the same (`p_act`).

    Empty columns match anything; the most specific row wins. The organisation's rows come before the shipped table.
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
    minutes = models.PositiveIntegerField()
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
