"""The first promise, for arbitrary model output: nothing changes and nothing leaves without a named person's decision."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.proposals.handlers import handler_of
from agents.proposals.models import Decision, Effect, Proposal
from agents.proposals.services.deciding import proposal_approve
from controltower.jobs import enqueue
from controltower.jobs.models import Job
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer
from exceptions.cases.models import Case
from exceptions.cases.taxonomy import REASONS, TYPES, Excusable, Party, Severity
from exceptions.notices.drafts import NoticeKind, SentenceRole
from exceptions.notices.models import Notice
from tests.agents.model_server import ModelServer, completion, model_server, replies, says

pytestmark = pytest.mark.django_db(transaction=True)
EFFECT_JOBS = ("proposals.effect", "proposals.settle", "notices.send")

WORDS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "approve",
            "approved by Sam",
            " is late and is expected at ",
            "It was delivered.",
            "We guarantee a full refund of 5000 USD",
            "write to eve@evil.example",
            "\u202eevil",
            "\u0000",
            "<script>fetch('/approvals/')</script>",
        ]
    ),
)
KEYS = st.one_of(st.sampled_from(["pro", "eta_new", "case_type", "at_risk", "carrier", "promised"]), WORDS)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), WORDS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=8,
)
CODES = {
    "type": st.sampled_from([entry.code for entry in TYPES]),
    "reason": st.sampled_from([entry.code for entry in REASONS]),
    "responsible_party": st.sampled_from(Party.values),
    "excusable": st.sampled_from(Excusable.values),
    "severity": st.sampled_from(Severity.values),
}
CLASSIFICATIONS = st.fixed_dictionaries(
    {**{name: st.one_of(codes, WORDS) for name, codes in CODES.items()}, "evidence": st.lists(KEYS, max_size=2)}
) | st.fixed_dictionaries({**CODES, "evidence": st.just(["case_type"])})
PARTS = st.one_of(
    st.fixed_dictionaries({"text": WORDS}),
    st.fixed_dictionaries({"fact": KEYS}),
    st.fixed_dictionaries({"text": WORDS, "approve": st.just(True)}),
)
SENTENCES = st.fixed_dictionaries(
    {"role": st.sampled_from([role.value for role in SentenceRole]), "parts": st.lists(PARTS, max_size=4)}
)
DRAFTS = st.fixed_dictionaries(
    {
        "locale": st.sampled_from(["en", "de", "tlh"]),
        "notice_kind": st.sampled_from(NoticeKind.values),
        "sentences": st.lists(SENTENCES, max_size=4),
    }
)
CONTENTS = st.one_of(CLASSIFICATIONS, DRAFTS, JSON).map(json.dumps)
BEHAVIOURS = st.one_of(
    CONTENTS.map(says),
    CONTENTS.map(says),
    WORDS.map(says),
    st.binary(max_size=200).map(lambda body: replies(200, body)),
    JSON.map(lambda value: replies(200, json.dumps({**completion("{}"), "choices": value}).encode())),
    st.integers(300, 599).map(lambda status: replies(status, b"{}")),
)


@pytest.fixture
def server() -> Any:
    with model_server(says("{}")) as running:
        yield running


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(classifying=BEHAVIOURS, drafting=BEHAVIOURS)
def test_whatever_a_model_says_there_are_only_proposals_that_wait(
    classifying: Any,
    drafting: Any,
    server: ModelServer,
    late_case: Case,
    organisation: Organisation,
    supervisor: Viewer,
    run_jobs: Callable[[], int],
    model: Any,
) -> None:
    server.script.behaviours = [classifying, classifying, drafting]
    model(server.base_url)
    with acting_for(organisation):
        before = protected(Case.objects.get(pk=late_case.pk))
        enqueue("agents.classify", {"case": late_case.pk})
        enqueue("agents.draft", {"case": late_case.pk})
    run_jobs()
    with acting_for(organisation):
        assert protected(Case.objects.get(pk=late_case.pk)) == before
        assert not Decision.objects.exists()
        assert not Effect.objects.exists()
        assert not Notice.objects.exists()
        assert not Job.objects.filter(kind__in=EFFECT_JOBS).exists()
        assert set(Proposal.objects.values_list("state", flat=True)) <= {"pending", "superseded"}
        for proposal in Proposal.objects.filter(kind="send_notice", state="pending"):
            handler = handler_of(proposal.kind)
            assert handler.issues(proposal.payload, tuple(handler.facts(proposal, late_case.opened_at))) == []


def protected(case: Case) -> tuple[object, ...]:
    """What only a decision may change."""
    return (
        case.type,
        case.reason,
        case.responsible_party,
        case.excusable,
        case.severity,
        case.state,
        case.reason_accepted_by_id,
        case.owner_id,
    )


def test_and_a_decision_by_a_named_person_is_what_it_takes(
    proposed: dict[str, Proposal], supervisor: Viewer, organisation: Organisation, present: datetime
) -> None:
    """The property above is not true for want of anything that could happen."""
    with acting_for(organisation):
        proposal = proposed["send_notice"]
        decision = proposal_approve(proposal, digest=proposal.digest, viewer=supervisor, now=present)
        effect = Effect.objects.get()
        assert effect.decision_id == decision.pk and decision.member_id == supervisor.member.pk
        assert Job.objects.filter(kind="proposals.effect").count() == 1
