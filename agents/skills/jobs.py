from __future__ import annotations

from typing import Any

from agents.gateway.outcomes import Outcome
from agents.gateway.profiles import configured_profile
from agents.gateway.services import Consulted, consult
from agents.proposals.handlers.classification import classification_facts
from agents.proposals.services.creating import slot_last
from agents.skills import fields
from agents.skills.classify import skill as classifying
from agents.skills.classify.form import Classification
from agents.skills.classify.gather import material_for
from agents.skills.draft import skill as drafting
from agents.skills.origins import look_again
from controltower.jobs import JobContext, enqueue, job
from controltower.jobs.registry import Finish
from documents.models import Document
from exceptions.cases.facts import facts_for
from exceptions.cases.models import Case
from exceptions.notices.drafts import Draft

# Gateway deadline 45 s < this; two notices of one case share it.
SECONDS = 110


@job("agents.classify", queue="agents", retries=6, timeout=SECONDS, outside_transaction=True)
def classify(payload: dict[str, Any], ctx: JobContext) -> Finish | None:
    profile = configured_profile()
    consulted, asked = Consulted[Classification](Outcome.NOT_CONFIGURED), ""
    if profile is not None:
        with ctx.tenant():
            case = _open_case(payload["case"])
            if case is None:
                return None
            material = material_for(case, classification_facts(case, ctx.now))
        asked = material.digest
        consulted = consult(profile, classifying.inquiry_for(case, material), tenant=ctx.tenant, now=ctx.now)

    def finish() -> None:
        case = _open_case(payload["case"])
        if case is None:
            return
        facts = classification_facts(case, ctx.now)
        fresh = material_for(case, facts)
        if asked and fresh.digest != asked:  # something came in while the model was thinking: ask about that
            enqueue("agents.classify", payload, dedupe_key=f"case:{case.pk}")
            return
        if not _decided_meanwhile(payload, "classification"):
            classifying.propose(case, fresh, facts, consulted, profile, now=ctx.now)
        look_again("agents.classify", payload, consulted, now=ctx.now)

    return finish


@job("agents.draft", queue="agents", retries=6, timeout=SECONDS, outside_transaction=True)
def draft(payload: dict[str, Any], ctx: JobContext) -> Finish | None:
    profile = configured_profile()
    answers: list[tuple[str, Consulted[Draft]]] | None = None
    if profile is not None:
        with ctx.tenant():
            case = _open_case(payload["case"])
            if case is None:
                return None
            wanted = drafting.assignments(case, facts_for(case, now=ctx.now))
            asked = [(each.brief.digest, drafting.inquiry_for(each)) for each in wanted]
        answers = [(digest, consult(profile, one, tenant=ctx.tenant, now=ctx.now)) for digest, one in asked]

    def finish() -> None:
        case = _open_case(payload["case"])
        if case is None:
            return
        fresh = drafting.assignments(case, facts_for(case, now=ctx.now))
        given = answers
        if given is None:
            given = [(each.brief.digest, Consulted(Outcome.NOT_CONFIGURED)) for each in fresh]
        if [each.brief.digest for each in fresh] != [digest for digest, _ in given]:
            enqueue("agents.draft", payload, dedupe_key=f"case:{case.pk}")
            return
        for assignment, (_, consulted) in zip(fresh, given, strict=True):
            drafting.propose(assignment, consulted, profile, now=ctx.now)
            look_again("agents.draft", payload, consulted, now=ctx.now)

    return finish


@job("agents.fields", queue="agents")
def accept_fields(payload: dict[str, Any], ctx: JobContext) -> None:
    document = Document.objects.filter(pk=payload["document"]).first()
    if document is not None:
        fields.propose(document, now=ctx.now)


def _decided_meanwhile(payload: dict[str, Any], slot: str) -> bool:
    """For a second look: whether the first answer no longer waits, so that there is nothing left to improve."""
    last = slot_last(f"case:{payload['case']}", slot) if payload.get("looks") else None
    return last is not None and not last.is_pending


def _open_case(case_id: int) -> Case | None:
    case = Case.objects.select_related("account").filter(pk=case_id).first()
    return case if case is not None and case.is_open else None
