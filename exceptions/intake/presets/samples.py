"""A message of each kind to try a connection with, written here. Each tells of one thing at the given moment."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from zoneinfo import ZoneInfo


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


def aftership(now: datetime) -> bytes:
    moment = _stamp(now)
    checkpoint = {
        "slug": "fedex",
        "checkpoint_time": moment,
        "city": "Reno",
        "state": "NV",
        "country_iso3": "USA",
        "message": "Delayed by snow",
        "tag": "Exception",
        "subtag": "Exception_005",
        "subtag_message": "Delayed (External factors)",
        "raw_tag": "SE",
    }
    tracking = {
        "slug": "fedex",
        "tracking_number": "TEST 0001",
        "tag": "Exception",
        "subtag": "Exception_005",
        "updated_at": moment,
        "checkpoints": [checkpoint],
    }
    return _json(
        {"event": "tracking_update", "event_id": f"test-{moment}", "msg": tracking, "ts": int(now.timestamp())}
    )


def shippo(now: datetime) -> bytes:
    moment = _stamp(now)
    step = {
        "status": "TRANSIT",
        "substatus": {"code": "delayed", "text": "Package delayed.", "action_required": False},
        "status_details": "Delayed by snow",
        "status_date": moment,
        "location": {"city": "Reno", "state": "NV", "zip": "89502", "country": "US"},
    }
    tracking = {
        "carrier": "fedex",
        "tracking_number": "TEST 0001",
        "eta": None,
        "tracking_status": step,
        "tracking_history": [step],
    }
    return _json({"event": "track_updated", "test": True, "data": tracking})


def json_mapping(now: datetime) -> bytes:
    event = {"number": "TEST-0001", "status": "LATE", "remarks": "Delayed by snow", "when": _stamp(now), "late_by": 90}
    return _json({"source": "acme", "events": [event]})


def tabular(now: datetime) -> bytes:
    return f"PRO;Status;Remarks;When;Minutes late\nTEST-0001;LATE;Delayed by snow;{_stamp(now)};90\n".encode()


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


def canonical(now: datetime) -> bytes:
    event = {
        "id": f"test-{_stamp(now)}",
        "type": "shipment.delayed",
        "occurred_at": _stamp(now),
        "references": [{"type": "pro", "value": "TEST-0001"}],
        "place": {"city": "Reno", "region": "NV", "country": "US", "zone": "America/Los_Angeles"},
        "text": "Delayed by snow",
        "data": {"minutes": 90},
    }
    return _json([event])


def x12(now: datetime) -> bytes:
    at = now.astimezone(ZoneInfo("America/Los_Angeles"))
    group, control = f"{at:%Y%m%d}*{at:%H%M}", f"{at:%d%H%M}001"
    lines = (
        f"ISA*00*{'':10}*00*{'':10}*ZZ*{'TESTCARRIER':<15}*ZZ*{'TESTTOWER':<15}*{at:%y%m%d*%H%M}*U*00401*{control}*0*T*>",
        f"GS*QM*TESTCARRIER*TESTTOWER*{group}*1*X*004010",
        "ST*214*0001",
        "B10*TEST0001*TESTBOL1*TCAR",
        "LX*1",
        f"AT7*SD*AI***{group}*LT",
        "MS1*RENO*NV*US",
        "SE*6*0001",
        "GE*1*1",
        f"IEA*1*{control}",
    )
    return "".join(f"{line}~\n" for line in lines).encode()


def edifact(now: datetime) -> bytes:
    at = now.astimezone(UTC)
    segments = (
        f"UNB+UNOC:3+TESTLINE+TESTTOWER+{at:%y%m%d:%H%M}+1",
        "UNH+1+IFTSTA:D:00B:UN",
        "BGM+23+TEST1+9",
        f"DTM+137:{at:%Y%m%d%H%M}:203",
        "CNI+1",
        "STS+1+VD",
        "RFF+BM:TESTBOL1",
        f"DTM+334:{at:%Y%m%d%H%M}:203",
        "LOC+175+NLRTM:139:6:ROTTERDAM",
        "EQD+CN+TEST4471200",
        "UNT+10+1",
        "UNZ+1+1",
    )
    return "".join(f"{segment}'\n" for segment in segments).encode()


def mail(now: datetime) -> bytes:
    lines = (
        "From: Night desk <desk@haulier.example>",
        "To: signals@tower.example",
        "Subject: PRO TEST-0001 delayed",
        f"Date: {format_datetime(now)}",
        f"Message-ID: <test.{int(now.timestamp())}@haulier.example>",
        "",
        "PRO 5520017 is delayed by snow at Reno, NV.",
    )
    return "\n".join(lines).encode() + b"\n"


def dcsa(now: datetime) -> bytes:
    event = {
        "metadata": {
            "eventID": f"test-{_stamp(now)}",
            "eventCreatedDateTime": _stamp(now),
            "eventType": "TRANSPORT",
            "publisher": {"partyName": "Test line"},
            "publisherRole": "CA",
        },
        "payload": {
            "eventClassifierCode": "EST",
            "eventDateTime": _stamp(now + timedelta(days=2)),
            "transportEventTypeCode": "ARRI",
            "delayReasonCode": "WEA",
            "transportCall": {
                "transportCallReference": "TEST-1",
                "modeOfTransport": "VESSEL",
                "location": {"locationType": "UNLO", "locationName": "Savannah", "UNLocationCode": "USSAV"},
            },
            "relatedDocumentReferences": [{"type": "BKG", "value": "TEST-0001"}],
            "references": [{"type": "EQ", "value": "TEST4471200"}],
        },
    }
    return _json(event)


def dcsa_reefer(now: datetime) -> bytes:
    event = {
        "metadata": {
            "eventID": f"test-{_stamp(now)}",
            "eventCreatedDateTime": _stamp(now),
            "eventType": "REEFER",
            "publisherRole": "CA",
        },
        "payload": {
            "eventClassifierCode": "ACT",
            "eventDateTime": _stamp(now),
            "reeferEventTypeCode": "MEAS",
            "equipmentReference": "TEST4471200",
            "measurements": {"temperature": -9.5, "temperatureUnit": "CEL"},
            "setpoints": {"temperature": -18, "temperatureUnit": "CEL"},
        },
    }
    return _json(event)


def tive(now: datetime) -> bytes:
    entry = {
        "DeviceId": "860000000000001",
        "DeviceName": "TEST01",
        "EntryTimeEpoch": int(now.timestamp() * 1000),
        "Temperature": {"Celsius": 9.5},
        "Location": {"Latitude": 39.53, "Longitude": -119.81, "FormattedAddress": "Reno, NV, USA"},
    }
    return _json(entry)


def epcis(now: datetime) -> bytes:
    event = {
        "type": "ObjectEvent",
        "eventID": f"urn:uuid:00000000-0000-4000-8000-{int(now.timestamp()):012}",
        "action": "OBSERVE",
        "bizStep": "shipping",
        "epcList": ["urn:epc:id:sscc:4012345.0000000001"],
        "eventTime": _stamp(now),
        "eventTimeZoneOffset": "+00:00",
        "readPoint": {"id": "urn:epc:id:sgln:0614141.00777.0"},
        "bizTransactionList": [{"type": "po", "bizTransaction": "http://orders.example.com/po/TEST-0001"}],
    }
    document = {
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": _stamp(now),
        "epcisBody": {"eventList": [event]},
    }
    return _json(document)


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=2).encode()


def _stamp(now: datetime) -> str:
    return now.isoformat(timespec="seconds").replace("+00:00", "Z")
