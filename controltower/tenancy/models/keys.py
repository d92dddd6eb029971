from django.db import models

from controltower.tenancy.base import TenantForeignKey, TenantModel


class ApiKey(TenantModel):
    """A machine's credential. Only the SHA-256 of the 256-bit secret is kept; the prefix tells keys apart on screen."""

    member = TenantForeignKey("tenancy.Member", on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=120)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list, help_text="Names of verbs this key may use, at most those of its role.")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
