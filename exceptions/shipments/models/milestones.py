from django.db import models

from controltower.tenancy.base import TenantForeignKey, TenantModel
from exceptions.parties.constraints import exactly_one, one_of
from exceptions.shipments.models.events import Event
from exceptions.shipments.models.movement import Leg, Stop


class MilestoneKind(models.TextChoices):
    REQUESTED = "requested", "Requested"
    PROMISED = "promised", "Promised"
    PLANNED = "planned", "Planned"
    ESTIMATED = "estimated", "Estimated"
    ACTUAL = "actual", "Actual"


class MilestoneCode(models.TextChoices):
    PICKUP = "pickup", "Pickup"
    DEPARTURE = "departure", "Departure"
    ARRIVAL = "arrival", "Arrival"
    DELIVERY = "delivery", "Delivery"
    GATE_IN = "gate_in", "Gate in"
    LOADED = "loaded", "Loaded"
    DISCHARGE = "discharge", "Discharge"
    AVAILABLE = "available", "Available"
    GATE_OUT = "gate_out", "Gate out"
    EMPTY_RETURN = "empty_return", "Empty return"


class Milestone(TenantModel):
    """The time that holds for one thing at one stop or leg: the winner among its reports (`precedence.winner`)."""

    stop = TenantForeignKey(Stop, on_delete=models.CASCADE, null=True, blank=True, related_name="milestones")
    leg = TenantForeignKey(Leg, on_delete=models.CASCADE, null=True, blank=True, related_name="milestones")
    kind = models.CharField(max_length=10, choices=MilestoneKind)
    code = models.CharField(max_length=14, choices=MilestoneCode)
    value = models.DateTimeField()
    source_rank = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=60, default="", blank=True, help_text="Slug of the partner, or who typed it")
    reported_at = models.DateTimeField()

    class Meta:
        constraints = [
            exactly_one("stop", "leg", name="milestone_of_stop_or_leg"),
            models.UniqueConstraint(
                fields=["organisation", "stop", "leg", "kind", "code"], nulls_distinct=False, name="milestone_unique"
            ),
            one_of("kind", MilestoneKind, name="milestone_kind_known"),
            one_of("code", MilestoneCode, name="milestone_code_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.get_code_display().lower()} at {self.stop or self.leg}"


class MilestoneReport(TenantModel):
    """One report of a milestone, whether it holds or was superseded. Nothing that was said is lost."""

    milestone = TenantForeignKey(Milestone, on_delete=models.CASCADE, related_name="reports")
    value = models.DateTimeField()
    source_rank = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=60, default="", blank=True)
    reported_at = models.DateTimeField()
    event = TenantForeignKey(Event, on_delete=models.PROTECT, related_name="milestone_reports")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "milestone", "event"], name="milestone_report_once_per_event"
            )
        ]
        ordering = ["reported_at", "id"]

    def __str__(self) -> str:
        return f"{self.milestone}: {self.value:%Y-%m-%d %H:%M}Z"
