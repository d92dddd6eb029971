"""A message of each kind to try a connection with, written here. Each tells of one delay at the given moment."""

import json
from datetime import datetime
from typing import Any


def easypost(now: datetime) -> bytes:
    moment = _stamp(now)
    step = {
        "object": "TrackingDetail",
        "status": "in_transit",
        "status_detail": "weather_delay",
        "message": "Delayed by snow",
        "datetime": moment,
        "carrier_code": "SE",
        "tracking_location": {"city": "Reno", "state": "NV", "country": "US", "zip": "89502"},
    }
    tracker = {
        "object": "Tracker",
        "tracking_code": "TEST 0001",
        "carrier": "FedEx",
        "status": "in_transit",
        "status_detail": "weather_delay",
        "updated_at": moment,
        "tracking_details": [step],
    }
    event = {"object": "Event", "id": f"evt_test_{moment}", "description": "tracker.updated", "result": tracker}
    return _json(event)


def cloudevents(now: datetime) -> bytes:
    moment = _stamp(now)
    event = {
        "specversion": "1.0",
        "id": f"test-{moment}",
        "source": "/try/it",
        "type": "shipment.delayed",
        "time": moment,
        "datacontenttype": "application/json",
        "data": {
            "references": [{"type": "pro", "value": "TEST-0001"}],
            "place": {"city": "Reno", "region": "NV", "country": "US", "zone": "America/Los_Angeles"},
            "text": "Delayed by snow",
            "minutes": 90,
        },
    }
    return _json(event)


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=2).encode()


def _stamp(now: datetime) -> str:
    return now.isoformat(timespec="seconds").replace("+00:00", "Z")
