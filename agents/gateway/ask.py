"""One bounded question to a model: at most two turns under one deadline, and an outcome whatever happens."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from agents.gateway.outcomes import Outcome, OutcomeClass
from agents.gateway.parsing import Parsed, Usage, parse
from agents.gateway.profiles import Profile
from agents.gateway.reply import Failure, Reply
from agents.gateway.schemas import portable_schema

MAX_TURNS = 2
LEAST_SECONDS_FOR_A_TURN = 0.2

A = TypeVar("A", bound=BaseModel)
Message = dict[str, str]


@dataclass(frozen=True)
class Question(Generic[A]):
    """What is asked. `check` returns complaints about a well-formed answer, in words that a model can act on.

    `shorter` replaces the messages when the material turns out to be too long.
    """

    messages: Sequence[Message]
    form: type[A]
    check: Callable[[A], Sequence[str]] = lambda answer: ()
    shorter: Sequence[Message] | None = None


@dataclass(frozen=True)
class Turn:
    """One exchange as it went, for the run's record."""

    outcome: Outcome
    seconds: float
    detail: str = ""
    raw: bytes = b""
    complaints: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True)
class Answer(Generic[A]):
    """How the question ended. `value` is there exactly when the outcome is OK."""

    outcome: Outcome
    value: A | None = None
    turns: tuple[Turn, ...] = ()
    retry_after: float | None = None
    model: str = ""

    @property
    def usage(self) -> Usage:
        return sum((turn.usage for turn in self.turns), Usage())

    @property
    def seconds(self) -> float:
        return sum(turn.seconds for turn in self.turns)


def ask(profile: Profile, question: Question[A]) -> Answer[A]:
    """Asks, and asks once more when the answer can be repaired or the material shortened. Never raises."""
    ends = time.monotonic() + profile.deadline_seconds
    messages = list(question.messages)
    turns: list[Turn] = []
    parsed: Parsed[A]
    while True:
        left = ends - time.monotonic()
        reply = _exchange(profile, _request(profile, messages, question.form), left)
        if isinstance(reply, Failure):
            turns.append(Turn(reply.outcome, reply.seconds, reply.detail, reply.body))
            parsed = Parsed(reply.outcome)
        else:
            parsed = _checked(parse(reply.body, question.form), question)
            turns.append(Turn(parsed.outcome, reply.seconds, "", reply.body, parsed.complaints, parsed.usage))
        again = _next_messages(messages, parsed, question)
        if again is None or len(turns) == MAX_TURNS or ends - time.monotonic() < LEAST_SECONDS_FOR_A_TURN:
            retry_after = reply.retry_after if isinstance(reply, Failure) else None
            return Answer(parsed.outcome, parsed.answer, tuple(turns), retry_after, parsed.model)
        messages = again


def _exchange(profile: Profile, request: dict[str, Any], seconds: float) -> Reply | Failure:
    # Imported here so that only the process that asks loads the client library; the web process never does.
    from agents.gateway.wire import exchange

    return exchange(profile, request, seconds=seconds)


def _request(profile: Profile, messages: Sequence[Message], form: type[BaseModel]) -> dict[str, Any]:
    return {
        "model": profile.model,
        "messages": list(messages),
        profile.token_parameter: profile.max_tokens,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": form.__name__.lower(), "strict": True, "schema": portable_schema(form)},
        },
    }


def _checked(parsed: Parsed[A], question: Question[A]) -> Parsed[A]:
    if parsed.answer is None:
        return parsed
    complaints = tuple(question.check(parsed.answer))
    if not complaints:
        return parsed
    return Parsed(
        Outcome.SEMANTIC, content=parsed.content, complaints=complaints, usage=parsed.usage, model=parsed.model
    )


def _next_messages(sent: list[Message], parsed: Parsed[A], question: Question[A]) -> list[Message] | None:
    """The messages of a second turn, or None when a second turn cannot help."""
    match parsed.outcome.outcome_class:
        case OutcomeClass.SHRINK:
            return list(question.shorter) if question.shorter is not None else None
        case OutcomeClass.REPAIR | OutcomeClass.SEMANTIC:
            complaints = "\n".join(f"- {complaint}" for complaint in parsed.complaints[:8])
            return [
                *sent,
                *([{"role": "assistant", "content": parsed.content[:8000]}] if parsed.content else []),
                {
                    "role": "user",
                    "content": f"That answer was refused:\n{complaints}\nAnswer once more, in the agreed form only.",
                },
            ]
    return None
