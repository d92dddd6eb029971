"""A partner's mapping, changed by people: judged before it is kept, and on record with what it was."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from controltower.audit import Actor, record
from controltower.errors import Conflict, Invalid
from exceptions.intake.mapping.shapes import mapping_problems
from exceptions.parties.models import Partner


def mapping_version(partner: Partner) -> str:
    """What changes with the mapping: a form posts it, so that nobody overwrites what they have not seen."""
    return hashlib.sha256(json.dumps(partner.mapping, sort_keys=True).encode()).hexdigest()[:16]


def partner_map(partner: Partner, *, mapping: Mapping[str, Any], version: str, actor: Actor, now: datetime) -> Partner:
    """Keep a mapping. It counts for what is read from now on. Raises `Invalid` with a sentence for each thing that is
    wrong, `Conflict` when it is not the version that was shown."""
    problems = mapping_problems(partner.adapter, mapping)
    if problems:
        raise Invalid(problems[0], code="invalid_mapping", details={"problems": problems})
    partner = Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    if version != mapping_version(partner):
        raise Conflict("Somebody else has changed the mapping. Your text is below; reload the page to see theirs.")
    before = partner.mapping
    if before != mapping:
        partner.mapping = dict(mapping)
        partner.save(update_fields=["mapping"])
        record(
            verb="partner.mapped",
            subject=f"partner:{partner.pk}",
            actor=actor,
            before={"mapping": before},
            after={"mapping": partner.mapping},
            now=now,
        )
    return partner
