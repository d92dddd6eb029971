"""Segments to messages: interchange (UNB to UNZ), group (UNG to UNE), message (UNH to UNT). Pure.

Each message stands or falls by itself. A frame that contradicts what it holds (a count, a reference, a trailer that is
missing) is an item of its own among the messages, so that somebody hears of it and no message is lost for it.
Source: ISO 9735, service segments.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from exceptions.intake.adapters.base import Refusal
from exceptions.intake.adapters.edifact.reader import (
    BEFORE,
    Segment,
    Separators,
    charset_of,
    read_segments,
    service_characters,
)

MAX_BYTES: Final = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Message:
    """UNH to UNT. `kind` is IFTSTA, CODECO ...; `version` its directory, such as D00B. `warnings` say what is wrong with
    its frame and yet does not make it unreadable."""

    kind: str
    version: str
    reference: str
    segments: tuple[Segment, ...]
    start: int
    end: int
    group: tuple[int, int] = (0, 0)
    warnings: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        return self.segments[0].where


@dataclass(frozen=True, slots=True)
class Broken:
    """A part of the delivery that is no message: why, and where."""

    reason: str
    where: str


@dataclass(slots=True)
class Interchange:
    """One delivery. `items` are its messages, and what is broken between them, in their order."""

    separators: Separators
    charset: str = "iso8859-1"
    sender: str = ""
    prepared: tuple[str, str] = ("", "")
    una: tuple[int, int] = (0, 0)
    unb: tuple[int, int] = (0, 0)
    items: list[Message | Broken] = field(default_factory=list)

    @property
    def messages(self) -> list[Message]:
        return [item for item in self.items if isinstance(item, Message)]


def read_interchange(body: bytes) -> Interchange:
    """The structure of a delivery. Raises `Refusal` for what is not EDIFACT at all."""
    if len(body) > MAX_BYTES:
        raise Refusal(f"the interchange is larger than {MAX_BYTES} bytes")
    # Service characters are ASCII, so the frame is read byte by byte and only values are decoded.
    text = body.decode("latin-1")
    separators, start = service_characters(text)
    level = re.match(r"UNB.(\w{4})", text[start : start + 8])
    interchange = Interchange(separators, charset=charset_of(body, level.group(1) if level else ""))
    first = len(text) - len(text.lstrip(BEFORE))
    interchange.una = (first, start) if text.startswith("UNA", first) else (0, 0)
    segments = list(read_segments(text, start, separators, interchange.charset))
    if not any(segment.tag in ("UNH", "UNB") for segment in segments):
        raise Refusal("there is neither an interchange (UNB) nor a message (UNH)", "segment 1")
    _Framer(interchange).frame(segments)
    return interchange


class _Framer:
    """Puts segments into messages and checks the frames around them."""

    def __init__(self, interchange: Interchange) -> None:
        self.to = interchange
        self.open: list[Segment] = []
        self.group: Segment | None = None
        self.header: Segment | None = None
        self.closed = False
        self.in_group = 0

    def frame(self, segments: Sequence[Segment]) -> None:
        for segment in segments:
            handler = {"UNB": self._unb, "UNG": self._ung, "UNH": self._unh, "UNT": self._unt, "UNE": self._une,
                       "UNZ": self._unz}.get(segment.tag)  # fmt: skip
            if handler:
                handler(segment)
            elif self.open:
                self.open.append(segment)
            else:
                self._broken("the segment stands in no message", segment)
        self._cut_off()
        if self.header is not None and not self.closed:
            self.to.items.append(Broken("UNZ is missing: the interchange may be cut off", "the end"))

    def _unb(self, segment: Segment) -> None:
        self._cut_off()
        if self.header is None:
            self.to.unb = (segment.start, segment.end)
            self.to.prepared = (segment.value(4, 1), segment.value(4, 2))
            self.to.sender = segment.value(2, 1)
        self.header, self.closed = segment, False

    def _ung(self, segment: Segment) -> None:
        self._cut_off()
        self.group, self.in_group = segment, 0

    def _unh(self, segment: Segment) -> None:
        self._cut_off()
        self.open = [segment]

    def _unt(self, segment: Segment) -> None:
        if not self.open:
            self._broken("UNT closes no message", segment)
            return
        head, segments = self.open[0], (*self.open, segment)
        self.open = []
        warnings = []
        if (counted := segment.value(1)) and _number(counted) != len(segments):
            warnings.append(f"UNT counts {counted[:12]} segments, there are {len(segments)}")
        if _plain(segment.value(2)) != _plain(head.value(1)):
            warnings.append("UNT and UNH name different messages")
        group = (self.group.start, self.group.end) if self.group else (0, 0)
        version = head.value(2, 2) + head.value(2, 3)
        kind = head.value(2, 1).upper() or (self.group.value(1).upper() if self.group else "")
        self.in_group += 1
        self.to.items.append(
            Message(kind, version, head.value(1), segments, head.start, segment.end, group, tuple(warnings))
        )

    def _une(self, segment: Segment) -> None:
        self._cut_off()
        if self.group is not None and _number(segment.value(1)) not in (None, self.in_group):
            self._broken(f"UNE counts {segment.value(1)[:12]} messages, the group has {self.in_group}", segment)
        self.group = None

    def _unz(self, segment: Segment) -> None:
        self._cut_off()
        self.closed = True
        counted = _number(segment.value(1))
        groups = {item.group for item in self.to.messages if item.group != (0, 0)}
        if counted is not None and counted not in (len(self.to.messages), len(groups)):
            self._broken(f"UNZ counts {counted} messages or groups, there are {len(self.to.messages)}", segment)
        if self.header is not None and _plain(segment.value(2)) != _plain(self.header.value(5)):
            self._broken("UNZ and UNB name different interchanges", segment)

    def _cut_off(self) -> None:
        if self.open:
            self._broken("the message is cut off: it has no UNT", self.open[0])
            self.open = []

    def _broken(self, reason: str, segment: Segment) -> None:
        self.to.items.append(Broken(reason, segment.where))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _plain(reference: str) -> str:
    return reference.strip().lstrip("0")
