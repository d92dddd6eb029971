"""The settings page of escalation: who is told how long after a promise broke."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from controltower.errors import DomainError, Forbidden
from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer
from controltower.web.render import page
from controltower.web.toast import toast
from exceptions.cases import services
from exceptions.cases.escalation_forms import EscalationForm
from exceptions.cases.selectors import escalation as selectors


@requires(Verb.VIEW)
@require_GET
def escalation(request: MemberRequest) -> HttpResponse:
    return _page(request)


@requires(Verb.AGREE)
@require_POST
def rule_save(request: MemberRequest) -> HttpResponse:
    """One step; a second one for the same contract replaces the first."""
    _sees_all(request.viewer)
    form = _form(request.viewer, request.POST)
    if not form.is_valid():
        return _page(request, form=form, status=422)
    try:
        with transaction.atomic():
            services.escalation_rule_save(**form.cleaned_data, actor=request.viewer.actor, now=timezone.now())
    except DomainError as refused:
        field = next((name for name in refused.details if name in form.fields), None)
        form.add_error(field, refused.message)
        return _page(request, form=form, status=refused.status)
    toast(request, "Saved. It holds for promises that break from now on.")
    return redirect("cases:escalation")


@requires(Verb.AGREE)
@require_POST
def rule_remove(request: MemberRequest, pk: int) -> HttpResponse:
    _sees_all(request.viewer)
    rule = selectors.escalation_rule_get(request.viewer, pk)
    with transaction.atomic():
        services.escalation_rule_remove(rule, actor=request.viewer.actor, now=timezone.now())
    toast(request, "Removed. The wider setting holds again.")
    return redirect("cases:escalation")


def _page(request: MemberRequest, *, form: EscalationForm | None = None, status: int = 200) -> HttpResponse:
    viewer = request.viewer
    may_change = viewer.can(Verb.AGREE) and not viewer.member.restricted  # it holds for all customers
    context = {
        "rows": selectors.escalation_rows(viewer),
        "may_change": may_change,
        "form": (form or _form(viewer)) if may_change else None,
        "contacts": selectors.contacts_suggested(viewer) if may_change else [],
    }
    return page(request, "cases/escalation.html", context, status=status)


def _form(viewer: Viewer, data: Any = None) -> EscalationForm:
    contracts = list(selectors.contracts_visible(viewer))
    return EscalationForm(data, contracts=contracts, called=partial(selectors.contacts_called, viewer))


def _sees_all(viewer: Viewer) -> None:
    if viewer.member.restricted:
        raise Forbidden("This holds for customers that you do not see. Ask a colleague who sees all.")
