"""Dead letters: what could not be understood, by partner, reason and day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet

from controltower.errors import NotFound
from controltower.tenancy.viewer import Viewer
from exceptions.intake.models import Message, MessageState
from exceptions.intake.selectors.messages import operates_all
from exceptions.parties.models import Partner

PAGE: Final = 50
REASONS: Final = 20
COUNTED: Final = 5000  # reasons are counted over this many of the newest


@dataclass(frozen=True, slots=True)
class DeadFilter:
    """Which dead letters: of a partner (by slug), with a reason, received on a day in the organisation's zone."""

    partner: str = ""
    reason: str = ""
    day: date | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.partner or self.reason or self.day)

    def as_query(self) -> dict[str, str]:
        query = {"partner": self.partner, "reason": self.reason, "day": self.day.isoformat() if self.day else ""}
        return {name: value for name, value in query.items() if value}

    def between(self, zone: str) -> tuple[datetime, datetime] | None:
        if self.day is None:
            return None
        start = datetime.combine(self.day, time(), ZoneInfo(zone))
        return start, datetime.combine(self.day + timedelta(days=1), time(), ZoneInfo(zone))


@dataclass(frozen=True, slots=True)
class DeadPage:
    messages: list[Message]
    next_before: int | None
    partner: Partner | None


def dead_matching(viewer: Viewer, wanted: DeadFilter) -> tuple[QuerySet[Message], Partner | None]:
    """Dead letters of a filter, and the partner that it names. Raises `NotFound` for one that is not here."""
    operates_all(viewer)
    found = Message.objects.filter(state=MessageState.DEAD)
    partner = None
    if wanted.partner:
        partner = Partner.objects.filter(slug=wanted.partner).first()
        if partner is None:
            raise NotFound("There is no such partner, or it belongs to another organisation.")
        found = found.filter(partner=partner)
    if wanted.reason:
        found = found.filter(reason=wanted.reason)
    between = wanted.between(viewer.organisation.time_zone)
    if between:
        found = found.filter(received_at__gte=between[0], received_at__lt=between[1])
    return found, partner


def dead_letters(viewer: Viewer, wanted: DeadFilter, *, before: int | None = None) -> DeadPage:
    """Dead letters, newest first, 50 a page; `before` is the id to continue below."""
    found, partner = dead_matching(viewer, wanted)
    found = found.select_related("partner").defer("raw", "acknowledgement").order_by("-id")
    if before is not None:
        found = found.filter(pk__lt=before)
    messages = list(found[: PAGE + 1])
    more = len(messages) > PAGE
    messages = messages[:PAGE]
    return DeadPage(messages, messages[-1].pk if more else None, partner)


def dead_reasons(viewer: Viewer, wanted: DeadFilter) -> Mapping[str, int]:
    """The most frequent reasons with how often, of the newest 5,000 that match but for the reason."""
    found, _ = dead_matching(viewer, DeadFilter(wanted.partner, "", wanted.day))
    newest = found.order_by("-id").values("pk")[:COUNTED]
    counted = Message.objects.filter(pk__in=newest).values_list("reason").annotate(count=Count("id"))
    return dict(counted.order_by("-count", "reason")[:REASONS])
