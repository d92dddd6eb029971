"""The audit explorer: read the trail, verify it, take it along."""

import tempfile

from django.http import FileResponse, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from controltower.ops.audit import audit_page, export_audit, public_key, verify_audit
from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.web.numbers import number_in
from controltower.web.render import page


@require_safe
@requires(Verb.AUDIT)
def audit(request: MemberRequest) -> HttpResponse:
    before = request.GET.get("before", "")
    filters = {name: request.GET.get(name, "").strip() for name in ("subject", "verb", "actor")}
    found = audit_page(request.viewer, **filters, before=number_in(before))
    context = {"found": found, "filters": filters, "filtered": any(filters.values()), "public_key": public_key()}
    return page(request, "ops/audit.html", context)


@require_POST
@requires(Verb.AUDIT)
def verify(request: MemberRequest) -> HttpResponse:
    """Walk the whole chain now and say what was found."""
    report = verify_audit(request.viewer)
    return page(request, "ops/audit_verified.html", {"report": report}, fragment="ops/_audit_report.html")


@require_POST
@requires(Verb.AUDIT)
def export(request: MemberRequest) -> FileResponse:
    """The trail with its verifier as a zip. That it was taken is the export's last entry."""
    target = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it when it is sent
    export_audit(target, actor=request.viewer.actor, now=timezone.now())
    target.seek(0)
    name = f"audit-{request.viewer.organisation.slug}-{timezone.now():%Y%m%dT%H%M%SZ}.zip"
    return FileResponse(target, as_attachment=True, filename=name, content_type="application/zip")
