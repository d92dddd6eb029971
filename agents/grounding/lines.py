"""Text from outside, numbered and fenced, so that an answer can only point at it and never speak through it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MAX_LINE = 300
MAX_LINES = 40
_INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}


@dataclass(frozen=True)
class Line:
    """One piece of untrusted text. `id` is what an answer may cite; `source` says where it came from, for people."""

    id: str
    text: str
    source: str = ""


def numbered(texts: Iterable[tuple[str, str]], *, prefix: str = "L") -> tuple[Line, ...]:
    """Lines from (text, source) pairs: cleaned, cut to length, at most MAX_LINES, numbered in the order given."""
    lines: list[Line] = []
    for text, source in texts:
        clean = cleaned(text)
        if clean and len(lines) < MAX_LINES:
            lines.append(Line(f"{prefix}{len(lines) + 1}", clean, source))
    return tuple(lines)


def cleaned(text: str) -> str:
    """One visible line: control and invisible characters gone, white space single, at most MAX_LINE characters."""
    visible = "".join(" " if unicodedata.category(char) in _INVISIBLE else char for char in text)
    return re.sub(r"\s+", " ", visible).strip()[:MAX_LINE]


def fenced(lines: Sequence[Line]) -> str:
    """The lines between two marks that the text cannot contain: they are made from the text itself."""
    body = "\n".join(f"{line.id}: {line.text}" for line in lines)
    mark = hashlib.sha256(body.encode()).hexdigest()[:12]
    return f"<<<untrusted {mark}\n{body}\n{mark} end of untrusted>>>"


def unknown_ids(cited: Iterable[str], lines: Sequence[Line], also: Iterable[str] = ()) -> tuple[str, ...]:
    """Ids that were cited and do not exist, in the order of citation."""
    known = {line.id for line in lines} | set(also)
    return tuple(each for each in dict.fromkeys(cited) if each not in known)
