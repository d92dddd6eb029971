"""Segments, sets, groups and interchanges out of bytes, tolerantly. What cannot be trusted is refused set by set.

Separators come from the ISA header by its elements, not by its columns: senders pad it wrongly. A body may hold several
interchanges, each with separators of its own, or begin with GS or ST where a mailbox stripped the envelope. Envelope
rules and acknowledgement codes: ASC X12.5 and X12.6, transaction set 997 (AK3 to AK9).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from exceptions.intake.adapters.base import Refusal

MAX_BYTES: Final = 16 * 1024 * 1024
MAX_SEGMENTS: Final = 500_000
MAX_SET_SEGMENTS: Final = 20_000
MAX_SETS: Final = 10_000
MAX_ELEMENTS: Final = 120
MAX_SEGMENT: Final = 10_000
_ENVELOPE: Final = frozenset({"ISA", "GS", "ST", "SE", "GE", "IEA", "TA1"})
_ISA_ELEMENTS: Final = 16


@dataclass(frozen=True, slots=True)
class Segment:
    """`position` counts from the set's ST, which is 1, as AK3-02 does; `number` from the start of the body, for people."""

    position: int
    elements: tuple[str, ...]
    number: int = 0

    @property
    def tag(self) -> str:
        return self.elements[0]

    @property
    def where(self) -> str:
        return f"segment {self.number or self.position} ({self.tag})"

    def get(self, element: int) -> str:
        return self.elements[element] if element < len(self.elements) else ""

    def code(self, element: int) -> str:
        """A code, in capitals: some senders write them in small letters."""
        return self.get(element).upper()


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that the 997 has a code for: of a segment (AK3-04) or, with `element`, of a data element (AK4-03)."""

    segment: Segment
    code: str
    text: str
    element: int = 0

    @property
    def where(self) -> str:
        return f"{self.segment.where}, element {self.element}" if self.element else self.segment.where


class SetRefused(Refusal):
    """The set cannot be read. `fault` is what AK3 and AK4 say of it, `set_code` what AK5 says."""

    def __init__(self, reason: str, where: str, *, fault: Fault | None = None, set_code: str = "5") -> None:
        super().__init__(reason, where)
        self.fault = fault
        self.set_code = set_code


@dataclass(slots=True)
class TransactionSet:
    """ST to SE. `set_codes` are AK5 codes of what is wrong with its envelope, `refused` is why it cannot be read."""

    code: str
    control: str
    segments: list[Segment] = field(default_factory=list)
    set_codes: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    refused: SetRefused | None = None
    closed: bool = False

    @property
    def where(self) -> str:
        return f"set {self.control[:20] or '?'} ({self.code[:10] or '?'})"


@dataclass(slots=True)
class Group:
    """GS to GE. `header` is None for sets without a group; `codes` are AK9 codes."""

    header: Segment | None
    sets: list[TransactionSet] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    counted: str = ""
    closed: bool = False

    @property
    def control(self) -> str:
        return self.header.get(6) if self.header else ""


@dataclass(slots=True)
class Interchange:
    header: Segment | None
    separators: "Separators"
    groups: list[Group] = field(default_factory=list)
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Separators:
    element: str
    segment: str
    component: str = ">"


def decoded(body: bytes) -> str:
    """The text of a body: UTF-8 where it is, else Windows-1252 with Latin-1 for the holes of that."""
    if len(body) > MAX_BYTES:
        raise Refusal(f"the file is larger than {MAX_BYTES // 1024 // 1024} MB")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    return text.lstrip("\ufeff \t\r\n\x00\x0b\x0c\x1a")


def begins(text: str) -> bool:
    """Whether a text begins as X12 does: with ISA, or with GS or ST where the envelope was stripped."""
    return re.match(r"(?:ISA|GS|ST)[^A-Za-z0-9 \r\n\t]", text, re.IGNORECASE) is not None


def interchanges(text: str) -> list[Interchange]:
    """All interchanges of a text. Raises `Refusal` where it is not X12 at all, or larger than can be meant."""
    if not begins(text):
        raise Refusal("this is not X12: it begins neither with ISA nor with GS or ST", "segment 1")
    builder = _Builder()
    for number, (elements, separators) in enumerate(_segments(text), start=1):
        builder.take(elements, separators, number)
    return builder.finish()


def _separators(text: str, at: int) -> Separators:
    """From the header at `at`. An ISA names them by where its sixteenth element ends."""
    element = text[at + 3] if text[at : at + 3].upper() == "ISA" else text[at + 2]
    if text[at : at + 3].upper() == "ISA":
        place = at
        for _ in range(_ISA_ELEMENTS):
            place = text.find(element, place) + 1
            if place == 0 or place - at > 200:
                raise Refusal("the header has not its sixteen elements", "segment 1 (ISA)")
        component, segment = text[place : place + 1], text[place + 1 : place + 40].lstrip(" ")[:1]
        if component in ("\r", "\n"):  # an empty ISA16
            component, segment = ">", component
        if not segment or segment.isalnum() or segment == element:
            raise Refusal("the header does not say what ends a segment", "segment 1 (ISA)")
        return Separators(element, segment, component)
    # Without an ISA the end of the first segment shows it: the control number or version is letters and digits.
    elements = 8 if text[at : at + 2].upper() == "GS" else 2
    sep = re.escape(element)
    found = re.compile(
        rf"..(?:{sep}[^{sep}\r\n~]{{0,20}}?){{{elements},{elements + 1}}}\s*?([~'!$\r\n|\x1c\x85])", re.S
    )
    match = found.match(text, at, at + 300)
    if match is None:
        raise Refusal("without an ISA it is not clear what ends a segment", "segment 1")
    return Separators(element, match.group(1))


# Control characters go; line breaks are where a mailbox wrapped the file, also in the middle of a word.
_CONTROL: Final = {code: None if code in (10, 13) else " " for code in (*range(32), *range(127, 160))}
_VISIBLE: Final = re.compile(r"[^\s\ufeff\x00\x1a]")


def _segments(text: str) -> Iterator[tuple[tuple[str, ...], Separators]]:
    at, count, separators = 0, 0, None
    while at < len(text):
        begin = _VISIBLE.search(text, at)
        if begin is None:
            break
        at = begin.start()
        # A header where a segment begins is another interchange, perhaps with separators of its own.
        if separators is None or (text[at : at + 3].upper() == "ISA" and _is_header(text, at)):
            separators = _separators(text, at)
        end = text.find(separators.segment, at)
        end = len(text) if end < 0 else end
        count += 1
        if count > MAX_SEGMENTS:
            raise Refusal(f"more than {MAX_SEGMENTS:,} segments", f"segment {count}")
        if end - at > MAX_SEGMENT:
            raise Refusal(f"a segment is longer than {MAX_SEGMENT:,} characters", f"segment {count}")
        elements = text[at:end].split(separators.element)
        if len(elements) > MAX_ELEMENTS:
            raise Refusal(f"a segment has more than {MAX_ELEMENTS} elements", f"segment {count}")
        yield tuple(elements), separators
        at = end + 1


def _is_header(text: str, at: int) -> bool:
    mark = text[at + 3 : at + 4]
    return bool(mark) and not mark.isalnum() and text.count(mark, at, at + 120) >= _ISA_ELEMENTS - 1


def _clean(elements: tuple[str, ...]) -> tuple[str, ...]:
    cleaned = [part.translate(_CONTROL).strip() for part in elements]
    while len(cleaned) > 1 and not cleaned[-1]:
        cleaned.pop()
    return (cleaned[0].upper(), *cleaned[1:])


class _Builder:
    """Puts segments together to sets, groups and interchanges, whatever is missing around them."""

    def __init__(self) -> None:
        self.found: list[Interchange] = []
        self.group: Group | None = None
        self.set: TransactionSet | None = None
        self.sets = 0
        self.number = 0

    def take(self, raw: tuple[str, ...], separators: Separators, number: int) -> None:
        elements = _clean(raw)
        self.number = number
        tag = elements[0]
        if tag == "ISA":
            self._end_group()
            self.found.append(Interchange(Segment(0, elements), separators))
        elif tag == "GS":
            self._end_group()
            self.group = Group(Segment(0, elements))
            self._interchange(separators).groups.append(self.group)
        elif tag == "ST":
            self._begin_set(elements, separators)
        elif tag == "SE" and self.set is not None and not self.set.closed:
            self._close_set(elements)
        elif tag == "GE":
            self._close_group(elements)
        elif tag == "IEA":
            self._end_group()
            if self.found:
                self.found[-1].closed = True
        elif tag != "TA1":
            self._inside(raw, elements, separators)

    def finish(self) -> list[Interchange]:
        self._end_group()
        return self.found

    def _interchange(self, separators: Separators) -> Interchange:
        if not self.found or self.found[-1].closed:
            self.found.append(Interchange(None, separators))
        return self.found[-1]

    def _groups(self, separators: Separators) -> Group:
        if self.group is None:
            self.group = Group(None)
            self._interchange(separators).groups.append(self.group)
        return self.group

    def _begin_set(self, elements: tuple[str, ...], separators: Separators) -> None:
        self._end_set()
        self.sets += 1
        if self.sets > MAX_SETS:
            raise Refusal(f"more than {MAX_SETS:,} transaction sets", f"set {self.sets}")
        header = Segment(1, elements, self.number)
        self.set = TransactionSet(header.get(1), header.get(2), [header])
        if not self.set.control:
            self.set.set_codes.append("7")
            self.set.remarks.append("the set has no control number")
        self._groups(separators).sets.append(self.set)

    def _inside(self, raw: tuple[str, ...], elements: tuple[str, ...], separators: Separators) -> None:
        if self.set is None or self.set.closed:
            self._stray(elements, separators)
            return
        current = self.set
        if len(current.segments) >= MAX_SET_SEGMENTS:
            raise Refusal(f"a set has more than {MAX_SET_SEGMENTS:,} segments", current.where)
        segment = Segment(len(current.segments) + 1, elements, self.number)
        current.segments.append(segment)
        if current.refused is None and (problem := _segment_problem(raw, segment, separators)):
            current.refused = SetRefused(problem, segment.where, fault=Fault(segment, "1", problem))

    def _stray(self, elements: tuple[str, ...], separators: Separators) -> None:
        """Segments between sets are what is left of a set whose header is broken: one refusal for all of them."""
        self._end_set()
        segment = Segment(1, elements, self.number)
        stray = TransactionSet("", "", [segment])
        reason = "segments stand outside of any transaction set: the ST before them is missing or broken"
        stray.refused = SetRefused(reason, f"segment {self.number} ({elements[0][:10]})", set_code="6")
        self.set = stray
        self._groups(separators).sets.append(stray)

    def _close_set(self, elements: tuple[str, ...]) -> None:
        current = self.set
        assert current is not None, "the caller looked"
        trailer = Segment(len(current.segments) + 1, elements, self.number)
        current.segments.append(trailer)
        current.closed = True
        if not _same_number(trailer.get(1), str(trailer.position)):
            current.set_codes.append("4")
            current.remarks.append(f"the trailer counts {trailer.get(1)[:9] or 'no'} segments, {trailer.position} came")
        if not _same_number(trailer.get(2), current.control):
            current.set_codes.append("3")
            current.remarks.append("header and trailer have different control numbers")

    def _close_group(self, elements: tuple[str, ...]) -> None:
        self._end_set()
        if self.group is not None:
            trailer = Segment(0, elements)
            self.group.closed = True
            self.group.counted = trailer.get(1)
            if not _same_number(trailer.get(2), self.group.control):
                self.group.codes.append("4")
            if not _same_number(trailer.get(1), str(len(self.group.sets))):
                self.group.codes.append("5")
        self.group = None

    def _end_set(self) -> None:
        current = self.set
        if current is not None and not current.closed:
            current.closed = True
            if current.refused is None:
                reason = "the set has no SE: it may have been cut off"
                current.refused = SetRefused(reason, current.where, set_code="2")
        self.set = None

    def _end_group(self) -> None:
        self._end_set()
        if self.group is not None and self.group.header is not None and not self.group.closed:
            self.group.codes.append("3")
        self.group = None


def _segment_problem(raw: tuple[str, ...], segment: Segment, separators: Separators) -> str:
    if not re.fullmatch(r"[A-Z][A-Z0-9]{1,2}", segment.tag):
        return "this is no segment: a tag has two or three letters and digits"
    if separators.segment not in "\r\n":
        mark = re.escape(separators.element)
        if re.search(rf"[^{mark}\s]\s*[\r\n]\s*[A-Z][A-Z0-9]{{1,2}}{mark}", separators.element.join(raw)):
            return "another segment begins inside: what ends a segment here is not what the header says"
    return ""


def _same_number(one: str, other: str) -> bool:
    """Equal, leading zeros aside."""
    return one.strip().lstrip("0") == other.strip().lstrip("0")
