"""Where a case would stand if nothing were done until a later instant.

Pure functions: the same arithmetic as pricing, `assess`, on the same stakes at another instant. It knows what is known
now; what will be heard until then it cannot know.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from exceptions.sla.exposure import ZERO, Assessment, Choice, Option, Stake, assess


@dataclass(frozen=True)
class Waiting:
    """What waiting from `start` until `at` changes. Amounts in the currency of the assessments, undiscounted.

    gone: what of the avoidable money would not be avoidable any more. books: stakes that would have booked meanwhile.
    closes: options that count now and would not work any more, first to close first.
    """

    now: Assessment
    then: Assessment
    start: datetime
    at: datetime
    gone: Decimal
    books: tuple[Stake, ...]
    closes: tuple[tuple[Stake, Option], ...]

    @property
    def changes_nothing(self) -> bool:
        """Whether acting at the later instant is as good as acting now."""
        return not self.books and not self.closes and self.gone == ZERO


def stands_at(
    stakes: Sequence[Stake],
    at: datetime,
    *,
    half_life: timedelta,
    house_currency: str,
    booked: Collection[str] = (),
) -> Assessment:
    """The case at `at` when nobody acts until then and nothing else is heard: `assess` at that instant.

    stakes: those that are open or booked now. booked: keys of those that stay booked. What the house would have charged
    itself by then is nobody's loss and left out, as pricing leaves it out.
    """
    standing = [stake for stake in stakes if not (stake.is_house and (stake.books_at <= at or stake.key in booked))]
    return assess(standing, at, half_life=half_life, house_currency=house_currency, booked=booked)


def waiting(
    stakes: Sequence[Stake],
    now: datetime,
    at: datetime,
    *,
    half_life: timedelta,
    house_currency: str,
    booked: Collection[str] = (),
) -> Waiting:
    """What waiting from `now` until `at` costs. `at` is not before `now`: ValueError."""
    if at < now:
        raise ValueError("nothing can wait until an instant that has passed")

    def stands(when: datetime) -> Assessment:
        return stands_at(stakes, when, half_life=half_life, house_currency=house_currency, booked=booked)

    before, after = stands(now), stands(at)
    known = {stake.key for stake in before.booked}
    return Waiting(
        now=before,
        then=after,
        start=now,
        at=at,
        gone=max(ZERO, before.avoidable - after.avoidable),
        books=tuple(stake for stake in after.booked if stake.key not in known),
        closes=_closed(before.choices, at),
    )


def _closed(choices: Sequence[Choice], at: datetime) -> tuple[tuple[Stake, Option], ...]:
    found = [(one.stake, one.option) for one in choices if one.option is not None and one.option.act_by <= at]
    return tuple(sorted(found, key=lambda pair: (pair[1].act_by, pair[0].key)))
