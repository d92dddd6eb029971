"""Partners and messages for the tests of the intake."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

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
