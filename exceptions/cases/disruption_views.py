"""Disruptions: what is proposed, what is confirmed, and working on the cases of one together."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from controltower.errors import Conflict, DomainError, Invalid, NotFound
from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.web.render import page
from controltower.web.toast import toast
from exceptions.cases import selectors, services
from exceptions.cases.actions import ACTIONS, Asked
from exceptions.cases.forms import AssignForm, NextCheckForm
from exceptions.cases.models import Disruption
from exceptions.cases.selectors.disruptions import GROUPS

TOGETHER = {"take": "taken", "assign": "given away", "next_check": "with a next check"}


@requires(Verb.VIEW)
@require_GET
def disruptions(request: MemberRequest) -> HttpResponse:
    group = request.GET.get("show", "proposed")
    if group not in GROUPS:
        raise NotFound("There is no such list.")
    context = {
        "group": group,
        "groups": [("proposed", "Proposed"), ("confirmed", "Confirmed"), ("past", "Over or dismissed")],
        "rows": selectors.disruptions_list(request.viewer, group),
    }
    return page(request, "cases/disruptions.html", context)


@requires(Verb.VIEW)
@require_GET
def disruption(request: MemberRequest, pk: int) -> HttpResponse:
    return _page(request, pk)


@requires(Verb.WORK)
@require_POST
def decide(request: MemberRequest, pk: int) -> HttpResponse:
    """Confirm, dismiss, end, take back; or say which cases belong to it."""
    viewer = request.viewer
    found = selectors.disruption_get(viewer, pk)
    decision = request.POST.get("decision", "")
    if decision not in DECISIONS:
        raise NotFound("There is no such decision.")
    run, said, back = DECISIONS[decision]
    if decision in OF_ALL:
        selectors.disruption_decides_all(viewer, found)
    try:
        with transaction.atomic():
            run(request, found)
    except (Conflict, Invalid) as problem:
        return _page(request, pk, problem=problem, name=request.POST.get("name"))
    url = reverse("cases:disruption_decide", args=[pk])
    toast(request, said, undo=url if back else "", fields={"decision": back} if back else {})
    return redirect("cases:disruption", pk=pk)


@requires(Verb.WORK)
@require_POST
def act(request: MemberRequest, pk: int) -> HttpResponse:
    """One action on the selected cases. Each stands for itself; those that refuse are named."""
    viewer, now = request.viewer, timezone.now()
    selectors.disruption_get(viewer, pk)
    action = request.POST.get("action", "")
    if action not in TOGETHER:
        raise NotFound("There is no such action on several cases.")
    spec = ACTIONS[action]
    form = spec.form(request.POST, **_form_context(request, action, now))
    numbers = request.POST.getlist("case")[:100]
    if not form.is_valid() or not numbers:
        sentence = "Select the cases that you want to act on." if form.is_valid() else "Look at what you have entered."
        return _page(request, pk, problem=Invalid(sentence, code="nothing_selected"), forms={action: form})
    done, refused = 0, []
    for number in numbers:
        asked = Asked(
            selectors.case_get(viewer, number),
            form.cleaned_data,
            {"actor": viewer.actor, "now": now},
            None,
            viewer.organisation.time_zone,
        )
        try:
            with transaction.atomic():
                spec.run(asked)
            done += 1
        except DomainError as problem:
            refused.append(problem.message)
    toast(request, " ".join([f"{done} {TOGETHER[action]}.", *refused]), danger=bool(refused))
    return redirect("cases:disruption", pk=pk)


def _page(
    request: MemberRequest,
    pk: int,
    *,
    problem: DomainError | None = None,
    name: str | None = None,
    forms: dict[str, Any] | None = None,
) -> HttpResponse:
    viewer, now = request.viewer, timezone.now()
    found = selectors.disruption_get(viewer, pk)
    context = {
        "row": selectors.disruption_row(viewer, found),
        "name": found.name if name is None else name,
        "cases": selectors.disruption_cases(viewer, found),
        "candidates": selectors.disruption_candidates(viewer, found),
        "problem": problem,
        "forms": {
            "assign": AssignForm(**_form_context(request, "assign", now)),
            "next_check": NextCheckForm(**_form_context(request, "next_check", now)),
            **(forms or {}),
        },
    }
    return page(request, "cases/disruption.html", context, status=problem.status if problem else 200)


def _form_context(request: MemberRequest, action: str, now: Any) -> dict[str, Any]:
    context: dict[str, Any] = {"now": now, "zone": request.viewer.organisation.time_zone}
    if action == "assign":
        context["members"] = selectors.colleagues(request.viewer)
    return context


def _chosen(request: MemberRequest) -> list[int]:
    """Ids of the selected cases; NotFound for one that this viewer may not see."""
    return [selectors.case_get(request.viewer, number).pk for number in request.POST.getlist("case")[:100]]


def _by(request: MemberRequest) -> dict[str, Any]:
    return {"actor": request.viewer.actor, "now": timezone.now()}


def _confirm(request: MemberRequest, row: Disruption) -> None:
    services.disruption_confirm(row, cases=_chosen(request), name=request.POST.get("name", ""), **_by(request))


def _add(request: MemberRequest, row: Disruption) -> None:
    services.disruption_add(row, cases=_chosen(request), **_by(request))


def _remove(request: MemberRequest, row: Disruption) -> None:
    services.disruption_remove(row, cases=_chosen(request), **_by(request))


def _dismiss(request: MemberRequest, row: Disruption) -> None:
    services.disruption_dismiss(row, **_by(request))


def _end(request: MemberRequest, row: Disruption) -> None:
    services.disruption_end(row, **_by(request))


def _reconsider(request: MemberRequest, row: Disruption) -> None:
    services.disruption_reconsider(row, **_by(request))


# What is posted: what it does, the word that is said, and the decision that takes it back.
DECISIONS: dict[str, tuple[Callable[[MemberRequest, Disruption], None], str, str]] = {
    "confirm": (_confirm, "Confirmed: its cases stand together now", "reconsider"),
    "dismiss": (_dismiss, "Dismissed: not proposed again for these cases", "reconsider"),
    "end": (_end, "Over", "reconsider"),
    "reconsider": (_reconsider, "Taken back", ""),
    "add": (_add, "Added", ""),
    "remove": (_remove, "Taken out", ""),
}
# What changes every case of it, whichever are selected.
OF_ALL = ("dismiss", "end", "reconsider")
