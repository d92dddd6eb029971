"""Pricing everything anew: how far it is, to begin it and to stop it."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from controltower.errors import DomainError, Forbidden
from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.web.render import page
from controltower.web.toast import toast
from exceptions.cases import services
from exceptions.cases.selectors import repricing as selectors


@requires(Verb.AGREE)
@require_GET
def repricings(request: MemberRequest) -> HttpResponse:
    return _page(request)


@requires(Verb.AGREE)
@require_POST
def repricing_start(request: MemberRequest) -> HttpResponse:
    """By hand, where a change reached the tables by another way than the product's own pages."""
    _sees_all(request)
    with transaction.atomic():
        services.repricing_start("Asked for by hand", actor=request.viewer.actor, now=timezone.now())
    toast(request, "Begun. The queue can be used meanwhile.")
    return redirect("cases:repricings")


@requires(Verb.AGREE)
@require_POST
def repricing_cancel(request: MemberRequest, pk: int) -> HttpResponse:
    _sees_all(request)
    try:
        with transaction.atomic():
            services.repricing_cancel(pk, actor=request.viewer.actor, now=timezone.now())
    except DomainError as problem:
        return _page(request, problem=problem, status=problem.status)
    toast(request, "Stopped. What was priced stays so.")
    return redirect("cases:repricings")


def _page(request: MemberRequest, *, problem: DomainError | None = None, status: int = 200) -> HttpResponse:
    rows = selectors.repricings_list(request.viewer)
    context = {
        "rows": rows,
        "running": any(row.is_running for row in rows),
        "may_change": not request.viewer.member.restricted,
        "may_operate": request.viewer.can(Verb.OPERATE),
        "problem": problem,
    }
    return page(request, "cases/repricings.html", context, status=status)


def _sees_all(request: MemberRequest) -> None:
    if request.viewer.member.restricted:
        raise Forbidden("This prices cases of customers that you do not see. Ask a colleague who sees all.")
