"""Characters that a page carries but nobody sees: stripped from the text, counted, reported."""

from __future__ import annotations

import unicodedata
from collections import Counter

# Explicit directional formatting and isolates (Unicode Standard Annex 9): they make text read otherwise than stored.
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ZERO_WIDTH = frozenset("\u200b\u200c\u200d\u2060\ufeff\u180e")
# PDFium reports a hyphen at the end of a line as U+0002 or U+FFFE; U+00AD is the soft hyphen, drawn where a line breaks.
_HYPHENS = frozenset("\u0002\ufffe\u00ad")
_TAG_BLOCK = range(0xE0000, 0xE0080)
_LIGATURES = range(0xFB00, 0xFB07)
_FULL_WIDTH = range(0xFF01, 0xFF5F)

SENTENCES = {
    "control": "The text carries control characters that nobody sees on the page; they were removed.",
    "bidi": "The text carries characters that turn the reading direction around; they were removed.",
    "tag": "The text carries invisible tag characters, which are used to smuggle instructions; they were removed.",
    "zero_width": "The text carries zero-width characters that nobody sees on the page; they were removed.",
}


def clean_char(char: str, removed: Counter[str]) -> str:
    """What remains of one character; a removed one is counted by its class in `removed`."""
    code = ord(char)
    if char in _HYPHENS:
        return "-"
    if 0x20 <= code < 0x7F:
        return char
    if code in _TAG_BLOCK:
        removed["tag"] += 1
        return ""
    if char in _BIDI:
        removed["bidi"] += 1
        return ""
    if char in _ZERO_WIDTH:
        removed["zero_width"] += 1
        return ""
    if char in "\r\n\t\f\v":
        return " "
    category = unicodedata.category(char)
    if category == "Zs":
        return " "
    if category in {"Cc", "Cf", "Cs", "Cn"}:
        removed["control"] += 1
        return ""
    if code in _LIGATURES or code in _FULL_WIDTH:
        return unicodedata.normalize("NFKC", char)
    return char


def clean_text(text: str) -> tuple[str, Counter[str]]:
    """The text without what nobody sees, and how many characters of which class were removed."""
    removed: Counter[str] = Counter()
    return "".join(clean_char(char, removed) for char in text), removed
