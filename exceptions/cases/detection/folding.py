"""A history of statements, folded to what stands wrong after the last of them. Pure.

The order is that of happening, never that of arrival, so shuffling, repeating and delaying signals changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from exceptions.cases.detection.history import Told
from exceptions.cases.detection.verdicts import Evidence
from exceptions.sla.defaults import FLAP_WINDOW


@dataclass(frozen=True, slots=True)
class Statement:
    """What one event says about one trouble: that it is there (`bad`), or that it is over."""

    event: Told
    bad: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class Episode:
    """The last time something was wrong. stands: nothing since says that it is over."""

    stands: bool
    evidence: tuple[Evidence, ...]
    ended: Statement | None

    @property
    def last(self) -> Evidence:
        return self.evidence[-1]


def episode(statements: Iterable[Statement], flap: timedelta = FLAP_WINDOW) -> Episode:
    """Fold statements in any order. Trouble that is back within `flap` of its end is the same episode; of statements
    about the same instant the one that ends the trouble counts as the later."""
    ordered = sorted(
        statements, key=lambda said: (said.event.at, not said.bad, said.event.reported_at, said.event.mark)
    )
    evidence: list[Evidence] = []
    ended: Statement | None = None
    for said in ordered:
        if not said.bad:
            ended = ended or said
            continue
        if ended is not None:
            if said.event.at - ended.event.at > flap:
                evidence = []
            ended = None
        evidence.append(evidence_of(said.event, said.text))
    return Episode(bool(evidence) and ended is None, tuple(evidence), ended)


def evidence_of(event: Told, text: str = "") -> Evidence:
    """An event as a piece of evidence, in the sender's words where it has none of ours."""
    data = {key: event.data[key] for key in ("reason", "detail", "status") if event.data.get(key)}
    return Evidence(event.at, text or event.words, event.id, None, event.load, data)


def latest(events: Iterable[Told], until: datetime | None = None) -> Told | None:
    """The last to happen (up to `until`), None of none."""
    return max(
        (event for event in events if until is None or event.at <= until), key=lambda event: event.order, default=None
    )
