from django.db import models
from django.db.models import Q

from controltower.tenancy.base import TenantForeignKey, TenantModel
from exceptions.cases.models.cases import Case
from exceptions.cases.models.money import Commitment
from exceptions.parties.constraints import one_of
from exceptions.parties.models import Contact


class EscalationStep(models.TextChoices):
    OWNER = "owner", "The case's owner"
    SUPERVISOR = "supervisor", "The supervisors"
    CONTACT = "contact", "The named contact"


class EscalationRule(TenantModel):
    """How long after a broken promise a step is due, for one contract or, without one, for all others.

    Without `after_minutes` the step is not taken. `contact` is whom the last step names; without one it is the next in
    the ladder of the case's account.
    """

    contract = TenantForeignKey("sla.Contract", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    step = models.CharField(max_length=10, choices=EscalationStep)
    after_minutes = models.PositiveIntegerField(null=True, blank=True)
    contact = TenantForeignKey(Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "contract", "step"], nulls_distinct=False, name="escalation_rule_once"
            ),
            one_of("step", EscalationStep, name="escalation_rule_step_known"),
            models.CheckConstraint(
                condition=Q(contact=None) | Q(step="contact"), name="escalation_rule_contact_in_its_step"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()} after {self.after_minutes} min"


class EscalationOutcome(models.TextChoices):
    TOLD = "told", "Told"
    NOBODY = "nobody", "There is nobody to tell"
    OVER = "over", "Nobody needs to be told any more"


class Escalation(TenantModel):
    """One step about one broken commitment and the deadline that it missed: it exists once, and is done once."""

    case = TenantForeignKey(Case, on_delete=models.CASCADE, related_name="escalations")
    commitment = TenantForeignKey(Commitment, on_delete=models.CASCADE, related_name="escalations")
    step = models.CharField(max_length=10, choices=EscalationStep)
    contact = TenantForeignKey(Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    missed_at = models.DateTimeField(help_text="The deadline that was missed")
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=8, choices=EscalationOutcome, default="", blank=True)
    told = models.CharField(max_length=300, default="", blank=True, help_text="Names of those who were told")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "commitment", "step", "missed_at"], name="escalation_once"),
            one_of("step", EscalationStep, name="escalation_step_known"),
            models.CheckConstraint(
                condition=Q(done_at=None, outcome="") | Q(done_at__isnull=False, outcome__in=EscalationOutcome.values),
                name="escalation_done_with_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "organisation"], condition=Q(done_at=None), name="escalation_due"),
            models.Index(fields=["organisation", "case"], name="escalation_case"),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()} about {self.commitment}"
