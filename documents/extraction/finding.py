"""Finds the labels of a page: which words are one, for which field, and how it ends.

A label ends with a colon or `#`, or stands alone in its segment, or begins it; in the middle of a sentence a word that
could be one is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from documents.extraction.labels import BLOCK_HEADINGS, HEADING_RANK, LABELS, OTHER, PARTIES, PARTS
from documents.extraction.sheet import Segment, Sheet, Token

_BOX_NUMBER = re.compile(r"\d{1,2}[.)]?")


@dataclass(frozen=True, slots=True)
class Hit:
    """A label found on a page: which field, where, and how it ends."""

    key: str
    part: str
    rank: int
    segment: Segment
    start: int
    end: int
    has_colon: bool

    @property
    def tokens(self) -> tuple[Token, ...]:
        return self.segment.tokens[self.start : self.end]

    @property
    def rest(self) -> tuple[Token, ...]:
        return self.segment.tokens[self.end :]

    @property
    def fills_segment(self) -> bool:
        """Whether nothing else stands there, but for the number of a box (`2 Consignee`)."""
        begins = self.start == 0 or (self.start == 1 and bool(_BOX_NUMBER.fullmatch(self.segment.tokens[0].text)))
        return begins and self.end == len(self.segment.tokens)


@cache
def _compiled() -> tuple[tuple[str, str, int, re.Pattern[str]], ...]:
    table: list[tuple[str, str, int, re.Pattern[str]]] = []
    for role, patterns in PARTIES.items():
        for pattern in patterns:
            for part in ("name", "address", "city", "city_only", "region", "postcode", "country"):
                words = PARTS[part]
                table.append((role, part, 0, re.compile(rf"(?:{pattern})(?:'s)? (?:{words})")))
            table.append((role, "", 1, re.compile(pattern)))
        table += [(role, "", HEADING_RANK, re.compile(pattern)) for pattern in BLOCK_HEADINGS.get(role, ())]
    for key, patterns in LABELS.items():
        table += [(key, "", rank, re.compile(pattern)) for rank, pattern in enumerate(patterns)]
    table += [("", part, 0, re.compile(pattern)) for part, pattern in PARTS.items()]
    table += [("other", "", 0, re.compile(pattern)) for pattern in OTHER]
    return tuple(table)


_DATED = frozenset({"ship_date", "delivery_date"})
_DATE_LIKE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}")


def find_labels(sheet: Sheet) -> list[Hit]:
    """All labels of a page, in reading order; of labels that overlap, the longest."""
    hits = [hit for segment in sheet.segments for hit in labels_of(segment)]
    stacked = list(_stacked_labels(sheet))
    taken = {token for hit in stacked for token in hit.tokens}
    return [hit for hit in hits if not taken.issuperset(hit.tokens)] + stacked


def _stacked_labels(sheet: Sheet) -> Iterator[Hit]:
    """Labels set in two lines inside one drawn cell, such as `Gross Weight` over `(KGS)`."""
    for upper in sheet.segments:
        cell = sheet.cell(upper.box)
        if not (cell.is_drawn_left and cell.is_drawn_right) or len(upper.tokens) > 4 or ":" in upper.text:
            continue
        for lower in sheet.below(upper.box, cell.left, cell.right):
            apart = lower.box.cy - upper.box.cy > 1.5 * max(upper.size, lower.size)
            if not apart and len(lower.tokens) <= 3 and not sheet.is_ruled_below(upper.box, lower.box):
                both = Segment(lower.row, (*upper.tokens, *lower.tokens), upper.box.union(lower.box))
                yield from (hit for hit in labels_of(both) if hit.fills_segment and hit.key != "other")
            break


def labels_of(segment: Segment) -> list[Hit]:
    """The labels in one segment, from left to right."""
    hits: list[Hit] = []
    # Boxes of a CMR are numbered: "2 Consignee".
    numbered = len(segment.tokens) > 1 and _BOX_NUMBER.fullmatch(segment.tokens[0].text)
    start = 1 if numbered and _longest_at(segment, 1, after_label=True) else 0
    while start < len(segment.tokens):
        begins = (bool(hits) and hits[-1].end == start) or (bool(numbered) and start == 1)
        hit = _longest_at(segment, start, after_label=begins)
        if hit is None:
            start += 1
            continue
        hits.append(hit)
        start = hit.end
    return hits


def _longest_at(segment: Segment, start: int, *, after_label: bool) -> Hit | None:
    tokens = segment.tokens
    best: Hit | None = None
    for end in range(min(len(tokens), start + 9), start, -1):
        last = tokens[end - 1]
        colon = last.text.rstrip(")]").endswith(":") or (end < len(tokens) and tokens[end].text == ":")
        dated = end < len(tokens) and bool(_DATE_LIKE.match(tokens[end].text))
        placed = colon or last.text.endswith("#") or _may_end_here(tokens, start, end, after_label)
        if not placed and not dated:
            continue
        if any(token.text.endswith(":") for token in tokens[start : end - 1]):
            continue
        text, closing = _label_text(tokens[start:end])
        for key, part, rank, pattern in _compiled():
            if (placed or key in _DATED) and pattern.fullmatch(text):
                stop = end + 1 if end < len(tokens) and tokens[end].text == ":" else end
                found = Hit(key, part, rank, segment, start, stop, colon or closing or last.text.endswith("#"))
                # "Carrier SCAC" is a label of the SCAC, not of a carrier called SCAC; the named field goes before "other".
                if best is None or (best.key == "other" and key != "other"):
                    best = found
        if best is not None:
            return best
    return None


def _may_end_here(tokens: Sequence[Token], start: int, end: int, after_label: bool) -> bool:
    """Without a colon a label stands alone in its segment, or begins it; in the middle of a sentence it is none."""
    if after_label and end < len(tokens):
        return any(char.isdigit() for char in tokens[end].text)  # "References: Cde 77-10932"
    return (start == 0 or after_label) and (end == len(tokens) or start == 0)


def _label_text(tokens: Sequence[Token]) -> tuple[str, bool]:
    """The label's words without a remark in brackets (`Weight (KG):`), and whether the brackets closed it."""
    kept: list[str] = []
    depth = 0
    bracketed = False
    for index, token in enumerate(tokens):
        opens = token.text.startswith("(") and index > 0
        depth += opens
        if depth and kept:
            bracketed = True
        elif token.norm:
            kept.append(token.norm)
        if ")" in token.text and depth:
            depth -= 1
    return " ".join(kept), bracketed and tokens[-1].text.endswith(":")
