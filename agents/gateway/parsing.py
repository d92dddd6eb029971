"""From the bytes of a response to a validated answer. Pure; server-side "strict" is a hint, this is the contract."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from agents.gateway.outcomes import Outcome

MAX_DEPTH = 24

A = TypeVar("A", bound=BaseModel)


class _Message(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")

    role: Literal["assistant"] = "assistant"
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")

    message: _Message
    finish_reason: Literal["stop", "length", "content_filter", "tool_calls", "function_call"]


class _Usage(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")

    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Envelope(BaseModel):
    """What we rely on in a completion; compatible servers differ in the rest."""

    model_config = ConfigDict(strict=True, extra="ignore")

    choices: list[_Choice]
    model: str | None = None
    usage: _Usage | None = None


@dataclass(frozen=True)
class Usage:
    """Tokens as the server counted them; zero where it did not say."""

    prompt_tokens: int = 0
    completion_tokens: int = 0

    @property
    def total(self) -> int:
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, other: Usage) -> Usage:
        return Usage(self.prompt_tokens + other.prompt_tokens, self.completion_tokens + other.completion_tokens)


@dataclass(frozen=True)
class Parsed(Generic[A]):
    """An outcome, and with `Outcome.OK` the answer. `complaints` are fit to be shown to the model."""

    outcome: Outcome
    answer: A | None = None
    content: str = ""
    complaints: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)
    model: str = ""


def parse(body: bytes, form: type[A]) -> Parsed[A]:
    """Reads envelope, refusal, finish reason, content and schema, in this order. Never raises."""
    try:
        envelope = _Envelope.model_validate_json(body)
    except ValidationError:
        return Parsed(Outcome.BAD_ENVELOPE)
    if not envelope.choices:
        return Parsed(Outcome.BAD_ENVELOPE)
    choice = envelope.choices[0]
    seen = envelope.usage or _Usage()
    known: dict[str, Any] = {
        "usage": Usage(max(seen.prompt_tokens, 0), max(seen.completion_tokens, 0)),
        "model": (envelope.model or "")[:200],
    }
    if choice.message.refusal:
        return Parsed(Outcome.REFUSAL, **known)
    if choice.finish_reason == "content_filter":
        return Parsed(Outcome.CONTENT_FILTER, **known)
    if choice.finish_reason == "length":
        return Parsed(Outcome.LENGTH, **known)
    content = (choice.message.content or "").strip()
    if not content:
        return Parsed(Outcome.EMPTY, complaints=("The answer was empty.",), **known)
    return _parse_content(content, form, known)


def _parse_content(content: str, form: type[A], known: Mapping[str, Any]) -> Parsed[A]:
    try:
        raw = json.loads(content, object_pairs_hook=_no_repeated_keys)
    except (ValueError, RecursionError):
        return Parsed(Outcome.NOT_JSON, content=content, complaints=("The answer was not one JSON object.",), **known)
    if complaint := _unfit_text(raw, MAX_DEPTH):
        return Parsed(Outcome.SCHEMA_VIOLATION, content=content, complaints=(complaint,), **known)
    try:
        answer = form.model_validate_json(content, strict=True)  # JSON mode: strict enums are strings here
    except ValidationError as error:
        # Place and kind only: the message would quote the answer back, and with it whatever was injected into it.
        complaints = tuple(
            f"{'.'.join(str(step) for step in each['loc'])}: {each['type']}" for each in error.errors()[:8]
        )
        return Parsed(Outcome.SCHEMA_VIOLATION, content=content, complaints=complaints, **known)
    return Parsed(Outcome.OK, answer=answer, content=content, **known)


def _no_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a key appears twice")
    return read


def _unfit_text(value: object, depth: int) -> str:
    """A complaint when a text cannot be stored or shown (control characters, half a surrogate pair), or ''."""
    if depth == 0:
        return "The answer is nested too deeply."
    if isinstance(value, str):
        if any((ord(char) < 32 and char not in "\n\t") or 0xD800 <= ord(char) <= 0xDFFF for char in value):
            return "The answer contains characters that are not text."
        return ""
    inner: list[object] = []
    if isinstance(value, dict):
        inner = [*value.keys(), *value.values()]
    elif isinstance(value, list):
        inner = value
    for each in inner:
        if complaint := _unfit_text(each, depth - 1):
            return complaint
    return ""
