"""The approvals pages. Thin: who may see is in the selectors, what may happen in the services."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agents.gateway.selectors import model_trouble
from agents.proposals import selectors
from agents.proposals.cards import card_of, summary_of
from agents.proposals.forms import APPROVE, DecisionForm, EditForm, edit_form
from agents.proposals.handlers import handler_of
from agents.proposals.models import Proposal
from agents.proposals.services.deciding import (
    proposal_approve,
    proposal_cancel,
    proposal_edit,
    proposal_reject,
)
from agents.proposals.wording import fact_label, fact_shown
from controltower.errors import Conflict, DomainError, Forbidden, Invalid
from controltower.jobs import enqueue
from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer
from controltower.web.render import page
from controltower.web.toast import toast
from exceptions.cases.selectors import case_get
from exceptions.notices.selectors import written_waiting

RECENT = timedelta(days=2)


@requires(Verb.VIEW)
@require_GET
def listing(request: MemberRequest) -> HttpResponse:
    viewer = _viewer(request)
    now = timezone.now()
    context = {
        "limit": selectors.LIST_LIMIT,
        "waiting": [summary_of(proposal) for proposal in selectors.proposals_waiting(viewer)],
        "written": written_waiting(viewer),
        "held": [summary_of(proposal) for proposal in selectors.proposals_held(viewer)],
        "recent": [summary_of(proposal) for proposal in selectors.proposals_recent(viewer, since=now - RECENT)],
        "trouble": model_trouble(),
    }
    return page(request, "agents/approvals.html", context, fragment="agents/_approvals.html")


@requires(Verb.VIEW)
@require_GET
def card(request: MemberRequest, number: str) -> HttpResponse:
    return _card(request, selectors.proposal_get(_viewer(request), number))


@requires(Verb.VIEW)
@require_GET
def case_proposals(request: MemberRequest, number: str) -> HttpResponse:
    """The proposals of one case: a panel of the case's page, and a page of its own for who follows the link."""
    viewer = _viewer(request)
    case = case_get(viewer, number)
    found = selectors.proposals_of_case(viewer, case.pk)
    context = {
        "rows": [summary_of(proposal) for proposal in found if not proposal.is_past_use],
        "past": [summary_of(proposal) for proposal in found if proposal.is_past_use],
        "case_number": case.number,
    }
    return page(request, "agents/case_proposals.html", context, fragment="agents/_case_proposals.html")


@requires(Verb.DECIDE)
@require_POST
def decide(request: MemberRequest, number: str) -> HttpResponse:
    """Approve or reject what the posted digest stands for. Whatever is refused keeps what was typed."""
    viewer, now = _viewer(request), timezone.now()
    proposal = selectors.proposal_get(viewer, number)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _card(request, proposal, form=form, status=422)
    chosen = form.cleaned_data
    try:
        if chosen["choice"] == APPROVE:
            proposal_approve(proposal, digest=chosen["digest"], viewer=viewer, now=now)
            toast(request, f"{proposal.number} approved.")
        else:
            proposal_reject(
                proposal,
                digest=chosen["digest"],
                reason_code=chosen["choice"],
                text=chosen["text"],
                viewer=viewer,
                now=now,
            )
            toast(request, f"{proposal.number} rejected.")
    except (Conflict, Invalid, Forbidden) as problem:
        if problem.code == "stale_proposal":  # a fresh one is asked for at once, not at the next change
            enqueue("proposals.reconsider", {"subject": proposal.subject}, dedupe_key=proposal.subject)
        fresh = selectors.proposal_get(viewer, number)
        return _card(request, fresh, form=form, problem=problem, status=problem.status)
    return redirect("proposals:card", number=proposal.number)


@requires(Verb.WORK)
@require_http_methods(["GET", "POST"])
def edit(request: MemberRequest, number: str) -> HttpResponse:
    """A person's own version. What the checker says is shown beside the text, which stays."""
    viewer, now = _viewer(request), timezone.now()
    proposal = selectors.proposal_get(viewer, number)
    if request.method == "GET":
        return _edit(request, proposal, edit_form(proposal))
    form = edit_form(proposal, request.POST)
    if not form.is_valid():
        return _edit(request, proposal, form, status=422)
    try:
        revision = proposal_edit(
            proposal,
            digest=form.cleaned_data["digest"],
            payload=form.payload,
            override=form.cleaned_data["override"],
            viewer=viewer,
            now=now,
        )
    except (Conflict, Invalid) as problem:
        return _edit(request, proposal, form, problem=problem, status=problem.status)
    toast(request, f"Your version of {revision.number} is waiting for a decision.")
    return redirect("proposals:card", number=revision.number)


@requires(Verb.WORK)
@require_POST
def cancel(request: MemberRequest, number: str) -> HttpResponse:
    viewer = _viewer(request)
    proposal = selectors.proposal_get(viewer, number)
    proposal_cancel(proposal, viewer=viewer, now=timezone.now())
    toast(request, f"{proposal.number} called back.")
    return redirect("proposals:card", number=proposal.number)


def _card(
    request: MemberRequest,
    proposal: Proposal,
    *,
    form: DecisionForm | None = None,
    problem: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    viewer, now = _viewer(request), timezone.now()
    context: dict[str, Any] = {
        "card": card_of(proposal, viewer, now=now),
        "form": form or DecisionForm(initial={"digest": proposal.digest}),
        "problem": problem,
    }
    return page(request, "agents/approval.html", context, fragment="agents/_card.html", status=status)


def _edit(
    request: MemberRequest,
    proposal: Proposal,
    form: EditForm,
    *,
    problem: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    facts = [
        {"key": fact["key"], "label": fact_label(fact["key"]), "shown": fact_shown(fact)} for fact in proposal.facts
    ]
    context = {
        "proposal": proposal,
        "form": form,
        "problem": problem,
        "issues": problem.details.get("issues", []) if problem else _issues_now(proposal),
        "facts": facts,
        "is_notice": hasattr(form, "rows"),
    }
    return page(request, "agents/approval_edit.html", context, fragment="agents/_edit.html", status=status)


def _issues_now(proposal: Proposal) -> list[dict[str, str]]:
    handler = handler_of(proposal.kind)
    return handler.issues(proposal.payload, tuple(handler.facts(proposal, timezone.now())))


def _viewer(request: MemberRequest) -> Viewer:
    viewer: Viewer = request.viewer
    return viewer
