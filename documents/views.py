"""Pages about documents. Originals leave as attachments only; what people look at is our own picture of a page."""

from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from controltower.errors import DomainError, Forbidden, Invalid, NotFound, TooLarge
from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.web.numbers import number_in
from controltower.web.render import page
from controltower.web.toast import toast
from documents import selectors, services, storage
from documents.fields import LABELS
from documents.models import Document, DocumentKind, DocumentState
from documents.reading.reader import MAX_BYTES


@require_safe
@requires(Verb.VIEW)
def index(request: MemberRequest) -> HttpResponse:
    found = selectors.documents_list(
        request.viewer, state=request.GET.get("state", ""), before=number_in(request.GET.get("before", ""))
    )
    context = {
        "found": found,
        "states": DocumentState,
        "may_upload": _may_upload(request),
    }
    return page(request, "documents/index.html", context, fragment="documents/_list.html")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Verb.WORK)
def upload(request: MemberRequest) -> HttpResponse:
    """Take a file that belongs to nothing yet; on a case or shipment the upload stands there."""
    if request.viewer.member.restricted:
        # It would belong to no account, and not even its sender could see it.
        raise Forbidden("Upload the document on the case or shipment that it belongs to.")
    problem: DomainError | None = None
    if request.method == "POST":
        try:
            document = services.document_upload(**uploaded(request), actor=request.viewer.actor, now=timezone.now())
        except DomainError as error:
            problem = error
        else:
            toast(request, f"{document.filename} is kept and will be read.")
            return redirect("documents:review", pk=document.pk)
    context = {"problem": problem, "megabytes": MAX_BYTES // (1024 * 1024)}
    return page(request, "documents/upload.html", context, status=problem.status if problem else 200)


def _may_upload(request: MemberRequest) -> bool:
    return request.viewer.can(Verb.WORK) and not request.viewer.member.restricted


def uploaded(request: MemberRequest) -> dict[str, Any]:
    """The posted file as `content` and `filename`; refuses before reading what is too large."""
    file = request.FILES.get("file")
    if file is None:
        raise Invalid("Choose a file first.", code="no_file")
    if file.size is not None and file.size > MAX_BYTES:
        raise TooLarge(f"The file is larger than {MAX_BYTES // (1024 * 1024)} MB. Send a smaller copy, or split it.")
    return {"content": file.read(), "filename": file.name or "document"}


@require_safe
@requires(Verb.VIEW)
def review(request: MemberRequest, pk: int) -> HttpResponse:
    found = selectors.review(request.viewer, pk, number=number_in(request.GET.get("page", "")) or 1)
    context = {
        "review": found,
        "document": found.document,
        "labels": LABELS,
        "kinds": DocumentKind,
        "may_decide": request.viewer.can(Verb.WORK),
        "is_waiting": found.document.state in (DocumentState.RECEIVED, DocumentState.READING) and not found.is_stalled,
    }
    return page(request, "documents/review.html", context, fragment="documents/_review.html")


@require_safe
@requires(Verb.VIEW)
def original(request: MemberRequest, pk: int) -> HttpResponse:
    """The file as it came: always a download, never shown by the browser from here."""
    document = selectors.document_get(request.viewer, pk)
    response = HttpResponse(_bytes(document, document.sha256), content_type="application/octet-stream")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(document.filename)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_safe
@requires(Verb.VIEW)
def page_picture(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """Our own picture of a page. Named by what it holds, so that the browser may keep it."""
    found = selectors.page_get(request.viewer, pk, number)
    if not found.picture_sha256:
        raise NotFound("There is no picture of this page.")
    response = HttpResponse(_bytes(found, found.picture_sha256), content_type="image/webp")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600"
    return response


@require_POST
@requires(Verb.WORK)
def accept(request: MemberRequest, pk: int) -> HttpResponse:
    """Accept the fields that were shown: each is posted as `field=<id>:<version>`."""
    document = selectors.document_get(request.viewer, pk)
    versions = dict(_pair(text) for text in request.POST.getlist("field"))
    accepted = services.fields_accept(
        document, field_ids=versions, versions=versions, actor=request.viewer.actor, now=timezone.now()
    )
    toast(request, f"{len(accepted)} field{'' if len(accepted) == 1 else 's'} accepted.")
    return _back(request, document)


@require_POST
@requires(Verb.WORK)
def correct(request: MemberRequest, pk: int, field: int) -> HttpResponse:
    document = selectors.document_get(request.viewer, pk)
    services.field_correct(
        _field(document, field),
        value=request.POST.get("value", ""),
        version=number_in(request.POST.get("version", "")),
        actor=request.viewer.actor,
        now=timezone.now(),
    )
    toast(request, "Corrected.")
    return _back(request, document)


@require_POST
@requires(Verb.WORK)
def not_on_document(request: MemberRequest, pk: int, field: int) -> HttpResponse:
    document = selectors.document_get(request.viewer, pk)
    services.field_reject(
        _field(document, field),
        version=number_in(request.POST.get("version", "")),
        actor=request.viewer.actor,
        now=timezone.now(),
    )
    toast(request, "Noted: not on the document.")
    return _back(request, document)


@require_POST
@requires(Verb.WORK)
def enter(request: MemberRequest, pk: int) -> HttpResponse:
    document = selectors.document_get(request.viewer, pk)
    services.field_enter(
        document,
        key=request.POST.get("key", ""),
        value=request.POST.get("value", ""),
        actor=request.viewer.actor,
        now=timezone.now(),
    )
    toast(request, "Entered.")
    return _back(request, document)


@require_POST
@requires(Verb.WORK)
def read_again(request: MemberRequest, pk: int) -> HttpResponse:
    document = selectors.document_get(request.viewer, pk)
    services.document_read_again(document, actor=request.viewer.actor, now=timezone.now())
    toast(request, "The document will be read again.")
    return _back(request, document)


def _field(document: Document, field_id: int) -> Any:
    field = document.fields.filter(pk=field_id).first()
    if field is None:
        raise NotFound("This field is no longer on the document. Load the page again.")
    return field


def _back(request: MemberRequest, document: Document) -> HttpResponse:
    number = number_in(request.POST.get("page", ""))
    address = reverse("documents:review", args=[document.pk])
    return redirect(f"{address}?page={number}" if number else address)


def _bytes(owner: Any, digest: str) -> bytes:
    try:
        return storage.load(owner.organisation_id, digest)
    except (FileNotFoundError, ValueError):
        raise NotFound("The file is missing from the data folder. Tell your administrator.") from None


def _pair(text: str) -> tuple[int, int]:
    field_id, _, version = map(number_in, text.partition(":"))
    if field_id is None or version is None:
        raise Invalid("This form is not complete. Load the page again.", code="bad_form")
    return field_id, version
