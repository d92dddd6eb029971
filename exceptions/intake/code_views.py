"""Codes to map: what partners send that no table knows, and what it means."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from controltower.errors import BadRequest
from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.web.numbers import number_in
from controltower.web.render import page
from controltower.web.toast import toast
from exceptions.cases.taxonomy import REASON_CHOICES
from exceptions.intake import selectors, services
from exceptions.intake.mapping.meaning import STATUS_CHOICES


@require_safe
@requires(Verb.OPERATE)
def unmapped(request: MemberRequest) -> HttpResponse:
    partner_slug = request.GET.get("partner", "")
    found = selectors.unmapped_codes(request.viewer, partner_slug=partner_slug, after=request.GET.get("after", ""))
    context = {
        "found": found,
        "next_url": f"?{urlencode({'partner': partner_slug, 'after': found.next_after})}" if found.next_after else "",
        "partner_slug": partner_slug,
        "partners": selectors.partners_of(request.viewer),
        "event_types": STATUS_CHOICES,
        "reasons": REASON_CHOICES,
        "may_change": request.viewer.can(Verb.ADMINISTER),
    }
    return page(request, "intake/unmapped.html", context)


@require_POST
@requires(Verb.ADMINISTER)
def code_map(request: MemberRequest) -> HttpResponse:
    viewer = request.viewer
    code_id = number_in(request.POST.get("code", ""))
    if code_id is None:
        raise BadRequest("Say which code.")
    code = selectors.unmapped_code(viewer, code_id)
    partners = services.code_map(
        code,
        event=request.POST.get("event", "").strip(),
        reason=request.POST.get("reason", "").strip(),
        everywhere=request.POST.get("scope") == "all",
        actor=viewer.actor,
        now=timezone.now(),
    )
    again = "again" in request.POST
    if again:
        services.code_reread(code, partners, actor=viewer.actor, now=timezone.now())
    whom = partners[0].name if len(partners) == 1 else f"{len(partners)} partners"
    rest = " What came in with it is being read again." if again else ""
    toast(request, f"{code.code} is mapped for {whom}.{rest}")
    partner_slug = request.POST.get("partner", "")
    query = f"?{urlencode({'partner': partner_slug})}" if partner_slug else ""
    return redirect(f"{reverse('intake:unmapped')}{query}")
