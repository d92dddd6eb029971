"""What extraction gives back: values, each with the place on the page that it was read from."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from documents.reading.doctext import Box, PageText


class FieldState(StrEnum):
    """What is known about a value. Screens show this instead of a percentage."""

    VERIFIED = "verified"
    SUPPORTED = "supported"
    CONFLICT = "conflict"
    UNSUPPORTED = "unsupported"
    ABSENT = "absent"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where on the page a value stands: the words in reading order, their boxes line by line, and what they say."""

    page: int
    words: tuple[int, ...]
    boxes: tuple[Box, ...]
    quote: str

    def to_json(self) -> dict[str, Any]:
        boxes = [box.as_list() for box in self.boxes]
        return {"page": self.page, "words": list(self.words), "boxes": boxes, "quote": self.quote}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Evidence:
        boxes = tuple(Box(*(float(number) for number in box)) for box in data["boxes"])
        return cls(int(data["page"]), tuple(int(word) for word in data["words"]), boxes, str(data["quote"]))


def evidence_holds(evidence: Evidence, page: PageText) -> bool:
    """Whether the quote stands, visibly, in the words that the evidence names. Blanks do not count."""
    if evidence.page != page.number or not evidence.words or not evidence.quote.strip():
        return False
    if any(not 0 <= index < len(page.words) for index in evidence.words):
        return False
    words = [page.words[index] for index in evidence.words]
    if not all(word.is_visible for word in words):
        return False
    said = "".join("".join(word.text for word in words).split())
    return "".join(evidence.quote.split()) in said


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of one field. `rank` orders readings of the same field: lower is the more specific label."""

    key: str
    value: str
    normalised: str
    evidence: Evidence
    rank: int = 0
    checks: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {"value": self.value, "normalised": self.normalised, "evidence": self.evidence.to_json()}

    @classmethod
    def from_json(cls, key: str, data: dict[str, Any]) -> Candidate:
        return cls(key, str(data["value"]), str(data["normalised"]), Evidence.from_json(data["evidence"]))


@dataclass(frozen=True, slots=True)
class Field:
    """A value with its state. `checks` say what corroborates it, `complaints` what speaks against it."""

    key: str
    state: FieldState
    value: str = ""
    normalised: str = ""
    evidence: Evidence | None = None
    alternatives: tuple[Candidate, ...] = ()
    checks: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "state": self.state.value,
            "value": self.value,
            "normalised": self.normalised,
            "evidence": self.evidence.to_json() if self.evidence else None,
            "alternatives": [candidate.to_json() for candidate in self.alternatives],
            "checks": list(self.checks),
            "complaints": list(self.complaints),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Field:
        key = str(data["key"])
        return cls(
            key=key,
            state=FieldState(data["state"]),
            value=str(data["value"]),
            normalised=str(data["normalised"]),
            evidence=Evidence.from_json(data["evidence"]) if data["evidence"] else None,
            alternatives=tuple(Candidate.from_json(key, item) for item in data["alternatives"]),
            checks=tuple(str(item) for item in data["checks"]),
            complaints=tuple(str(item) for item in data["complaints"]),
        )


@dataclass(frozen=True, slots=True)
class Extraction:
    kind: str
    fields: tuple[Field, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "fields": [item.to_json() for item in self.fields]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Extraction:
        return cls(str(data["kind"]), tuple(Field.from_json(item) for item in data["fields"]))

    def get(self, key: str) -> Field | None:
        """The first field of that key that has a value."""
        return next((item for item in self.fields if item.key == key and item.state is not FieldState.ABSENT), None)

    def values(self, key: str) -> list[str]:
        return [item.normalised for item in self.fields if item.key == key and item.state is not FieldState.ABSENT]
