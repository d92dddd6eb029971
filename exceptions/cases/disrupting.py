"""Which open cases may have one cause: several at once in one place, with one carrier, or on one vessel. Pure.

It proposes and nothing more; a person says whether it is so. Where the same cases share more than one thing, the
narrowest is proposed: a vessel rather than its port, a port rather than the carrier that calls there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

WINDOW = timedelta(hours=24)
# How much of a wider proposal may be told by a narrower one before it says nothing new.
COVERED = 0.75


class Shared(StrEnum):
    """What cases have in common, the narrowest first."""

    VEHICLE = "vehicle"
    PLACE = "place"
    CARRIER = "carrier"


# So many cases, each with a shipment that the others do not have. A carrier has many cases on any bad day, a port fewer,
# and two on one vessel are hardly chance.
AT_LEAST = {Shared.VEHICLE: 3, Shared.PLACE: 4, Shared.CARRIER: 6}


@dataclass(frozen=True)
class Thing:
    """Something that cases share; `key` compares, `label` is for people, `id` an account's for carriers."""

    shared: Shared
    key: str
    label: str
    id: int | None = None


@dataclass(frozen=True)
class Sighting:
    """An open case as it is looked at here."""

    case: int
    opened_at: datetime
    shipments: frozenset[int]
    things: frozenset[Thing]


@dataclass(frozen=True)
class Proposal:
    """Cases that may have one cause, by id in order of opening."""

    thing: Thing
    cases: tuple[int, ...]
    starts_at: datetime

    @property
    def key(self) -> str:
        return f"{self.thing.shared}:{self.thing.key}"

    @property
    def name(self) -> str:
        return {
            Shared.VEHICLE: f"Trouble on {self.thing.label}",
            Shared.PLACE: f"Trouble at {self.thing.label}",
            Shared.CARRIER: f"Trouble with {self.thing.label}",
        }[self.thing.shared]


def propose(sightings: Iterable[Sighting], *, window: timedelta = WINDOW) -> list[Proposal]:
    """What should be put before a person, the narrowest first; the same for any order of the cases."""
    by_thing: dict[Thing, list[Sighting]] = defaultdict(list)
    for sighting in sightings:
        for thing in sighting.things:
            by_thing[thing].append(sighting)
    found = []
    for thing, some in by_thing.items():
        together = densest(sorted(some, key=lambda one: (one.opened_at, one.case)), window)
        if distinct(together) >= AT_LEAST[thing.shared]:
            found.append(Proposal(thing, tuple(one.case for one in together), together[0].opened_at))
    ranks = list(Shared)
    found.sort(key=lambda one: (ranks.index(one.thing.shared), -len(one.cases), one.key))
    return _narrowest(found)


def densest(ordered: Sequence[Sighting], window: timedelta) -> Sequence[Sighting]:
    """The most cases that were opened within one window; of equals the latest. `ordered` by opening."""
    best: Sequence[Sighting] = ()
    begin = 0
    for end, last in enumerate(ordered):
        while last.opened_at - ordered[begin].opened_at > window:
            begin += 1
        if end + 1 - begin >= len(best):
            best = ordered[begin : end + 1]
    return best


def distinct(sightings: Iterable[Sighting]) -> int:
    """How many of the cases bring a shipment that those before them did not have: two about one shipment are one."""
    seen: set[int] = set()
    count = 0
    for one in sightings:
        if one.shipments - seen:
            count += 1
            seen |= one.shipments
    return count


def is_news(cases: Iterable[int], dismissed: Iterable[int], shared: Shared) -> bool:
    """Whether what was dismissed for some cases may be proposed again: when as many others have come as it takes."""
    return len(set(cases) - set(dismissed)) >= AT_LEAST[shared]


def _narrowest(found: Iterable[Proposal]) -> list[Proposal]:
    kept: list[Proposal] = []
    for proposal in found:
        told = {case for other in kept for case in other.cases} & set(proposal.cases)
        if len(told) < COVERED * len(proposal.cases):
            kept.append(proposal)
    return kept
