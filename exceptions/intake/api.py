"""The door for systems that hold an API key instead of a signing secret: batches of events, files, and what became of
them. Each view commits before it answers, so what is accepted is durable."""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from controltower.errors import BadRequest, Invalid, NotFound, TooLarge
from controltower.tenancy.api import ViewerAPIView
from controltower.tenancy.context import acting_for
from controltower.tenancy.permissions import Verb
from controltower.web.numbers import number_in
from exceptions.intake import api_schema as schema
from exceptions.intake import selectors
from exceptions.intake.adapters import Unreadable, adapter_for
from exceptions.intake.adapters.json_items import NDJSON, JsonItem, json_items
from exceptions.intake.door import accept_only, check_content_type, check_rate, lowered, read_body, unknown_partner
from exceptions.intake.limits import limiter
from exceptions.intake.models import Message
from exceptions.intake.services import batch_accept, message_accept, request_once
from exceptions.intake.services.batches import BATCH_ADAPTERS, batch_answer
from exceptions.parties.models import Partner

MAX_ITEMS: Final = 1000
MAX_BATCH_BYTES: Final = 5 * 1024 * 1024
# Requests that all keys of one integration may make in a minute. A partner's own limit comes on top.
REQUESTS_PER_MINUTE: Final = 1200
BATCH_TYPES: Final = frozenset({"application/json", "application/cloudevents-batch+json", *NDJSON})
ITEM_TYPES: Final = {"canonical": "application/json", "cloudevents": "application/cloudevents+json"}


class IngestView(ViewerAPIView):
    """What every delivery by API key is checked for before it is read.

    Requests are counted in Redis, which may be slow: so these views open their transactions themselves, around what they
    read and write, and count outside.
    """

    verb = Verb.INGEST
    enters_itself: ClassVar[bool] = True

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        epoch = timezone.now().timestamp()
        check_rate(limiter().count(f"key:{self.viewer.member.pk}", epoch=epoch), REQUESTS_PER_MINUTE, epoch)

    def inside(self) -> AbstractContextManager[int]:
        return acting_for(self.viewer.organisation)

    def admit(self, find: Callable[[str], Partner], slug: str) -> Partner:
        """The partner that is found, unless this minute is full for it."""
        with self.inside():
            partner = find(slug)
        epoch = timezone.now().timestamp()
        check_rate(limiter().count(partner.pk, epoch=epoch), partner.rate_limit_per_minute, epoch)
        return partner


class Events(IngestView):
    """Up to 1,000 events in one request. Each is judged by itself: a bad one is refused with reason and place, and
    fails none of the others. The answer comes after the commit: what is accepted is durable."""

    @extend_schema(
        operation_id="events_create",
        parameters=[schema.PARTNER, schema.IDEMPOTENCY_KEY],
        request={
            "application/json": {"type": "array", "maxItems": MAX_ITEMS, "items": schema.EVENT},
            "application/x-ndjson": schema.EVENT,
            "application/cloudevents-batch+json": {"type": "array", "items": {"type": "object"}},
        },
        examples=[schema.BATCH_EXAMPLE],
        responses={
            202: schema.BatchAnswerSerializer,
            **dict.fromkeys((400, 404, 411, 413, 415, 422, 429), schema.PROBLEM),
        },
    )
    def post(self, request: Request) -> Response:
        http, now = request._request, timezone.now()
        accept_only(http, BATCH_TYPES)
        body = read_body(http, at_most=MAX_BATCH_BYTES)
        slug, kind = http.GET.get("partner", ""), (http.content_type or "").lower()

        partner = self.admit(_batch_partner, slug)

        def make() -> dict[str, Any]:
            verdicts = batch_accept(partner, _items(body, kind), content_type=ITEM_TYPES[partner.adapter], now=now)
            return batch_answer(verdicts)

        key = http.headers.get("Idempotency-Key", "")
        if not key:
            with self.inside():
                return Response(make(), status=202)
        digest = hashlib.sha256(f"{slug}\n{kind}\n".encode() + body).hexdigest()
        with self.inside():
            answer, again = request_once(self.viewer.member, key, digest, make, now=now)
        return Response(answer, status=202, headers={"Idempotency-Replayed": "true"} if again else None)


class EventsWithSlash(Events):
    """The same: a sender that adds the slash must not be redirected, for a redirected POST arrives as a GET."""

    @extend_schema(exclude=True)
    def post(self, request: Request) -> Response:
        return super().post(request)


class Messages(IngestView):
    """One delivery of a partner, in its format; a file may have many items. Accepted means durable; the same delivery
    again changes nothing."""

    @extend_schema(
        operation_id="messages_create",
        request={"application/json": {"type": "object"}, "application/octet-stream": {"type": "string"}},
        responses={
            202: OpenApiResponse(schema.AcceptedSerializer, "Stored, and will be understood in the background."),
            200: OpenApiResponse(schema.AcceptedSerializer, "It was here before."),
            **dict.fromkeys((400, 404, 411, 413, 415, 429), schema.PROBLEM),
        },
    )
    def post(self, request: Request, slug: str) -> Response:
        http = request._request
        partner = self.admit(_partner, slug)
        check_content_type(http, adapter_for(partner.adapter))
        body = read_body(http)
        with self.inside():
            accepted = message_accept(
                partner,
                body=body,
                headers=dict(lowered(http)),
                content_type=http.content_type or "",
                now=timezone.now(),
            )
        answer = {"message": accepted.message_id, "duplicate": accepted.duplicate}
        return Response(answer, status=200 if accepted.duplicate else 202)


class Delivered(IngestView):
    """What became of one delivery, item by item."""

    @extend_schema(
        operation_id="messages_retrieve",
        parameters=[schema.AFTER],
        responses={200: schema.DeliverySerializer, 404: schema.PROBLEM},
    )
    def get(self, request: Request, slug: str, message_id: int) -> Response:
        after = number_in(request.query_params.get("after", "0"))
        if after is None:
            raise BadRequest("after is a position: a whole number.")
        with self.inside():
            found = selectors.delivery_of(self.viewer, slug, message_id, after=after)
        message = found.message
        return Response(
            {
                **_said(message),
                "message": message.pk,
                "received_at": message.received_at,
                "sha256": message.sha256,
                "events": message.events_read,
                "items": message.items,
                "counts": {**found.states, **({"repeated": found.repeated} if found.repeated else {})},
                "results": [_result(position, item) for position, item in found.items],
                "next_after": found.next_after,
                "acknowledgement": reverse("intake_api:acknowledgement", args=[slug, message.pk])
                if message.acknowledgement is not None
                else None,
            }
        )


class Acknowledgement(IngestView):
    """What the format answers to a delivery, such as an X12 997, as it is to be sent."""

    @extend_schema(
        operation_id="messages_acknowledgement",
        responses={(200, "application/octet-stream"): bytes, 404: schema.PROBLEM},
    )
    def get(self, request: Request, slug: str, message_id: int) -> HttpResponse:
        with self.inside():
            message = selectors.delivery_of(self.viewer, slug, message_id).message
        if message.acknowledgement is None:
            raise NotFound("There is no acknowledgement: the delivery was not read yet, or its format has none.")
        return HttpResponse(bytes(message.acknowledgement), content_type=message.content_type)


def _partner(slug: str) -> Partner:
    partner = Partner.objects.filter(slug=slug, active=True).first()
    if partner is None:
        raise unknown_partner(slug)
    return partner


def _batch_partner(slug: str) -> Partner:
    """The partner that was named; without a name the only one that takes our own events."""
    if slug:
        partner = _partner(slug)
        if partner.adapter not in BATCH_ADAPTERS:
            raise Invalid(
                f"{slug} takes another format: post to {reverse('intake_api:messages', args=[slug])} instead.",
                code="other_format",
            )
        return partner
    found = list(Partner.objects.filter(adapter="canonical", active=True).order_by("pk")[:2])
    if len(found) != 1:
        several = "Several partners take" if found else "No partner takes"
        raise Invalid(f"{several} our own events: name one with ?partner=<slug>.", code="which_partner")
    return found[0]


def _items(body: bytes, kind: str) -> Sequence[JsonItem]:
    items = json_items(body, lines=kind in NDJSON)
    if isinstance(items, Unreadable):
        raise BadRequest(
            f"The body cannot be read: {items.reason}. Correct it and send it again.",
            code="unreadable",
            details={"where": items.where},
        )
    if items is None:
        items = [JsonItem(body, "")]
    if not items:
        raise BadRequest("There is no event in it.", code="empty")
    if len(items) > MAX_ITEMS:
        raise TooLarge(f"There are {len(items)} events; {MAX_ITEMS} are allowed in one request.", code="too_many")
    return items


def _said(message: Message) -> dict[str, Any]:
    return {"state": message.state, "where": message.where, "reason": message.reason}


def _result(position: int, item: Message | None) -> dict[str, Any]:
    if item is None:
        return {"position": position, "state": "duplicate", "message": None, "within": "", "where": "", "reason": ""}
    return {"position": position, "message": item.pk, "within": item.within, **_said(item)}
