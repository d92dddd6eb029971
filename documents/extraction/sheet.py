"""A page as extraction works on it: tokens in segments in rows, and the drawn cells around them.

A *segment* is a run of tokens of one row without a wide gap or a drawn line between them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from documents.extraction.fields import Evidence
from documents.reading.doctext import Box, PageText

_SEGMENT_GAP = 1.7  # in font sizes; blanks are 0.3, the gap between columns is seldom under 2
_SPLIT = re.compile(r"^(?P<label>[^\W\d_][^:#]*(?:#:?|:))(?P<value>[^/\s:].*)$")


def folded(text: str) -> str:
    """Lower case, without accents; what labels are compared in."""
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(c))


def _norm(text: str) -> str:
    plain = folded(text).replace("(s)", "s")
    return plain.strip(":;,.()[]*_|\"'“”") or plain.strip(":") or ("#" if "#" in plain else "")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, or the part of one on one side of a colon that stands without a blank (`PRO#:12345`)."""

    text: str
    norm: str
    word: int
    box: Box
    size: float

    @property
    def ends_label(self) -> bool:
        return self.text.endswith((":", "#"))


@dataclass(frozen=True, slots=True)
class Segment:
    row: int
    tokens: tuple[Token, ...]
    box: Box

    @property
    def text(self) -> str:
        return " ".join(token.text for token in self.tokens)

    @property
    def size(self) -> float:
        return max(token.size for token in self.tokens)


@dataclass(frozen=True, slots=True)
class Cell:
    left: float
    right: float
    is_drawn_left: bool
    is_drawn_right: bool


class Sheet:
    """One page, indexed for looking right and down from a label."""

    def __init__(self, page: PageText) -> None:
        self.page = page
        self.vertical = [rule for rule in page.rules if rule.height > rule.width]
        self.horizontal = [rule for rule in page.rules if rule.width >= rule.height]
        self.rows: list[list[Segment]] = []
        for number, line in enumerate(page.lines):
            tokens = [token for index in line for token in self._tokens(index)]
            self.rows.append(list(self._segments(number, tokens)))
        self.segments = [segment for row in self.rows for segment in row]

    def _tokens(self, index: int) -> list[Token]:
        word = self.page.words[index]
        match = _SPLIT.match(word.text)
        if not match or re.match(r"^\d{1,2}:\d\d", word.text):
            return [Token(word.text, _norm(word.text), index, word.box, word.size)]
        cut = word.box.x0 + word.box.width * len(match["label"]) / len(word.text)
        left = Box(word.box.x0, word.box.y0, cut, word.box.y1)
        right = Box(cut, word.box.y0, word.box.x1, word.box.y1)
        return [
            Token(match["label"], _norm(match["label"]), index, left, word.size),
            Token(match["value"], _norm(match["value"]), index, right, word.size),
        ]

    def _segments(self, row: int, tokens: Sequence[Token]) -> Iterable[Segment]:
        run: list[Token] = []
        for token in tokens:
            if run:
                gap = token.box.x0 - run[-1].box.x1
                wide = gap > _SEGMENT_GAP * max(token.size, run[-1].size)
                if wide or self.is_ruled_between(run[-1].box, token.box):
                    yield _segment(row, run)
                    run = []
            run.append(token)
        if run:
            yield _segment(row, run)

    def is_ruled_between(self, left: Box, right: Box) -> bool:
        """Whether a vertical line is drawn between two boxes of one row."""
        if right.x0 - left.x1 < 0.5:
            return False
        y = (max(left.y0, right.y0) + min(left.y1, right.y1)) / 2
        return any(
            left.x1 - 1 <= rule.cx <= right.x0 + 1 and rule.y0 - 1 <= y <= rule.y1 + 1 and rule.height > 8
            for rule in self.vertical
        )

    def is_ruled_below(self, upper: Box, lower: Box) -> bool:
        """Whether a line that closes a cell is drawn between two boxes, one above the other (underlines are shorter)."""
        left, right = min(upper.x0, lower.x0), max(upper.x1, lower.x1)
        return any(
            upper.cy < rule.cy <= lower.cy and rule.x0 <= left + 1 and rule.x1 >= right - 1 for rule in self.horizontal
        )

    def cell(self, box: Box) -> Cell:
        """The drawn borders left and right of a box; the page's edge where none is drawn."""
        crossing = [rule.cx for rule in self.vertical if rule.y0 - 1 <= box.cy <= rule.y1 + 1]
        lefts = [x for x in crossing if x <= box.x0 + 1]
        rights = [x for x in crossing if x >= box.x1 - 1]
        return Cell(max(lefts, default=0.0), min(rights, default=self.page.width), bool(lefts), bool(rights))

    def right_of(self, segment: Segment) -> Segment | None:
        """The next segment on the same row."""
        return next((other for other in self.rows[segment.row] if other.box.x0 >= segment.box.x1 - 0.5), None)

    def below(self, box: Box, left: float, right: float) -> list[Segment]:
        """Segments under a box that begin between `left` and `right`, from top to bottom."""
        return [
            segment
            for segment in self.segments
            if segment.box.cy > box.cy + 0.4 * max(box.height, 1) and left - 1 <= segment.box.x0 < right
        ]

    def evidence(self, tokens: Sequence[Token], quote: str | None = None) -> Evidence:
        words: list[int] = []
        for token in tokens:
            if token.word not in words:
                words.append(token.word)
        boxes: list[Box] = []
        for token in tokens:
            if boxes and abs(boxes[-1].cy - token.box.cy) < 0.6 * token.box.height:
                boxes[-1] = boxes[-1].union(token.box)
            else:
                boxes.append(token.box)
        said = quote if quote is not None else " ".join(token.text for token in tokens)
        return Evidence(self.page.number, tuple(words), tuple(boxes), said)


def _segment(row: int, tokens: Sequence[Token]) -> Segment:
    box = tokens[0].box
    for token in tokens[1:]:
        box = box.union(token.box)
    return Segment(row, tuple(tokens), box)
