"""Dead letters: what could not be understood, why and where, and the way back in."""

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
from controltower.web.render import page
from controltower.web.toast import toast
from exceptions.intake import selectors, services


@require_safe
@requires(Verb.OPERATE)
def dead_letters(request: MemberRequest) -> HttpResponse:
    before = request.GET.get("before", "")
    found = selectors.dead_letters(
        request.viewer,
        partner_slug=request.GET.get("partner", ""),
        before=int(before) if before.isdecimal() and len(before) < 19 else None,
    )
    context = {"found": found}
    return page(request, "intake/dead_letters.html", context, fragment="intake/_dead_letters.html")


@require_safe
@requires(Verb.OPERATE)
def message(request: MemberRequest, message_id: int) -> HttpResponse:
    context = {"found": selectors.raw_message(request.viewer, message_id)}
    return page(request, "intake/message.html", context)


@require_POST
@requires(Verb.OPERATE)
def replay(request: MemberRequest) -> HttpResponse:
    """Replay the ticked ones, the one whose button was pressed, or (`all`) everything that the list shows."""
    viewer = request.viewer
    partner_slug = request.POST.get("partner", "")
    if "all" in request.POST:
        chosen = selectors.dead_ids(viewer, partner_slug=partner_slug)
    else:
        ticked = request.POST.getlist("message")
        if not ticked or not all(item.isdecimal() and len(item) < 19 for item in ticked):
            raise BadRequest("Choose at least one message to replay.")
        chosen = [int(item) for item in ticked]
    count = services.message_replay(chosen, actor=viewer.actor, now=timezone.now())
    toast(request, f"{count} message{'' if count == 1 else 's'} back in line.")
    query = f"?{urlencode({'partner': partner_slug})}" if partner_slug else ""
    return redirect(f"{reverse('intake:dead_letters')}{query}")
