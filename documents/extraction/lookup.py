"""From a label to its value: right of it first, under it next, never across another label or a cell's border."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from documents.extraction.finding import Hit, find_labels
from documents.extraction.sheet import Segment, Sheet, Token

_LINES_BELOW = 2.6  # how far under a label its value may stand, in line heights
_CONTINUES_WITHIN = 1.5


@dataclass(frozen=True, slots=True)
class Value:
    """Tokens of a value, line by line."""

    lines: tuple[tuple[Token, ...], ...]

    @property
    def tokens(self) -> tuple[Token, ...]:
        return tuple(token for line in self.lines for token in line)

    @property
    def text(self) -> str:
        return " ".join(token.text for token in self.tokens)


class Labelled:
    """A sheet with its labels found. `comma_decimal` says that its country writes 6.240,5 for six thousand and a half."""

    def __init__(self, sheet: Sheet, *, comma_decimal: bool = False) -> None:
        self.sheet = sheet
        self.comma_decimal = comma_decimal
        self.hits = find_labels(sheet)
        self._by_segment: dict[int, list[Hit]] = {}
        for hit in self.hits:
            self._by_segment.setdefault(id(hit.segment), []).append(hit)
        whole = {id(segment) for segment in sheet.segments}
        self._stacked = {id(hit.segment) for hit in self.hits} - whole
        self._in_stack = {token for hit in self.hits if id(hit.segment) in self._stacked for token in hit.tokens}

    def of(self, key: str) -> Iterator[Hit]:
        return (hit for hit in self.hits if hit.key == key)

    def labels_in(self, segment: Segment) -> list[Hit]:
        return self._by_segment.get(id(segment), [])

    def begins_with_label(self, segment: Segment) -> bool:
        labels = self.labels_in(segment)
        if segment.tokens[0] in self._in_stack:
            return True
        return bool(labels) and labels[0].start == 0 and (labels[0].has_colon or labels[0].fills_segment)

    def asks_right(self, hit: Hit) -> bool:
        """Whether the value stands to the right: the label has a colon, or is one of a column of labels."""
        if hit.has_colon:
            return True
        if not hit.fills_segment or id(hit.segment) in self._stacked:
            return False
        right = self.sheet.right_of(hit.segment)
        if right is None or self.begins_with_label(right):
            return False
        box = hit.segment.box
        near = [
            segment
            for segment in self.sheet.segments
            if abs(segment.box.x0 - box.x0) < 3 and 0 < abs(segment.box.cy - box.cy) < 3 * hit.segment.size
        ]
        return bool(near) and all(labels and labels[0].start == 0 for labels in map(self.labels_in, near))

    def rest_of(self, hit: Hit) -> tuple[Token, ...]:
        """Tokens behind a label up to the next label of the segment."""
        following = [other.start for other in self.labels_in(hit.segment) if other.start >= hit.end]
        return hit.segment.tokens[hit.end : min(following, default=len(hit.segment.tokens))]

    def values(self, hit: Hit, *, wraps: bool = False) -> Iterator[Value]:
        """Possible values of a label, the likeliest first. With `wraps` a value may go on in the line under it."""
        rest = self.rest_of(hit)
        is_last = hit.end + len(rest) == len(hit.segment.tokens)
        if rest:
            yield Value((rest, *(self._wrapped(hit, rest) if wraps and is_last else ())))
            return
        right = self.sheet.right_of(hit.segment) if is_last else None
        if right is not None and not self.begins_with_label(right):
            yield Value((right.tokens, *(self._wrapped(hit, right.tokens) if wraps else ())))
        if is_last:
            yield from self._below(hit)

    def _below(self, hit: Hit) -> Iterator[Value]:
        box = hit.segment.box
        cell = self.sheet.cell(box)
        right = self.sheet.right_of(hit.segment)
        limit = min(cell.right, right.box.x0 - 2 if right else self.sheet.page.width)
        left = max(cell.left, box.x0 - 40 if cell.is_drawn_left else box.x0 - 6)
        for segment in self.sheet.below(box, left, limit):
            if segment.box.cy - box.cy > _LINES_BELOW * max(hit.segment.size, segment.size) * 1.2:
                return
            if self.begins_with_label(segment):
                return
            # A label with a colon asks for its value in its own cell; a heading's value may stand in the cell under it.
            if hit.has_colon and self.sheet.is_ruled_below(box, segment.box):
                return
            yield Value((segment.tokens,))
            return

    def _wrapped(self, hit: Hit, value: Sequence[Token]) -> Iterator[tuple[Token, ...]]:
        last = value[-1].box
        cell = self.sheet.cell(last)
        # A short line in a wide cell ended because the value ended.
        if cell.is_drawn_right and last.x1 < cell.left + 0.55 * (cell.right - cell.left):
            return
        starts = (hit.tokens[0].box.x0, value[0].box.x0)
        for segment in self.sheet.below(last, min(starts) - 4, cell.right):
            down = segment.box.cy - last.cy
            if down > _CONTINUES_WITHIN * max(value[0].size, segment.size):
                return
            aligned = any(abs(segment.box.x0 - start) < 4 for start in starts)
            same_cell = cell.is_drawn_right and cell.is_drawn_left
            if not aligned or not same_cell or self.labels_in(segment) or segment.text.rstrip().endswith(":"):
                return
            if self.sheet.is_ruled_below(hit.tokens[0].box.union(last), segment.box):
                return
            yield segment.tokens
            return


def first_matching(tokens: Sequence[Token], wanted: Callable[[str], bool]) -> Token | None:
    """The first token whose text, without marks at its ends, is what is wanted."""
    return next((token for token in tokens if wanted(token.text.strip(" ,;:()[]"))), None)


def covering(tokens: Sequence[Token], quote: str) -> Sequence[Token]:
    """The shortest run of tokens that holds a quote."""
    for length in range(1, len(tokens) + 1):
        for start in range(len(tokens) - length + 1):
            run = tokens[start : start + length]
            if quote in " ".join(token.text for token in run):
                return run
    return tokens
