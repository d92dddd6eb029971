"""Dead letters: what could not be understood, why and where, and the way back in."""

from collections.abc import Mapping
from datetime import date
from typing import Any

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
from controltower.web.numbers import number_in, numbers_in
from controltower.web.render import page
from controltower.web.toast import toast
from exceptions.intake import selectors, services
from exceptions.intake.models import MessageState
from exceptions.intake.selectors import DeadFilter
from exceptions.shipments.payloads.parts import FIRST_YEAR, LAST_YEAR


@require_safe
@requires(Verb.OPERATE)
def dead_letters(request: MemberRequest) -> HttpResponse:
    viewer = request.viewer
    wanted = filter_of(request.GET)
    found = selectors.dead_letters(viewer, wanted, before=number_in(request.GET.get("before", "")))
    context = {
        "found": found,
        "wanted": wanted,
        "next_url": _next({**wanted.as_query(), "before": found.next_before}) if found.next_before else "",
        "reasons": selectors.dead_reasons(viewer, wanted),
        "partners": selectors.partners_of(viewer),
    }
    return page(request, "intake/dead_letters.html", context, fragment="intake/_dead_letters.html")


@require_safe
@requires(Verb.OPERATE)
def message(request: MemberRequest, message_id: int) -> HttpResponse:
    after, state = number_in(request.GET.get("after", "")) or 0, request.GET.get("state", "")
    found = selectors.message_view(request.viewer, message_id, state=state, after=after)
    states = [(value, label, found.states[value]) for value, label in MessageState.choices if value in found.states]
    more = {"after": found.next_after, **({"state": state} if state else {})}
    next_url = _next(more) if found.next_after else ""
    context = {"found": found, "state": state, "states": states, "next_url": next_url}
    return page(request, "intake/message.html", context)


@require_POST
@requires(Verb.OPERATE)
def replay(request: MemberRequest) -> HttpResponse:
    """Replay the ticked ones, the one whose button was pressed, or (`all`) everything that the filter finds."""
    viewer, now = request.viewer, timezone.now()
    wanted = filter_of(request.POST)
    if "all" in request.POST:
        _, partner = selectors.dead_matching(viewer, wanted)
        count, later = services.messages_replay_all(
            partner_id=partner.pk if partner else None,
            reason=wanted.reason,
            between=wanted.between(viewer.organisation.time_zone),
            actor=viewer.actor,
            now=now,
        )
    else:
        ticked = numbers_in(request.POST.getlist("message"))
        if not ticked:
            raise BadRequest("Choose at least one message to replay.")
        count, later = services.message_replay(ticked, actor=viewer.actor, now=now), 0
    rest = f" The other {later:,} follow in the background." if later else ""
    toast(request, f"{count} message{'' if count == 1 else 's'} back in line.{rest}")
    query = f"?{urlencode(wanted.as_query())}" if not wanted.is_empty else ""
    return redirect(f"{reverse('intake:dead_letters')}{query}")


def filter_of(given: Mapping[str, str]) -> DeadFilter:
    """The filter that a query or a form names. Raises `BadRequest` for a day that is none."""
    typed = given.get("day", "").strip()
    try:
        day = date.fromisoformat(typed) if typed else None
    except ValueError:
        raise BadRequest("A day is written like 2026-11-20.") from None
    if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadRequest(f"Choose a day between {FIRST_YEAR} and {LAST_YEAR}.")
    return DeadFilter(given.get("partner", ""), given.get("reason", ""), day)


def _next(query: Mapping[str, Any]) -> str:
    return f"?{urlencode(query)}"
