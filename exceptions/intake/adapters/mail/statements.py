"""What a mail says of which freight: its identifiers, and what happened or is expected. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Final

from exceptions.intake.adapters.mail.moments import Estimate, estimate_in, estimate_in_cell, happened_at
from exceptions.intake.adapters.mail.references import column_kind, reference_in_cell, references_in
from exceptions.intake.mapping.carrier_text import read_text
from exceptions.shipments.canonical import EventType, Ref, RefType

_ONE_SHIPMENT: Final = frozenset(
    {RefType.SHIPMENT, RefType.BOL, RefType.PRO, RefType.TRACKING, RefType.AWB, RefType.CMR, RefType.CONTAINER}
)
_HEADINGS: Final = re.compile(
    r"\W*(?P<name>status|state|event|reason|cause|remark|comment|(?:new |revised )?eta|expected|delivery date)\W*", re.I
)
_WANTED: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (kind, re.compile(rf"\b(?:please|kindly|pls|can you|could you|we (?:need|want|would like) to|bitte|merci de|por favor|"
                      rf"proszę)\b[^.!?\n]{{0,40}}\b(?:{words})", re.IGNORECASE))
    for kind, words in (
        ("cancel", r"cancel\w*|stornier\w*|annul\w*|anul\w*"),
        ("reconsign", r"reconsign\w*|redirect\w*|re-?route\w*|change the (?:delivery )?address|deliver(?:ed)? to a (?:new|different)|"
                      r"umleit\w*|rediriger|desviar|przekierow\w*"),
        ("reschedule", r"re-?schedul\w*|postpone\w*|deliver (?:it )?(?:on|later|after)|move the (?:delivery|appointment)|"
                       r"verschieb\w*|reporter|reprogramar|przełoż\w*"),
        ("expedite", r"expedit\w*|speed up|rush|beschleunig\w*|accélérer|acelerar|przyspiesz\w*"),
        ("hold", r"hold (?:the|this|it|delivery|shipment|load)|put .{0,20}on hold|zurückhalten|wstrzym\w*"),
    )
)  # fmt: skip
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9ÄÖÜÉ])|\n+")


@dataclass(frozen=True, slots=True)
class Statement:
    """Something said of one shipment. event_type and reason are None where the words do not tell; wanted is what a
    customer asks for; at is when it happened."""

    references: tuple[Ref, ...]
    event_type: str | None
    reason: str | None
    estimate: Estimate | None
    wanted: str
    at: datetime
    text: str


def statements(subject: str, text: str, *, sent_at: datetime, zone: tzinfo, day_first: bool | None) -> list[Statement]:
    """One statement for each shipment a mail names. Rows of a table speak for themselves; else the text is about all the
    identifiers in it, or about those in the subject when it names none."""
    rows = list(_rows(text, sent_at=sent_at, zone=zone, day_first=day_first))
    if rows:
        return rows
    reader = _Words(sent_at, zone, day_first)
    within = references_in(text)
    if not any(ref.type in _ONE_SHIPMENT for ref in within):
        within = [*within, *(ref for ref in references_in(subject) if ref not in within)]
    groups = _groups(within)
    if len(groups) == 1:
        return [reader.read(groups[0], text, subject)]
    return [reader.read(group, _sentences_of(group, text), text) for group in groups]


@dataclass(frozen=True, slots=True)
class _Words:
    sent_at: datetime
    zone: tzinfo
    day_first: bool | None

    def read(self, references: tuple[Ref, ...], text: str, context: str) -> Statement:
        """`context` is asked where the text itself does not tell: the other sentences, or the subject."""
        near, far = read_text(text), read_text(context)
        estimate = estimate_in(text, zone=self.zone, day_first=self.day_first)
        event_type = near.event_type or (None if estimate else far.event_type)
        clause = next((part for part in _SENTENCE.split(text) if read_text(part).event_type == event_type), text)
        wanted = next((kind for kind, pattern in _WANTED if pattern.search(text)), "")
        at = happened_at(clause, sent_at=self.sent_at, zone=self.zone) if event_type else self.sent_at
        return Statement(references, event_type, near.reason or far.reason, estimate, wanted, at, text)


def _groups(references: list[Ref]) -> list[tuple[Ref, ...]]:
    """Identifiers by shipment: all together while no kind comes twice, else one group for each of the kind that does."""
    kinds = [ref.type for ref in references if ref.type in _ONE_SHIPMENT]
    many = next((kind for kind in kinds if kinds.count(kind) > 1), None)
    if many is None:
        return [tuple(references)]
    return [(ref,) for ref in references if ref.type == many]


def _sentences_of(group: tuple[Ref, ...], text: str) -> str:
    naming = [part for part in _SENTENCE.split(text) if any(ref.value.lower() in part.lower() for ref in group)]
    return " ".join(naming) or text


def _rows(text: str, *, sent_at: datetime, zone: tzinfo, day_first: bool | None) -> Iterator[Statement]:
    """The rows under a heading row that names a column of identifiers."""
    columns: dict[int, RefType] = {}
    headings: dict[int, str] = {}
    for line in text.splitlines():
        cells: list[Any] = [cell.strip() for cell in line.split("|")]
        if len(cells) < 2:
            columns, headings = ({}, {}) if line.strip() else (columns, headings)
            continue
        named = {at: kind for at, cell in enumerate(cells) if (kind := column_kind(cell))}
        if named and not any(character.isdigit() for character in line):
            columns = named
            headings = {
                at: match["name"].lower() for at, cell in enumerate(cells) if (match := _HEADINGS.fullmatch(cell))
            }
            continue
        refs = [ref for at, kind in columns.items() if at < len(cells) and (ref := reference_in_cell(cells[at], kind))]
        if refs:
            yield _row(tuple(refs), cells, columns, headings, sent_at, zone, day_first)


def _row(
    refs: tuple[Ref, ...],
    cells: list[str],
    columns: dict[int, RefType],
    headings: dict[int, str],
    sent_at: datetime,
    zone: tzinfo,
    day_first: bool | None,
) -> Statement:
    words = " ".join(cell for at, cell in enumerate(cells) if at not in columns and "eta" not in headings.get(at, ""))
    found = read_text(words)
    timed = (cells[at] for at, name in headings.items() if at < len(cells) and ("eta" in name or "expected" in name))
    estimate = next(
        (read for cell in timed if (read := estimate_in_cell(cell, zone=zone, day_first=day_first)) is not None), None
    )
    event_type = found.event_type
    if event_type is None and re.search(r"\bexception\b", words, re.IGNORECASE):
        event_type = EventType.SHIPMENT_PROBLEM_REPORTED
    return Statement(refs, event_type, found.reason, estimate, "", sent_at, " | ".join(cells))
