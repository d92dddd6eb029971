"""One action on the cases that are selected in the queue."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from controltower.errors import DomainError, Invalid, NotFound
from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.web.render import is_fragment
from controltower.web.toast import toast
from exceptions.cases import presets, selectors, services
from exceptions.cases.actions import ACTIONS, Said, asleep_until
from exceptions.cases.bulk import STEPS, Picked, bulk_run, bulk_undo, picked, undo_token
from exceptions.cases.http import filters, say, zone


@requires(Verb.WORK)
@require_POST
def bulk(request: MemberRequest) -> HttpResponse:
    """Each case stands for itself; those that refuse are named, and the others are taken back with one click."""
    action, now = request.POST.get("action", ""), timezone.now()
    if not action:  # Enter on a box without a script: which of the acts was meant is not known
        toast(request, "Choose what to do with the selected cases. Nothing was done.", danger=True)
        return redirect(presets.queue_url(*filters(request)))
    if action not in STEPS and action not in ("merge", "undo"):
        raise NotFound("There is no such action on several cases.")
    try:
        if action == "merge":
            return _merge(request, picked(request.POST.getlist("case")), now)
        if action == "undo":
            _, outcome = bulk_undo(request.viewer, request.POST.get("token", ""), now=now)
            toast(request, outcome.sentence("as before"), danger=bool(outcome.refused), target="list")
        else:
            _run(request, action, picked(request.POST.getlist("case")), now)
    except DomainError as problem:
        toast(request, problem.message, danger=True)
    return redirect(presets.queue_url(*filters(request)))


def _run(request: MemberRequest, action: str, chosen: list[Picked], now: datetime) -> None:
    viewer = request.viewer
    more: dict[str, Any] = {"members": selectors.colleagues(viewer)} if action == "assign" else {}
    form = ACTIONS[action].form(request.POST, now=now, zone=zone(viewer), **more)
    if not form.is_valid():
        first = next(iter(form.errors.values()))[0]
        raise Invalid("Choose a colleague from the list." if action == "assign" else str(first))
    outcome = bulk_run(viewer, action, chosen, form.cleaned_data, now=now, zone=zone(viewer))
    said = _said(action, form.cleaned_data, dict(more.get("members", [])), zone(viewer), now)
    token = undo_token(viewer, action, outcome)
    toast(
        request,
        outcome.sentence(said),
        undo=reverse("cases:bulk") + presets.suffix(*filters(request)) if token else None,
        fields={"action": "undo", "token": token},
        danger=bool(outcome.refused),
        target="list",
    )


def _said(action: str, data: Mapping[str, Any], names: Mapping[int, str], zone: str, now: datetime) -> str:
    if action == "assign":
        return f"given to {names[int(data['to'])]}"
    if action == "snooze":
        return f"asleep until {asleep_until(data['when'], data['wakes_on'], zone, now)}"
    return STEPS[action].said


def _merge(request: MemberRequest, chosen: list[Picked], now: datetime) -> HttpResponse:
    """The selected cases become one: the topmost goes on for all."""
    viewer = request.viewer
    if len(chosen) < 2:
        raise Invalid("Select two cases or more to merge them.", code="merge_needs_two")
    first, *others = [selectors.case_get(viewer, pick.number) for pick in chosen]
    seen = {case.pk: pick.version for case, pick in zip((first, *others), chosen, strict=True)}
    with transaction.atomic():
        services.case_merge(
            first,
            others,
            actor=viewer.actor,
            now=now,
            version=seen[first.pk],
            versions={pk: version for pk, version in seen.items() if version is not None and pk != first.pk},
        )
    numbers = [case.number for case in others]
    said = Said(f"{', '.join(numbers)} merged into {first.number}", "split_off", {"numbers": " ".join(numbers)})
    say(request, first, said, "merge")
    url = reverse("cases:case", args=[first.number]) + presets.suffix(*filters(request))
    return HttpResponse(status=204, headers={"HX-Redirect": url}) if is_fragment(request) else redirect(url)
