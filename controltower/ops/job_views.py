"""Durable jobs for people: what is dead and why, and taking it up again."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from controltower.errors import BadRequest
from controltower.jobs.selectors import SHOWN, jobs_page
from controltower.jobs.services import dead_replay
from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.web.numbers import number_in, numbers_in
from controltower.web.render import page
from controltower.web.toast import toast


@require_safe
@requires(Verb.OPERATE)
def jobs(request: MemberRequest) -> HttpResponse:
    found = jobs_page(
        request.viewer,
        state=request.GET.get("state", "dead"),
        kind=request.GET.get("kind", ""),
        before=number_in(request.GET.get("before", "")),
    )
    return page(request, "ops/jobs.html", {"found": found, "states": SHOWN}, fragment="ops/_jobs.html")


@require_POST
@requires(Verb.OPERATE)
def replay(request: MemberRequest) -> HttpResponse:
    """Replay the ticked jobs, or the one whose button was pressed."""
    chosen = numbers_in(request.POST.getlist("job"))
    if not chosen:
        raise BadRequest("Choose at least one dead job to replay.")
    count = dead_replay(chosen, actor=request.viewer.actor, now=timezone.now())
    toast(request, f"{count} job{'' if count == 1 else 's'} back in line.")
    return redirect(f"{reverse('ops:jobs')}?state=dead")
