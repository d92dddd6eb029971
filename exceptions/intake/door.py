"""The front door: a partner posts, we check who it is, store what was said and answer. Understanding comes later.

The order of the checks is the order of their cost, and nothing is told to a stranger but that it is one. One
organisation-less lookup, then one transaction that reads the partner and inserts message and job; the answer is
written after its commit, so 202 means durable.
"""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from controltower.db import rows
from controltower.errors import (
    BadRequest,
    DomainError,
    NotFound,
    RateLimited,
    TooLarge,
    Unauthorised,
    UnsupportedMediaType,
)
from controltower.tenancy.context import acting_for
from controltower.tenancy.guards import public
from exceptions.intake.adapters import ADAPTERS, Adapter
from exceptions.intake.limits import limiter, seconds_left
from exceptions.intake.services import message_accept
from exceptions.intake.services.partners import secrets_of
from exceptions.intake.signatures import SignatureRefused, verify
from exceptions.intake.strict_json import MAX_BYTES
from exceptions.parties.models import Partner


class LengthRequired(DomainError):
    status, code = 411, "length_required"


@csrf_exempt
@require_POST
@public
def receive(request: HttpRequest, slug: str, channel: str = "") -> HttpResponse:
    """202 with the message's id; 200 when it was here before; else problem details (RFC 9457)."""
    now = timezone.now()
    found = rows("SELECT organisation_id, partner_id FROM partner_by_slug(%s)", [slug])
    if not found:
        raise unknown_partner(slug)
    organisation_id, partner_id = found[0]
    body = read_body(request)
    epoch = now.timestamp()
    count = limiter().count(partner_id, epoch=epoch)  # before the transaction: no network call is made inside one
    try:
        with acting_for(organisation_id):
            partner = Partner.objects.get(pk=partner_id)
            adapter = ADAPTERS.get(partner.adapter)
            if not partner.active or adapter is None or channel not in ("", partner.channel):
                raise unknown_partner(slug)
            check_content_type(request, adapter)
            verify(
                partner.signature,
                secrets=secrets_of(partner, now),
                headers=request.headers,
                body=body,
                now=now,
                mapping=partner.mapping,
            )
            check_rate(count, partner.rate_limit_per_minute, epoch)
            accepted = message_accept(
                partner,
                body=body,
                headers=dict(lowered(request)),
                content_type=request.content_type or "",
                now=now,
            )
    except SignatureRefused as refused:
        limiter().give_back(partner_id, epoch=epoch)
        raise Unauthorised(
            "The signature does not fit the body and this partner's secret. Check the secret, and sign the exact bytes "
            "that are sent.",
            code="bad_signature",
        ) from refused
    return JsonResponse(
        {"message": accepted.message_id, "duplicate": accepted.duplicate}, status=200 if accepted.duplicate else 202
    )


def check_rate(count: int, limit: int, epoch: float) -> None:
    """429 for the request that makes it `count` in this minute; a limit of 0 is none."""
    if count > limit > 0:
        raise RateLimited(
            f"More than {limit} requests in a minute. Wait and send it again.",
            details={"retry_after": seconds_left(epoch)},
        )


def unknown_partner(slug: str) -> NotFound:
    return NotFound(f"No partner takes messages at {slug}. Check the address.", code="unknown_partner")


def read_body(request: HttpRequest, *, at_most: int = MAX_BYTES) -> bytes:
    """The body, whose announced length was checked before a byte of it is read."""
    announced = request.META.get("CONTENT_LENGTH") or ""
    if not announced.isdecimal():
        raise LengthRequired("Say how long the body is, in a Content-Length header; chunked bodies are not taken.")
    if int(announced[:12]) > at_most:
        raise TooLarge(f"The body is larger than {at_most} bytes. Send fewer events at once.")
    try:
        body = request.body
    except UnreadablePostError:
        raise BadRequest("The body broke off. Send it again.", code="broken_off") from None
    if len(body) != int(announced):
        raise BadRequest("The body is shorter than its Content-Length. Send it again.", code="broken_off")
    return body


def check_content_type(request: HttpRequest, adapter: Adapter) -> None:
    accept_only(request, adapter.content_types)


def accept_only(request: HttpRequest, content_types: frozenset[str]) -> None:
    if (request.content_type or "").lower() not in content_types:
        allowed = ", ".join(sorted(content_types))
        raise UnsupportedMediaType(f"Send it with the content type {allowed}.", details={"accepts": allowed})


def lowered(request: HttpRequest) -> Iterator[tuple[str, str]]:
    for name, value in request.headers.items():
        yield name.lower(), value
