"""How the intake's endpoints are described in the OpenAPI document. Nothing is parsed or written by these."""

from typing import Final

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from exceptions.shipments.canonical import RefType

PROBLEM = OpenApiResponse(description="Problem details (RFC 9457): `title` is a stable code, `detail` a sentence.")


class VerdictSerializer(serializers.Serializer):
    index = serializers.IntegerField(help_text="Of the item in the request, from 0.")
    status = serializers.ChoiceField(["accepted", "duplicate", "refused"])
    message = serializers.IntegerField(help_text="The stored message; of a duplicate, the one that was here before.")
    where = serializers.CharField(required=False, help_text="JSON pointer into the refused item.")
    reason = serializers.CharField(required=False, help_text="Why it was refused.")


class BatchAnswerSerializer(serializers.Serializer):
    accepted = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = VerdictSerializer(many=True)


EVENT: Final = {
    "type": "object",
    "required": ["type", "occurred_at", "references"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "maxLength": 200, "description": "Yours: the same id is the same event."},
        "type": {"type": "string", "description": "Such as shipment.delayed."},
        "occurred_at": {"type": "string", "format": "date-time", "description": "With an offset from UTC."},
        "reported_at": {"type": "string", "format": "date-time"},
        "references": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["type", "value"],
                "properties": {
                    "type": {"type": "string", "enum": list(RefType.values)},
                    "value": {"type": "string", "maxLength": 60},
                    "issuer": {"type": "string", "maxLength": 40, "description": "Account code or SCAC."},
                },
            },
        },
        "place": {"type": "object", "description": "name, city, region, country, postcode, unlocode, zone, position"},
        "code": {"type": "string", "maxLength": 60, "description": "Your own status code."},
        "text": {"type": "string", "maxLength": 500, "description": "Your own words."},
        "data": {"type": "object", "description": "What the type says; its schema follows from the type."},
    },
}


class AcceptedSerializer(serializers.Serializer):
    message = serializers.IntegerField()
    duplicate = serializers.BooleanField()


class DeliveredItemSerializer(serializers.Serializer):
    position = serializers.IntegerField(help_text="In the delivery, from 1.")
    state = serializers.ChoiceField(["received", "processed", "duplicate", "dead"])
    message = serializers.IntegerField(allow_null=True, help_text="Null for an item that was sent before.")
    within = serializers.CharField(help_text="Line, segment or JSON pointer in the delivery.")
    where = serializers.CharField()
    reason = serializers.CharField()


class DeliverySerializer(serializers.Serializer):
    message = serializers.IntegerField()
    state = serializers.ChoiceField(["received", "processed", "duplicate", "split", "dead"])
    received_at = serializers.DateTimeField()
    sha256 = serializers.CharField()
    events = serializers.IntegerField(help_text="Events that were read in it; of a delivery of items see these.")
    where = serializers.CharField()
    reason = serializers.CharField()
    items = serializers.IntegerField(help_text="Items of a delivery that was taken apart.")
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="Items by state.")
    results = DeliveredItemSerializer(many=True)
    next_after = serializers.IntegerField(allow_null=True, help_text="`after` of the next page of results.")
    acknowledgement = serializers.CharField(allow_null=True, help_text="Address of what the format answers, if any.")


PARTNER = OpenApiParameter(
    "partner", str, description="Whose events they are. Needed where several partners take our own events."
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="The same key with the same request gets the same answer for 24 hours; with another request, 422.",
)
AFTER = OpenApiParameter("after", int, description="Show items beyond this position.")
BATCH_EXAMPLE = OpenApiExample(
    "Two events",
    request_only=True,
    value=[
        {
            "id": "9f2c-1",
            "type": "shipment.delayed",
            "occurred_at": "2026-11-20T14:30:00-08:00",
            "references": [{"type": "pro", "value": "4471120", "issuer": "ELKN"}],
            "data": {"minutes": 180, "reason": "equipment_breakdown"},
        },
        {
            "id": "9f2c-2",
            "type": "shipment.delivered",
            "occurred_at": "2026-11-20T16:05:00-08:00",
            "references": [{"type": "pro", "value": "4471121", "issuer": "ELKN"}],
        },
    ],
)
