from django.db import models
from django.utils import timezone

from controltower.tenancy.base import TenantModel


class JobState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    DEAD = "dead", "Dead"
    MERGED = "merged", "Merged into a newer one"


class Job(TenantModel):
    """One piece of background work. `payload` holds ids only; what they mean is read when the job runs.

    `fence` counts claims: a worker that lost its lease finds another number there and its work is rolled back.
    """

    kind = models.CharField(max_length=60)
    queue = models.CharField(max_length=20)
    dedupe_key = models.CharField(max_length=120, blank=True)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=JobState.choices, default=JobState.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    crashes = models.PositiveIntegerField(default=0, help_text="How often its worker died or lost the lease.")
    run_after = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "dedupe_key"],
                condition=models.Q(state="waiting") & ~models.Q(dedupe_key=""),
                name="job_once_while_waiting",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="running") | models.Q(lease_until__isnull=False),
                name="job_running_has_a_lease",
            ),
        ]
        indexes = [
            models.Index(fields=["queue", "run_after", "id"], condition=models.Q(state="waiting"), name="job_due"),
            models.Index(fields=["lease_until"], condition=models.Q(state="running"), name="job_leases"),
            models.Index(fields=["organisation", "-finished_at"], condition=models.Q(state="dead"), name="job_dead"),
            models.Index(fields=["finished_at"], condition=models.Q(state__in=["done", "merged"]), name="job_done"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class Heartbeat(models.Model):
    """Sign of life of a worker or sweeper. Not a tenant's: it says nothing about anybody's data."""

    name = models.CharField(max_length=120, primary_key=True)
    role = models.CharField(max_length=20)
    queue = models.CharField(max_length=20, blank=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
