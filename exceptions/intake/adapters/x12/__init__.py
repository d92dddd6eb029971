"""ANSI ASC X12: interchanges of transaction sets, each set an item of its own; answered with a 997.

The package reads tolerantly (`reader`), understands one set at a time (`set_<number>`), and writes the answer
(`acknowledging`). Why the segments are read here and not by a library: decision 0007.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from exceptions.intake.adapters.base import Adapter, Envelope, Headers, Mapped, Part, Refusal, Unreadable
from exceptions.intake.adapters.x12.acknowledging import acknowledged
from exceptions.intake.adapters.x12.reader import (
    Group,
    Interchange,
    Segment,
    SetRefused,
    TransactionSet,
    begins,
    decoded,
    interchanges,
)
from exceptions.intake.adapters.x12.sets import understood
from exceptions.shipments.canonical import CanonicalEvent

CONTENT_TYPES: Final = frozenset(
    {"application/edi-x12", "application/edifact", "application/octet-stream", "text/plain", "application/x12"}
)


def read(body: bytes, headers: Headers, mapping: Mapped) -> list[CanonicalEvent] | Unreadable:
    """The events of all sets in the body; `Unreadable` when any of them cannot be read, so that none is lost unseen.

    A delivery of several sets is split first, and then each is read alone."""
    events: list[CanonicalEvent] = []
    try:
        for interchange, group, found in _sets(interchanges(decoded(body))):
            result = understood(found, group, interchange, mapping)
            if result.refused is not None:
                return result.refused.unreadable
            events += result.events
    except Refusal as refusal:
        return refusal.unreadable
    return events


def open_x12(body: bytes, headers: Headers) -> Envelope | Unreadable:
    """A repeat is the same text, whatever its line ends: control numbers are used again by senders, and name nothing."""
    try:
        text = decoded(body)
    except Refusal as refusal:
        return refusal.unreadable
    if not begins(text):
        return Unreadable("this is not X12: it begins neither with ISA nor with GS or ST", "segment 1")
    return Envelope(content="\n".join(text.split()).encode("utf-8", "surrogatepass"))


def split(body: bytes, headers: Headers, mapping: Mapped) -> Sequence[Part | Unreadable] | Unreadable:
    """One part for each transaction set; a set that cannot stand alone (cut off, headless) is refused in its place."""
    try:
        found = list(_sets(interchanges(decoded(body))))
    except Refusal as refusal:
        return refusal.unreadable
    if not found:
        return Unreadable("there is no transaction set in it", "segment 1")
    return [_part(interchange, group, one) for interchange, group, one in found]


def _sets(found: Sequence[Interchange]) -> Iterator[tuple[Interchange, Group, TransactionSet]]:
    for interchange in found:
        for group in interchange.groups:
            for one in group.sets:
                yield interchange, group, one


def _part(interchange: Interchange, group: Group, found: TransactionSet) -> Part | Unreadable:
    names = [f"interchange {interchange.header.get(13)[:20]}" if interchange.header else ""]
    names += [f"group {group.control[:20]}" if group.header else "", found.where]
    where = ", ".join(name for name in names if name)
    if found.refused is not None:
        place = found.refused.unreadable.where
        return Unreadable(found.refused.unreadable.reason, f"{where}, {place}" if place != found.where else where)
    by = interchange.separators
    end = by.segment if by.segment in "\r\n" else f"{by.segment}\n"
    lines: list[str] = []
    if interchange.header is not None:
        lines.append(_header(interchange.header, by.element, by.component))
    if group.header is not None:
        lines.append(by.element.join(group.header.elements))
    lines += [by.element.join(segment.elements) for segment in found.segments]
    if group.header is not None:
        lines.append(by.element.join(("GE", "1", group.control)))
    if interchange.header is not None:
        lines.append(by.element.join(("IEA", "1", interchange.header.get(13))))
    body = "".join(line + end for line in lines).encode("utf-8")
    # The same set in a group of the same name and moment is a repeat, also when the mailbox sends it in a new envelope.
    said = [group.header.elements if group.header else (), *(segment.elements for segment in found.segments)]
    content = "\n".join("\x1f".join(elements) for elements in said).encode("utf-8")
    return Part(body, where, Envelope(content=hashlib.sha256(content).digest()))


def _header(isa: Segment, element: str, component: str) -> str:
    """The ISA with all of its sixteen elements, the last of which is a separator itself."""
    elements = [*isa.elements, *[""] * 16][:16]
    return element.join((*elements, component))


def acknowledge(body: bytes, headers: Headers, mapping: Mapped, now: datetime) -> bytes:
    """The 997 for a delivery as it came, not for its parts."""
    return acknowledged(body, mapping, now)


ADAPTER: Final = Adapter(
    key="x12",
    label="X12 (204, 210, 211, 214, 315, 322, 856, 861, 940, 944, 945, 990)",
    content_types=CONTENT_TYPES,
    read=read,
    open=open_x12,
    split=split,
    acknowledge=acknowledge,
)
__all__ = ["ADAPTER", "SetRefused", "read", "split"]
