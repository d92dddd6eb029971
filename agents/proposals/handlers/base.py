"""What a kind of proposal has to know to do about itself. One module for each kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from agents.proposals.models import Decision, Effect, EffectState, Proposal
from agents.proposals.snapshots import FactLike
from controltower.audit import Actor
from exceptions.cases.models import Case
from exceptions.notices.models import Notice


class Unrenderable(ValueError):
    """The payload cannot be shown with these facts: something that it names is not there any more."""


@dataclass(frozen=True)
class Done:
    """How an effect went: at once, or held until the notice goes out."""

    state: EffectState
    notice: Notice | None = None


class Handler(Protocol):
    """`payload` is what the proposal stores; `facts` are those that hold now."""

    def facts(self, proposal: Proposal, now: datetime) -> Sequence[FactLike]:
        """The facts this proposal's are compared with."""

    def render(self, payload: dict[str, Any], facts: Sequence[FactLike]) -> dict[str, Any]:
        """What a person would see and what would happen, as JSON. Raises Unrenderable. Same input, same output."""

    def excuses(self, payload: dict[str, Any]) -> bool:
        """Whether it would release somebody from what a contract makes them owe."""

    def outdated(self, proposal: Proposal, case: Case | None, facts: Sequence[FactLike]) -> str:
        """Why it has lost its purpose, as a sentence; empty when it has not."""

    def execute(self, effect: Effect, decision: Decision, *, approver: Actor, now: datetime) -> Done:
        """Do it, in the transaction that marks it done. Raises DomainError when it cannot be done."""

    def issues(self, payload: dict[str, Any], facts: Sequence[FactLike]) -> list[dict[str, str]]:
        """What a checker has against an edited payload: `rule`, `message`, `where` in words, `hint` for who edits it,
        `final` if nobody may set it aside."""

    def material(self, payload: dict[str, Any], facts: Sequence[FactLike], before: Sequence[str]) -> list[str]:
        """Keys of the facts that an edited payload stands on; `before` are those of the revision that was edited."""

    def diff(self, before: Proposal, after: Proposal) -> list[list[str]]:
        """What an edit changed, for people: [what, was, is]."""

    def redraft_job(self) -> str:
        """Name of the job that makes a fresh one when a fact overtook this; empty when nothing does."""
