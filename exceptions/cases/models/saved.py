from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from controltower.tenancy.base import TenantForeignKey, TenantModel
from controltower.tenancy.models import Member
from controltower.tenancy.permissions import VERBS, Verb


class SavedView(TenantModel):
    """A filter of the queue with a name: its owner's alone, or shared with the whole organisation.

    `query` is in the grammar of the queue, its order included. It names no cases: each viewer sees through it what they
    may see anyway. One that was removed keeps its row, so that removing can be taken back.
    """

    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500)
    owner = TenantForeignKey("tenancy.Member", on_delete=models.PROTECT, related_name="+")
    is_shared = models.BooleanField(default=False)
    position = models.PositiveIntegerField(help_text="Among those of its owner, or among the shared ones")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                F("organisation"),
                F("owner"),
                Lower("name"),
                condition=Q(is_shared=False, removed_at=None),
                name="saved_view_own_name_unique",
            ),
            models.UniqueConstraint(
                F("organisation"),
                Lower("name"),
                condition=Q(is_shared=True, removed_at=None),
                name="saved_view_shared_name_unique",
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(query=""), name="saved_view_says_something"),
        ]

    def __str__(self) -> str:
        return self.name

    def is_kept_by(self, member: Member) -> bool:
        """Whether this member may change it: the owner, and shared ones also those who decide."""
        return self.owner_id == member.pk or (self.is_shared and Verb.DECIDE in VERBS[member.role])
