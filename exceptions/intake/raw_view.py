"""Received bytes drawn for people: text by lines, EDI by segments, anything else as a hex dump. Pure.

Where reading stopped is marked when the place can be found: a line, a segment, or a JSON pointer.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

SHOWN_BYTES: Final = 64 * 1024
SHOWN_BINARY: Final = 4 * 1024
_LINE: Final = re.compile(r"\b(?:line|row) (\d{1,9})\b")
_SEGMENT: Final = re.compile(r"\bsegment (\d{1,9})\b(?: \((\w{2,3})\))?")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_READ: Final = json.JSONDecoder().raw_decode
_WHITE: Final = re.compile(r"[ \t\n\r]*")


@dataclass(frozen=True, slots=True)
class Line:
    """`before`, `marked` and `after` make up one line; `marked` is empty on all but those that are spoken of."""

    number: int
    before: str
    marked: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class RawView:
    """`counts` says what the numbers of the lines count: lines, segments, or bytes (in hex)."""

    lines: Sequence[Line]
    counts: str
    size: int
    cut: bool


def raw_view(raw: bytes, where: str = "") -> RawView:
    """Draw `raw`, at most its first 64 KiB (4 KiB where it is no text), with the place `where` marked."""
    head = raw[:SHOWN_BYTES]
    text = _text(head, whole=len(head) == len(raw))
    if text is None:
        return RawView(list(_hex(raw[:SHOWN_BINARY])), "bytes", len(raw), len(raw) > SHOWN_BINARY)
    terminator = _terminator(text)
    if terminator:
        lines = [piece.strip("\r\n") for piece in text.split(terminator)]
        lines = [f"{line}{terminator}" for line in lines[:-1]] + ([lines[-1]] if lines[-1].strip() else [])
        counts, number = "segments", _segment(lines, where)
    else:
        lines, counts, number = text.splitlines(), "lines", _number(_LINE, where)
    marked = _marked(lines, number) if number or terminator else _marked_span(lines, _span(text, where), text)
    return RawView(marked, counts, len(raw), len(head) < len(raw))


def _text(head: bytes, *, whole: bool) -> str | None:
    """UTF-8, else Latin-1 where that gives no control characters; None for what is no text."""
    for encoding in ("utf-8-sig", "latin-1"):
        try:
            text = head.decode(encoding)
        except UnicodeDecodeError as error:
            if encoding != "utf-8-sig" or whole or error.start < len(head) - 4:
                continue
            text = head[: error.start].decode(encoding)
        return None if _CONTROL.search(text) else text
    return None


def _terminator(text: str) -> str:
    """What ends a segment of X12 (the character after ISA16) or EDIFACT (UNA's sixth, else an apostrophe)."""
    start = text.lstrip()
    if start.startswith("ISA"):
        last = start.split(start[3:4] or "*", 16)[-1]
        return "" if len(last) < 2 or last[1].isalnum() or last[1] in "\r\n" else last[1]
    if start.startswith("UNA") and len(start) > 8:
        return start[8]
    return "'" if start.startswith("UNB") else ""


def _number(pattern: re.Pattern[str], where: str) -> int:
    found = pattern.search(where)
    return int(found.group(1)) if found else 0


def _segment(lines: Sequence[str], where: str) -> int:
    """The number of the segment that `where` speaks of. Formats count from the beginning of the text, or of a message in
    it (ST, UNH): where a name is given, it decides which."""
    found = _SEGMENT.search(where)
    if not found:
        return 0
    number, tag = int(found.group(1)), found.group(2)
    begins = [at for at, line in enumerate(lines) if line.lstrip().startswith(("ST", "UNH"))]
    meant = [number, *(at + number for at in begins)]
    fits = (at for at in meant if tag and 0 < at <= len(lines) and lines[at - 1].lstrip().startswith(tag))
    return next(fits, number)


def _marked(lines: Sequence[str], number: int) -> list[Line]:
    return [Line(at, "", line or " ") if at == number else Line(at, line) for at, line in enumerate(lines, start=1)]


def _marked_span(lines: Sequence[str], span: tuple[int, int] | None, text: str) -> list[Line]:
    """Lines of `text` with the characters of `span` marked; of a value over many lines, those of the first."""
    drawn, start = [], 0
    for at, line in enumerate(lines, start=1):
        first, last = (max(span[0] - start, 0), min(span[1] - start, len(line))) if span else (0, 0)
        begins = span is not None and start <= span[0] <= start + len(line)
        drawn.append(Line(at, line[:first], line[first:last], line[last:]) if begins else Line(at, line))
        start += len(line)
        start += 2 if text.startswith("\r\n", start) else 1
    return drawn


def _span(text: str, where: str) -> tuple[int, int] | None:
    """Where the value that a JSON pointer names stands; the object that lacks it where it is missing."""
    if not where.startswith("/"):
        return None
    pointer = where.split(" ", 1)[0]
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/")]
    try:
        return _walk(text, steps)
    except ValueError:  # what is no JSON has no places; json's own error is one too
        return None


def _walk(text: str, steps: Sequence[str]) -> tuple[int, int]:
    start = _skip(text, 0)
    end = _READ(text, start)[1]
    for step in steps:
        members = dict(_members(text, start))
        if step not in members:
            return start, end
        start, end = members[step]
    return start, end


def _members(text: str, start: int) -> Iterator[tuple[str, tuple[int, int]]]:
    """Each member of the object or list at `start`: its key or index, and where its value stands."""
    opened, at = text[start], _skip(text, start + 1)
    index = 0
    while opened in "{[" and text[at] not in "}]":
        key = str(index)
        if opened == "{":
            key, at = _READ(text, at)
            at = _skip(text, _skip(text, at) + 1)
        end = _READ(text, at)[1]
        yield key, (at, end)
        at, index = _skip(text, end), index + 1
        if text[at] == ",":
            at = _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    found = _WHITE.match(text, at)
    return found.end() if found else at


def _hex(raw: bytes) -> Iterator[Line]:
    for at in range(0, len(raw), 16):
        row = raw[at : at + 16]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        yield Line(at, f"{row.hex(' '):<47}  {letters}")
