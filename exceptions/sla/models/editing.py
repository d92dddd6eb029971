from datetime import datetime

from django.db import models

from controltower.tenancy.base import TenantForeignKey, TenantModel


class EditedModel(TenantModel):
    """A row that people edit on a screen. `revision` counts its changes: who saves says which one they had read."""

    revision = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = TenantForeignKey("tenancy.Member", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    def changed(self, member: int, now: datetime) -> list[str]:
        """Note who changes it now. Returns the names of the columns that have to be saved for it."""
        self.revision += 1
        self.changed_by_id, self.changed_at = member, now
        return ["revision", "changed_by", "changed_at"]
