"""The built-in mailbox: what the demo sent, as text. The HTML part is shown as source, never rendered here."""

from pathlib import Path

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from controltower.errors import Forbidden, NotFound
from controltower.ops import mailbox
from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.web.render import page


@require_safe
@requires(Verb.VIEW)
def inbox(request: MemberRequest) -> HttpResponse:
    mails = mailbox.listed(_folder(), _slug(request))
    return page(request, "ops/mailbox.html", {"mails": mails}, fragment="ops/_mailbox.html")


@require_safe
@requires(Verb.VIEW)
def mail(request: MemberRequest, name: str) -> HttpResponse:
    found = mailbox.opened(_folder(), _slug(request), name)
    if found is None:
        raise NotFound("There is no such mail.")
    return page(request, "ops/mailbox_mail.html", {"mail": found})


def _folder() -> Path:
    if settings.MAILBOX_DIR is None:
        raise NotFound("The built-in mailbox belongs to the demo and is off here.")
    return Path(settings.MAILBOX_DIR)


def _slug(request: MemberRequest) -> str:
    if request.viewer.member.restricted:  # a mail does not say which account it belongs to
        raise Forbidden("The mailbox shows the mail of all accounts, and you see some of them only.")
    return request.viewer.organisation.slug
