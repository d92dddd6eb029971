"""Notices for people: the outbox, one notice with what each sentence stands on, calling back, and what is unknown."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from controltower.errors import BadRequest, Conflict
from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.web.numbers import number_in
from controltower.web.render import page
from controltower.web.toast import toast
from exceptions.notices import selectors, services
from exceptions.notices.models import Notice, NoticeState, WrittenNotice


@require_safe
@requires(Verb.VIEW)
def outbox(request: MemberRequest) -> HttpResponse:
    found = selectors.notices_page(
        request.viewer,
        state=request.GET.get("state", ""),
        before=number_in(request.GET.get("before", "")),
    )
    context = {"found": found, "states": NoticeState.choices}
    return page(request, "notices/list.html", context, fragment="notices/_list.html")


@require_safe
@requires(Verb.VIEW)
def case_notices(request: MemberRequest, number: str) -> HttpResponse:
    viewer = request.viewer
    case, notices, waiting = selectors.notices_of_case(viewer, number)
    context = {
        "case": case,
        "notices": notices,
        "waiting": waiting,
        "may_write": viewer.can(Verb.WORK) and case.is_open,
    }
    return page(request, "notices/case.html", context, fragment="notices/_case.html")


@require_safe
@requires(Verb.VIEW)
def notice(request: MemberRequest, pk: int) -> HttpResponse:
    return _notice_page(request, selectors.notice_get(request.viewer, pk))


@require_POST
@requires(Verb.WORK)
def cancel(request: MemberRequest, pk: int) -> HttpResponse:
    viewer = request.viewer
    found = selectors.notice_get(viewer, pk)
    try:
        with transaction.atomic():
            services.notice_cancel(found, actor=viewer.actor, now=timezone.now())
    except Conflict as problem:
        return _notice_page(request, selectors.notice_get(viewer, pk), problem=problem)
    toast(request, "Called back. Nothing was sent.")
    return redirect("notices:notice", pk=pk)


@require_POST
@requires(Verb.DECIDE)
def decide(request: MemberRequest, pk: int) -> HttpResponse:
    """What happens to a notice that failed, or of which nobody knows whether it went out."""
    viewer = request.viewer
    found = selectors.notice_get(viewer, pk)
    decisions = {"resend": services.notice_resend, "mark_sent": services.notice_mark_sent}
    chosen = decisions.get(request.POST.get("decision", ""))
    if chosen is None:
        raise BadRequest("Choose whether to send it again or to record it as sent.")
    try:
        with transaction.atomic():
            chosen(found, actor=viewer.actor, now=timezone.now())
    except Conflict as problem:
        return _notice_page(request, selectors.notice_get(viewer, pk), problem=problem)
    toast(request, "It will be sent again." if chosen is services.notice_resend else "Recorded as sent.")
    return redirect("notices:notice", pk=pk)


@require_safe
@requires(Verb.VIEW)
def written(request: MemberRequest, pk: int) -> HttpResponse:
    return _written_page(request, selectors.written_get(request.viewer, pk))


@require_POST
@requires(Verb.DECIDE)
def approve(request: MemberRequest, pk: int) -> HttpResponse:
    viewer = request.viewer
    found = selectors.written_get(viewer, pk)
    try:
        with transaction.atomic():
            sent = services.written_approve(
                found, digest=request.POST.get("digest", ""), actor=viewer.actor, now=timezone.now()
            )
    except Conflict as problem:
        return _written_page(request, selectors.written_get(viewer, pk), problem=problem)
    toast(request, "Approved. It can be called back until it goes out.", undo=reverse("notices:cancel", args=[sent.pk]))
    return redirect("notices:notice", pk=sent.pk)


@require_POST
@requires(Verb.WORK)
def discard(request: MemberRequest, pk: int) -> HttpResponse:
    viewer = request.viewer
    found = selectors.written_get(viewer, pk)
    services.written_discard(found, actor=viewer.actor, now=timezone.now())
    toast(request, "Discarded.")
    return redirect("notices:case_notices", number=found.case.number)


def _notice_page(request: MemberRequest, found: Notice, *, problem: Conflict | None = None) -> HttpResponse:
    viewer = request.viewer
    context = {
        "notice": found,
        "proofs": selectors.proofs(found.draft, found.facts, found.spans, audience=found.audience),
        "attempts": found.attempts.order_by("number"),
        "may_cancel": selectors.may_cancel(viewer, found),
        "may_decide": selectors.may_decide(viewer, found),
        "moving": found.state in (NoticeState.HELD, NoticeState.SENDING),
        "problem": problem,
    }
    return page(request, "notices/notice.html", context, fragment="notices/_notice.html", status=_status(problem))


def _written_page(request: MemberRequest, found: WrittenNotice, *, problem: Conflict | None = None) -> HttpResponse:
    viewer = request.viewer
    audience = services.audience_of(found.recipient.account)
    context = {
        "waiting": selectors.waiting_of(viewer, found),
        "written": found,
        "proofs": selectors.proofs(found.draft, found.facts, found.rendered["spans"], audience=audience),
        "problem": problem,
    }
    return page(request, "notices/written.html", context, status=_status(problem))


def _status(problem: Conflict | None) -> int:
    return problem.status if problem else 200
