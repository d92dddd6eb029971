"""The levels of an IFTSTA: header, consignments (CNI), statuses (STS), and what each of them says. Pure.

Senders leave levels out and put containers and places where they like; so what a status does not say itself is taken
from its consignment, and then from the header.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from exceptions.intake.adapters.base import Refusal
from exceptions.intake.adapters.building import joined
from exceptions.intake.adapters.edifact import report as frame
from exceptions.intake.adapters.edifact.reader import Segment
from exceptions.intake.adapters.edifact.report import Report
from exceptions.intake.adapters.edifact.values import containers_of, issuer_of, references_of
from exceptions.shipments.canonical import Ref, RefType

MAX_EQUIPMENT: Final = 500


@dataclass(frozen=True, slots=True)
class Status:
    """One STS with all that belongs to it, and the levels above it."""

    head: Segment
    own: Sequence[Segment]
    transport: Sequence[Segment]
    equipment: Sequence[Segment]
    outer: Sequence[Segment]
    references: tuple[Ref, ...]

    @property
    def code(self) -> str:
        """4405 (9011 in old directories) of C555; UPS writes it as the list of C601."""
        return self.head.value(2, 1) or self.head.value(1, 2)

    @property
    def reasons(self) -> list[str]:
        return [code for place in range(3, 8) if (code := self.head.value(place, 1))]

    @property
    def text(self) -> str:
        words = [self.head.value(2, 4), *(self.head.value(place, 4) for place in range(3, 8))]
        return joined(*words, frame.free_text(self.own))[:500]


def statuses(report: Report) -> Iterator[Status]:
    """Every status of a message, in its order. Raises `Refusal` when there is none."""
    header, consignments = frame.groups(report.message.segments, "CNI")
    if not consignments:
        header, stated = frame.groups(header, "STS")
        consignments = [[segment for group in stated for segment in group]]
    found = False
    for consignment in consignments:
        outer, stated = frame.groups(consignment, "STS")
        for group in stated:
            found = True
            yield _status(report, group, outer, header)
    if not found:
        raise Refusal("there is no status (STS)", report.message.where)


def _status(report: Report, group: Sequence[Segment], outer: Sequence[Segment], header: Sequence[Segment]) -> Status:
    at_transport = next((index for index, item in enumerate(group) if item.tag == "TDT"), len(group))
    at_equipment = next((index for index, item in enumerate(group) if item.tag in ("EQD", "GID")), len(group))
    end = min(at_transport, at_equipment)
    if at_transport < at_equipment:
        transport, after = group[at_transport:at_equipment], group[at_equipment:]
    else:
        transport, after = group[at_transport:], group[at_equipment:at_transport]
    equipment = next(
        (found for level in (group, outer, header) if (found := containers_of(level))),
        [],
    )
    own = [*group[1:end], *(item for item in after if item.tag in ("DTM", "RFF", "FTX"))]
    number = outer[0].value(2, 1) if outer and outer[0].tag == "CNI" else ""
    consignment = [Ref(RefType.BOL, number[:60], issuer_of(report.mapping))] if number else []
    levels = [references_of(level, report.mapping) for level in (own, outer, header)]
    if len(equipment) > MAX_EQUIPMENT:
        raise Refusal(f"one status of more than {MAX_EQUIPMENT} containers", group[0].where)
    references = frame.merged([*levels, consignment], frame.equipment_refs(equipment))
    outer_all = [*outer, *header]
    return Status(group[0], own, transport, equipment, outer_all, references)


def tail_of(report: Report, equipment: Segment) -> Sequence[Segment]:
    """What follows an EQD and belongs to it."""
    segments = report.message.segments
    start = equipment.number - segments[0].number + 1
    ends = (index for index in range(start, len(segments)) if segments[index].tag in ("EQD", "STS", "CNI", "UNT"))
    return segments[start : next(ends, start)]
