"""What if a case waits: the stakes as they are stored, assessed at a later instant, and where it would then stand.

Nothing is priced again: rows and explanation say all that the arithmetic asks. The place is that among the cases as they
stand now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from controltower.errors import Invalid
from controltower.tenancy.models import Member
from controltower.tenancy.viewer import Viewer
from exceptions.cases.models import OPEN_STATES, Case, StakeState
from exceptions.cases.models import Stake as StakeRow
from exceptions.cases.selectors.parts import place_words
from exceptions.cases.selectors.queue import cases_visible, count_above
from exceptions.cases.selectors.rows import Moments
from exceptions.sla.explaining import clock, waited
from exceptions.sla.exposure import Option, Stake
from exceptions.sla.models import TermKind
from exceptions.sla.whatif import waiting

STEP: Final = timedelta(minutes=30)
AHEAD: Final = timedelta(hours=24)
FARTHEST: Final = timedelta(days=31)
DAY: Final = timedelta(days=1)
# As a field for a local time sends it.
TYPED: Final = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True)
class Later:
    """The answer in words. `place_now` and `place_then` complete "it stands ..."."""

    at: datetime
    clock: str
    place: str
    sentences: tuple[str, ...]
    place_now: str
    place_then: str


def moments(viewer: Viewer, case: Case, now: datetime) -> Moments:
    """By the clock at the place of the leading stake, or at home."""
    name = _zone(viewer, case)
    zone = ZoneInfo(name)
    local = now.astimezone(zone).replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    steps = (local + count * STEP for count in range(int(AHEAD / STEP) + 3))
    ahead = [at for at in steps if now < at <= now + AHEAD]
    # Of an hour that a night has twice a field for a local time can say one, and the next is meant.
    typed: dict[str, datetime] = {}
    for at in ahead:
        typed.setdefault(f"{at.astimezone(zone):{TYPED}}", at)
    place = case.explanation.get("place", "") if case.explanation.get("zone") else ""
    return Moments(name, place, [(value, _label(at, now, name)) for value, at in typed.items()])


def _label(at: datetime, now: datetime, zone: str) -> str:
    """The clock's words; in the hour that a night has twice with the letters of its zone."""
    local, words = at.astimezone(ZoneInfo(zone)), clock(at, now, zone)
    is_twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{words} {local:%Z}" if is_twice else words


def moment_of(text: str, now: datetime, zone: str) -> datetime:
    """The instant of a time typed on the clock of a zone. `Invalid` when it is none, has passed, or is farther away than
    a month."""
    try:
        typed = datetime.strptime(text, TYPED).replace(tzinfo=ZoneInfo(zone))
        at = typed.astimezone(UTC)
        if at <= now:  # an hour that the clock shows twice
            at = typed.replace(fold=1).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid("Type until when it waits: a day and a time.", code="no_time") from None
    if at <= now:
        raise Invalid("That time has passed. Choose a later one.", code="passed")
    if at > now + FARTHEST:
        raise Invalid("That is more than a month away. Choose an earlier time.", code="too_far")
    return at


def case_later(viewer: Viewer, case: Case, at: datetime, *, now: datetime) -> Later:
    """Where a case that the viewer may see would stand if nobody acts until `at`. `Invalid` for one that is not open."""
    if not case.is_open:
        raise Invalid(f"{case.number} is not open: nothing waits any more.", code="not_open")
    counted = StakeRow.objects.filter(case=case, state__in=(StakeState.OPEN, StakeState.LOST))
    rows = list(counted.select_related("commitment__term", "commitment__stop").order_by("books_at", "pk"))
    stakes = stored_stakes(rows, case.explanation, viewer.organisation.time_zone, at=at)
    house = viewer.organisation
    found = waiting(
        stakes,
        now,
        at,
        half_life=timedelta(hours=house.half_life_hours),
        house_currency=house.currency,
        booked=frozenset(row.key for row in rows if row.state == StakeState.LOST),
    )
    above_now, above_then = places_of(viewer, found.now.rank, found.then.rank, besides=case)
    return Later(
        at=at,
        clock=_label(at, now, _zone(viewer, case)),
        place=case.explanation.get("place", ""),
        sentences=waited(found),
        place_now=place_words(above_now),
        place_then=place_words(above_then),
    )


def stored_stakes(rows: Iterable[StakeRow], explanation: Mapping[str, Any], home: str, *, at: datetime) -> list[Stake]:
    """The stakes that pricing assessed, from what it stored of them; the rows come with commitment, term and stop.

    What was lost and is nobody's loss, the house's own rates, is left out. The rate for every further day is stored for
    the next day only: it is moved to the first that ends after `at`.
    """
    later = explanation.get("later", {})
    house, side, lost = (frozenset(later.get(name, ())) for name in ("house", "side", "lost"))
    rates = later.get("rates", {})
    return [
        _stake(row, row.key in house, row.key in side, rates.get(row.currency, "1"), home, at)
        for row in rows
        if row.state == StakeState.OPEN or row.key in lost
    ]


def _stake(row: StakeRow, is_house: bool, is_side: bool, rate: str, home: str, at: datetime) -> Stake:
    commitment = row.commitment
    stop, term = commitment.stop, commitment.term
    stake = Stake(
        key=row.key,
        books_at=row.books_at,
        payable=Decimal(row.payable) / 100,
        currency=row.currency,
        p_idle=Decimal(str(row.p_idle)),
        recoverable=Decimal(row.recoverable) / 100,
        options=tuple(_option(each) for each in row.options),
        unless=row.label.partition(" if ")[2],
        term=term.name if term else "house rate",
        is_house=is_house,
        is_side=is_side,
        place=(stop.city or stop.name) if stop else "",
        zone=stop.zone if stop else home,
        rate=Decimal(rate),
    )
    if commitment.kind != TermKind.HOUSE_RATE or row.state != StakeState.OPEN or row.books_at > at:
        return stake
    days = ((at - row.books_at) // DAY + 1) * DAY
    moved = tuple(option._replace(act_by=option.act_by + days) for option in stake.options)
    return stake._replace(books_at=row.books_at + days, options=moved)


def _option(each: Mapping[str, str]) -> Option:
    return Option(
        action=each["action"],
        act_by=datetime.fromisoformat(each["act_by"]),
        cost=Decimal(each.get("whole", each["cost"])),
        p_act=Decimal(each["p_act"]),
    )


def places_of(viewer: Viewer, *ranks: float | None, besides: Case | None = None) -> list[int | None]:
    """How many awake cases stand above each rank, counted no further than is shown, in one query; None without a rank.

    besides: the case that is asked about, which does not stand above itself, and whose pin counts.
    """
    others = cases_visible(viewer).filter(state__in=OPEN_STATES, snoozed_until=None)
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    pinned = besides is not None and besides.pinned
    asked = [count_above(others, rank, pinned=pinned) for rank in ranks if rank is not None]
    if not asked:
        return [None for _ in ranks]
    found = iter(Member.objects.filter(pk=viewer.member.pk).values_list(*asked).get())
    return [None if rank is None else next(found) for rank in ranks]


def _zone(viewer: Viewer, case: Case) -> str:
    return case.explanation.get("zone") or viewer.organisation.time_zone
