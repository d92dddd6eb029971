"""What operations do with the audit trail: sign its heads, show it, hand it out."""

from dataclasses import dataclass
from datetime import datetime
from typing import IO

from django.conf import settings

from controltower.audit import Actor, checkpoints, reading, record
from controltower.audit.export import write_export
from controltower.audit.models import AuditEntry
from controltower.audit.verification import Report, verify
from controltower.tenancy.context import acting_for, current_organisation_id
from controltower.tenancy.models import Organisation
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer, require

PAGE = 100


def sign_heads(now: datetime) -> int:
    """Append a checkpoint for every organisation whose chain has grown since its last one. Returns how many."""
    key = checkpoints.private_key(settings.AUDIT_KEY)
    signed = 0
    for organisation_id in Organisation.objects.order_by("pk").values_list("pk", flat=True):
        with acting_for(organisation_id):
            seq, entry_hash = reading.head(organisation_id)
        known = checkpoints.read(settings.CHECKPOINT_DIR, organisation_id)
        if seq == 0 or (known and known[-1].seq >= seq):
            continue
        checkpoint = checkpoints.sign(key, organisation_id, seq, entry_hash, now)
        checkpoints.append(settings.CHECKPOINT_DIR, checkpoint)
        signed += 1
    return signed


def public_key() -> str:
    return checkpoints.public_hex(checkpoints.private_key(settings.AUDIT_KEY))


def export_audit(target: IO[bytes], *, actor: Actor, now: datetime) -> int:
    """Write the export of the organisation acted for; that it was taken is on the record, as its last entry."""
    organisation_id = current_organisation_id()
    record(verb="audit.exported", subject=f"organisation:{organisation_id}", actor=actor, now=now)
    signed = checkpoints.read(settings.CHECKPOINT_DIR, organisation_id)
    return write_export(target, organisation_id, signed, public_key())


def verify_audit(viewer: Viewer) -> Report:
    require(viewer, Verb.AUDIT)
    organisation_id = viewer.organisation.pk
    return verify(organisation_id, checkpoints.read(settings.CHECKPOINT_DIR, organisation_id), public_key())


@dataclass(frozen=True)
class AuditPage:
    entries: list[AuditEntry]
    next_before: int | None
    last_signed: checkpoints.Checkpoint | None


def audit_page(
    viewer: Viewer, *, subject: str = "", verb: str = "", actor: str = "", before: int | None = None
) -> AuditPage:
    """The newest entries first, by keyset on the sequence number; filters are exact, or a prefix for `verb`."""
    require(viewer, Verb.AUDIT)
    found = AuditEntry.objects.filter(organisation_id=viewer.organisation.pk).order_by("-seq")
    if subject:
        found = found.filter(subject=subject)
    if actor:
        found = found.filter(actor=actor)
    if verb:
        found = found.filter(verb__gte=verb, verb__lt=verb + "\U0010ffff")
    if before is not None:
        found = found.filter(seq__lt=before)
    entries = list(found[: PAGE + 1])
    more = len(entries) > PAGE
    signed = checkpoints.read(settings.CHECKPOINT_DIR, viewer.organisation.pk)
    return AuditPage(entries[:PAGE], entries[PAGE - 1].seq if more else None, signed[-1] if signed else None)
