"""How a model is asked to draft a notice. It sees which facts there are and of what type, never a value.

So the worst that text from outside can do here is nothing: it does not get here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from agents.gateway.ask import Message
from exceptions.notices.drafts import Locale, NoticeKind

VERSION = "draft-1"

_LANGUAGES = {Locale.EN: "English", Locale.DE: "German", Locale.PL: "Polish", Locale.ES: "Spanish"}

_SYSTEM = """You write short notices about freight to the people who wait for it. A person approves every notice.

A notice is a list of sentences; a sentence is a list of parts; a part is literal text or the key of a fact. The system
puts the value of the fact in its place, in the reader's language and time zone. You do not know the values.

Rules; a notice that breaks one is refused:
- Literal text holds no digit, number word, date, weekday, month, relative day, time, currency, link, address or markup.
  Every such value is a fact part.
- Say only what a fact says. No statement about the freight without a fact in the same sentence.
- No promise, guarantee, refund, credit or compensation. No fault, no blame, no name of a guilty party.
- Roles in this order, each used as needed: greeting, apology, status, cause, next_step, ask, closing. Sentences with the
  role status, cause or next_step contain at least one fact.
- Every required fact is mentioned. At most eight sentences, plain words, polite, no filler.
- Put the spaces around a fact into the text parts: {"text": "Your order "}, {"fact": "po"}, {"text": " is late."}"""


@dataclass(frozen=True)
class Brief:
    """What the drafter is told. `required` lists, for each thing that must be said, the keys that say it."""

    kind: NoticeKind
    locale: Locale
    audience: str
    facts: tuple[tuple[str, str], ...]
    required: tuple[tuple[str, ...], ...]

    @property
    def digest(self) -> str:
        """Identifies the input of a run, SHA-256 hexadecimal."""
        content = [self.kind, self.locale, self.audience, self.facts, self.required]
        return hashlib.sha256(json.dumps(content, default=list).encode()).hexdigest()


def messages(brief: Brief) -> list[Message]:
    """The question as chat messages. Holds nothing but closed words, keys and types."""
    asked = "\n".join(
        [
            f"Language: {_LANGUAGES[brief.locale]}; set locale to {brief.locale.value}.",
            f"Kind of notice: {brief.kind.value}; set notice_kind to it.",
            f"Reader: {brief.audience}.",
            "Facts (key: type):",
            *(f"- {key}: {type_}" for key, type_ in brief.facts),
            "Required, one of each line:",
            *_listed(brief.required),
        ]
    )
    return [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": asked}]


def _listed(required: Sequence[Sequence[str]]) -> list[str]:
    return [f"- {' or '.join(keys)}" for keys in required] or ["- nothing"]
