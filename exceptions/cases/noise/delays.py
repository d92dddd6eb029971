"""What holds freight up, what that does to the arrival, and from when on it is in danger of being late."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

from exceptions.cases.noise.world import HOUR, Journey

GRACE = timedelta(minutes=30)
PASSING = timedelta(hours=2)
OWED_WITHIN = timedelta(hours=4)


@dataclass(frozen=True)
class Delay:
    """Something that costs `hours` from `begins` on, of which `made_up` hours are gained back at `made_up_at`."""

    begins: datetime
    hours: float
    text: str
    reason: str = ""
    made_up: float = 0.0
    made_up_at: datetime | None = None


@dataclass
class Run:
    """The way to a receiver: when it would be there without delays, and the delays."""

    base: datetime
    delays: list[Delay] = field(default_factory=list)

    @property
    def arrival(self) -> datetime:
        return self.base + sum(((delay.hours - delay.made_up) * HOUR for delay in self.delays), timedelta(0))

    def projected(self, at: datetime) -> datetime:
        """When it will be there, by what has happened until `at`: what a perfect observer would say then."""
        found = self.base
        for delay in self.delays:
            found += delay.hours * HOUR if delay.begins <= at else timedelta(0)
            found -= delay.made_up * HOUR if delay.made_up_at and delay.made_up_at <= at else timedelta(0)
        return found

    def dangers(self, promise: datetime) -> list[tuple[datetime, datetime]]:
        """The times, before it is there, in which it was going to be more than half an hour late."""
        turns = sorted(
            {delay.begins for delay in self.delays} | {delay.made_up_at for delay in self.delays if delay.made_up_at}
        )
        turns = [turn for turn in turns if turn < self.arrival]
        found: list[tuple[datetime, datetime]] = []
        for begin, end in pairwise([*turns, self.arrival]):
            if self.projected(begin) <= promise + GRACE:
                continue
            if found and found[-1][1] == begin:
                found[-1] = (found[-1][0], end)
            else:
                found.append((begin, end))
        return found


def lateness(journey: Journey, run: Run, promise: datetime, told: list[datetime]) -> None:
    """Note what is true of the delivery. `told` is when some party spoke of the delay or of an ETA that shows it."""
    dangers = run.dangers(promise)
    if run.arrival > promise + GRACE:
        begins = dangers[0][0] if dangers else promise
        journey.wrong("late", "delivery_late", min(begins, promise))
    elif dangers:
        begin, end = dangers[0][0], dangers[-1][1]
        spoken_of = any(start <= at <= stop for at in told for start, stop in dangers)
        grave = end - begin >= PASSING and spoken_of
        story = "late for a while" if grave else "nearly late"
        journey.wrong(story, "delivery_late", begin, arguable=not grave)
    elif run.arrival > promise:
        journey.wrong("a little late", "delivery_late", promise, arguable=True)
    _one_with_silence(journey)


def _one_with_silence(journey: Journey) -> None:
    """A truck that is dark and late is one thing, by whichever of the two it is called."""
    firm = [truth for truth in journey.truths if not truth.arguable]
    dark = next((truth for truth in firm if truth.story == "tracker dark"), None)
    late = next((truth for truth in firm if truth.story in ("late", "late for a while")), None)
    if dark is None or late is None:
        return
    journey.truths = [truth for truth in journey.truths if truth not in (dark, late)]
    journey.truths.append(replace(late, kinds=late.kinds | dark.kinds, begins=min(late.begins, dark.begins)))


def word_owed(journey: Journey, arrival: datetime, promise: datetime, heard: datetime) -> None:
    """There in time, but nobody told for hours after the promise: whether to ask by then is a matter of taste."""
    if arrival <= promise + GRACE and heard > promise + OWED_WITHIN:
        journey.wrong("in time but untold", "delivery_late tracking_silent", promise, arguable=True)


def pickup_lateness(journey: Journey, promise: datetime, actual: datetime, heard: datetime | None) -> None:
    """The same for the collection, with an hour of grace."""
    if actual > promise + HOUR:
        journey.wrong("late pickup", "pickup_late departure_missed", promise)
    elif actual > promise or heard is None or heard > promise + OWED_WITHIN:
        journey.wrong("pickup a little late or untold", "pickup_late departure_missed", promise, arguable=True)
