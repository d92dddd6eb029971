"""The subject line, by kind and language. Written by code for every draft, so that nobody can smuggle words into it."""

from __future__ import annotations

from collections.abc import Mapping

from exceptions.notices.drafts import FactLike, Locale, NoticeKind, Sentence, SentenceRole, sentence
from exceptions.notices.slots import SLOTS, UNSETTLED

from .book import Phrasebook
from .de import GERMAN
from .en import ENGLISH
from .es import SPANISH
from .pl import POLISH

BOOKS: dict[Locale, Phrasebook] = {
    Locale.EN: ENGLISH,
    Locale.DE: GERMAN,
    Locale.PL: POLISH,
    Locale.ES: SPANISH,
}


def subject_sentence(kind: NoticeKind, locale: Locale, known: Mapping[str, FactLike]) -> Sentence:
    """The subject as a sentence of facts and words; without a reference it starts with what happened."""
    line = BOOKS[locale].subjects[kind]
    keys = (key for key in SLOTS["reference"] if key in known)
    key = next(
        (key for key in keys if str(known[key].audience) != "internal" and str(known[key].state) not in UNSETTLED), None
    )
    line = line.replace("{reference}", f"{{{key}}}") if key else line.removeprefix("{reference}: ")
    return sentence(SentenceRole.STATUS, line)
