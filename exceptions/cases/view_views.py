"""Saved views: keeping the filter one looks at, and the page on which views are renamed, put in order, shared, removed."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from controltower.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.web.render import is_fragment, page
from controltower.web.toast import toast
from exceptions.cases import presets, selectors, services
from exceptions.cases.forms import ViewForm
from exceptions.cases.http import version
from exceptions.cases.models import SavedView
from exceptions.cases.views import queue_context

Did = Callable[..., SavedView]
# What a button on the page of views does, the word that is said, and the button that takes it back.
STEPS: Final[Mapping[str, tuple[Did, str, str]]] = {
    "up": (lambda view, **by: services.view_move(view, by=-1, **by), "", ""),
    "down": (lambda view, **by: services.view_move(view, by=1, **by), "", ""),
    "share": (services.view_share, "{} is for everybody now", "unshare"),
    "unshare": (services.view_unshare, "{} is not shared any more", "share"),
    "remove": (services.view_remove, "{} removed", "restore"),
    "restore": (services.view_restore, "{} is back", ""),
}


@requires(Verb.VIEW)
@require_GET
def views(request: MemberRequest) -> HttpResponse:
    return _page(request)


@requires(Verb.VIEW)
@require_POST
def view_save(request: MemberRequest) -> HttpResponse:
    """Keep the filter of the queue under a name. What cannot be kept comes back with what was typed."""
    viewer, now = request.viewer, timezone.now()
    form, problem = ViewForm(request.POST), None
    if form.is_valid():
        try:
            with transaction.atomic():
                view = services.view_save(**form.cleaned_data, actor=viewer.actor, now=now)
        except (Conflict, Invalid) as refused:
            form.add_error("query" if "query" in refused.details else "name", refused.message)
            problem = refused
        else:
            undo = reverse("cases:view_act", args=[view.pk, "remove"])
            toast(request, f"Saved as {view.name}", undo=undo, fields={"version": view.version}, target="")
            url = presets.queue_url(view.query)
            return HttpResponse(status=204, headers={"HX-Redirect": url}) if is_fragment(request) else redirect(url)
    context = {**queue_context(request), "save_form": form}
    status = problem.status if problem else 422
    return page(request, "cases/queue.html", context, fragment="cases/_save_view.html", status=status)


@requires(Verb.VIEW)
@require_POST
def view_change(request: MemberRequest, pk: int) -> HttpResponse:
    """Another name or filter."""
    view = selectors.saved_view_get(request.viewer, pk)
    form = ViewForm(request.POST, auto_id=f"id_view_{pk}_%s")
    if not form.is_valid():
        return _page(request, form=form, at=pk, status=422)
    said = form.cleaned_data
    try:
        with transaction.atomic():
            services.view_change(
                view,
                name=said["name"],
                query=said["query"],
                actor=request.viewer.actor,
                now=timezone.now(),
                version=version(request),
            )
    except (Conflict, Invalid) as refused:
        form.add_error("query" if "query" in refused.details else "name", refused.message)
        return _page(request, form=form, at=pk, status=refused.status)
    toast(request, f"{said['name']} changed")
    return redirect("cases:views")


@requires(Verb.VIEW)
@require_POST
def view_act(request: MemberRequest, pk: int, action: str) -> HttpResponse:
    """Move, share, remove, or take one of these back."""
    if action not in STEPS:
        raise NotFound("There is no such action on a view.")
    view = selectors.saved_view_get(request.viewer, pk)
    did, words, back = STEPS[action]
    try:
        with transaction.atomic():
            view = did(view, actor=request.viewer.actor, now=timezone.now(), version=version(request))
    except (Conflict, Forbidden, Invalid) as refused:
        return _page(request, problem=refused, status=refused.status)
    if words:
        undo = reverse("cases:view_act", args=[pk, back]) if back else None
        toast(request, words.format(view.name), undo=undo, fields={"version": view.version}, target="")
    return redirect("cases:views")


def _page(
    request: MemberRequest,
    *,
    form: ViewForm | None = None,
    at: int | None = None,
    problem: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = selectors.saved_views(request.viewer)
    forms: dict[int, ViewForm] = {
        row.id: ViewForm(initial={"name": row.name, "query": row.query}, auto_id=f"id_view_{row.id}_%s")
        for row in rows
        if row.is_kept
    }
    if form is not None and at is not None:
        forms[at] = form
    own = [row for row in rows if not row.is_shared]
    shared = [row for row in rows if row.is_shared]
    lead = "Everybody sees these, each with their own cases."
    context: dict[str, Any] = {
        "groups": [("Your views", "Only you see these.", own), ("Shared views", lead, shared)],
        "forms": forms,
        "open": at,
        "problem": problem,
    }
    return page(request, "cases/views.html", context, status=status)
