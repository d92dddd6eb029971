"""How partners are doing: from what was counted when their messages were read, in three queries for any number."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

from django.db.models import Count, Min

from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer, require
from controltower.web import formats
from exceptions.intake.models import Message, MessageState, SignalHour
from exceptions.parties.models import Partner

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
LEARNED_FROM: Final = timedelta(days=14)
# With fewer hours of signals nobody knows what is usual, and two hours of silence are nothing to speak of.
HOURS_TO_KNOW: Final = 12
SHORTEST_SILENCE: Final = timedelta(hours=2)
BAR_HEIGHT: Final = 20


@dataclass(frozen=True, slots=True)
class Hour:
    start: datetime
    messages: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Bar:
    x: int
    top: int
    height: int
    refused_top: int
    refused_height: int


@dataclass(frozen=True, slots=True)
class Health:
    """Messages of the last 24 hours by hour, oldest first, and what waits now.

    `refused` counts what was not understood when it was first read; `dead` counts what lies there today.
    `longest_pause` is the longest that the partner paused in two weeks, None where too little is known.
    """

    last_signal_at: datetime | None
    hours: Sequence[Hour]
    messages: int = 0
    refused: int = 0
    repeated: int = 0
    waiting: int = 0
    oldest_waiting: datetime | None = None
    dead: int = 0
    longest_pause: timedelta | None = None
    silent_for: timedelta | None = None

    @property
    def lately(self) -> int:
        """Of the present hour and of the one before it: half past ten, that is since nine."""
        return self.hours[-1].messages + self.hours[-2].messages

    @property
    def longest_pause_words(self) -> str:
        return formats.span(self.longest_pause) if self.longest_pause else ""

    @property
    def refused_percent(self) -> int:
        return _percent(self.refused, self.messages)

    @property
    def repeated_percent(self) -> int:
        return _percent(self.repeated, self.messages)

    @property
    def bars(self) -> list["Bar"]:
        """The hours as bars in a box of 96 by 20: what was refused at the foot, what was understood on top of it."""
        most = max(*(hour.messages for hour in self.hours), 1)
        drawn = []
        for at, hour in enumerate(self.hours):
            refused, all_of_it = (-(-BAR_HEIGHT * count // most) for count in (hour.refused, hour.messages))
            drawn.append(Bar(at * 4, BAR_HEIGHT - all_of_it, all_of_it - refused, BAR_HEIGHT - refused, refused))
        return drawn


@dataclass(slots=True)
class _Counted:
    hours: dict[datetime, Hour] = field(default_factory=dict)
    known: list[datetime] = field(default_factory=list)
    messages: int = 0
    refused: int = 0
    repeated: int = 0


def health_by_partner(viewer: Viewer, partners: Collection[Partner], *, now: datetime) -> dict[int, Health]:
    """The health of each of these partners, by id."""
    require(viewer, Verb.OPERATE)
    this_hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    shown = [this_hour - HOUR * back for back in reversed(range(24))]
    counted = _counted(partners, this_hour - LEARNED_FROM, shown[0])
    waiting = _waiting(partners)
    dead = dict(
        Message.objects.filter(state=MessageState.DEAD, partner__in=partners)
        .values_list("partner_id")
        .annotate(Count("id"))
    )
    found = {}
    for partner in partners:
        mine = counted.get(partner.pk, _Counted())
        count, oldest = waiting.get(partner.pk, (0, None))
        pause = longest_pause(mine.known)
        found[partner.pk] = Health(
            last_signal_at=partner.last_signal_at,
            hours=[mine.hours.get(start, Hour(start)) for start in shown],
            messages=mine.messages,
            refused=mine.refused,
            repeated=mine.repeated,
            waiting=count,
            oldest_waiting=oldest,
            dead=dead.get(partner.pk, 0),
            longest_pause=pause,
            silent_for=silent_for(partner.last_signal_at if partner.active else None, pause, now),
        )
    return found


def longest_pause(hours: Sequence[datetime]) -> timedelta | None:
    """The longest time between two hours with signals, given in order; None while too few are known."""
    if len(hours) < HOURS_TO_KNOW:
        return None
    return max(later - earlier for earlier, later in pairwise(hours))


def silent_for(last_signal_at: datetime | None, pause: timedelta | None, now: datetime) -> timedelta | None:
    """For how long a partner has been silent that never paused so long in two weeks; None where that is not so."""
    if last_signal_at is None or pause is None:
        return None
    silence = now - last_signal_at
    # Hours are counted whole: two signals one counted hour apart may be two hours apart.
    return silence if silence > max(pause + HOUR, SHORTEST_SILENCE) else None


def _counted(partners: Collection[Partner], since: datetime, day: datetime) -> dict[int, _Counted]:
    found: dict[int, _Counted] = {}
    rows = SignalHour.objects.filter(partner__in=partners, hour__gte=since).order_by("partner_id", "hour")
    for partner, hour, messages, refused, repeated in rows.values_list(
        "partner_id", "hour", "messages", "refused", "repeated"
    ):
        mine = found.setdefault(partner, _Counted())
        mine.known.append(hour)
        if hour >= day:
            mine.hours[hour] = Hour(hour, messages, refused)
            mine.messages += messages
            mine.refused += refused
            mine.repeated += repeated
    return found


def _waiting(partners: Collection[Partner]) -> dict[int, tuple[int, datetime]]:
    rows = Message.objects.filter(state=MessageState.RECEIVED, partner__in=partners).values_list("partner_id")
    return {partner: (count, oldest) for partner, count, oldest in rows.annotate(Count("id"), Min("received_at"))}


def _percent(part: int, whole: int) -> int:
    """Rounded up, so that some is never none."""
    return -(-100 * part // whole) if whole else 0
