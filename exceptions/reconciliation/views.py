"""Fragments that other pages load, each of them a page of its own without JavaScript."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from controltower.errors import DomainError
from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.web.render import is_fragment, page
from controltower.web.toast import toast
from documents.reading.reader import MAX_BYTES
from documents.views import uploaded
from exceptions.reconciliation import selectors, services


@require_safe
@requires(Verb.VIEW)
def case_documents(request: MemberRequest, number: str) -> HttpResponse:
    return _case_list(request, number)


@require_safe
@requires(Verb.VIEW)
def shipment_documents(request: MemberRequest, number: str) -> HttpResponse:
    return _shipment_list(request, number)


@require_POST
@requires(Verb.WORK)
def upload_case(request: MemberRequest, number: str) -> HttpResponse:
    """File a document on a case. htmx gets the list again, with the new document in it."""
    case = selectors.case_by_number(request.viewer, number)
    try:
        document = services.case_document_upload(
            case, **uploaded(request), actor=request.viewer.actor, now=timezone.now()
        )
    except DomainError as problem:
        return _case_list(request, number, problem)
    toast(request, f"{document.filename} is filed on {number} and will be read.")
    return _case_list(request, number) if is_fragment(request) else redirect("documents:review", pk=document.pk)


@require_POST
@requires(Verb.WORK)
def upload_shipment(request: MemberRequest, number: str) -> HttpResponse:
    """File a document on a shipment. htmx gets the list again, with the new document in it."""
    shipment = selectors.shipment_by_number(request.viewer, number)
    try:
        document = services.shipment_document_upload(
            shipment, **uploaded(request), actor=request.viewer.actor, now=timezone.now()
        )
    except DomainError as problem:
        return _shipment_list(request, number, problem)
    toast(request, f"{document.filename} is filed on {number} and will be read.")
    return _shipment_list(request, number) if is_fragment(request) else redirect("documents:review", pk=document.pk)


def _case_list(request: MemberRequest, number: str, problem: DomainError | None = None) -> HttpResponse:
    case = selectors.case_by_number(request.viewer, number)
    filed = selectors.case_documents(request.viewer, case)
    return _list(request, filed, number, reverse("reconciliation:upload_case", args=[number]), problem)


def _shipment_list(request: MemberRequest, number: str, problem: DomainError | None = None) -> HttpResponse:
    shipment = selectors.shipment_by_number(request.viewer, number)
    filed = selectors.shipment_documents(request.viewer, shipment)
    return _list(request, filed, number, reverse("reconciliation:upload_shipment", args=[number]), problem)


def _list(
    request: MemberRequest, filed: list[selectors.Filed], number: str, upload_url: str, problem: DomainError | None
) -> HttpResponse:
    context: dict[str, Any] = {
        "filed": filed,
        "number": number,
        "upload_url": upload_url,
        "may_upload": request.viewer.can(Verb.WORK),
        "problem": problem,
        "megabytes": MAX_BYTES // (1024 * 1024),
    }
    status = 422 if problem and is_fragment(request) else problem.status if problem else 200
    return page(
        request, "reconciliation/documents.html", context, fragment="reconciliation/_documents.html", status=status
    )


@require_safe
@requires(Verb.VIEW)
def document_links(request: MemberRequest, pk: int) -> HttpResponse:
    """Where a document is filed and where it may belong."""
    return _links(request, pk)


@require_POST
@requires(Verb.WORK)
def confirm(request: MemberRequest, pk: int) -> HttpResponse:
    link = selectors.link_get(request.viewer, pk)
    services.link_confirm(link, actor=request.viewer.actor, now=timezone.now())
    toast(request, "Filed.")
    return _after(request, link.document_id)


@require_POST
@requires(Verb.WORK)
def reject(request: MemberRequest, pk: int) -> HttpResponse:
    link = selectors.link_get(request.viewer, pk)
    services.link_reject(link, actor=request.viewer.actor, now=timezone.now())
    toast(request, "Noted: it does not belong there.")
    return _after(request, link.document_id)


def _after(request: MemberRequest, document_id: int) -> HttpResponse:
    return _links(request, document_id) if is_fragment(request) else redirect("documents:review", pk=document_id)


def _links(request: MemberRequest, document_id: int) -> HttpResponse:
    document, links = selectors.document_links(request.viewer, document_id)
    context = {
        "document": document,
        "links": links,
        "may_decide": request.viewer.can(Verb.WORK),
    }
    return page(request, "reconciliation/links.html", context, fragment="reconciliation/_links.html")
