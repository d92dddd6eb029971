"""Contracts: the list, one contract with its versions, and the way of a draft until it holds."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from controltower.errors import Conflict, DomainError, Invalid
from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer
from controltower.web.render import page
from controltower.web.toast import toast
from exceptions.contracts.common import (
    by,
    contract_to_change,
    may_change,
    put,
    read_again,
    refuse,
    repricing_parts,
    revision_posted,
    version_to_change,
)
from exceptions.contracts.forms import ContractForm, HeadForm, VersionForm
from exceptions.contracts.rows import contract_page, precedence_words
from exceptions.parties.choosing import choice_of
from exceptions.sla.models import ContractVersion, Side, VersionState
from exceptions.sla.selectors import contracts as selectors
from exceptions.sla.services import contracts as services


@require_safe
@requires(Verb.VIEW)
def contracts(request: MemberRequest) -> HttpResponse:
    rows = selectors.contracts_list(request.viewer, today=today_of(request.viewer))
    groups = [
        ("What we owe customers", [row for row in rows if row.contract.side == Side.PAYABLE and row.contract.account]),
        ("What others owe us", [row for row in rows if row.contract.side == Side.RECOVERABLE]),
        ("The house's own rates", [row for row in rows if row.contract.account is None]),
    ]
    context = {
        "groups": [(title, members) for title, members in groups if members],
        **repricing_parts(request.viewer),
        "may_change": request.viewer.can(Verb.AGREE),
        "precedence": precedence_words(),
    }
    return page(request, "contracts/contracts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Verb.AGREE)
def contract_new(request: MemberRequest) -> HttpResponse:
    viewer = request.viewer
    form = ContractForm(
        request.POST if request.method == "POST" else None,
        choice=choice_of(viewer),
        sees_all=not viewer.member.restricted,
        initial={
            "side": Side.PAYABLE,
            "currency": viewer.organisation.currency,
            "effective_from": today_of(viewer).isoformat(),
        },
    )
    if request.method == "POST" and form.is_valid():
        made = put(form, lambda: services.contract_create(**form.cleaned_data, **by(request)))
        if made is not None:
            toast(request, "Made. Now say what it promises.")
            return redirect("contracts:version", pk=made.contract_id, number=made.number)
    return page(request, "contracts/contract_new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Verb.AGREE)
def contract_change(request: MemberRequest, pk: int) -> HttpResponse:
    """Its name; its currency too, as long as nothing of it ever held."""
    row = contract_to_change(request.viewer, pk)
    is_fixed = services.has_held(row)
    now = {"was_name": row.name, "was_currency": row.currency}
    initial = {"name": row.name, "currency": row.currency, **now}
    form = HeadForm(request.POST if request.method == "POST" else None, is_fixed=is_fixed, initial=initial)
    problem: DomainError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                made = services.contract_change(row, **form.values(row.currency), **by(request))
        except Conflict as conflict:
            problem = conflict
            read_again(form, **now)
        except Invalid as invalid:
            refuse(form, invalid)
        else:
            toast(request, "Saved.")
            return redirect("contracts:contract", pk=made.pk)
    status = problem.status if problem else 422 if form.is_bound else 200
    context = {"form": form, "contract": row, "is_fixed": is_fixed, "problem": problem}
    return page(request, "contracts/contract_change.html", context, status=status)


@require_safe
@requires(Verb.VIEW)
def contract(request: MemberRequest, pk: int) -> HttpResponse:
    """The version that holds, else the draft, else the newest one."""
    return _page(request, pk, None)


@require_safe
@requires(Verb.VIEW)
def version(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    return _page(request, pk, number)


@require_POST
@requires(Verb.AGREE)
def draft_new(request: MemberRequest, pk: int) -> HttpResponse:
    viewer = request.viewer
    found = contract_to_change(viewer, pk)
    try:
        with transaction.atomic():
            made = services.draft_create(found, effective_from=today_of(viewer), **by(request))
    except Conflict as problem:
        return _page(request, pk, problem.details.get("number"), problem=problem)
    toast(request, f"Version {made.number} is a draft. Nothing of it holds until it is activated.")
    return redirect("contracts:version", pk=pk, number=made.number)


@require_POST
@requires(Verb.AGREE)
def version_change(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    row = version_to_change(request.viewer, pk, number)
    form = VersionForm(request.POST)
    if not form.is_valid():
        return _page(request, pk, number, form=form, status=422)
    try:
        with transaction.atomic():
            services.draft_change(row, **form.cleaned_data, **by(request))
    except Conflict as problem:
        read_again(form, revision=selectors.version_get(request.viewer, pk, number).revision)
        return _page(request, pk, number, form=form, problem=problem)
    except DomainError as problem:
        return _page(request, pk, number, form=form, problem=problem)
    toast(request, "Saved.")
    return redirect("contracts:version", pk=pk, number=number)


@require_POST
@requires(Verb.AGREE)
def version_activate(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    row = version_to_change(request.viewer, pk, number)
    try:
        with transaction.atomic():
            made = services.version_activate(row, revision=revision_posted(request), **by(request))
    except DomainError as problem:
        return _page(request, pk, number, problem=problem)
    toast(
        request,
        f"Version {made.number} holds from {made.effective_from:%-d %B %Y}. The open cases are being priced anew.",
    )
    return redirect("contracts:version", pk=pk, number=number)


@require_POST
@requires(Verb.AGREE)
def version_withdraw(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    row = version_to_change(request.viewer, pk, number)
    try:
        with transaction.atomic():
            services.version_withdraw(row, revision=revision_posted(request), **by(request))
    except DomainError as problem:
        return _page(request, pk, number, problem=problem)
    toast(request, f"Version {number} is withdrawn. The open cases are being priced anew.")
    return redirect("contracts:version", pk=pk, number=number)


@require_POST
@requires(Verb.AGREE)
def draft_discard(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    row = version_to_change(request.viewer, pk, number)
    try:
        with transaction.atomic():
            services.draft_discard(row, revision=revision_posted(request), **by(request))
    except DomainError as problem:
        return _page(request, pk, number, problem=problem)
    toast(request, f"Draft {number} is thrown away.")
    return redirect("contracts:contract", pk=pk)


def today_of(viewer: Viewer, now: datetime | None = None) -> date:
    """The organisation's local date: what versions are in force by."""
    return (now or timezone.now()).astimezone(ZoneInfo(viewer.organisation.time_zone)).date()


def version_form(row: ContractVersion) -> VersionForm:
    names = ("effective_from", "effective_to", "note", "revision")
    initial = {name: getattr(row, name) for name in names}
    # A date field writes what it is given as it is: the input wants it in ISO form.
    dates = {name: initial[name].isoformat() if initial[name] else None for name in ("effective_from", "effective_to")}
    return VersionForm(initial={**initial, **dates})


def _page(
    request: MemberRequest,
    pk: int,
    number: int | None,
    *,
    form: forms.Form | None = None,
    problem: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    viewer = request.viewer
    shown = contract_page(viewer, pk, number, today=today_of(viewer))
    may_write = may_change(viewer, shown.contract)
    is_draft = shown.version is not None and shown.version.state == VersionState.DRAFT
    context = {
        "shown": shown,
        "contract": shown.contract,
        "version": shown.version,
        "may_change": may_write,
        "is_draft": is_draft,
        "form": (form or version_form(shown.version)) if may_write and is_draft and shown.version else None,
        **repricing_parts(viewer),
        "problem": problem,
        "problems": problem.details.get("problems", []) if problem else [],
        "precedence": precedence_words(),
    }
    return page(request, "contracts/contract.html", context, status=problem.status if problem else status)
