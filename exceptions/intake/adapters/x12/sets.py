"""Which transaction sets are read, and the reading of one set whatever kind it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from exceptions.intake.adapters.x12 import (
    set_204,
    set_210,
    set_211,
    set_214,
    set_315,
    set_322,
    set_856,
    set_861,
    set_940,
    set_944,
    set_945,
    set_990,
)
from exceptions.intake.adapters.x12.reader import Fault, Group, Interchange, SetRefused, TransactionSet
from exceptions.intake.adapters.x12.reading import Reading
from exceptions.intake.adapters.x12.times import envelope_moment
from exceptions.shipments.canonical import CanonicalEvent

READ: Final[Mapping[str, Callable[[Reading], list[CanonicalEvent]]]] = {
    "204": set_204.understand,
    "210": set_210.understand,
    "211": set_211.understand,
    "214": set_214.understand,
    "315": set_315.understand,
    "322": set_322.understand,
    "856": set_856.understand,
    "861": set_861.understand,
    "940": set_940.understand,
    "944": set_944.understand,
    "945": set_945.understand,
    "990": set_990.understand,
}
# What answers our own sets: it is read as far as its envelope, and nothing happens to freight by it. A 997 for these
# would be answered in turn for ever (X12.5: functional groups FA are not acknowledged).
ANSWERS: Final = frozenset({"997", "999", "824", "864", "TA1"})


@dataclass(frozen=True, slots=True)
class Understood:
    """What came of one set: its events, or why not; and what the acknowledgement says of it."""

    set: TransactionSet
    events: list[CanonicalEvent] = field(default_factory=list)
    refused: SetRefused | None = None
    faults: list[Fault] = field(default_factory=list)


def understood(found: TransactionSet, group: Group, interchange: Interchange, mapping: Mapping[str, Any]) -> Understood:
    """Read one set. Whatever is wrong with it is in the result; nothing is raised."""
    if found.refused is not None:
        return Understood(found, refused=found.refused)
    if found.code in ANSWERS:
        return Understood(found)
    reader = READ.get(found.code)
    if reader is None:
        known = ", ".join(sorted(READ))
        reason = f"transaction set {found.code[:10]!r} is not read here; {known} are"
        return Understood(found, refused=SetRefused(reason, found.where, set_code="1"))
    reading = Reading(found, mapping, remarks=list(found.remarks))
    reading.reported_at = envelope_moment(reading, group.header, interchange.header)
    try:
        events = reader(reading)
    except SetRefused as refused:
        return Understood(found, refused=refused, faults=reading.faults)
    return Understood(found, events, faults=reading.faults)
