"""Requests under an `Idempotency-Key`, and what was answered."""

from django.db import models

from controltower.tenancy.base import TenantForeignKey, TenantModel


class KeyedRequest(TenantModel):
    """A request that its sender named, with the answer that it gets again when it is sent again.

    `digest` tells a repeat from another request under the same key. The answer is None only inside the transaction that
    makes it.
    """

    member = TenantForeignKey("tenancy.Member", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200, db_collation="C")
    digest = models.CharField(max_length=64, db_collation="C", help_text="Sha256 of address and body")
    answer = models.JSONField(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "member", "key"], name="keyed_request_once"),
        ]
        indexes = [models.Index(fields=["organisation", "expires_at"], name="keyed_request_expiry")]

    def __str__(self) -> str:
        return self.key
