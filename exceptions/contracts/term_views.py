"""Terms of a draft: choose a kind, fill in what it reads."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from controltower.errors import Conflict, DomainError, Invalid, NotFound
from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.web.render import page
from controltower.web.toast import toast
from exceptions.contracts.common import by, read_again, refuse, revision_posted, version_to_change
from exceptions.contracts.forms import TermForm, term_initial
from exceptions.contracts.kinds import BY_KIND, KINDS, Kind
from exceptions.contracts.prices import FORMS
from exceptions.parties.choosing import choice_of
from exceptions.sla.models import ClaimRegime, ContractVersion, Term, TermKind, VersionState
from exceptions.sla.selectors import contracts as selectors
from exceptions.sla.selectors.calendars import calendars_list
from exceptions.sla.services import terms as services


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Verb.AGREE)
def term_new(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """Without a kind the page offers all of them."""
    version = _draft(request, pk, number)
    kind = BY_KIND.get(request.POST.get("kind", request.GET.get("kind", "")))
    if kind is None:
        groups: dict[str, list[Kind]] = {}
        for entry in KINDS:
            if entry.kind != TermKind.HOUSE_RATE or version.contract.account_id is None:
                groups.setdefault(entry.group, []).append(entry)
        context = {"version": version, "contract": version.contract, "groups": groups}
        return page(request, "contracts/term_kinds.html", context, status=422 if request.method == "POST" else 200)
    return _edit(request, version, None, kind)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Verb.AGREE)
def term(request: MemberRequest, pk: int, number: int, term_id: int) -> HttpResponse:
    version = _draft(request, pk, number)
    row = selectors.term_get(version, term_id)
    return _edit(request, version, row, BY_KIND[row.kind])


@require_POST
@requires(Verb.AGREE)
def term_remove(request: MemberRequest, pk: int, number: int, term_id: int) -> HttpResponse:
    version = version_to_change(request.viewer, pk, number)
    row = selectors.term_get(version, term_id)
    with transaction.atomic():
        services.term_remove(row, revision=revision_posted(request), **by(request))
    toast(request, f"{row.name} is taken out of the draft.")
    return redirect("contracts:version", pk=pk, number=number)


def _edit(request: MemberRequest, version: ContractVersion, row: Term | None, kind: Kind) -> HttpResponse:
    stored = str(row.price.get("kind", "")) if row else ""
    chosen = request.POST.get("as") or request.POST.get("price_form") or stored
    is_saving = request.method == "POST" and "as" not in request.POST
    form = _form(request, version, row, kind, chosen, bound=is_saving)
    if is_saving and form.is_valid():
        try:
            revision = form.cleaned_data["revision"] or 0
            with transaction.atomic():
                services.term_save(version, row, form.values(), revision=revision, **by(request))
        except Conflict as problem:
            return _answer(request, version, _newer(request, version, row), kind, form, problem)
        except Invalid as problem:
            refuse(form, problem)
        else:
            toast(request, "Saved.")
            return redirect("contracts:version", pk=version.contract_id, number=version.number)
    return _answer(request, version, row, kind, form)


def _form(
    request: MemberRequest, version: ContractVersion, row: Term | None, kind: Kind, chosen: str, *, bound: bool
) -> TermForm:
    """Choosing another form of price keeps what was typed: it becomes what the new form starts with."""
    initial: dict[str, Any] = term_initial(row) if row else {"name": "", "revision": 0}
    if request.method == "POST" and not bound:
        initial |= {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    return TermForm(
        request.POST if bound else None,
        kind=kind,
        price_form=chosen,
        currency=version.contract.currency,
        choice=choice_of(request.viewer, below=version.contract.account),
        calendars=calendars_list(request.viewer) if "calendar" in kind.fields else [],
        regimes=list(ClaimRegime.objects.order_by("name", "step")) if "regime" in kind.fields else [],
        stored=row,
        is_house=version.contract.account is None,
        initial=initial,
    )


def _answer(
    request: MemberRequest,
    version: ContractVersion,
    row: Term | None,
    kind: Kind,
    form: TermForm,
    problem: DomainError | None = None,
) -> HttpResponse:
    if problem is not None and row is not None:
        read_again(form, revision=row.revision)
    context = {
        "version": version,
        "contract": version.contract,
        "term": row,
        "kind": kind,
        "form": form,
        "price_forms": [(name, FORMS[name]) for name in kind.prices],
        "problem": problem,
    }
    status = problem.status if problem else 422 if form.is_bound else 200
    return page(request, "contracts/term.html", context, status=status)


def _newer(request: MemberRequest, version: ContractVersion, row: Term | None) -> Term | None:
    return selectors.term_get(version, row.pk) if row else None


def _draft(request: MemberRequest, pk: int, number: int) -> ContractVersion:
    version = version_to_change(request.viewer, pk, number)
    if version.state != VersionState.DRAFT and request.method != "POST":
        raise NotFound("Only a draft is written on. Make a new version of this contract first.")
    return version
