"""Partners as this process saw them last, so that the door need not ask for each message who it is that sends.

What is kept here may be old. So it opens nothing by itself: the statement that stores a message does so only if the
partner's row is still the version that was kept, and everything else that fails is looked at again with a fresh row.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models.expressions import RawSQL

from exceptions.intake.services.partners import secrets_with_end
from exceptions.parties.models import Partner

MOST: Final = 5000


@dataclass(frozen=True, slots=True)
class KnownPartner:
    """`version` changes with every change of the row. `secrets` are in the clear, with the moment at which each ends."""

    partner: Partner
    version: str
    secrets: tuple[tuple[str, datetime | None], ...]

    def valid_secrets(self, now: datetime) -> list[str]:
        return [secret for secret, until in self.secrets if until is None or until > now]


_known: dict[str, KnownPartner] = {}


def partner_known(slug: str) -> KnownPartner | None:
    return _known.get(slug)


def partner_look_up(partner_id: int, now: datetime) -> KnownPartner:
    """The partner as it is now, kept from here on. Inside its organisation."""
    row = Partner.objects.annotate(version=RawSQL("parties_partner.xmin::text", [])).get(pk=partner_id)
    if len(_known) >= MOST:
        _known.clear()
    found = _known[row.slug] = KnownPartner(row, row.version, tuple(secrets_with_end(row, now)))
    return found
