"""What the clocks of contracts need to know of freight and of a case, in the words of the domain. No database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from exceptions.cases.models import Case
from exceptions.shipments.models import Stop
from exceptions.sla.clocks import Pause

# What an entry on the timeline keeps where the customer heard from us: when.
HEARD = "heard"
# What it keeps of a time that was promised to them, or withdrawn: "".
NEXT = "next_update"


@dataclass(frozen=True)
class StopTimes:
    """One stop of a way. promised: the end of an appointment that holds, else of the window."""

    stop: Stop
    appointment: int | None = None
    promised: datetime | None = None
    estimated: datetime | None = None
    arrived: datetime | None = None
    done: datetime | None = None
    departed: datetime | None = None


@dataclass(frozen=True)
class CutOff:
    """kind: as plans name it, or "tender". kept_at: when what it asks for happened."""

    key: str
    kind: str
    at: datetime
    kept_at: datetime | None = None
    zone: str = "UTC"
    place: str = ""


@dataclass(frozen=True)
class Disputable:
    """A charge that can still be disputed, or was. over: what it asks beyond what was agreed, all where nothing was."""

    id: int
    number: str
    over: Decimal
    currency: str
    invoiced_at: datetime | None
    until: datetime | None
    is_disputed: bool


@dataclass(frozen=True)
class ClockFacts:
    """Of one shipment. stops: pickups and deliveries in order."""

    stops: tuple[StopTimes, ...] = ()
    cut_offs: tuple[CutOff, ...] = ()
    charges: tuple[Disputable, ...] = ()


@dataclass(frozen=True)
class CaseClocks:
    """Of one case. pauses: by causes that a person accepted. told: each time the customer heard from us, in order."""

    pauses: tuple[Pause, ...] = ()
    told: tuple[datetime, ...] = ()


def subject_of(case: Case, kind: str) -> int | None:
    """The id of what the case is about, when it is of this kind."""
    name, _, number = case.subject_key.partition(":")
    return int(number) if name == kind else None
