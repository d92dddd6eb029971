"""Where a partner's mails are fetched from. The password goes in and never comes out."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from controltower.errors import NotFound
from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.web.toast import toast
from exceptions.intake import selectors
from exceptions.intake.forms import MailboxForm
from exceptions.intake.services.mailboxes import Wanted, mailbox_connect, mailbox_disconnect
from exceptions.parties.models import Channel


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Verb.ADMINISTER)
def mailbox(request: MemberRequest, slug: str) -> HttpResponse:
    viewer = request.viewer
    partner = selectors.partner_of(viewer, slug)
    if partner.channel != Channel.MAIL:
        raise NotFound(f"{partner.name} sends no e-mail.")
    known = selectors.mailbox_of(viewer, partner)
    form = MailboxForm(request.POST or None, mailbox=known)
    if request.method == "POST" and form.is_valid():
        mailbox_connect(partner, Wanted(**form.cleaned_data), actor=viewer.actor, now=timezone.now())
        toast(request, "Stored. It is being looked into now.")
        return redirect("intake:partner", slug=slug)
    context = {"form": form, "partner": partner, "mailbox": known}
    return render(request, "intake/mailbox.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(Verb.ADMINISTER)
def mailbox_forget(request: MemberRequest, slug: str) -> HttpResponse:
    viewer = request.viewer
    partner = selectors.partner_of(viewer, slug)
    known = selectors.mailbox_of(viewer, partner)
    if known is not None:
        mailbox_disconnect(known, actor=viewer.actor, now=timezone.now())
    toast(request, "The mailbox is not looked into any more, and its password is forgotten.")
    return redirect("intake:partner", slug=slug)
