"""Asks the configured model whether it can do what is needed of it, and says so in words."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, create_model

from agents.gateway.ask import Answer, Question, ask
from agents.gateway.outcomes import Outcome
from agents.gateway.profiles import Profile
from agents.gateway.reply import Failure


@dataclass(frozen=True)
class Finding:
    """One thing the probe found out. `good` is None for what is merely worth knowing."""

    good: bool | None
    text: str


def probe(profile: Profile) -> Iterator[Finding]:
    """Reachable, model known, schema enforced, usage reported, latency; stops at the first thing nothing works without."""
    yield from _listed(profile)
    answer, nonce = _ask_against_the_schema(profile)
    if answer.turns and answer.outcome not in (Outcome.OK, Outcome.NOT_JSON, Outcome.SCHEMA_VIOLATION, Outcome.EMPTY):
        detail = answer.turns[-1].detail
        yield Finding(False, f"No answer: {answer.outcome.sentence}" + (f" ({detail})." if detail else "."))
        return
    yield Finding(True, f"The model {answer.model or profile.model} answers.")
    if answer.outcome is Outcome.OK:
        yield Finding(True, f"The answer form is enforced: asked for PONG in prose, it kept to the form ({nonce}).")
    else:
        yield Finding(
            False,
            "The answer form is NOT enforced by the server. Answers are checked here all the same, "
            "so expect more repairs and more answers by the rules.",
        )
    usage = answer.usage
    if usage.total:
        yield Finding(True, f"Usage is reported: {usage.prompt_tokens} tokens in, {usage.completion_tokens} out.")
    else:
        yield Finding(False, "Usage is not reported, so budgets and costs cannot count.")
    yield Finding(None, f"It took {answer.seconds:.1f} s, of {profile.deadline_seconds:.0f} s allowed.")


def _listed(profile: Profile) -> Iterator[Finding]:
    # Imported here for the same reason as in `ask`: the client is loaded only where it is used.
    from agents.gateway.wire import models_listed

    listed = models_listed(profile, seconds=min(15.0, profile.deadline_seconds))
    if isinstance(listed, Failure):
        yield Finding(None, f"The server's list of models is not to be had: {listed.outcome.sentence}.")
    elif profile.model in listed:
        yield Finding(True, f"The server lists {profile.model}.")
    else:
        yield Finding(False, f"The server answers but does not list {profile.model}: it may still take the name.")


def _ask_against_the_schema(profile: Profile) -> tuple[Answer[BaseModel], str]:
    """Prose asks for PONG while the form allows nothing but a fresh word: only an enforced schema gives that word."""
    nonce = f"k{secrets.token_hex(4)}"
    word: Any = Literal[nonce]  # a type made at run time
    form = create_model("Probe", __config__=ConfigDict(extra="forbid"), word=(word, ...))
    messages = [{"role": "user", "content": "Reply with the single word PONG and nothing else."}]
    first = ask(profile, Question(messages=messages, form=form))
    if len(first.turns) > 1 and first.outcome is Outcome.OK:  # a repair turn names the field: that is not enforcement
        return Answer(Outcome.SCHEMA_VIOLATION, None, first.turns, None, first.model), nonce
    return first, nonce
