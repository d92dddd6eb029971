from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower, Trim

from controltower.tenancy.base import TenantForeignKey, TenantModel
from exceptions.cases.models.disruptions import Disruption
from exceptions.cases.taxonomy import Excusable, Severity
from exceptions.parties.constraints import exactly_one, not_negative, one_of
from exceptions.parties.models import Account
from exceptions.shipments.models import Order, Shipment


class CaseState(models.TextChoices):
    NEW = "new", "New"
    OPEN = "open", "Taken"
    WAITING = "waiting", "Waiting"
    RESOLVED = "resolved", "Resolved"
    CLOSED = "closed", "Closed"
    NOT_EXCEPTION = "not_exception", "Not an exception"
    MERGED = "merged", "Merged"


OPEN_STATES = (CaseState.NEW, CaseState.OPEN, CaseState.WAITING)


class SnoozedFor(models.TextChoices):
    """What wakes a sleeping case before its time has come."""

    MILESTONE = "milestone", "the next milestone"
    REPLY = "reply", "a reply"


# The cases of the queue, and their order in it. One index for each way to ask, since a page reads a range of one of them.
AWAKE = Q(state__in=OPEN_STATES, snoozed_until=None)
PLACE = (F("pinned").desc(), F("rank").desc(nulls_last=True), F("at_risk").desc(), F("id").desc())
# What filters ask most, so that a long walk along the order reads the index alone.
LOOKED_AT = ("act_by", "opened_at", "type", "severity", "state", "owner", "account", "avoidable")
# Cases are filed by steps of what the order follows (`selectors.stepping`): quarters of a day since 1970 in UTC, and
# doublings of the amount in minor units.
DUE_STEP = "floor(extract(epoch FROM {} AT TIME ZONE 'UTC') / 21600)::int"
AVOIDABLE_STEP = "floor(ln(greatest({}, 1)::float8) / ln(2::float8))::int"
# What filters ask most beside a step.
LOOKED_AT_IN_STEP = ("type", "severity", "owner", "account")


# The columns a case's subject may stand in, in the words of the domain. Documents stand below and apart, so theirs
# is a plain number.
SUBJECTS = (
    "load",
    "leg",
    "stop",
    "appointment",
    "shipment",
    "order",
    "order_line",
    "handling_unit",
    "equipment",
    "charge",
)
SUBJECT_COLUMNS = tuple(f"subject_{name}" for name in SUBJECTS)


# References that most cases do not have. Their indexes leave those cases out: a case is written anew whenever its place
# changes, and each index that holds it costs as much as the row.
SPARSE = (
    *SUBJECT_COLUMNS,
    "owner",
    "partner",
    "reason_accepted_by",
    "merged_into",
    "split_from",
    "disruption",
    "pinned_by",
)


def _end_of_lane(number: int) -> models.GeneratedField:
    """Where "Dallas > Chicago" begins (1) or ends (2), in the form it is searched by."""
    part = Func(F("lane"), Value(">"), Value(number), function="split_part")
    return models.GeneratedField(
        expression=Lower(Trim(part)), output_field=models.CharField(max_length=40, db_collation="C"), db_persist=True
    )


def _step(column: str, expression: str) -> models.GeneratedField:
    step = Func(F(column), template=expression.format("%(expressions)s"))
    return models.GeneratedField(expression=step, output_field=models.IntegerField(null=True), db_persist=True)


def _subject(model: str) -> TenantForeignKey:
    return TenantForeignKey(
        model, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="cases_about"
    )


class Case(TenantModel):
    """One exception; on screens "Exception EX-1042".

    `subject_key` names the thing that went wrong ("stop:51"); `fingerprint` is subject and type, and only one open
    case may carry it. Money is in minor units of `currency`, because row-level security keeps `numeric` conditions
    out of indexes. `rank` is the stored order of `sla.exposure`; null when nothing can be saved any more. A reason that
    no person accepted (`reason_accepted_by`) moves no money.
    """

    number = models.CharField(max_length=16, db_collation="C")
    type = models.CharField(max_length=40)
    phase = models.CharField(max_length=20, default="", blank=True, help_text="at_risk or breached, for late ones")
    reason = models.CharField(max_length=40, default="unknown")
    responsible_party = models.CharField(max_length=20, default="unknown")
    excusable = models.CharField(max_length=12, choices=Excusable, default=Excusable.NO)
    reason_accepted_by = TenantForeignKey(
        "tenancy.Member", on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    reason_accepted_at = models.DateTimeField(null=True, blank=True)
    severity = models.CharField(max_length=2, choices=Severity)
    state = models.CharField(max_length=14, choices=CaseState, default=CaseState.NEW)

    subject_load = _subject("shipments.Load")
    subject_leg = _subject("shipments.Leg")
    subject_stop = _subject("shipments.Stop")
    subject_appointment = _subject("shipments.Appointment")
    subject_shipment = _subject("shipments.Shipment")
    subject_order = _subject("shipments.Order")
    subject_order_line = _subject("shipments.OrderLine")
    subject_handling_unit = _subject("shipments.HandlingUnit")
    subject_equipment = _subject("shipments.Equipment")
    subject_charge = _subject("shipments.Charge")
    subject_document_id = models.BigIntegerField(null=True, blank=True)
    subject_key = models.CharField(max_length=40, db_collation="C")
    fingerprint = models.CharField(max_length=90, db_collation="C")

    account = TenantForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="cases")
    owner = TenantForeignKey(
        "tenancy.Member", on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="cases"
    )
    partner = TenantForeignKey(
        "parties.Partner",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="cases",
        help_text="Whose signal opened it; empty when something did not happen",
    )
    summary = models.CharField(max_length=300, default="", blank=True, help_text="What is wrong, in one line")
    place = models.CharField(max_length=100, default="", blank=True)
    lane = models.CharField(max_length=40, default="", blank=True)
    lane_from = _end_of_lane(1)
    lane_to = _end_of_lane(2)
    reference = models.CharField(max_length=80, default="", blank=True, help_text="As the trade calls it: PRO 123")
    search_text = models.CharField(max_length=120, default="", blank=True, db_collation="C")

    opened_at = models.DateTimeField()
    first_response_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    resolution = models.CharField(max_length=300, default="", blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True, help_text="At the latest")
    snoozed_for = models.CharField(
        max_length=10, choices=SnoozedFor, default="", blank=True, help_text="What wakes it before; empty: nothing"
    )
    next_update_at = models.DateTimeField(null=True, blank=True, help_text="When the customer was promised to hear")
    touched_by_human = models.BooleanField(default=False)
    merged_into = TenantForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="merged"
    )
    split_from = TenantForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="split_off",
        help_text="The case of a load or several shipments that this one was taken out of",
    )
    disruption = TenantForeignKey(
        Disruption, on_delete=models.SET_NULL, null=True, blank=True, db_index=False, related_name="cases"
    )
    version = models.PositiveIntegerField(default=1)

    pinned = models.BooleanField(default=False)
    pinned_by = TenantForeignKey(
        "tenancy.Member", on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    pinned_at = models.DateTimeField(null=True, blank=True)
    rank = models.FloatField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    at_risk = models.BigIntegerField(default=0)
    avoidable = models.BigIntegerField(default=0)
    unavoidable = models.BigIntegerField(default=0)
    lost = models.BigIntegerField(default=0)
    recoverable = models.BigIntegerField(default=0)
    act_by = models.DateTimeField(null=True, blank=True)
    due_step = _step("act_by", DUE_STEP)
    avoidable_step = _step("avoidable", AVOIDABLE_STEP)
    next_change_at = models.DateTimeField(null=True, blank=True)
    explanation = models.JSONField(default=dict, blank=True)
    priced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="case_number_unique"),
            models.UniqueConstraint(
                fields=["organisation", "fingerprint"],
                condition=Q(state__in=OPEN_STATES),
                name="case_one_open_per_fingerprint",
            ),
            exactly_one(*SUBJECT_COLUMNS, "subject_document_id", name="case_exactly_one_subject"),
            one_of("state", CaseState, name="case_state_known"),
            one_of("severity", Severity, name="case_severity_known"),
            one_of("excusable", Excusable, name="case_excusable_known"),
            not_negative("at_risk", "avoidable", "unavoidable", "lost", "recoverable", name="case_money_not_negative"),
            models.CheckConstraint(
                condition=Q(pinned=False) | Q(pinned_by__isnull=False, pinned_at__isnull=False),
                name="case_pinned_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False) | (~Q(state="merged") & Q(merged_into=None)),
                name="case_merged_into_another",
            ),
            models.CheckConstraint(
                condition=Q(reason_accepted_by=None) | Q(reason_accepted_at__isnull=False),
                name="case_reason_accepted_at_some_time",
            ),
            models.CheckConstraint(condition=~Q(subject_key="") & ~Q(fingerprint=""), name="case_has_fingerprint"),
            models.CheckConstraint(
                condition=Q(snoozed_for="") | Q(snoozed_for__in=SnoozedFor.values, snoozed_until__isnull=False),
                name="case_sleeps_to_a_time",
            ),
        ]
        indexes = [
            models.Index(F("organisation"), *PLACE, include=LOOKED_AT, condition=AWAKE, name="case_queue"),
            models.Index(F("organisation"), F("owner"), *PLACE, condition=AWAKE, name="case_queue_owner"),
            models.Index(
                F("organisation"),
                F("account"),
                *PLACE,
                include=[name for name in LOOKED_AT if name != "account"],
                condition=AWAKE,
                name="case_queue_account",
            ),
            models.Index(
                F("organisation"),
                F("due_step"),
                *PLACE,
                include=[*LOOKED_AT_IN_STEP, "act_by"],
                condition=AWAKE,
                name="case_queue_due",
            ),
            models.Index(
                F("organisation"),
                F("currency"),
                F("avoidable_step"),
                *PLACE,
                include=[*LOOKED_AT_IN_STEP, "avoidable"],
                condition=AWAKE,
                name="case_queue_avoidable",
            ),
            models.Index(fields=["organisation", "account", "act_by"], condition=AWAKE, name="case_account_due"),
            models.Index(
                fields=["organisation", "account"], condition=AWAKE & Q(owner=None), name="case_account_unowned"
            ),
            models.Index(
                F("organisation"),
                *PLACE,
                condition=AWAKE & Q(explanation__unavoidable=True),
                name="case_queue_unavoidable",
            ),
            models.Index(fields=["organisation", "act_by", "id"], condition=AWAKE, name="case_due"),
            models.Index(fields=["organisation", "type", "act_by"], condition=AWAKE, name="case_type_due"),
            models.Index(fields=["organisation", "opened_at", "id"], condition=AWAKE, name="case_opened"),
            models.Index(fields=["organisation", "lane_from", "lane_to"], condition=AWAKE, name="case_lane"),
            models.Index(
                fields=["organisation", "snoozed_until", "id"],
                condition=Q(state__in=OPEN_STATES, snoozed_until__isnull=False),
                name="case_asleep",
            ),
            models.Index(
                fields=["next_change_at", "organisation"],
                condition=Q(state__in=OPEN_STATES),
                name="case_next_change",
            ),
            models.Index(
                fields=["snoozed_until", "organisation"],
                condition=Q(snoozed_until__isnull=False),
                name="case_wakes",
            ),
            models.Index(fields=["organisation", "fingerprint", "-id"], name="case_fingerprint"),
            models.Index(fields=["organisation", "search_text"], name="case_search"),
            models.Index(
                fields=["organisation", "-closed_at", "-id"], condition=Q(closed_at__isnull=False), name="case_closed"
            ),
            *(
                models.Index(fields=[name], condition=Q(**{f"{name}__isnull": False}), name=f"case_by_{name}")
                for name in SPARSE
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def subject(self) -> models.Model | None:
        """The thing that went wrong; None when it is a document."""
        return next((found for column in SUBJECT_COLUMNS if (found := getattr(self, column))), None)


class CaseShipment(TenantModel):
    """A shipment that the case affects; `through` a case merged into it, when it would not without that."""

    case = TenantForeignKey(Case, on_delete=models.CASCADE, related_name="case_shipments")
    shipment = TenantForeignKey(Shipment, on_delete=models.PROTECT, related_name="case_shipments")
    through = TenantForeignKey(Case, on_delete=models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "case", "shipment"], name="case_shipment_unique")
        ]
        indexes = [models.Index(fields=["organisation", "shipment"], name="case_shipment_shipment")]

    def __str__(self) -> str:
        return f"{self.case} affects {self.shipment}"


class CaseOrder(TenantModel):
    """An order that the case affects; `through` as with shipments."""

    case = TenantForeignKey(Case, on_delete=models.CASCADE, related_name="case_orders")
    order = TenantForeignKey(Order, on_delete=models.PROTECT, related_name="case_orders")
    through = TenantForeignKey(Case, on_delete=models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "case", "order"], name="case_order_unique")]
        indexes = [models.Index(fields=["organisation", "order"], name="case_order_order")]

    def __str__(self) -> str:
        return f"{self.case} affects {self.order}"
