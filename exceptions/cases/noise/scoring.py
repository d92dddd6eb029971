"""Holds the cases that were opened against what was true. Pure: it knows neither how cases nor how truths came about."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from exceptions.cases.noise.world import Truth

# News of a thing may be stamped a little before it, by clocks that go wrong.
CLOCK = timedelta(hours=1)
END = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Opened:
    """A case as it stood at the end. `ends` is None while it is open; `recovered` when it ended by itself."""

    number: str
    kind: str
    shipments: frozenset[str]
    begins: datetime
    ends: datetime | None = None
    recovered: bool = False


@dataclass(frozen=True)
class Score:
    """`false` and `missed` say what kind of thing went wrong how often; `said_twice` are second cases about one truth."""

    true_cases: int
    cases: int
    arguable: int
    right: int
    found: int
    duplicates: int
    auto_recovered: int
    false: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    said_twice: Counter[str] = field(default_factory=Counter)
    examples: tuple[str, ...] = ()

    @property
    def precision(self) -> float:
        """The share of cases worth opening, of those that are not arguable."""
        return self.right / max(1, self.cases - self.arguable)

    @property
    def recall(self) -> float:
        return self.found / max(1, self.true_cases)


def judge(opened: Iterable[Opened], truths: Iterable[Truth]) -> Score:
    """Give each case the truth it speaks of. A truth takes one case; a second one about it is said twice, and false."""
    cases = sorted(opened, key=lambda case: (case.begins, case.number))
    everything = list(truths)
    about: dict[str, list[int]] = defaultdict(list)
    for index, truth in enumerate(everything):
        for shipment in truth.shipments:
            about[shipment].append(index)
    taken: set[int] = set()
    right = arguable = 0
    false: Counter[str] = Counter()
    twice: Counter[str] = Counter()
    examples: list[str] = []
    for case in cases:
        told = [index for index in _candidates(case, about) if _speaks_of(case, everything[index])]
        firm = [index for index in told if not everything[index].arguable]
        if free := [index for index in firm if index not in taken]:
            taken.add(free[0])
            right += 1
        elif len(told) > len(firm):
            arguable += 1
        elif firm:
            twice[f"{case.kind}: {everything[firm[0]].story}"] += 1
            examples.append(f"twice {case.number} {case.kind} {min(case.shipments, default='')}")
        else:
            false[case.kind] += 1
            examples.append(f"false {case.number} {case.kind} {min(case.shipments, default='')}")
    real = [index for index, truth in enumerate(everything) if not truth.arguable]
    lost = [index for index in real if index not in taken]
    examples += [f"missed {everything[index].story} {min(everything[index].shipments)}" for index in lost]
    return Score(
        true_cases=len(real),
        cases=len(cases),
        arguable=arguable,
        right=right,
        found=len(real) - len(lost),
        duplicates=duplicates(cases),
        auto_recovered=sum(case.recovered for case in cases),
        false=false,
        missed=Counter(everything[index].story for index in lost),
        said_twice=twice,
        examples=tuple(examples),
    )


def duplicates(cases: Sequence[Opened]) -> int:
    """Pairs of cases of one type that were open about one shipment at the same time."""
    by_key: dict[tuple[str, str], list[Opened]] = defaultdict(list)
    for case in cases:
        for shipment in case.shipments:
            by_key[case.kind, shipment].append(case)
    pairs = set()
    for same in by_key.values():
        ordered = sorted(same, key=lambda case: case.begins)
        for place, earlier in enumerate(ordered):
            for later in ordered[place + 1 :]:
                if later.begins < (earlier.ends or END):
                    pairs.add((earlier.number, later.number))
    return len(pairs)


def _candidates(case: Opened, about: dict[str, list[int]]) -> list[int]:
    return sorted({index for shipment in case.shipments for index in about[shipment]})


def _speaks_of(case: Opened, truth: Truth) -> bool:
    """By its type, and open at some time from when it began."""
    if case.kind not in truth.kinds:
        return False
    return (case.ends or END) >= truth.begins - CLOCK and case.begins <= (truth.ends or END)
