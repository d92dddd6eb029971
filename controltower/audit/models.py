from django.db import models

from controltower.audit.recording import flush


class AuditEntryManager(models.Manager["AuditEntry"]):
    def get_queryset(self) -> models.QuerySet["AuditEntry"]:
        """What this transaction has recorded belongs to what it reads."""
        flush()
        return super().get_queryset()


class AuditEntry(models.Model):
    """A row of the trail, for reading. The table belongs to a role that cannot log in; see `migrations/0001`."""

    pk = models.CompositePrimaryKey("organisation_id", "seq")
    organisation_id = models.BigIntegerField()
    seq = models.BigIntegerField()
    at = models.CharField(max_length=27)
    actor = models.TextField()
    verb = models.TextField()
    subject = models.TextField()
    before = models.TextField()
    after = models.TextField()
    request_id = models.TextField()
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = AuditEntryManager()

    class Meta:
        managed = False
        db_table = "audit_entry"
        ordering = ["seq"]

    def __str__(self) -> str:
        return f"{self.seq} {self.verb} {self.subject}"
