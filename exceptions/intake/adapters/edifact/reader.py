"""UN/EDIFACT syntax, as it is written and as it is sent: bytes to segments.

Source: ISO 9735, versions 1 to 4 (service string advice UNA, syntax levels UNOA to UNOY). What is read beyond
it, because senders do it: no UNA, an UNA without its blank, line breaks inside a segment, lines instead of terminators, a
last segment without its terminator, UTF-8 under any syntax level. Pure.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from exceptions.intake.adapters.base import Refusal

MAX_SEGMENTS: Final = 100_000

# ISO 9735 annex: the repertoires of the syntax levels. UNOA and UNOB are ASCII and read as what contains it.
CHARSETS: Final = {
    "UNOC": "iso8859-1",
    "UNOD": "iso8859-2",
    "UNOE": "iso8859-5",
    "UNOF": "iso8859-7",
    "UNOG": "iso8859-3",
    "UNOH": "iso8859-4",
    "UNOI": "iso8859-6",
    "UNOJ": "iso8859-8",
    "UNOK": "iso8859-9",
    "UNOL": "iso8859-15",
    "UNOW": "utf-8",
    "UNOY": "utf-8",
}
BEFORE: Final = "\ufeff\xef\xbb\xbf \t\r\n\x00\x01\x02"
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Separators:
    """The service characters. `release` and `repetition` are empty where the interchange has none."""

    component: str = ":"
    element: str = "+"
    release: str = "?"
    repetition: str = ""
    terminator: str = "'"


@dataclass(frozen=True, slots=True)
class Segment:
    """`elements` are data elements as tuples of components; `number` counts from 1 through the delivery."""

    tag: str
    elements: tuple[tuple[str, ...], ...]
    number: int
    start: int
    end: int

    def value(self, element: int, component: int = 1) -> str:
        """Text of a component, both counted from 1 as the standard does; empty where there is none."""
        if element > len(self.elements) or component > len(self.elements[element - 1]):
            return ""
        return self.elements[element - 1][component - 1]

    @property
    def where(self) -> str:
        return f"segment {self.number} ({self.tag})"


def service_characters(text: str) -> tuple[Separators, int]:
    """The service characters of a delivery and where its first segment after UNA starts. Raises `Refusal`."""
    at = len(text) - len(text.lstrip(BEFORE))
    if text.startswith("UNA", at):
        return _advised(text, at + 3)
    if not text.startswith(("UNB", "UNH", "UNG"), at):
        raise Refusal("this is no EDIFACT: it starts with none of UNA, UNB, UNG and UNH", "byte 1")
    if text[at + 3 : at + 4] == "\x1d":  # syntax level B may use the information separators of ISO 646
        return Separators("\x1f", "\x1d", "", "", "\x1c"), at
    version = re.match(r"UNB\+UNO\w:(\d)", text[at : at + 10])
    repetition = "*" if version and version.group(1) >= "4" else ""
    return Separators(repetition=repetition, terminator="'" if "'" in text else "\n"), at


def _advised(text: str, at: int) -> tuple[Separators, int]:
    given = text[at : at + 6]
    if len(given) == 6 and given[4] == "'" and given[5] in "\r\nU":
        given = given[:4] + " '"  # the blank was lost on the way
        at -= 1
    if len(given) < 6:
        raise Refusal("UNA is cut off", "segment 1 (UNA)")
    component, element, _, release, repetition, terminator = list(given)
    used = [component, element, terminator, *(mark for mark in (release, repetition) if mark != " ")]
    if len(set(used)) != len(used) or any(mark.isalnum() for mark in used):
        raise Refusal("UNA names characters that cannot separate", "segment 1 (UNA)")
    version = re.match(r"\s*UNB.UNO\w.(\d)", text[at + 6 : at + 24])
    repeats = repetition if version and version.group(1) >= "4" else ""
    separators = Separators(component, element, release.strip(), repeats.strip(), terminator)
    rest = text[at + 6 :]
    return separators, at + 6 + len(rest) - len(rest.lstrip("\r\n\t "))


def charset_of(body: bytes, level: str) -> str:
    """The charset of a syntax level such as UNOC; UTF-8 where the bytes are, whatever the level says."""
    declared = CHARSETS.get(level, "iso8859-1")
    if not body.isascii() and declared != "utf-8":
        try:
            body.decode("utf-8")
        except UnicodeDecodeError:
            return declared
        return "utf-8"  # bytes of another charset are hardly ever valid UTF-8 by chance
    return declared


def read_segments(text: str, start: int, marks: Separators, charset: str) -> Iterator[Segment]:
    """The segments of a delivery from `start` on, empty ones left out. Raises `Refusal` when there are too many."""
    number, at = 0, start
    for end in _ends(text, start, marks):
        raw = text[at:end]
        stripped = raw.strip("\r\n\t \x00\x1a")
        if stripped:
            number += 1
            if number > MAX_SEGMENTS:
                raise Refusal(f"there are more than {MAX_SEGMENTS} segments")
            lead = len(raw) - len(raw.lstrip("\r\n\t \x00\x1a"))
            yield _segment(stripped, number, at + lead, min(end + 1, len(text)), marks, charset)
        at = end + 1


def _ends(text: str, start: int, marks: Separators) -> Iterator[int]:
    """Where segments end: at terminators that are not released, and at the end of the text."""
    released = f"{re.escape(marks.release)}.|" if marks.release else ""
    for match in re.compile(f"{released}{re.escape(marks.terminator)}", re.DOTALL).finditer(text, start):
        if match.group() == marks.terminator:
            yield match.start()
    yield len(text)


def _segment(raw: str, number: int, start: int, end: int, marks: Separators, charset: str) -> Segment:
    # A line break in a segment is where some gateway folded it.
    flat = raw.replace("\r", "").replace("\n", "")
    if (
        not marks.repetition
        and (not marks.release or marks.release not in flat)
        and flat.isascii()
        and flat.isprintable()
    ):
        tag, *plain = flat.split(marks.element)  # most segments: nothing to undo
        values = tuple(tuple(part.strip() for part in element.split(marks.component)) for element in plain)
        return Segment(tag.partition(marks.component)[0].strip().upper()[:3], values, number, start, end)
    tag, *elements = _parted(flat, marks.element, marks)
    parted = tuple(_components(element, marks, charset) for element in elements)
    return Segment(tag.partition(marks.component)[0].strip().upper()[:3], parted, number, start, end)


def _components(element: str, marks: Separators, charset: str) -> tuple[str, ...]:
    if marks.repetition:
        element = _parted(element, marks.repetition, marks)[0]  # of repeated values the first one counts here
    return tuple(_value(component, marks, charset) for component in _parted(element, marks.component, marks))


def _parted(text: str, mark: str, marks: Separators) -> list[str]:
    if not marks.release or marks.release not in text:
        return text.split(mark)
    parts, at = [], 0
    for match in re.finditer(f"{re.escape(marks.release)}.|{re.escape(mark)}", text, re.DOTALL):
        if match.group() == mark:
            parts.append(text[at : match.start()])
            at = match.end()
    return [*parts, text[at:]]


def _value(raw: str, marks: Separators, charset: str) -> str:
    if marks.release and marks.release in raw:
        raw = re.sub(f"{re.escape(marks.release)}(.?)", r"\1", raw, flags=re.DOTALL)
    if not raw.isascii():
        raw = raw.encode("latin-1").decode(charset, errors="replace")
    return _CONTROLS.sub("", raw).strip()
