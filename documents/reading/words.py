"""Characters with positions -> words -> lines. Pure geometry: the same characters always give the same words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from documents.reading.doctext import Box, TextSource, Visibility, Word

# In shares of the font size. A blank is 0.25 to 0.33 em in the usual fonts; kerning moves glyphs by less than 0.1 em.
_WORD_GAP = 0.22
_GLUE_GAP = 0.12
_BASELINE_SHIFT = 0.2
_ASCENT = 0.78
_DESCENT = 0.2
_ROW_OVERLAP = 0.5


@dataclass(frozen=True, slots=True)
class Char:
    """One drawn character. `x0`..`x1` is its advance, `baseline` the y it stands on, `size` its effective height."""

    text: str
    x0: float
    x1: float
    baseline: float
    size: float
    is_upright: bool = True
    is_invisible: bool = False
    luminance: float = 0.0


@dataclass(slots=True)
class _Run:
    chars: list[Char]
    ended_by_blank: bool = False

    def word(self) -> Word:
        first = self.chars[0]
        size = max(char.size for char in self.chars)
        box = Box(
            min(char.x0 for char in self.chars),
            first.baseline - _ASCENT * size,
            max(char.x1 for char in self.chars),
            first.baseline + _DESCENT * size,
        )
        invisible = sum(char.is_invisible for char in self.chars) * 2 > len(self.chars)
        visibility = Visibility.INVISIBLE_MODE if invisible else Visibility.VISIBLE
        return Word("".join(char.text for char in self.chars), box, size, visibility)


def _continues(run: _Run, char: Char) -> bool:
    last = run.chars[-1]
    if abs(char.baseline - last.baseline) > _BASELINE_SHIFT * max(last.size, char.size):
        return False
    if char.is_invisible != last.is_invisible or char.is_upright != last.is_upright:
        return False
    gap = char.x0 - last.x1
    return -0.5 * last.size <= gap <= _WORD_GAP * max(last.size, char.size)


def build_words(chars: Iterable[Char]) -> list[Word]:
    """Words in reading order of the file; blanks and jumps of the pen end a word."""
    runs: list[_Run] = []
    current: _Run | None = None
    for char in chars:
        if not char.text.strip():
            if current is not None:
                current.ended_by_blank = True
                current = None
            continue
        if current is not None and _continues(current, char):
            current.chars.append(char)
            continue
        current = _Run([char])
        runs.append(current)
    return _glue(runs)


def _glue(runs: Sequence[_Run]) -> list[Word]:
    """Join pieces that stand against each other on one line though the file drew them apart (kerned titles)."""
    words: list[Word] = []
    open_end = False
    for run in runs:
        word = run.word()
        if words and open_end:
            last = words[-1]
            gap = word.box.x0 - last.box.x1
            level = abs(word.box.y1 - last.box.y1) <= 0.4 * max(word.size, last.size)
            if level and last.visibility == word.visibility and abs(gap) <= _GLUE_GAP * max(word.size, last.size):
                words[-1] = replace(
                    last, text=last.text + word.text, box=last.box.union(word.box), size=max(last.size, word.size)
                )
                open_end = not run.ended_by_blank
                continue
        words.append(word)
        open_end = not run.ended_by_blank
    return words


def build_lines(words: Sequence[Word]) -> tuple[tuple[int, ...], ...]:
    """Rows of visible words as a person reads them: by common height on the page, left to right, top to bottom."""
    order = sorted((i for i, word in enumerate(words) if word.is_visible), key=lambda i: words[i].box.cy)
    rows: list[tuple[Box, list[int]]] = []
    for index in order:
        box = words[index].box
        for band, members in reversed(rows[-8:]):
            overlap = min(band.y1, box.y1) - max(band.y0, box.y0)
            if overlap >= _ROW_OVERLAP * max(min(band.height, box.height), 0.1) and _has_room(words, members, box):
                members.append(index)
                break
        else:
            rows.append((box, [index]))
    rows.sort(key=lambda row: row[0].cy)
    return tuple(tuple(sorted(members, key=lambda i: words[i].box.x0)) for _, members in rows)


def _has_room(words: Sequence[Word], members: Sequence[int], box: Box) -> bool:
    """Lines set so tightly that their bands overlap stay apart, because their words would cover each other."""
    for index in members:
        other = words[index].box
        overlap = min(other.x1, box.x1) - max(other.x0, box.x0)
        if overlap > 0.4 * max(min(other.width, box.width), 0.1):
            return False
    return True


def mark_ocr_layer(words: Sequence[Word], image_share: float) -> tuple[list[Word], bool]:
    """An invisible text layer over a picture that fills the page is a scanner's OCR, not an attempt to hide.

    Such words become readable again, marked as OCR; everything else that is invisible stays hidden.
    """
    hidden = [word for word in words if word.visibility is Visibility.INVISIBLE_MODE]
    seen = len(words) - len(hidden)
    if image_share < 0.6 or not hidden or seen * 4 > len(hidden):
        return list(words), False
    return [
        replace(word, visibility=Visibility.VISIBLE, source=TextSource.OCR)
        if word.visibility is Visibility.INVISIBLE_MODE
        else word
        for word in words
    ], True
