from __future__ import annotations

from django.db import models

from agents.gateway.outcomes import CODES
from controltower.tenancy.base import TenantForeignKey, TenantModel


class RunState(models.TextChoices):
    STARTED = "started", "Started"
    ANSWERED = "answered", "Answered"
    FAILED = "failed", "Failed"


class Run(TenantModel):
    """One question of a skill to a model. Asked again with the same input, the same run answers.

    `subject` names what it is about ("case:1042"). `profile` is the key of address and model; `model` is what the server
    called itself. `answer` holds the validated answer only; what the server really sent is in the attempts, sealed.
    """

    subject = models.CharField(max_length=60)
    skill = models.CharField(max_length=30)
    input_digest = models.CharField(max_length=64)
    prompt_version = models.CharField(max_length=30)
    profile = models.CharField(max_length=16)
    model = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=RunState.choices, default=RunState.STARTED)
    outcome = models.CharField(max_length=20, choices=CODES, blank=True)
    answer = models.JSONField(null=True)
    prompt_tokens = models.PositiveIntegerField(default=0)
    completion_tokens = models.PositiveIntegerField(default=0)
    cost = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    latency_ms = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "subject", "skill", "input_digest", "prompt_version", "profile"],
                name="run_once_per_question",
            ),
            models.CheckConstraint(
                condition=models.Q(state="answered", answer__isnull=False)
                | (~models.Q(state="answered") & models.Q(answer__isnull=True)),
                name="run_answered_has_an_answer",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "started_at"], name="run_by_day"),
            models.Index(fields=["organisation", "subject"], name="run_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.skill} for {self.subject}"


class RunAttempt(TenantModel):
    """One exchange of a run. `raw` is what came back, encrypted, and is dropped when `expires_at` has passed."""

    run = TenantForeignKey(Run, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=20, choices=CODES)
    detail = models.CharField(max_length=80, blank=True)
    complaints = models.JSONField(default=list)
    prompt_tokens = models.PositiveIntegerField(default=0)
    completion_tokens = models.PositiveIntegerField(default=0)
    latency_ms = models.PositiveIntegerField(default=0)
    raw = models.TextField(blank=True)
    at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "run", "number"], name="run_attempt_numbered"),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=~models.Q(raw=""), name="run_attempt_expiring"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.number} of run {self.run_id}"
