from django.db import models

from controltower.tenancy.base import TenantForeignKey, TenantModel
from exceptions.cases.models.cases import Case, CaseState
from exceptions.cases.taxonomy import Severity
from exceptions.parties.constraints import one_of


class CaseMerge(TenantModel):
    """One case put into another by a person, and what it takes to take that back.

    `into` is where it was put; `case.merged_into` is the case at the top, which differs once that one was merged too.
    """

    case = TenantForeignKey(Case, on_delete=models.CASCADE, related_name="merges")
    into = TenantForeignKey(Case, on_delete=models.CASCADE, related_name="merged_in")
    at = models.DateTimeField()
    by = TenantForeignKey("tenancy.Member", on_delete=models.PROTECT, related_name="+")
    state_before = models.CharField(max_length=14, choices=CaseState, help_text="Of the case that was put in")
    severity_before = models.CharField(max_length=2, choices=Severity, help_text="Of the case that took it in")
    promised_before = models.DateTimeField(
        null=True, blank=True, help_text="Of the case that took it in: next_update_at"
    )
    promised = models.DateTimeField(null=True, blank=True, help_text="Of the case that was put in: its next_update_at")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = TenantForeignKey("tenancy.Member", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            one_of("state_before", CaseState, name="case_merge_state_known"),
            one_of("severity_before", Severity, name="case_merge_severity_known"),
            models.UniqueConstraint(
                fields=["organisation", "case"], condition=models.Q(undone_at=None), name="case_merge_one_place"
            ),
            models.CheckConstraint(condition=~models.Q(case=models.F("into")), name="case_merge_of_two"),
            models.CheckConstraint(
                condition=models.Q(undone_at=None, undone_by=None)
                | models.Q(undone_at__isnull=False, undone_by__isnull=False),
                name="case_merge_undone_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "into"], condition=models.Q(undone_at=None), name="case_merge_into"),
        ]

    def __str__(self) -> str:
        return f"{self.case} into {self.into}"
