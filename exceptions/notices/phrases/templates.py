"""Drafts without a model: the rules twin of the draft skill, and the start of a notice written by hand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from exceptions.notices.drafts import Draft, FactLike, Locale, NoticeKind, Sentence, SentenceRole, sentence, written
from exceptions.notices.slots import fill
from exceptions.notices.values import Code, UnreadableFact, value_of

from .book import Choice
from .codes import CODES
from .subjects import BOOKS

# Kinds in which something went wrong for the reader; good news and a first "we are checking" need no apology.
_SORRY = frozenset(NoticeKind) - {NoticeKind.SILENCE, NoticeKind.RECOVERED, NoticeKind.UPDATE, NoticeKind.FREE_TIME}


def template_draft(kind: NoticeKind, facts: Iterable[FactLike], locale: Locale, *, audience: str = "customer") -> Draft:
    """A draft of `kind` that says everything the facts allow and nothing more. Pure; passes the checker."""
    facts = tuple(facts)
    filled = {slot: key for slot, key in fill(facts, audience).items() if _readable(key, facts)}
    if not _tellable_cause(filled.get("cause"), facts):
        filled.pop("cause", None)
    book = BOOKS[locale]
    lines: list[tuple[SentenceRole, Choice]] = [(SentenceRole.GREETING, (book.greeting,))]
    lines += [(SentenceRole.STATUS, choice) for choice in book.status[kind]]
    lines.append((SentenceRole.CAUSE, (book.cause,)))
    if kind in _SORRY:
        lines.append((SentenceRole.APOLOGY, (book.apology,)))
    lines += [(SentenceRole.NEXT_STEP, choice) for choice in book.next_step[kind]]
    lines.append((SentenceRole.ASK, book.ask.get(kind, ())))
    lines.append((SentenceRole.CLOSING, (book.closing,)))
    chosen = ((role, _choose(choice, filled)) for role, choice in lines)
    return Draft(locale=locale, notice_kind=kind, sentences=[sentence(role, line) for role, line in chosen if line])


def _readable(key: str, facts: tuple[FactLike, ...]) -> bool:
    try:
        value_of(next(fact for fact in facts if fact.key == key))
    except UnreadableFact:
        return False
    return True


def _tellable_cause(key: str | None, facts: tuple[FactLike, ...]) -> bool:
    if key is None:
        return False
    value = value_of(next(fact for fact in facts if fact.key == key))
    return not isinstance(value, Code) or value.code in CODES


def _choose(choice: Choice, filled: Mapping[str, str]) -> str:
    """The first line that can be said in full, with slots replaced by keys; empty when there is none."""
    for line in choice:
        chosen = re.sub(r"\[([^]]*)\]", lambda m: m[1] if _slots(m[1]) <= filled.keys() else "", line)
        if _slots(chosen) <= filled.keys():
            return re.sub(r"\{(\w+)\}", lambda m: "{" + filled[m[1]] + "}", chosen)
    return ""


def _slots(line: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", line))


def sentence_lines(draft: Draft) -> list[tuple[str, str]]:
    """Role and written line of each sentence, as a form shows them."""
    return [(str(one.role), written(one)) for one in draft.sentences]


def draft_of_lines(kind: NoticeKind, locale: Locale, lines: Iterable[tuple[str, str]]) -> Draft:
    """The draft that somebody wrote by hand. Raises `ValueError` with a sentence for people."""
    sentences: list[Sentence] = [sentence(SentenceRole(role), line.strip()) for role, line in lines if line.strip()]
    if not sentences:
        raise ValueError("Write at least one sentence.")
    return Draft(locale=locale, notice_kind=kind, sentences=sentences)
