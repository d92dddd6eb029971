"""Who must approve what. Pure: a matter in, a requirement with its trace out. The first rule that matches wins.

There is no rule that approves by itself, and none can be written: a requirement always asks for a person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from agents.policy.kinds import ProposalKind
from agents.policy.requirement import Matter, Requirement, Step

VERSION = "2026-11.1"


@dataclass(frozen=True)
class Rule:
    """`matches` decides; the rest is what it then takes. `why` is shown to the approver."""

    name: str
    matches: Callable[[Matter], bool]
    why: str
    needs_authority: bool = True
    held: bool = True
    editor_may_approve: bool = False
    bulk: bool = False


RULES: tuple[Rule, ...] = (
    Rule(
        "notice_with_overrides",
        lambda matter: matter.kind is ProposalKind.SEND_NOTICE and matter.overrides > 0,
        "It leaves the building and somebody set a complaint of the checker aside: a second person has to agree.",
    ),
    Rule(
        "notice",
        lambda matter: matter.kind is ProposalKind.SEND_NOTICE,
        "It leaves the building: a person whose limit covers what is at risk decides, and it can be called back "
        "while it is held.",
        editor_may_approve=True,
    ),
    Rule(
        "excuse",
        lambda matter: matter.kind is ProposalKind.SET_CLASSIFICATION and matter.excuses,
        "Calling it excusable stops the contract clock, and that moves money: a person whose limit covers what is at "
        "risk decides.",
        held=False,
        editor_may_approve=True,
    ),
    Rule(
        "classification",
        lambda matter: matter.kind is ProposalKind.SET_CLASSIFICATION,
        "It changes how the case is named, and anybody who decides on proposals may do that.",
        needs_authority=False,
        held=False,
        editor_may_approve=True,
    ),
    Rule(
        "fields",
        lambda matter: matter.kind is ProposalKind.ACCEPT_FIELDS,
        "It makes values read from a document part of the record; each stands beside its place on the page.",
        needs_authority=False,
        held=False,
        editor_may_approve=True,
    ),
)
STRICTEST = Rule("default", lambda matter: True, "No rule speaks of this, so the strictest applies.")


def requirement_for(matter: Matter) -> Requirement:
    """What approving this takes, with every rule that was looked at on the way."""
    trace: list[Step] = []
    for rule in (*RULES, STRICTEST):
        matched = rule.matches(matter)
        trace.append(Step(rule.name, matched, rule.why if matched else ""))
        if matched:
            return _requirement(rule, matter, tuple(trace))
    raise AssertionError("the strictest rule matches everything")


def _requirement(rule: Rule, matter: Matter, trace: tuple[Step, ...]) -> Requirement:
    return Requirement(
        version=VERSION,
        rule=rule.name,
        authority=matter.amount if rule.needs_authority else None,
        currency=matter.currency,
        held=rule.held,
        editor_may_approve=rule.editor_may_approve,
        bulk=rule.bulk,
        trace=trace,
    )
