"""Rule 1: the literal words of a draft carry no value.

The alphabet is a list of what may be written, not of what may not: a look-alike from another script, a full-width digit
or an invisible character is refused because nobody listed it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from exceptions.notices.drafts import Locale, Sentence, SentenceRole, TextPart
from exceptions.notices.lexicon import LEXICONS, any_of, fold

HOLE = "\ufffc"
"""Stands in the literal text where a fact is. Not a word character, so no pattern reaches across it."""

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_LETTERS |= frozenset("äöüßÄÖÜąćęłńóśźżĄĆĘŁŃÓŚŹŻáéíñúÁÉÍÑÚàâçèêëîïôûùÀÂÇÈÊËÎÏÔÛÙ")
_MARKS = frozenset(" .,;:!?¡¿'’‘\"“”„»«()-–—…&")
_MARKUP = frozenset("<>{}[]`*_#|~^=\\")


@dataclass(frozen=True)
class Literal:
    """One sentence with its facts punched out, and the way back from folded text to what was written."""

    text: str
    places: tuple[int, ...]
    """Index in `text` -> offset in the written line, where a fact stands as {key}."""
    folded: str
    origin: tuple[int, ...]
    """The same for `folded`."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        return self.origin[start], self.origin[end - 1] + 1

    def without(self, dropped: str) -> Literal:
        """The same without some characters: what a reader's eye skips must not hide a word."""
        kept = [i for i, c in enumerate(self.folded) if c not in dropped]
        folded, origin = "".join(self.folded[i] for i in kept), tuple(self.origin[i] for i in kept)
        return Literal(self.text, self.places, folded, origin)


def literal_of(one: Sentence) -> Literal:
    """Neighbouring text parts are joined: a word that is forbidden whole must not pass in two halves."""
    text, folded = "", ""
    places: list[int] = []
    origin: list[int] = []
    at = 0
    for part in one.parts:
        # A written stand-in for a fact is no fact; as U+FFFD it is refused like every character that nobody listed.
        pieces = (
            [HOLE]
            if not isinstance(part, TextPart)
            else unicodedata.normalize("NFC", part.text).replace(HOLE, "\ufffd")
        )
        for piece in pieces:
            plain = piece if piece == HOLE else fold(piece)
            text, folded = text + piece, folded + plain
            places.append(at)
            origin.extend([at] * len(plain))
            at += 1 if isinstance(part, TextPart) else len(part.fact) + 2
    return Literal(text, tuple(places), folded, tuple(origin))


@dataclass(frozen=True)
class Carried:
    """Something in the literal text that has to come from a fact, or may not be there at all."""

    what: str
    found: str
    span: tuple[int, int]


def values_in(literal: Literal, locale: Locale, role: SentenceRole) -> Iterator[Carried]:
    """Everything in the literal words that rule 1 forbids, in the order of the rules, each place once per kind."""
    yield from _characters(literal)
    yield from _shapes(literal)
    yield from _words(literal, locale, role)


def _characters(literal: Literal) -> Iterator[Carried]:
    for character, at in zip(literal.text, literal.places, strict=True):
        if character not in _LETTERS and character not in _MARKS and character != HOLE:
            yield Carried(_kind_of(character), character, (at, at + 1))


def _kind_of(character: str) -> str:
    category = unicodedata.category(character)
    if category.startswith("N") or unicodedata.numeric(character, None) is not None:
        return "digit"
    if category == "Sc":
        return "currency"
    if character in _MARKUP:
        return "markup"
    if character == "@":
        return "contact"
    if category.startswith(("C", "Z", "M")):
        return "invisible"
    return "letter" if category.startswith("L") else "sign"


# Things that look like a value or a link whatever the words are.
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("link", re.compile(r"[^\W\d_]\.[^\W\d_]{2,}|[^\W\d_]{2,}\.[^\W\d_](?!\w)|\w:\w|\w\\")),
    ("spelled out", re.compile(r"(?<!\w)(?:\w[\s.\-]){3,}\w(?!\w)")),
    ("digit", re.compile(r"(?<!\w)[oil]{1,2}[:.][oil]{2}(?!\w)")),
    ("glued", re.compile(rf"[^\s(\"'“„»«‘—–]{HOLE}|{HOLE}[^\s).,;:!?\"'”“»«’…]")),
)
_ROMAN = re.compile(r"(?<!\w)(?=[IVXLCDM]{2,}(?!\w))M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})(?!\w)")


def _shapes(literal: Literal) -> Iterator[Carried]:
    for what, pattern in _SHAPES:
        for match in pattern.finditer(literal.folded):
            yield Carried(what, match[0].replace(HOLE, "…"), literal.span(*match.span()))
    for match in _ROMAN.finditer(literal.text):
        if match[0]:
            yield Carried("number", match[0], (literal.places[match.start()], literal.places[match.end() - 1] + 1))


@cache
def _patterns(locale: Locale) -> tuple[tuple[str, re.Pattern[str]], ...]:
    lists: dict[str, tuple[str, ...]] = {}
    for lexicon in LEXICONS.values():
        for what, patterns in lexicon.values.items():
            lists[what] = lists.get(what, ()) + patterns
    for what, patterns in LEXICONS[locale].own_values.items():
        lists[what] = lists.get(what, ()) + patterns
    return tuple((what, any_of(patterns)) for what, patterns in lists.items())


def _words(literal: Literal, locale: Locale, role: SentenceRole) -> Iterator[Carried]:
    allowed: list[tuple[int, int]] = []
    if role is SentenceRole.GREETING:
        greetings = any_of(LEXICONS[locale].greetings)
        allowed = [literal.span(*match.span()) for match in greetings.finditer(literal.folded)]
    seen: set[tuple[str, tuple[int, int]]] = set()
    for view in (literal, literal.without("-"), literal.without("-'.")):
        for what, pattern in _patterns(locale):
            for match in pattern.finditer(view.folded):
                span = view.span(*match.span())
                if (what, span) in seen or any(a <= span[0] and span[1] <= b for a, b in allowed):
                    continue
                seen.add((what, span))
                yield Carried(what, match[0], span)
    units = re.compile(rf"{HOLE}\s*(?:{'|'.join(LEXICONS[locale].units)})(?!\w)")
    for match in units.finditer(literal.folded):
        yield Carried("unit", match[0].strip(HOLE + " "), literal.span(*match.span()))
