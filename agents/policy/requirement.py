"""What an approval takes, and whether somebody's approval meets it. Values only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from agents.policy.kinds import OriginKind, ProposalKind


@dataclass(frozen=True)
class Matter:
    """What policy needs to know of a proposal. `amount` is what is at risk on its case, in the organisation's currency.

    `excuses` says that the proposal would release a party from what a contract makes it owe; `overrides` how many
    complaints of the draft checker a person set aside; `last_editor` is the member who changed it last.
    """

    kind: ProposalKind
    origin: OriginKind
    amount: Decimal
    currency: str
    excuses: bool = False
    overrides: int = 0
    last_editor: int | None = None


@dataclass(frozen=True)
class Approver:
    """Who wants to approve. `authority_limit` is in the organisation's currency."""

    member_id: int
    is_person: bool
    may_decide: bool
    authority_limit: Decimal


@dataclass(frozen=True)
class Step:
    """One rule as it was looked at: the trace is all of them up to the one that matched."""

    rule: str
    matched: bool
    why: str

    def as_json(self) -> dict[str, Any]:
        return {"rule": self.rule, "matched": self.matched, "why": self.why}


@dataclass(frozen=True)
class Requirement:
    """What it takes. `authority` None means that no amount is involved; `held` that the effect waits and can be recalled."""

    version: str
    rule: str
    authority: Decimal | None
    currency: str
    held: bool
    editor_may_approve: bool
    bulk: bool
    trace: tuple[Step, ...]

    def as_json(self) -> dict[str, Any]:
        """For the record of a decision."""
        return {
            "version": self.version,
            "rule": self.rule,
            "authority": None if self.authority is None else str(self.authority),
            "currency": self.currency,
            "held": self.held,
            "editor_may_approve": self.editor_may_approve,
            "bulk": self.bulk,
            "trace": [step.as_json() for step in self.trace],
        }


@dataclass(frozen=True)
class Objection:
    """Why somebody may not approve, in a sentence for them that says who could."""

    code: str
    sentence: str


def objections(requirement: Requirement, matter: Matter, approver: Approver) -> Iterator[Objection]:
    """Everything that stands between this person and the approval; nothing when they may."""
    if not approver.is_person:
        yield Objection("not_a_person", "Only a named person can approve.")
    if not approver.may_decide:
        yield Objection("role", "Your role does not decide on proposals. Ask a supervisor.")
    if requirement.authority is not None and approver.authority_limit < requirement.authority:
        yield Objection(
            "authority",
            f"This involves {requirement.authority:,.0f} {requirement.currency} at risk and your limit is "
            f"{approver.authority_limit:,.0f} {requirement.currency}. Ask somebody with a higher limit.",
        )
    if not requirement.editor_may_approve and matter.last_editor == approver.member_id:
        yield Objection(
            "own_edit", "You changed this text against the checker's advice, so somebody else has to approve it."
        )
