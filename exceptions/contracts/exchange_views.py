"""Contracts as YAML: looked at before anything is saved, and taken out again as they stand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from controltower.errors import DomainError, Forbidden
from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer
from controltower.web.render import page
from controltower.web.toast import toast
from exceptions.contracts.common import by, must_see_all
from exceptions.contracts.difference import contract_difference
from exceptions.parties.selectors import account_list
from exceptions.sla.drafts import ContractDraft, Problem
from exceptions.sla.models import Contract, ContractVersion, Side, VersionState
from exceptions.sla.selectors.contracts import contracts_visible, version_get
from exceptions.sla.selectors.drafts import contract_draft
from exceptions.sla.services.importing import contract_import, contract_read
from exceptions.sla.yaml_form import LONGEST, contract_to_yaml


class ImportForm(forms.Form):
    """The text itself, typed or as a file; the file wins."""

    text = forms.CharField(
        label="The contract as YAML",
        required=False,
        max_length=LONGEST,
        strip=False,
        help_text="An exported contract shows how one is written.",
        widget=forms.Textarea(attrs={"class": "mono", "rows": 16, "spellcheck": "false"}),
    )
    file = forms.FileField(label="Or a file", required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        file = data.get("file")
        if file is not None:
            if file.size > LONGEST:
                self.add_error("file", f"It is larger than {LONGEST // 1024} KiB.")
                return data
            try:
                data["text"] = file.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", "It is not text in UTF-8.")
        if not self.errors and not (data.get("text") or "").strip():
            self.add_error("text", "Paste a contract, or choose a file.")
        return data


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Verb.AGREE)
def contract_import_page(request: MemberRequest) -> HttpResponse:
    """First what it would change, then, when a person says so, a draft. Nothing holds before it is activated."""
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if request.method != "POST" or not form.is_valid():
        return page(request, "contracts/import.html", {"form": form}, status=422 if form.is_bound else 200)
    text = form.cleaned_data["text"]
    draft, problems = contract_read(text)
    if draft is not None:
        _must_see(request.viewer, draft)
    shown = ImportForm(initial={"text": text})
    if draft is None or problems:
        return _import_page(request, shown, problems=problems)
    if "save" in request.POST:
        try:
            with transaction.atomic():
                version = contract_import(text, **by(request))
        except DomainError as refused:
            return _import_page(request, shown, refused=refused)
        toast(request, f"Version {version.number} is a draft. Look at it, then let it hold.")
        return redirect("contracts:version", pk=version.contract_id, number=version.number)
    versions = ContractVersion.objects.filter(contract__code=draft.code).select_related("contract__account")
    held = _compared(versions)
    difference = contract_difference(contract_draft(held) if held else None, draft)
    in_the_way = versions.filter(state=VersionState.DRAFT).first()
    return _import_page(request, shown, difference=difference, draft=draft, held=held, in_the_way=in_the_way)


@require_safe
@requires(Verb.VIEW)
def contract_export(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    version = version_get(request.viewer, pk, number)
    answer = HttpResponse(contract_to_yaml(contract_draft(version)), content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{_file_name(version)}"'
    return answer


def _import_page(
    request: MemberRequest,
    form: ImportForm,
    *,
    problems: list[Problem] | None = None,
    refused: DomainError | None = None,
    **more: Any,
) -> HttpResponse:
    status = refused.status if refused else 422 if problems else 200
    context = {"form": form, "problems": problems or [], "refused": refused, **more}
    return page(request, "contracts/import.html", context, status=status)


def _must_see(viewer: Viewer, draft: ContractDraft) -> None:
    """Who sees some accounts writes contracts of those only, and learns nothing of the others."""
    if not viewer.member.restricted:
        return
    if not account_list(viewer).filter(code=draft.account).exists():
        raise Forbidden("This contract is with an account that you do not see.", code="sees_some")
    if draft.side == Side.RECOVERABLE:
        must_see_all(viewer)
    if Contract.objects.filter(code=draft.code).exclude(pk__in=contracts_visible(viewer).values("pk")).exists():
        raise Forbidden(f"{draft.code} is the code of a contract that you do not see.", code="sees_some")


def _compared(versions: QuerySet[ContractVersion]) -> ContractVersion | None:
    """The version that the text is compared with: the newest active one, else the newest."""
    active = versions.filter(state=VersionState.ACTIVE).order_by("-effective_from").first()
    return active or versions.order_by("-number").first()


def _file_name(version: ContractVersion) -> str:
    safe = "".join(mark if mark.isalnum() or mark in "._-" else "-" for mark in version.contract.code)
    return f"{safe}-v{version.number}.yaml"
