"""Settings: people, API keys, the organisation, and where else one works. Secrets are rendered once, from the act."""

from __future__ import annotations

from datetime import UTC, datetime, time

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from controltower.errors import DomainError, NotFound
from controltower.tenancy import selectors, services
from controltower.tenancy.access import SESSION_KEY
from controltower.tenancy.forms import AddMemberForm, KeyForm, MemberForm, OrganisationForm
from controltower.tenancy.guards import member as for_members
from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.models import User
from controltower.tenancy.permissions import Verb
from controltower.web.render import page
from controltower.web.toast import toast


@require_safe
@for_members
def index(request: MemberRequest) -> HttpResponse:
    """Everybody's own settings, and for administrators the way to those of the organisation."""
    viewer = request.viewer
    context = {
        "organisations": selectors.organisations_of(viewer),
        "may_administer": viewer.can(Verb.ADMINISTER),
    }
    return page(request, "tenancy/index.html", context)


@require_POST
@for_members
def switch(request: MemberRequest) -> HttpResponse:
    """Work in another organisation of one's own. The next request checks the membership again."""
    wanted = request.POST.get("organisation", "")
    found = {str(one.pk): one for one in selectors.organisations_of(request.viewer)}.get(wanted)
    if found is None:
        raise NotFound("You are not a member of that organisation.")
    request.session[SESSION_KEY] = found.pk
    toast(request, f"You work for {found.name} now.")
    return redirect("/")


@require_safe
@requires(Verb.ADMINISTER)
def members(request: MemberRequest) -> HttpResponse:
    context = {"members": selectors.members_list(request.viewer)}
    return page(request, "tenancy/members.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@requires(Verb.ADMINISTER)
def member_add(request: MemberRequest) -> HttpResponse:
    form = AddMemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = services.member_add(**form.cleaned_data, actor=request.viewer.actor, now=timezone.now())
        except DomainError as error:
            form.add_error("email", error.message)
        else:
            if added.newcomer is not None:
                # Whoever holds the link is that person from then on: in production it goes by mail alone.
                shown = not settings.PRODUCTION
                link = request.build_absolute_uri(_password_path(added.newcomer)) if shown else ""
                return render(request, "tenancy/invited.html", {"member": added.member, "link": link})
            toast(request, f"{added.member.name} is a member now and signs in as before.")
            return redirect("tenancy:members")
    status = 422 if form.is_bound else 200
    return page(request, "tenancy/member_add.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Verb.ADMINISTER)
def member(request: MemberRequest, pk: int) -> HttpResponse:
    viewer = request.viewer
    found = selectors.member_get(viewer, pk)
    start = {name: getattr(found, name) for name in ("role", "authority_limit", "restricted", "is_active")}
    form = MemberForm(request.POST if request.method == "POST" else None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            services.member_change(found, **form.cleaned_data, actor=viewer.actor, now=timezone.now())
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            toast(request, "Saved.")
            return redirect("tenancy:members")
    context = {"form": form, "member": found, "is_self": found.pk == viewer.member.pk}
    return page(request, "tenancy/member.html", context, status=422 if form.is_bound else 200)


@require_safe
@requires(Verb.ADMINISTER)
def keys(request: MemberRequest) -> HttpResponse:
    context = {"keys": selectors.keys_list(request.viewer, now=timezone.now()), "form": KeyForm()}
    return page(request, "tenancy/keys.html", context)


@require_POST
@never_cache
@requires(Verb.ADMINISTER)
def key_create(request: MemberRequest) -> HttpResponse:
    viewer, now = request.viewer, timezone.now()
    form = KeyForm(request.POST)
    ends = None
    if form.is_valid():
        day = form.cleaned_data["expires_on"]
        ends = datetime.combine(day, time.max, tzinfo=UTC) if day else None
        if ends is not None and ends <= now:
            form.add_error("expires_on", "That day is over. Choose a later one.")
    if not form.is_valid():
        context = {"keys": selectors.keys_list(viewer, now=now), "form": form}
        return page(request, "tenancy/keys.html", context, status=422)
    wanted = {name: form.cleaned_data[name] for name in ("name", "scopes")}
    made = services.key_create(**wanted, expires_at=ends, actor=viewer.actor, now=now)
    return render(request, "tenancy/key.html", {"made": made})


@require_POST
@never_cache
@requires(Verb.ADMINISTER)
def key_rotate(request: MemberRequest, pk: int) -> HttpResponse:
    viewer = request.viewer
    old = selectors.key_get(viewer, pk)
    made = services.key_rotate(old, actor=viewer.actor, now=timezone.now())
    return render(request, "tenancy/key.html", {"made": made, "old": old})


@require_POST
@requires(Verb.ADMINISTER)
def key_revoke(request: MemberRequest, pk: int) -> HttpResponse:
    viewer = request.viewer
    key = services.key_revoke(selectors.key_get(viewer, pk), actor=viewer.actor, now=timezone.now())
    toast(request, f"The key {key.prefix}… does not open anything any more.")
    return redirect("tenancy:keys")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Verb.ADMINISTER)
def organisation(request: MemberRequest) -> HttpResponse:
    viewer = request.viewer
    form = OrganisationForm(request.POST if request.method == "POST" else None, instance=viewer.organisation)
    if request.method == "POST" and form.is_valid():
        services.organisation_change(viewer.organisation, form.cleaned_data, actor=viewer.actor, now=timezone.now())
        toast(request, "Saved.")
        return redirect("tenancy:organisation")
    context = {"form": form}
    return page(request, "tenancy/organisation.html", context, status=422 if form.is_bound else 200)


def _password_path(user: User) -> str:
    """Where a newcomer chooses their first password. For a login made in this very request only: it opens the account."""
    from allauth.account.forms import default_token_generator  # its models must be loaded first
    from allauth.account.utils import user_pk_to_url_str

    parts = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return reverse("account_reset_password_from_key", kwargs=parts)
