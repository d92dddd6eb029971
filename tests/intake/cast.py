"""Partners and messages for the tests of the intake."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from controltower.tenancy.access import digest_of
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import ApiKey, Member, Organisation, Role

EASYPOST_SECRET = "a secret that EasyPost was given"
STANDARD_SECRET = "whsec_" + "Q29udHJvbCBUb3dlciB0ZXN0IHNlY3JldA=="
LATELY = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)


def tracker_body(
    *, event_id: str = "evt_1", status: str = "in_transit", detail: str = "weather_delay", **tracker: Any
) -> bytes:
    step = {
        "object": "TrackingDetail",
        "status": status,
        "status_detail": detail,
        "message": "Delayed by snow",
        "datetime": LATELY.isoformat(),
        "carrier_code": "SE",
        "tracking_location": {"city": "Reno", "state": "NV", "country": "US", "zip": "89502"},
    }
    return json.dumps(
        {
            "object": "Event",
            "id": event_id,
            "description": "tracker.updated",
            "result": {
                "object": "Tracker",
                "tracking_code": "9400 1000",
                "carrier": "FedEx",
                "status": status,
                "status_detail": detail,
                "updated_at": LATELY.isoformat(),
                "tracking_details": [step],
                **tracker,
            },
        }
    ).encode()


def cloudevent(**changes: Any) -> bytes:
    return json.dumps(
        {
            "specversion": "1.0",
            "id": "e-1",
            "source": "/acme/tms",
            "type": "shipment.delayed",
            "time": LATELY.isoformat(),
            "data": {"references": [{"type": "pro", "value": "447-1120"}], "text": "Snow on I-80", "minutes": 90},
            **changes,
        }
    ).encode()


def client_with_key(organisation: Organisation, secret: str, *scopes: str) -> Client:
    """A program of this organisation: with the scope to send signals unless others are given."""
    with acting_for(organisation):
        member = Member.objects.create(label="TMS", role=Role.INTEGRATION)
        ApiKey.objects.create(
            member=member,
            name="tms",
            prefix=secret[:10],
            digest=digest_of(secret),
            scopes=scopes or ("INGEST",),
            created_at=timezone.now(),
        )
    return Client(headers={"Authorization": f"Bearer {secret}"})


def event(number: int, **changes: Any) -> dict[str, Any]:
    """One of our own events, as the REST batch takes them."""
    return {
        "id": f"e-{number}",
        "type": "shipment.delayed",
        "occurred_at": LATELY.isoformat(),
        "references": [{"type": "pro", "value": f"PRO-{number}"}],
        "data": {"minutes": 90},
        **changes,
    }
