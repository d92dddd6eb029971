"""A partner's mapping: edited, tried on a sample before it is kept, kept."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from controltower.errors import Conflict, Invalid
from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.web.numbers import number_in
from controltower.web.render import page
from controltower.web.toast import toast
from exceptions.cases.taxonomy import REASON_CHOICES
from exceptions.intake import selectors, services
from exceptions.intake.forms import TryForm
from exceptions.intake.mapping.filling import Row, drawn, read_back
from exceptions.intake.mapping.shapes import Field, fields_of, mapping_problems
from exceptions.intake.presets import preset_of, sample_body
from exceptions.intake.services.mapping import mapping_version
from exceptions.parties.models import Partner
from exceptions.shipments.canonical import EventType

SPARE_ROWS = 3


@require_POST
@requires(Verb.OPERATE)
def partner_try(request: MemberRequest, slug: str) -> HttpResponse:
    """Show what a sample would become. Nothing is stored."""
    found = selectors.partner_of(request.viewer, slug)
    return page(request, "intake/try.html", _read_sample(request, found), fragment="intake/_try.html")


@require_http_methods(["GET", "HEAD"])
@requires(Verb.OPERATE)
def mapping(request: MemberRequest, slug: str) -> HttpResponse:
    found = selectors.partner_of(request.viewer, slug)
    message_id = request.GET.get("message", "")
    sample = ""
    if message_id:
        message_id = str(_message(request, found, message_id).pk)
    else:
        preset = preset_of(found.template, found.adapter)
        sample = sample_body(preset, timezone.now()).decode(errors="replace")
    context = _editor(request, found, found.mapping, version=mapping_version(found), message_id=message_id)
    return page(request, "intake/mapping.html", {**context, "form": TryForm(initial={"body": sample})})


@require_POST
@requires(Verb.OPERATE)
def mapping_try(request: MemberRequest, slug: str) -> HttpResponse:
    """Read a sample with the mapping in the form. Nothing is stored, the mapping neither."""
    found = selectors.partner_of(request.viewer, slug)
    wanted, problems = _filled_in(request, found)
    context = _editor(
        request,
        found,
        wanted,
        version=request.POST.get("version", ""),
        message_id=_message_id(request),
        rest=request.POST.get("rest", ""),
        problems=problems,
    )
    read = {"form": TryForm(request.POST)} if problems else _read_sample(request, found, wanted)
    return page(request, "intake/mapping.html", {**context, **read}, fragment="intake/_mapping_try.html")


@require_POST
@requires(Verb.ADMINISTER)
def mapping_save(request: MemberRequest, slug: str) -> HttpResponse:
    viewer = request.viewer
    found = selectors.partner_of(viewer, slug)
    wanted, problems = _filled_in(request, found)
    version, message_id = request.POST.get("version", ""), _message_id(request)
    status = 422
    if not problems:
        try:
            services.partner_map(found, mapping=wanted, version=version, actor=viewer.actor, now=timezone.now())
        except Invalid as invalid:
            problems = list(invalid.details.get("problems", [invalid.message]))
        except Conflict as conflict:
            problems, status = [conflict.message], conflict.status
        else:
            toast(request, "Saved. It counts for what is read from now on.")
            query = f"?message={message_id}" if message_id else ""
            return redirect(f"{reverse('intake:mapping', args=[slug])}{query}")
    rest = request.POST.get("rest", "")
    context = _editor(request, found, wanted, version=version, message_id=message_id, rest=rest, problems=problems)
    return page(request, "intake/mapping.html", {**context, "form": TryForm(request.POST)}, status=status)


def _fields(found: Partner) -> list[Field]:
    preset = preset_of(found.template, found.adapter)
    return fields_of(
        found.adapter,
        local_times=preset is None or preset.local_times,
        starts_shipments=preset is None or preset.starts_shipments,
    )


def _filled_in(request: MemberRequest, found: Partner) -> tuple[dict[str, Any], list[str]]:
    wanted, problems = read_back(_fields(found), request.POST.getlist)
    return wanted, problems or mapping_problems(found.adapter, wanted)


def _editor(
    request: MemberRequest,
    found: Partner,
    wanted: dict[str, Any],
    *,
    version: str,
    message_id: str,
    rest: str | None = None,
    problems: list[str] | None = None,
) -> dict[str, Any]:
    fields, others = drawn(_fields(found), wanted)
    return {
        "partner": found,
        "preset": preset_of(found.template, found.adapter),
        "fields": fields,
        "spare": [Row()] * SPARE_ROWS,
        "rest": others if rest is None else rest,
        "problems": problems or [],
        "version": version,
        "message_id": message_id,
        "event_types": EventType.choices,
        "reasons": REASON_CHOICES,
        "may_change": request.viewer.can(Verb.ADMINISTER),
        "may_audit": request.viewer.can(Verb.AUDIT),
    }


def _read_sample(request: MemberRequest, found: Partner, wanted: dict[str, Any] | None = None) -> dict[str, Any]:
    """The context of `_try.html`: the form, and what the sample in it says. A stored message is the sample where its
    number is given and nothing is pasted or chosen."""
    message_id = _message_id(request)
    form = TryForm(request.POST, request.FILES, stored=bool(message_id))
    context: dict[str, Any] = {"form": form, "partner": found}
    if not form.is_valid():
        return context
    preset = preset_of(found.template, found.adapter)
    body, headers = form.content(), {"content-type": preset.content_type if preset else ""}
    if body is None:
        stored = _message(request, found, message_id)
        body, headers = bytes(stored.raw), {**stored.headers, "content-type": stored.content_type}
    context["told"] = selectors.trial_of(request.viewer, found, body=body, headers=headers, mapping=wanted)
    return context


def _message_id(request: MemberRequest) -> str:
    """Of the stored message that the page was opened with; "" for none."""
    return str(number_in(request.POST.get("message", "")) or "")


def _message(request: MemberRequest, found: Partner, message_id: str) -> Any:
    return selectors.raw_message(request.viewer, number_in(message_id) or 0, partner=found)
