"""Settings > Partners: connect, try, rotate, switch. Secrets are rendered once, straight from the act that made them."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from controltower.errors import Invalid
from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.web.render import page
from controltower.web.toast import toast
from exceptions.intake import selectors, services
from exceptions.intake.adapters import Unreadable
from exceptions.intake.forms import PartnerForm, TryForm
from exceptions.intake.presets import PRESETS, curl_example, preset_of, sample_body
from exceptions.intake.services.partners import Connected, secret_dates
from exceptions.parties.models import Partner
from exceptions.shipments.canonical import EventType


@require_safe
@requires(Verb.ADMINISTER)
def partners(request: MemberRequest) -> HttpResponse:
    context = {"partners": selectors.partners_of(request.viewer)}
    return page(request, "intake/partners.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@requires(Verb.ADMINISTER)
def partner_create(request: MemberRequest) -> HttpResponse:
    viewer = request.viewer
    form = PartnerForm(request.POST or None, accounts=selectors.accounts_to_connect(viewer))
    if request.method == "POST" and form.is_valid():
        try:
            made = services.partner_create(**form.cleaned_data, actor=viewer.actor, now=timezone.now())
        except Invalid as error:
            for field, sentence in error.details.items():
                form.add_error(field if field in form.fields else None, sentence)
        else:
            return _secret_page(request, made, fresh=True)
    context = {"form": form, "presets": PRESETS.values()}
    status = 422 if form.is_bound else 200
    return render(request, "intake/partner_create.html", context, status=status)


@require_safe
@requires(Verb.ADMINISTER)
def partner(request: MemberRequest, slug: str) -> HttpResponse:
    found = selectors.partner_of(request.viewer, slug)
    sample = sample_body(found.adapter, timezone.now())
    context = {**_about(request, found), "form": TryForm(initial={"body": sample})}
    return page(request, "intake/partner.html", context)


@require_POST
@requires(Verb.ADMINISTER)
def partner_try(request: MemberRequest, slug: str) -> HttpResponse:
    """Show what a pasted message would become. Nothing is stored."""
    found = selectors.partner_of(request.viewer, slug)
    form = TryForm(request.POST)
    context: dict[str, Any] = {"form": form, "partner": found, "events": None}
    if form.is_valid():
        body = form.cleaned_data["body"].encode(errors="replace")
        result = services.partner_try(found, body=body, content_type="application/json")
        if isinstance(result, Unreadable):
            context["unreadable"] = result
        else:
            context["events"] = [(EventType(event.type).label, event) for event in result]
    full = {**_about(request, found), **context}
    return page(request, "intake/partner.html", full, fragment="intake/_try.html")


@require_POST
@never_cache
@requires(Verb.ADMINISTER)
def partner_rotate(request: MemberRequest, slug: str) -> HttpResponse:
    viewer = request.viewer
    found = selectors.partner_of(viewer, slug)
    made = services.partner_rotate_secret(found, actor=viewer.actor, now=timezone.now())
    return _secret_page(request, made, fresh=False)


@require_POST
@requires(Verb.ADMINISTER)
def partner_sandbox(request: MemberRequest, slug: str) -> HttpResponse:
    """`sandbox` on or off, as the button says; pressing a stale button is a conflict."""
    viewer = request.viewer
    found = selectors.partner_of(viewer, slug)
    sandbox = request.POST.get("sandbox") == "on"
    services.partner_set_sandbox(found, sandbox=sandbox, actor=viewer.actor, now=timezone.now())
    toast(request, f"{found.name} is {'in the sandbox' if sandbox else 'live'}.")
    return redirect("intake:partner", slug=slug)


@require_POST
@requires(Verb.ADMINISTER)
def partner_active(request: MemberRequest, slug: str) -> HttpResponse:
    viewer = request.viewer
    found = selectors.partner_of(viewer, slug)
    active = request.POST.get("active") == "on"
    switch = services.partner_activate if active else services.partner_deactivate
    switch(found, actor=viewer.actor, now=timezone.now())
    toast(request, f"{found.name} is {'switched on' if active else 'switched off'}.")
    return redirect("intake:partner", slug=slug)


def _about(request: MemberRequest, found: Partner) -> dict[str, Any]:
    viewer = request.viewer
    now = timezone.now()
    return {
        "partner": found,
        "preset": preset_of(found.adapter),
        "address": _address(found),
        "curl": curl_example(found.adapter, _address(found), now),
        "health": selectors.health_of(viewer, found, now=now),
        "recent": selectors.recent_messages(viewer, found),
        "secrets": secret_dates(found),
    }


def _address(found: Partner) -> str:
    return f"{settings.BASE_URL}{reverse('door:receive', args=[found.slug])}"


def _secret_page(request: MemberRequest, made: Connected, *, fresh: bool) -> HttpResponse:
    context = {
        "partner": made.partner,
        "secret": made.secret,
        "fresh": fresh,
        "address": _address(made.partner),
        "preset": preset_of(made.partner.adapter),
        "curl": curl_example(made.partner.adapter, _address(made.partner), timezone.now()),
    }
    return render(request, "intake/secret.html", context, status=201 if fresh else 200)
