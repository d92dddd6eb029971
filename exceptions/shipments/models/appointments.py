from django.db import models

from controltower.tenancy.base import TenantForeignKey, TenantModel
from exceptions.parties.constraints import in_order, one_of
from exceptions.shipments.models.events import Event
from exceptions.shipments.models.movement import Stop


class AppointmentState(models.TextChoices):
    REQUESTED = "requested", "Requested"
    CONFIRMED = "confirmed", "Confirmed"
    RESCHEDULED = "rescheduled", "Rescheduled"
    MISSED = "missed", "Missed"
    CANCELLED = "cancelled", "Cancelled"


class Appointment(TenantModel):
    """The dock appointment of a stop as it stands: the latest reported of its changes."""

    stop = TenantForeignKey(Stop, on_delete=models.CASCADE, related_name="appointments")
    state = models.CharField(max_length=12, choices=AppointmentState)
    number = models.CharField(max_length=60, default="", blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "stop"], name="appointment_one_per_stop"),
            one_of("state", AppointmentState, name="appointment_state_known"),
            in_order("starts_at", "ends_at", name="appointment_in_order"),
        ]

    def __str__(self) -> str:
        return f"Appointment {self.number or self.get_state_display().lower()} at {self.stop}"

    @property
    def holds(self) -> bool:
        """Whether somebody may be held to it."""
        return self.state in (AppointmentState.CONFIRMED, AppointmentState.RESCHEDULED) and self.ends_at is not None


class AppointmentChange(TenantModel):
    """One report about an appointment: what it became, by whom. Kept for ever."""

    appointment = TenantForeignKey(Appointment, on_delete=models.CASCADE, related_name="changes")
    state = models.CharField(max_length=12, choices=AppointmentState)
    number = models.CharField(max_length=60, default="", blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    by = models.CharField(max_length=200, default="", blank=True)
    reported_at = models.DateTimeField()
    event = TenantForeignKey(Event, on_delete=models.PROTECT, related_name="appointment_changes")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "appointment", "event"], name="appointment_change_once_per_event"
            ),
            one_of("state", AppointmentState, name="appointment_change_state_known"),
            in_order("starts_at", "ends_at", name="appointment_change_in_order"),
        ]
        ordering = ["reported_at", "id"]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.appointment}"
