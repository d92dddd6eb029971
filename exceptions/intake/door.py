"""The front door: a partner posts, we check who it is, store what was said and answer. Understanding comes later.

The order of the checks is the order of their cost, and nothing is told to a stranger but that it is one. A new message of
a partner that is remembered, and still as it is remembered, is stored with its job in one exchange with the database;
everything else goes the long way. The answer is written after the commit, so 202 means durable.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

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
from exceptions.intake.known_partners import KnownPartner, partner_known, partner_look_up
from exceptions.intake.limits import limiter, seconds_left
from exceptions.intake.services import Accepted, message_accept
from exceptions.intake.services.accepting import delivery_item
from exceptions.intake.services.arriving import message_arrive
from exceptions.intake.signatures import SignatureRefused, verify
from exceptions.intake.strict_json import MAX_BYTES
from exceptions.parties.models import Partner


class LengthRequired(DomainError):
    status, code = 411, "length_required"


@dataclass(frozen=True, slots=True)
class Knock:
    """One request as it stands before the door; header names in lower case."""

    request: HttpRequest
    channel: str
    body: bytes
    headers: dict[str, str]
    now: datetime

    @property
    def content_type(self) -> str:
        return self.request.content_type or ""


@csrf_exempt
@require_POST
@public
def receive(request: HttpRequest, slug: str, channel: str = "") -> HttpResponse:
    """202 with the message's id; 200 when it was here before; else problem details (RFC 9457)."""
    knock = Knock(request, channel, read_body(request), dict(lowered(request)), timezone.now())
    accepted, count = None, None
    known = partner_known(slug)
    if known is not None:
        count = limiter().count(
            known.partner.pk, epoch=knock.now.timestamp(), limit=known.partner.rate_limit_per_minute
        )
        accepted = _at_once(knock, known, count)
    if accepted is None:
        accepted = _with_care(knock, slug, count)
    return JsonResponse(
        {"message": accepted.message_id, "duplicate": accepted.duplicate}, status=200 if accepted.duplicate else 202
    )


def _at_once(knock: Knock, known: KnownPartner, count: int) -> Accepted | None:
    """By what is remembered of the partner. None where that does not let the request in: it may have changed."""
    try:
        _check(knock, known.partner, known.valid_secrets(knock.now), count)
    except (DomainError, SignatureRefused):
        return None
    item, kept = delivery_item(known.partner, body=knock.body, headers=knock.headers)
    stored = message_arrive(known, item, headers=kept, content_type=knock.content_type, now=knock.now)
    return None if stored is None else Accepted(stored, duplicate=False)


def _with_care(knock: Knock, slug: str, count: int | None) -> Accepted:
    """One organisation-less lookup, then one transaction with the partner as it is now."""
    found = rows("SELECT organisation_id, partner_id FROM partner_by_slug(%s)", [slug])
    if not found:
        raise unknown_partner(slug)
    organisation_id, partner_id = found[0]
    epoch = knock.now.timestamp()
    if count is None:  # before the transaction: no network call is made inside one
        count = limiter().count(partner_id, epoch=epoch)
    try:
        with acting_for(organisation_id):
            known = partner_look_up(partner_id, knock.now)
            _check(knock, known.partner, known.valid_secrets(knock.now), count)
            return message_accept(
                known.partner,
                body=knock.body,
                headers=knock.headers,
                content_type=knock.content_type,
                now=knock.now,
            )
    except (NotFound, UnsupportedMediaType):  # nobody had proved to be the partner: it must not cost the partner
        limiter().give_back(partner_id, epoch=epoch)
        raise
    except SignatureRefused as refused:
        limiter().give_back(partner_id, epoch=epoch)
        raise Unauthorised(
            "The signature does not fit the body and this partner's secret. Check the secret, and sign the exact bytes "
            "that are sent.",
            code="bad_signature",
        ) from refused


def _check(knock: Knock, partner: Partner, secrets: list[str], count: int) -> None:
    """In the order of what it costs. Nobody is told of a limit who did not prove to be the partner."""
    adapter = ADAPTERS.get(partner.adapter)
    if not partner.active or adapter is None or knock.channel not in ("", partner.channel):
        raise unknown_partner(partner.slug)
    check_content_type(knock.request, adapter)
    verify(
        partner.signature,
        secrets=secrets,
        headers=knock.headers,
        body=knock.body,
        now=knock.now,
        mapping=partner.mapping,
    )
    check_rate(count, partner.rate_limit_per_minute, knock.now.timestamp())


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
