"""Policy asks for a person, always, and says why."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.policy.kinds import OriginKind, ProposalKind
from agents.policy.requirement import Approver, Matter, objections
from agents.policy.rules import VERSION, requirement_for

NOTICE = Matter(ProposalKind.SEND_NOTICE, OriginKind.MODEL, Decimal(8000), "EUR")
CLASSIFICATION = replace(NOTICE, kind=ProposalKind.SET_CLASSIFICATION)
SUPERVISOR = Approver(member_id=7, is_person=True, may_decide=True, authority_limit=Decimal(10_000))


def codes(matter: Matter, approver: Approver = SUPERVISOR) -> list[str]:
    return [objection.code for objection in objections(requirement_for(matter), matter, approver)]


def test_a_supervisor_within_their_limit_may_approve_a_notice() -> None:
    assert codes(NOTICE) == []


def test_nobody_approves_beyond_their_limit() -> None:
    assert codes(replace(NOTICE, amount=Decimal("10000.01"))) == ["authority"]


def test_the_limit_itself_is_within_the_limit() -> None:
    assert codes(replace(NOTICE, amount=Decimal(10_000))) == []


def test_an_integration_cannot_approve() -> None:
    assert "not_a_person" in codes(NOTICE, replace(SUPERVISOR, is_person=False))


def test_a_role_that_does_not_decide_is_told_whom_to_ask() -> None:
    assert codes(NOTICE, replace(SUPERVISOR, may_decide=False)) == ["role"]


def test_an_excuse_needs_authority_and_a_mere_name_does_not() -> None:
    poor = replace(SUPERVISOR, authority_limit=Decimal(0))
    assert codes(replace(CLASSIFICATION, excuses=True), poor) == ["authority"]
    assert codes(CLASSIFICATION, poor) == []


def test_who_overrode_the_checker_does_not_approve_their_own_text() -> None:
    overridden = replace(NOTICE, overrides=1, last_editor=7)
    assert codes(overridden) == ["own_edit"]
    assert codes(replace(overridden, last_editor=8)) == []
    assert codes(replace(NOTICE, last_editor=7)) == []


def test_what_leaves_the_building_is_held_and_never_in_bulk() -> None:
    requirement = requirement_for(NOTICE)
    assert requirement.held and not requirement.bulk
    assert requirement.version == VERSION


def test_the_trace_ends_with_the_rule_that_matched() -> None:
    requirement = requirement_for(CLASSIFICATION)
    assert [step.rule for step in requirement.trace if step.matched] == ["classification"]
    assert requirement.trace[-1].why and requirement.trace[-1].rule == requirement.rule


@given(
    kind=st.sampled_from(ProposalKind),
    origin=st.sampled_from(OriginKind),
    amount=st.decimals(0, 10**9, places=2),
    excuses=st.booleans(),
    overrides=st.integers(0, 3),
)
def test_no_matter_is_approved_without_a_person_who_decides(
    kind: ProposalKind, origin: OriginKind, amount: Decimal, excuses: bool, overrides: int
) -> None:
    matter = Matter(kind, origin, amount, "USD", excuses, overrides)
    machine = Approver(member_id=1, is_person=False, may_decide=True, authority_limit=Decimal(10**12))
    clerk = Approver(member_id=2, is_person=True, may_decide=False, authority_limit=Decimal(10**12))
    assert codes(matter, machine) and codes(matter, clerk)


@pytest.mark.parametrize("kind", list(ProposalKind))
def test_every_kind_has_a_rule_of_its_own(kind: ProposalKind) -> None:
    assert requirement_for(replace(NOTICE, kind=kind)).rule != "default"
