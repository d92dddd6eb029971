"""Codes and texts that no table knows, as people map them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q

from controltower.errors import NotFound
from controltower.tenancy.viewer import Viewer
from controltower.web.numbers import number_in
from exceptions.intake.models import UnmappedCode
from exceptions.intake.selectors.messages import operates_all
from exceptions.parties.models import Partner

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class CodePage:
    codes: list[UnmappedCode]
    next_after: str
    partner: Partner | None


def unmapped_codes(viewer: Viewer, *, partner_slug: str = "", after: str = "") -> CodePage:
    """What waits to be mapped, the latest seen first, 50 a page; `after` is the cursor of the page before."""
    operates_all(viewer)
    found = UnmappedCode.objects.filter(mapped_at=None).select_related("partner").order_by("-last_seen", "-id")
    partner = None
    if partner_slug:
        partner = Partner.objects.filter(slug=partner_slug).first()
        if partner is None:
            raise NotFound("There is no such partner, or it belongs to another organisation.")
        found = found.filter(partner=partner)
    below = _cursor(after)
    if below:
        found = found.filter(Q(last_seen__lt=below[0]) | Q(last_seen=below[0], pk__lt=below[1]))
    codes = list(found[: PAGE + 1])
    more = len(codes) > PAGE
    codes = codes[:PAGE]
    last = codes[-1] if more else None
    return CodePage(codes, f"{last.last_seen.isoformat()}~{last.pk}" if last else "", partner)


def unmapped_code(viewer: Viewer, code_id: int) -> UnmappedCode:
    operates_all(viewer)
    found = UnmappedCode.objects.select_related("partner").filter(pk=code_id).first()
    if found is None:
        raise NotFound("There is no such code, or it belongs to another organisation.")
    return found


def _cursor(after: str) -> tuple[datetime, int] | None:
    moment, _, pk = after.partition("~")
    try:
        seen = datetime.fromisoformat(moment)
    except ValueError:
        return None
    number = number_in(pk)
    return (seen, number) if seen.tzinfo and number is not None else None
