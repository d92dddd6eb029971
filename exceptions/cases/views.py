"""The queue and the case: one page with two halves, at addresses that can be sent to a colleague.

`/` is the queue; `/cases/EX-1042/` is the same page with that case opened. htmx asks the same addresses for one half.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from csp.decorators import csp_exempt
from django.apps import apps
from django.db import transaction
from django.forms import CharField
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from controltower.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from controltower.tenancy.access import SESSION_KEY
from controltower.tenancy.guards import no_db, requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer
from controltower.web import live
from controltower.web.render import is_fragment, page, target
from exceptions.cases import presets, selectors, services
from exceptions.cases.actions import ACTIONS, Asked, Said
from exceptions.cases.bulk import hears_so, sleeps_so
from exceptions.cases.forms import CaseForm, ViewForm
from exceptions.cases.http import filters, say, version, zone
from exceptions.cases.models import Case, CaseState
from exceptions.cases.pause_forms import FORMS, pause_acts
from exceptions.cases.selectors.rows import CaseDetail, QueuePage

NUMBER = re.compile(r"EX-\d+", re.IGNORECASE)
FRAGMENTS = {"detail": "cases/_detail.html", "list": "cases/_list.html"}
# Panels of upper layers, by the name of their fragment. Those that are not installed are not on the page.
PANELS = {
    "proposals": "proposals:case_proposals",
    "notices": "notices:case_notices",
    "documents": "reconciliation:case_documents",
}

# Actions whose form lies open over the case: what refused them is said in it, not under it.
POPOVERS = (
    "resolve", "not_an_exception", "snooze", "next_check", "promise_update", "assign", "classify", "pause", *FORMS,
)  # fmt: skip

# Whether what a form asks for has come about. Words that a colleague ended the case with are not those that were typed.
DONE: dict[str, Callable[[Case, Viewer, Mapping[str, Any]], bool]] = {
    "take": lambda case, viewer, data: case.owner_id == viewer.member.pk,
    "release": lambda case, viewer, data: case.owner_id is None,
    "assign": lambda case, viewer, data: str(case.owner_id) == data["to"],
    "snooze": lambda case, viewer, data: sleeps_so(case, data),
    "pin": lambda case, viewer, data: case.pinned,
    "unpin": lambda case, viewer, data: not case.pinned,
    "unsnooze": lambda case, viewer, data: case.snoozed_until is None,
    "promise_update": lambda case, viewer, data: hears_so(case, data["when"]),
    "withdraw_update": lambda case, viewer, data: hears_so(case, None),
    "restore_update": lambda case, viewer, data: hears_so(case, data["was"]),
    "resolve": lambda case, viewer, data: (case.state, case.resolution) == (CaseState.RESOLVED, data["resolution"]),
    "not_an_exception": lambda case, viewer, data: (
        (case.state, case.resolution) == (CaseState.NOT_EXCEPTION, data["why"])
    ),
    "reopen": lambda case, viewer, data: case.is_open,
    "classify": lambda case, viewer, data: (
        case.reason_accepted_by_id == viewer.member.pk and all(getattr(case, name) == data[name] for name in data)
    ),
    "pause": lambda case, viewer, data: case.pauses.filter(
        noted_by=viewer.member, reason=data["reason"], evidence=data["evidence"], started_at=data["since"]
    ).exists(),
    "pause_accept": lambda case, viewer, data: (
        case.pauses.filter(accepted_by=viewer.member).exists()
        and not case.pauses.filter(accepted_by=None, withdrawn_at=None).exists()
    ),
}


@requires(Verb.VIEW)
@require_GET
def queue(request: MemberRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    if NUMBER.fullmatch(text) and selectors.cases_visible(request.viewer).filter(number=text.upper()).exists():
        return redirect("cases:case", number=text.upper())
    return page(request, "cases/queue.html", queue_context(request), fragment=FRAGMENTS)


@requires(Verb.VIEW)
@require_GET
def case(request: MemberRequest, number: str) -> HttpResponse:
    return _page(request, number)


@requires(Verb.VIEW)
@require_GET
def facts(request: MemberRequest, number: str) -> HttpResponse:
    """What the system holds to be true about a case, and from whom. Few open it and it asks much: a page of its own."""
    viewer = request.viewer
    context = {"number": number.upper(), "facts": selectors.case_facts(viewer, number, now=timezone.now())}
    return page(request, "cases/facts.html", context, fragment="cases/_facts.html")


@requires(Verb.VIEW)
@require_GET
def later(request: MemberRequest, number: str) -> HttpResponse:
    """What if it waits until `?at=`: what acting then would still save, and where the case would stand."""
    viewer, now = request.viewer, timezone.now()
    found = selectors.case_get(viewer, number)
    asked = request.GET.get("at", "")
    moments = selectors.moments(viewer, found, now)
    context: dict[str, Any] = {"number": found.number, "moments": moments, "asked": asked}
    status = 200
    try:
        if asked:
            at = selectors.moment_of(asked, now, moments.zone)
            context["later"] = selectors.case_later(viewer, found, at, now=now)
    except Invalid as problem:
        context["problem"], status = problem, problem.status
    return page(request, "cases/later.html", context, fragment="cases/_later.html", status=status)


@no_db
@csp_exempt()
@require_GET
def live_number(request: HttpRequest) -> HttpResponse:
    """204 while nothing changed since `?since=`. From the session and one Redis integer; asks the database nothing."""
    organisation_id = request.session.get(SESSION_KEY)
    if organisation_id is None:
        return HttpResponse(status=401)
    number = live.current(organisation_id)
    if number is None:
        return HttpResponse(status=503)
    if str(number) == request.GET.get("since"):
        return HttpResponse(status=204)
    return JsonResponse({"seq": number})


@requires(Verb.WORK)
@require_POST
def act(request: MemberRequest, number: str, action: str) -> HttpResponse:
    """Do one named thing to a case, then show it again. What cannot be done keeps what was typed."""
    if action not in ACTIONS:
        raise NotFound("There is no such action on a case.")
    viewer = request.viewer
    spec = ACTIONS[action]
    now = timezone.now()
    found = selectors.case_get(viewer, number)
    detail = selectors.case_detail(viewer, number, now=now) if spec.form.declared_fields else None
    form = spec.form(request.POST, **_form_context(viewer, action, detail, now))
    if not form.is_valid():
        return _page(request, number, form=form, action=action, status=422)
    asked = Asked(found, form.cleaned_data, {"actor": viewer.actor, "now": now}, version(request), zone(viewer))
    try:
        with transaction.atomic():
            said = spec.run(asked)
    except (Conflict, Invalid) as problem:
        if not _is_so_already(viewer, number, action, form.cleaned_data):
            return _page(request, number, form=form, action=action, problem=problem, status=problem.status)
    else:
        say(request, found, said, action)
    return redirect(reverse("cases:case", args=[number]) + presets.suffix(*filters(request)))


@requires(Verb.WORK)
@require_http_methods(["GET", "POST"])
def merge(request: MemberRequest, number: str) -> HttpResponse:
    """Choose the case that goes on for this one too."""
    viewer, now = request.viewer, timezone.now()
    found = selectors.case_get(viewer, number)
    problem: DomainError | None = None
    if request.method == "POST":
        into = selectors.case_get(viewer, request.POST.get("into", ""))
        try:
            with transaction.atomic():
                seen = {found.pk: posted} if (posted := version(request)) is not None else None
                services.case_merge(into, [found], actor=viewer.actor, now=now, versions=seen)
        except (Conflict, Invalid, Forbidden) as refused:
            problem = refused
        else:
            said = Said(f"{found.number} merged into {into.number}", "split_off", {"numbers": found.number})
            say(request, into, said, "merge")
            return redirect(reverse("cases:case", args=[into.number]) + presets.suffix(*filters(request)))
    text = request.GET.get("find", "").strip()
    context = {
        **_shared(request),
        "row": selectors.queue_rows(viewer, [selectors.case_get(viewer, number)])[0],
        "find": text,
        "candidates": selectors.merge_candidates(viewer, found, text),
        "problem": problem,
    }
    return page(request, "cases/merge.html", context, status=problem.status if problem else 200)


# --- what the templates get --------------------------------------------------------------------------------------


def _page(
    request: MemberRequest,
    number: str,
    *,
    form: CaseForm | None = None,
    action: str = "",
    problem: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    viewer = request.viewer
    now = timezone.now()
    half = is_fragment(request) and target(request) == "detail"
    detail = selectors.case_detail(viewer, number, now=now)
    context = _shared(request) if half else queue_context(request)
    forms = {name: _form(viewer, name, detail, now) for name in ACTIONS if name in detail.actions}
    if form is not None:
        forms[action] = form
    context["pauses"] = pause_acts(detail, now=now, zone=zone(viewer), form=form, action=action)
    context |= {"detail": detail, "forms": forms, "panels": _panels(number), "open_panel": action, "problem": problem}
    has_form = action in detail.actions or any(act.form is form for _, acts in context["pauses"] for act in acts)
    context["problem_in_form"] = problem is not None and action in POPOVERS and has_form
    context["typed"] = _typed(form) if problem is not None and form is not None and not has_form else []
    return page(request, "cases/queue.html", context, fragment=FRAGMENTS, status=status)


def _typed(form: CaseForm) -> list[str]:
    """The words of a form that the case has no use for any more, as when somebody ended it meanwhile: not lost."""
    texts = (bound.value() for bound in form if isinstance(bound.field, CharField))
    return [text for text in texts if text]


def _shared(request: MemberRequest) -> dict[str, Any]:
    query, after = filters(request)
    return {
        "suffix": presets.suffix(query, after),
        "back_url": presets.queue_url(query, after),
        "is_fragment": is_fragment(request),
        "detail": None,
    }


def queue_context(request: MemberRequest) -> dict[str, Any]:
    viewer = request.viewer
    query, after = filters(request)
    now = timezone.now()
    request.session.setdefault(SESSION_KEY, viewer.organisation.pk)  # the poll reads it
    since = live.current(viewer.organisation.pk)  # before the rows: a change in between is shown twice, not never
    saved = selectors.saved_views(viewer)
    counts, suppressed = selectors.queue_head(
        viewer, now=now, views={f"view-{each.id}": each.query for each in saved if not each.problem}
    )
    total = presets.count_of(query, saved, counts)
    rows = selectors.queue_page(viewer, query, after=after, now=now, total=total)
    name = presets.title(rows.query, saved)
    return {
        **_shared(request),
        "queue": rows,
        "bulk": _bulk(viewer, rows, now) if viewer.can(Verb.WORK) and rows.rows else {},
        "views": presets.links(query, counts),
        "saved": presets.saved_links(rows.query, saved, counts),
        "title": name,
        "export_suffix": presets.suffix(rows.query),
        "sorted_by": presets.sorted_by(rows.query),
        "sorts": presets.sort_links(rows.query),
        "save_form": None
        if name != presets.FILTERED or rows.problems
        else ViewForm(initial={"query": rows.query}, auto_id="id_save_%s"),
        "since": 0 if since is None else since,
        "elsewhere": [] if rows.rows else presets.elsewhere(rows.query),
        "list_url": presets.queue_url(query, after),
        "previous_url": presets.queue_url(query, rows.before) if rows.before else "",
        "next_url": presets.queue_url(query, rows.after) if rows.after else "",
        "suppressed": suppressed,
        "silent_partners": [] if rows.rows or rows.has_filters else selectors.silent_partners(viewer, now=now),
    }


def _bulk(viewer: Viewer, rows: QueuePage, now: datetime) -> dict[str, Any]:
    """The forms of the bar that acts on selected cases."""
    when: dict[str, Any] = {"now": now, "zone": zone(viewer)}
    return {
        "assign": ACTIONS["assign"].form(auto_id="id_bulk_%s", members=selectors.colleagues(viewer), **when),
        "snooze": ACTIONS["snooze"].form(auto_id="id_bulk_%s", **when),
        "has_pinned": any(row.is_pinned for row in rows.rows),
        "has_asleep": any(row.snoozed_until for row in rows.rows),
    }


def _panels(number: str) -> dict[str, str]:
    found = {}
    for name, url_name in PANELS.items():
        app_label = url_name.partition(":")[0]
        if apps.is_installed(f"agents.{app_label}") or apps.is_installed(f"exceptions.{app_label}"):
            try:
                found[name] = reverse(url_name, args=[number])
            except NoReverseMatch:
                continue
    return found


def _form(viewer: Viewer, action: str, detail: CaseDetail, now: Any) -> CaseForm:
    initial = {}
    if action == "classify":
        initial = {
            "type": detail.row.type,
            "reason": detail.reason,
            "responsible_party": detail.responsible_party,
            "excusable": detail.excusable,
            "severity": detail.row.severity,
        }
    return ACTIONS[action].form(initial=initial, **_form_context(viewer, action, detail, now))


def _form_context(viewer: Viewer, action: str, detail: CaseDetail | None, now: Any) -> dict[str, Any]:
    context: dict[str, Any] = {"now": now, "zone": zone(viewer), "detail": detail}
    if action == "assign":
        context["members"] = selectors.colleagues(viewer)
    return context


def _is_so_already(viewer: Viewer, number: str, action: str, data: Mapping[str, Any]) -> bool:
    """Whether what was asked for has come about: the second of a double click finds the first one's work."""
    is_so = DONE.get(action)
    return is_so is not None and is_so(selectors.case_get(viewer, number), viewer, data)
