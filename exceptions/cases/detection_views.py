"""Settings of detection, and the times in which known trouble opens no cases."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from controltower.errors import DomainError, Invalid
from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.web.render import page
from controltower.web.toast import toast
from exceptions.cases import services
from exceptions.cases.detection_forms import SettingForm, SuppressionForm
from exceptions.cases.selectors import detection as selectors
from exceptions.parties.choosing import choice_of


@requires(Verb.VIEW)
@require_GET
def rules(request: MemberRequest) -> HttpResponse:
    return page(request, "cases/detection.html", {"rows": selectors.rules_list(request.viewer)})


@requires(Verb.VIEW)
@require_GET
def rule(request: MemberRequest, type: str) -> HttpResponse:
    return _rule_page(request, type)


@requires(Verb.ADMINISTER)
@require_POST
def setting_save(request: MemberRequest, type: str) -> HttpResponse:
    """One correction; a second one for the same customer and lane replaces the first."""
    selectors.rule_get(request.viewer, type)
    form = SettingForm(request.POST, customers=choice_of(request.viewer, "customer"))
    if not form.is_valid():
        return _rule_page(request, type, form=form, status=422)
    try:
        with transaction.atomic():
            services.detection_setting_save(type=type, **form.cleaned_data, **_by(request))
    except Invalid as problem:
        return _rule_page(request, type, form=form, problem=problem, status=problem.status)
    toast(request, "Saved. It holds from the next signal on.")
    return redirect("cases:detection_rule", type=type)


@requires(Verb.ADMINISTER)
@require_POST
def setting_remove(request: MemberRequest, type: str, pk: int) -> HttpResponse:
    row = selectors.setting_get(request.viewer, pk)
    with transaction.atomic():
        services.detection_setting_remove(row, **_by(request))
    toast(request, "Removed. The wider setting holds again.")
    return redirect("cases:detection_rule", type=type)


@requires(Verb.VIEW)
@require_GET
def suppressions(request: MemberRequest) -> HttpResponse:
    return _suppressions_page(request)


@requires(Verb.OPERATE)
@require_POST
def suppression_add(request: MemberRequest) -> HttpResponse:
    form = _suppression_form(request, request.POST)
    if not form.is_valid():
        return _suppressions_page(request, form=form, status=422)
    try:
        with transaction.atomic():
            services.suppression_add(**form.cleaned_data, **_by(request))
    except DomainError as problem:
        return _suppressions_page(request, form=form, problem=problem, status=problem.status)
    toast(request, "Set. What it holds back is kept, and comes up when it is over.")
    return redirect("cases:suppressions")


@requires(Verb.OPERATE)
@require_POST
def suppression_end(request: MemberRequest, pk: int) -> HttpResponse:
    row = selectors.suppression_get(request.viewer, pk)
    try:
        with transaction.atomic():
            services.suppression_end(row, **_by(request))
    except DomainError as problem:
        return _suppressions_page(request, problem=problem, status=problem.status)
    toast(request, "Over. What still stands wrong becomes a case.")
    return redirect("cases:suppressions")


def _rule_page(
    request: MemberRequest,
    type_code: str,
    *,
    form: SettingForm | None = None,
    problem: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    viewer = request.viewer
    may_change = viewer.can(Verb.ADMINISTER)
    context = {
        "rule": selectors.rule_get(viewer, type_code),
        "settings": selectors.settings_of(viewer, type_code),
        "may_change": may_change,
        "form": (form or SettingForm(customers=choice_of(viewer, "customer"))) if may_change else None,
        "problem": problem,
    }
    return page(request, "cases/detection_rule.html", context, status=status)


def _suppressions_page(
    request: MemberRequest,
    *,
    form: SuppressionForm | None = None,
    problem: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    viewer = request.viewer
    may_change = viewer.can(Verb.OPERATE) and not viewer.member.restricted  # it holds for all customers
    context = {
        "rows": selectors.suppressions_list(viewer, now=timezone.now()),
        "may_change": may_change,
        "form": (form or _suppression_form(request)) if may_change else None,
        "problem": problem,
        "add_url": reverse("cases:suppression_add"),
    }
    return page(request, "cases/suppressions.html", context, status=status)


def _suppression_form(request: MemberRequest, data: Any = None) -> SuppressionForm:
    carriers = choice_of(request.viewer, "carrier")
    return SuppressionForm(data, carriers=carriers, zone=request.viewer.organisation.time_zone)


def _by(request: MemberRequest) -> dict[str, Any]:
    return {"actor": request.viewer.actor, "now": timezone.now()}
