"""What a notice says before anybody can read it: sentences of literal words and fact references.

A draft has the same shape whether a model, a template or a person wrote it. It holds no value: every date, number, name
and reference is a key into the facts of the case, and only `rendering` turns a key into words.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Protocol, Self

from django.db.models import TextChoices
from pydantic import AfterValidator, BaseModel, ConfigDict

MAX_SENTENCES = 24
MAX_PARTS = 24
MAX_TEXT = 400
MAX_KEY = 80


class Locale(StrEnum):
    EN = "en"
    DE = "de"
    PL = "pl"
    ES = "es"


class SentenceRole(StrEnum):
    GREETING = "greeting"
    STATUS = "status"
    CAUSE = "cause"
    NEXT_STEP = "next_step"
    ASK = "ask"
    APOLOGY = "apology"
    CLOSING = "closing"


class NoticeKind(TextChoices):
    """What a notice is for. With labels, because people choose it too."""

    DELAY = "delay", "Delay"
    ATTEMPT_FAILED = "attempt_failed", "Failed delivery attempt"
    REFUSED = "refused", "Delivery refused"
    DAMAGE = "damage", "Damage"
    SHORTAGE = "shortage", "Shortage"
    TEMPERATURE = "temperature", "Temperature"
    FREE_TIME = "free_time", "Free time ending"
    SILENCE = "silence", "No signal"
    APPOINTMENT = "appointment", "Appointment"
    CUSTOMS = "customs", "Customs"
    RECOVERED = "recovered", "Good news"
    UPDATE = "update", "Update"


class FactLike(Protocol):
    """What notices need of a fact; `exceptions.cases.facts.Fact` has it."""

    @property
    def key(self) -> str: ...
    @property
    def value(self) -> object: ...
    @property
    def type(self) -> str: ...
    @property
    def audience(self) -> str: ...
    @property
    def state(self) -> str: ...


def _at_most(limit: int, what: str) -> AfterValidator:
    def check(value: list[object] | str) -> list[object] | str:
        if not value:
            raise ValueError(f"{what} is empty")
        if len(value) > limit:
            raise ValueError(f"{what} is longer than {limit}")
        return value

    # A validator, not a bound in the JSON schema: bounds are outside the portable subset that model servers accept.
    return AfterValidator(check)


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class TextPart(_Closed):
    text: Annotated[str, _at_most(MAX_TEXT, "a text part")]


class FactPart(_Closed):
    fact: Annotated[str, _at_most(MAX_KEY, "a fact key")]


Part = TextPart | FactPart


class Sentence(_Closed):
    role: SentenceRole
    parts: Annotated[list[Part], _at_most(MAX_PARTS, "a sentence")]

    @property
    def fact_keys(self) -> tuple[str, ...]:
        """Keys in the order of their first mention."""
        return tuple(dict.fromkeys(part.fact for part in self.parts if isinstance(part, FactPart)))


class Draft(_Closed):
    locale: Locale
    notice_kind: NoticeKind
    sentences: Annotated[list[Sentence], _at_most(MAX_SENTENCES, "a draft")]

    @property
    def fact_keys(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(key for sentence in self.sentences for key in sentence.fact_keys))

    @classmethod
    def from_json(cls, data: str | bytes | dict[str, object]) -> Self:
        """Read what `to_json` wrote, or a stored dict of it. Raises pydantic `ValidationError` on anything else."""
        if isinstance(data, dict):
            return cls.model_validate(data, strict=False)
        return cls.model_validate_json(data, strict=True)

    def to_json(self) -> dict[str, object]:
        return self.model_dump(mode="json")


def sentence(role: SentenceRole, written: str) -> Sentence:
    """A sentence from a written line such as ``"Your order {po} is late."``: braces name facts.

    The one notation for templates and for people who write by hand. An unclosed or empty brace raises `ValueError` with a
    sentence for people.
    """
    parts: list[Part] = []
    rest = written
    while rest:
        text, brace, tail = rest.partition("{")
        if "}" in text:
            raise ValueError("A closing brace has no opening one. Write a fact as {key}.")
        if text:
            parts.append(TextPart(text=text))
        if not brace:
            break
        key, closed, rest = tail.partition("}")
        if not closed or not key.strip() or "{" in key:
            raise ValueError("A fact is written as {key}, with the key from the list.")
        parts.append(FactPart(fact=key.strip()))
    return Sentence(role=role, parts=parts)


def written(one: Sentence) -> str:
    """The line that `sentence` reads back."""
    return "".join(part.text if isinstance(part, TextPart) else "{" + part.fact + "}" for part in one.parts)
