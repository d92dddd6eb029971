"""What a file says, as words on pages: the one form in which the rest of the product knows a document's text.

Coordinates are page points (1/72 inch) of the page as it is looked at: origin top left, x to the right, y down.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Visibility(StrEnum):
    """Whether a person looking at the page would see the word, and if not, why not."""

    VISIBLE = "visible"
    INVISIBLE_MODE = "invisible_mode"
    NO_INK = "no_ink"
    TOO_SMALL = "too_small"
    OFF_PAGE = "off_page"


class TextSource(StrEnum):
    TEXT = "text"
    OCR = "ocr"


@dataclass(frozen=True, slots=True)
class Box:
    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def cx(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def cy(self) -> float:
        return (self.y0 + self.y1) / 2

    def union(self, other: Box) -> Box:
        return Box(min(self.x0, other.x0), min(self.y0, other.y0), max(self.x1, other.x1), max(self.y1, other.y1))

    def as_list(self) -> list[float]:
        return [round(self.x0, 2), round(self.y0, 2), round(self.x1, 2), round(self.y1, 2)]


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    box: Box
    size: float
    visibility: Visibility = Visibility.VISIBLE
    source: TextSource = TextSource.TEXT

    @property
    def is_visible(self) -> bool:
        return self.visibility is Visibility.VISIBLE

    def to_json(self) -> list[Any]:
        return [self.text, *self.box.as_list(), round(self.size, 2), self.visibility.value, self.source.value]

    @classmethod
    def from_json(cls, row: list[Any]) -> Word:
        text, x0, y0, x1, y1, size, visibility, source = row
        box = Box(float(x0), float(y0), float(x1), float(y1))
        return cls(str(text), box, float(size), Visibility(visibility), TextSource(source))


@dataclass(frozen=True, slots=True)
class PageText:
    """One page. `lines` hold indexes into `words`, visible words only, left to right, top to bottom.

    `rules` are the drawn straight lines (thin boxes): the borders of a form's cells.
    """

    number: int
    width: float
    height: float
    words: tuple[Word, ...] = ()
    lines: tuple[tuple[int, ...], ...] = ()
    rules: tuple[Box, ...] = ()
    rotation: int = 0
    image_share: float = 0.0

    def line_text(self, line: tuple[int, ...]) -> str:
        return " ".join(self.words[index].text for index in line)

    def visible_text(self) -> str:
        return "\n".join(self.line_text(line) for line in self.lines)

    def to_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "width": round(self.width, 2),
            "height": round(self.height, 2),
            "rotation": self.rotation,
            "image_share": round(self.image_share, 3),
            "words": [word.to_json() for word in self.words],
            "lines": [list(line) for line in self.lines],
            "rules": [rule.as_list() for rule in self.rules],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> PageText:
        return cls(
            number=int(data["number"]),
            width=float(data["width"]),
            height=float(data["height"]),
            words=tuple(Word.from_json(row) for row in data["words"]),
            lines=tuple(tuple(int(index) for index in line) for line in data["lines"]),
            rules=tuple(Box(*(float(number) for number in rule)) for rule in data["rules"]),
            rotation=int(data["rotation"]),
            image_share=float(data["image_share"]),
        )


@dataclass(frozen=True, slots=True)
class Warned:
    """Something a person should know before trusting the document; `quote` is the evidence, if it has words."""

    code: str
    sentence: str
    page: int = 0
    quote: str = ""

    def to_json(self) -> dict[str, Any]:
        return {"code": self.code, "sentence": self.sentence, "page": self.page, "quote": self.quote}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Warned:
        return cls(str(data["code"]), str(data["sentence"]), int(data["page"]), str(data["quote"]))


@dataclass(frozen=True, slots=True)
class DocText:
    pages: tuple[PageText, ...] = ()
    warnings: tuple[Warned, ...] = field(default=())

    @property
    def has_text(self) -> bool:
        return any(page.lines for page in self.pages)

    def visible_words(self) -> Iterator[Word]:
        for page in self.pages:
            for line in page.lines:
                for index in line:
                    yield page.words[index]

    def to_json(self) -> dict[str, Any]:
        return {
            "pages": [page.to_json() for page in self.pages],
            "warnings": [warning.to_json() for warning in self.warnings],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> DocText:
        return cls(
            pages=tuple(PageText.from_json(page) for page in data["pages"]),
            warnings=tuple(Warned.from_json(warning) for warning in data["warnings"]),
        )
