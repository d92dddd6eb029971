"""Settings > Partners: connect, see, rotate, switch. Secrets are rendered once, straight from the act that made them."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from controltower.errors import Invalid
from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer
from controltower.web.render import page
from controltower.web.toast import toast
from exceptions.intake import selectors, services
from exceptions.intake.forms import ConnectForm, PartnerForm, TryForm
from exceptions.intake.presets import PRESETS, Preset, preset_of, presets_by_group, sample_body
from exceptions.intake.presets.scripts import curl_example
from exceptions.intake.services.partners import Connected, secret_dates
from exceptions.parties.choosing import Choice, choice_of
from exceptions.parties.models import Channel, SignatureScheme


@require_safe
@requires(Verb.OPERATE)
def partners(request: MemberRequest) -> HttpResponse:
    found = list(selectors.partners_of(request.viewer))
    health = selectors.health_by_partner(request.viewer, found, now=timezone.now())
    rows = [(partner, preset_of(partner.template, partner.adapter), health[partner.pk]) for partner in found]
    return page(request, "intake/partners.html", {"rows": rows, "may_change": may_change(request)})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@requires(Verb.ADMINISTER)
def partner_create(request: MemberRequest) -> HttpResponse:
    """Without a kind of connection: the kinds to choose from. With one: its form."""
    chosen = PRESETS.get(request.POST.get("preset", "") or request.GET.get("preset", ""))
    if chosen is None:
        context = {"groups": presets_by_group(), "unknown": request.method == "POST"}
        return render(request, "intake/presets.html", context, status=422 if request.method == "POST" else 200)
    viewer = request.viewer
    form = ConnectForm(request.POST or None, preset=chosen, **_choices(viewer))
    if request.method == "POST" and form.is_valid():
        made = _connected(request, chosen, form)
        if made is not None:
            return _secret_page(request, made, fresh=True)
    status = 422 if form.is_bound else 200
    return render(request, "intake/partner_create.html", {"form": form, "preset": chosen}, status=status)


@require_safe
@requires(Verb.OPERATE)
def partner(request: MemberRequest, slug: str) -> HttpResponse:
    viewer, now = request.viewer, timezone.now()
    found = selectors.partner_of(viewer, slug)
    preset = preset_of(found.template, found.adapter)
    addresses = selectors.addresses_of(found)
    context = {
        "partner": found,
        "preset": preset,
        "addresses": addresses,
        "curl": curl_example(found, addresses[0].url, now) if addresses else "",
        "health": selectors.health_by_partner(viewer, [found], now=now)[found.pk],
        "recent": selectors.recent_messages(viewer, found),
        "mailbox": selectors.mailbox_of(viewer, found) if found.channel == Channel.MAIL else None,
        "secrets": secret_dates(found, now),
        "has_secret": found.signature != SignatureScheme.TRANSPORT,
        "may_change": may_change(request),
        "form": TryForm(initial={"body": sample_body(preset, now).decode(errors="replace")}),
    }
    return page(request, "intake/partner.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Verb.ADMINISTER)
def partner_change(request: MemberRequest, slug: str) -> HttpResponse:
    viewer = request.viewer
    found = selectors.partner_of(viewer, slug)
    preset = preset_of(found.template, found.adapter)
    form = PartnerForm(request.POST or None, partner=found, preset=preset, **_choices(viewer))
    if request.method == "POST" and form.is_valid():
        wanted = {"default_customer": None, **form.cleaned_data}
        services.partner_change(found, **wanted, actor=viewer.actor, now=timezone.now())
        toast(request, "Changed.")
        return redirect("intake:partner", slug=slug)
    status = 422 if form.is_bound else 200
    return render(request, "intake/partner_change.html", {"form": form, "partner": found}, status=status)


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
def partner_revoke(request: MemberRequest, slug: str) -> HttpResponse:
    viewer = request.viewer
    found = selectors.partner_of(viewer, slug)
    secret_id = request.POST.get("secret", "")
    services.partner_revoke_secret(found, secret_id=secret_id, actor=viewer.actor, now=timezone.now())
    toast(request, f"Secret {secret_id} ended.")
    return redirect("intake:partner", slug=slug)


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


def may_change(request: MemberRequest) -> bool:
    return request.viewer.can(Verb.ADMINISTER)


def _connected(request: MemberRequest, chosen: Preset, form: ConnectForm) -> Connected | None:
    """The partner that the form makes; None, with the reasons on the form, where it cannot be made."""
    try:
        return services.partner_connect(
            preset=chosen.key, **form.cleaned_data, actor=request.viewer.actor, now=timezone.now()
        )
    except Invalid as error:
        for field, sentence in error.details.items():
            form.add_error(field if field in form.fields else None, sentence)
        return None


def _secret_page(request: MemberRequest, made: Connected, *, fresh: bool) -> HttpResponse:
    addresses = selectors.addresses_of(made.partner)
    context = {
        "partner": made.partner,
        "secret": made.secret,
        "fresh": fresh,
        "addresses": addresses,
        "preset": preset_of(made.partner.template, made.partner.adapter),
        "curl": curl_example(made.partner, addresses[0].url, timezone.now()) if addresses else "",
    }
    return render(request, "intake/secret.html", context, status=201 if fresh else 200)


def _choices(viewer: Viewer) -> dict[str, Choice]:
    """Out of whom a connection's account and its customer are named."""
    return {"accounts": choice_of(viewer), "customers": choice_of(viewer, "customer")}
