"""The door for systems that hold an API key instead of a signing secret."""

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from controltower.tenancy.api import ViewerAPIView
from controltower.tenancy.permissions import Verb
from exceptions.intake.adapters import adapter_for
from exceptions.intake.door import check_content_type, lowered, read_body, unknown_partner
from exceptions.intake.services import message_accept
from exceptions.parties.models import Partner


class Messages(ViewerAPIView):
    """One delivery of a partner, in its format. Accepted means durable; the same delivery again changes nothing."""

    verb = Verb.INGEST

    @extend_schema(
        operation_id="messages_create",
        request={"application/json": {"type": "object"}},
        responses={
            202: OpenApiResponse(description="Stored, and will be understood in the background."),
            200: OpenApiResponse(description="It was here before."),
        },
    )
    def post(self, request: Request, slug: str) -> Response:
        http = request._request
        partner = Partner.objects.filter(slug=slug, active=True).first()
        if partner is None:
            raise unknown_partner(slug)
        check_content_type(http, adapter_for(partner.adapter))
        accepted = message_accept(
            partner,
            body=read_body(http),
            headers=dict(lowered(http)),
            content_type=http.content_type or "",
            now=timezone.now(),
        )
        body = {"message": accepted.message_id, "duplicate": accepted.duplicate}
        return Response(body, status=200 if accepted.duplicate else 202)
