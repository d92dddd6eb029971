"""DCSA events become ours: journeys of containers in both versions, plans, retractions, doors and reefers."""

import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from exceptions.intake.adapters import Part, Unreadable, adapter_for
from exceptions.intake.mapping import dcsa as codes
from exceptions.shipments.canonical import CanonicalEvent, EventType
from exceptions.shipments.payloads import payload_of
from tests.intake.mutations import assert_holds, twisted_bytes

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
DCSA = adapter_for("dcsa")
VESSEL_CALL: dict[str, Any] = {
    "transportCallReference": "TC-31",
    "modeOfTransport": "VESSEL",
    "location": {"locationType": "UNLO", "locationName": "Port of Savannah", "UNLocationCode": "USSAV"},
    "carrierExportVoyageNumber": "612W",
    "facilityTypeCode": "POTE",
    "vessel": {"vesselIMONumber": "9301122", "name": "Nordic Tern"},
}


def event(kind: str, at: str = "2026-03-12T09:30:00-04:00", **payload: Any) -> dict[str, Any]:
    """One event of version 3."""
    return {
        "metadata": {
            "eventID": "5d2f6f0a-0f7d-4d6c-9a55-0d5e6f1b7a01",
            "eventCreatedDateTime": "2026-03-12T15:00:00Z",
            "eventType": kind,
            "publisher": {"partyName": "Kestrel Line", "carrierCode": "KLN", "carrierCodeListProvider": "SMDG"},
            "publisherRole": "CA",
        },
        "payload": {
            "eventClassifierCode": "ACT",
            "eventDateTime": at,
            "relatedDocumentReferences": [{"type": "BKG", "value": "BK5512"}, {"type": "TRD", "value": "KLNEB5512"}],
            "references": [{"type": "EQ", "value": "KLNU4471200"}, {"type": "FF", "value": "FWD-9"}],
            **payload,
        },
    }


def transport(code: str, **payload: Any) -> dict[str, Any]:
    return event("TRANSPORT", **{"transportEventTypeCode": code, "transportCall": VESSEL_CALL, **payload})


def equipment(code: str, load: str = "LADEN", **payload: Any) -> dict[str, Any]:
    call = payload.pop("transportCall", VESSEL_CALL)
    return event(
        "EQUIPMENT",
        equipmentEventTypeCode=code,
        equipmentReference="KLNU4471200",
        emptyIndicatorCode=load,
        transportCall=call,
        **payload,
    )


def document(kind: str, status: str, **payload: Any) -> dict[str, Any]:
    return event("SHIPMENT", shipmentEventTypeCode=status, documentTypeCode=kind, documentReference="DOC-1", **payload)


def reefer(minute: int, measured: float, point: float = -18.0, number: str = "KLNU4471200") -> dict[str, Any]:
    at = f"2026-03-12T{9 + minute // 60:02}:{minute % 60:02}:00Z"
    return event(
        "REEFER",
        at,
        reeferEventTypeCode="MEAS",
        measurements={"temperature": measured, "temperatureUnit": "CEL", "humidity": 88},
        setpoints={"temperature": point, "temperatureUnit": "CEL"},
        equipmentReference=number,
        references=[],
    )


def events(value: Any, mapping: dict[str, Any] | None = None) -> list[CanonicalEvent]:
    result = DCSA.read(value if isinstance(value, bytes) else json.dumps(value).encode(), {}, mapping or {})
    assert isinstance(result, list), result
    for found in result:
        payload_of(found)
    return result


def one(value: Any, mapping: dict[str, Any] | None = None) -> CanonicalEvent:
    (found,) = events(value, mapping)
    return found


def test_an_actual_names_freight_place_and_ship() -> None:
    arrived = one(transport("ARRI"))
    assert arrived.type == "shipment.arrived"
    assert arrived.occurred_at == datetime(2026, 3, 12, 13, 30, tzinfo=UTC)
    assert arrived.reported_at == datetime(2026, 3, 12, 15, tzinfo=UTC)
    assert arrived.event_id == "5d2f6f0a-0f7d-4d6c-9a55-0d5e6f1b7a01"
    assert [ref.key[:2] for ref in arrived.references] == [
        ("booking", "BK5512"),
        ("bol", "KLNEB5512"),
        ("container", "KLNU4471200"),
        ("customer", "FWD9"),
    ]
    assert arrived.place is not None and (arrived.place.unlocode, arrived.place.country) == ("USSAV", "US")
    assert arrived.data["note"] == "Vessel Nordic Tern, voyage 612W"


@pytest.mark.parametrize("classifier, word", [("EST", "estimated"), ("PLN", "planned")])
def test_an_estimate_or_plan_names_its_milestone_and_port(classifier: str, word: str) -> None:
    eta = one(transport("ARRI", eventClassifierCode=classifier))
    assert eta.type == "shipment.eta_changed"
    assert eta.occurred_at == datetime(2026, 3, 12, 15, tzinfo=UTC), "when it was estimated, not for when"
    assert eta.data["estimated"] == "2026-03-12T13:30:00+00:00"
    assert (eta.data["milestone"], eta.data["classifier"], eta.data["unlocode"]) == ("arrival", word, "USSAV")


@pytest.mark.parametrize(
    "code, milestone",
    [("LOAD", "loaded"), ("DISC", "discharge"), ("GTIN", "gate_in"), ("GTOT", "gate_out"), ("AVPU", "available")],
)
def test_estimates_of_equipment_are_for_its_milestones(code: str, milestone: str) -> None:
    assert one(equipment(code, eventClassifierCode="EST")).data["milestone"] == milestone


def test_a_request_and_an_estimate_of_nothing_we_keep_say_nothing() -> None:
    assert events(transport("ARRI", eventClassifierCode="REQ")) == []
    assert events(equipment("INSP", eventClassifierCode="EST")) == []
    assert events(equipment("GTOT", "EMPTY", eventClassifierCode="PLN")) == []


@pytest.mark.parametrize(
    "code, load, event_type",
    [
        ("LOAD", "LADEN", "equipment.loaded"),
        ("DISC", "LADEN", "equipment.discharged"),
        ("GTIN", "LADEN", "equipment.gated_in"),
        ("GTOT", "LADEN", "equipment.gated_out"),
        ("GTIN", "EMPTY", "equipment.returned"),
        ("GTOT", "EMPTY", "shipment.announced"),
        ("AVPU", "LADEN", "equipment.made_available"),
        ("HOLD", "LADEN", "shipment.held"),
        ("INSP", "LADEN", "shipment.held"),
        ("CUSR", "LADEN", "shipment.released"),
        ("STUF", "LADEN", "shipment.scanned"),
        ("PICK", "LADEN", "shipment.scanned"),
        ("DROP", "EMPTY", "equipment.returned"),
        ("RSEA", "LADEN", "shipment.scanned"),
    ],
)
def test_moves_are_told_apart_by_code_and_load(code: str, load: str, event_type: str) -> None:
    found = one(equipment(code, load))
    assert found.type == event_type and "unmapped" not in found.data


def test_a_drop_at_the_customers_door_is_a_delivery_and_a_pickup_there_a_pickup() -> None:
    door = {**VESSEL_CALL, "modeOfTransport": "TRUCK", "facilityTypeCode": "CLOC"}
    assert one(equipment("DROP", transportCall=door)).type == "shipment.delivered"
    assert one(equipment("PICK", transportCall=door)).type == "shipment.picked_up"
    assert one(equipment("DROP", transportCall=door, isTransshipmentMove=True)).type == "shipment.scanned"


def test_seals_are_kept_and_a_new_one_is_a_check() -> None:
    seals = [{"number": "133534", "source": "CUS"}]
    assert one(equipment("GTIN", seals=seals)).data["seal"] == "133534"
    assert one(equipment("RSEA", seals=seals)).data["found"] == "133534"


@pytest.mark.parametrize(
    "kind, status, event_type, data",
    [
        ("TRD", "ISSU", "document.received", {"kind": "bol", "number": "DOC-1"}),
        ("SHI", "RECE", "document.received", {"kind": "si"}),
        ("VGM", "RECE", "document.received", {"kind": "vgm"}),
        ("BKG", "CONF", "document.received", {"kind": "booking_confirmation"}),
        ("BKG", "CANC", "shipment.rolled", {"detail": "booking confirmation cancelled"}),
        ("CUC", "HOLD", "shipment.held", {"kind": "customs"}),
        ("CUC", "RELS", "shipment.released", {}),
        ("SHI", "REJE", "shipment.problem_reported", {"note": "si rejected"}),
    ],
)
def test_documents_change_what_they_change(kind: str, status: str, event_type: str, data: dict[str, str]) -> None:
    found = one(document(kind, status))
    assert found.type == event_type and data.items() <= found.data.items()


def test_paperwork_without_news_is_silent_and_an_unknown_status_is_flagged() -> None:
    assert events(document("BKG", "DRFT")) == [] and events(document("SHI", "PENA")) == []
    assert one(document("SHI", "QQQQ")).data["unmapped"] == "dcsa.shipment.SHI.QQQQ"


def test_every_code_on_the_lists_gives_sound_events() -> None:
    for code in codes.TRANSPORT:
        assert one(transport(code))
    for code in codes.EQUIPMENT:
        for load in ("LADEN", "EMPTY"):
            assert "unmapped" not in one(equipment(code, load, seals=[{"number": "1"}])).data
    for kind in [*codes.DOCUMENTS, "CBR", "TRO"]:
        for status in codes.SILENT:
            assert all("unmapped" not in found.data for found in events(document(kind, status)))


def test_a_delay_keeps_smdgs_reason_and_an_unknown_one_is_flagged() -> None:
    late = transport("ARRI", eventClassifierCode="EST", delayReasonCode="WEA", changeRemark="Bad weather")
    assert (one(late).data["reason"], one(late).source_text) == ("weather", "Bad weather")
    assert one(transport("ARRI", delayReasonCode="CRN")).data["reason"] == "terminal_productivity"
    unknown = transport("ARRI", eventClassifierCode="EST", delayReasonCode="Q9Q")
    assert one(unknown).data["unmapped"] == "smdg.Q9Q"
    assert one(unknown, {"codes": {"smdg.Q9Q": "berth_congestion"}}).data["reason"] == "berth_congestion"


def test_a_partners_own_codes_win() -> None:
    assert one(equipment("ZZZZ")).data["unmapped"] == "dcsa.equipment.ZZZZ"
    known = one(equipment("ZZZZ"), {"codes": {"dcsa.equipment.ZZZZ": "equipment.made_available"}})
    assert known.type == "equipment.made_available" and "unmapped" not in known.data


def test_a_retraction_names_what_it_takes_back() -> None:
    body = {"metadata": {**event("TRANSPORT")["metadata"], "retractedEventID": "957e4966-dad0-4111-9f8f-fb7216c43907"}}
    found = one(body)
    assert (found.type, found.data["event_id"]) == ("event.retracted", "957e4966-dad0-4111-9f8f-fb7216c43907")
    assert found.occurred_at == datetime(2026, 3, 12, 15, tzinfo=UTC)


FLAT = {
    "eventID": "77",
    "eventType": "EQUIPMENT",
    "eventCreatedDateTime": "2026-03-12T15:00:00Z",
    "eventClassifierCode": "ACT",
    "eventDateTime": "2026-03-12T09:30:00-04:00",
    "equipmentEventTypeCode": "GTOT",
    "equipmentReference": "KLNU4471200",
    "emptyIndicatorCode": "LADEN",
    "transportCall": {
        "transportCallID": "TC-31",
        "modeOfTransport": "TRUCK",
        "UNLocationCode": "USSAV",
        "otherFacility": "Garden City Terminal",
        "vessel": {"vesselIMONumber": "9301122", "vesselName": "NORDIC TERN"},
        "exportVoyageNumber": "612W",
    },
    "documentReferences": [{"documentReferenceType": "BKG", "documentReferenceValue": "BK5512"}],
    "references": [{"referenceType": "PO", "referenceValue": "45007"}],
}


def test_the_flat_shape_of_version_2_is_read_alike() -> None:
    found = one(FLAT)
    assert found.type == "equipment.gated_out" and found.event_id == "77"
    assert [ref.type for ref in found.references] == ["container", "booking", "po"]
    assert found.place is not None and (found.place.unlocode, found.place.name) == ("USSAV", "Garden City Terminal")
    assert found.data["note"] == "Vessel NORDIC TERN, voyage 612W"
    odd = {**FLAT, "eventId": "78", "transportCall": {"unLocationCode": "USSAV"}}
    del odd["eventID"]
    assert one(odd).event_id == "78" and one(odd).place is not None
    assert [found.event_id for found in events({"events": [FLAT, odd]})] == ["77", "78"]


def test_a_time_without_an_offset_is_local_to_the_port_or_refused() -> None:
    local = {**FLAT, "eventDateTime": "2026-03-12T09:30:00"}
    assert one(local).occurred_at == datetime(2026, 3, 12, 13, 30, tzinfo=UTC)
    nowhere = {**local, "transportCall": {}}
    assert isinstance(DCSA.read(json.dumps(nowhere).encode(), {}, {}), Unreadable)
    assert one(nowhere, {"zone": "America/Chicago"}).occurred_at == datetime(2026, 3, 12, 14, 30, tzinfo=UTC)


def test_an_open_door_is_a_seal_nobody_finds() -> None:
    found = one(event("IOT", iotEventTypeCode="DETC", iotEventCode="DRO", equipmentReference="KLNU4471200",
                      geoLocation={"latitude": 48.85, "longitude": "2.29"}))  # fmt: skip
    assert (found.type, found.data["found"], found.data["status"]) == ("equipment.seal_checked", "", "Door opened")
    assert found.place is not None and (found.place.latitude, found.place.longitude) == (48.85, 2.29)


def test_a_reefers_readings_are_thinned_to_its_excursion() -> None:
    warm = {20: -15.5, 25: -15.4, 30: -13.0}
    body = [reefer(minute, warm.get(minute, -17.9)) for minute in range(0, 120, 5)]
    found = events(body)
    assert [(kept.occurred_at.hour * 60 + kept.occurred_at.minute - 540, kept.data["value"]) for kept in found] == [
        (0, "-17.90"),
        (20, "-15.50"),
        (25, "-15.40"),
        (30, "-13.00"),
        (35, "-17.90"),
        (95, "-17.90"),
    ]
    assert {kept.data["set_point"] for kept in found} == {"-18.00"}


def test_a_list_is_taken_apart_but_the_readings_of_one_reefer_stay_together() -> None:
    assert DCSA.split is not None
    body = [transport("ARRI"), reefer(0, -18), reefer(0, 5, number="KLNU0000001"), reefer(5, -18), {"eventType": "X"}]
    parts = DCSA.split(json.dumps(body).encode(), {}, {})
    assert not isinstance(parts, Unreadable)
    assert [part.where for part in parts] == ["/0", "/1", "/2", "/4"]
    results = [DCSA.read(part.body, {}, {}) for part in parts if isinstance(part, Part)]
    assert [len(result) if isinstance(result, list) else result.where for result in results] == [1, 1, 1, "/eventType"]


@pytest.mark.parametrize(
    "body, where",
    [
        ([1], "/0"),
        ({"metadata": {"eventType": "TRANSPORT"}}, "/payload"),
        (transport("ARRI", eventClassifierCode="XXX"), "/payload/eventClassifierCode"),
        (transport("ARRI", eventDateTime="soon"), "/payload/eventDateTime"),
        (transport("ARRI", references=[], relatedDocumentReferences=[]), "/payload"),
        (transport(""), "/payload/transportEventTypeCode"),
        (transport("ARRI", transportCall="x"), "/payload/transportCall"),
        (reefer(0, 1e9), "/payload/measurements/temperature"),
        ({"metadata": {"eventType": "TRANSPORT", "retractedEventID": "1"}}, "/payload"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(body: Any, where: str) -> None:
    result = DCSA.read(json.dumps(body).encode(), {}, {})
    assert isinstance(result, Unreadable) and result.where == where


def test_any_twist_gives_events_or_a_refusal() -> None:
    chance = random.Random(20260312)
    bodies = [
        json.dumps(body).encode()
        for body in ([transport("ARRI"), equipment("GTIN", seals=[{"number": "1"}]), FLAT], document("TRD", "ISSU"),
                     [reefer(0, -18), reefer(5, 3)], transport("DEPA", eventClassifierCode="EST"))
    ]  # fmt: skip
    for _ in range(300):
        assert_holds(DCSA, twisted_bytes(chance.choice(bodies), chance))


PUBLISHED = sorted([*(DATA / "webhooks").glob("dcsa_*.json"), *(DATA / "iot").glob("dcsa_*.json")])


@pytest.mark.skipif(not PUBLISHED, reason="the sample data lies beside the project, not in it")
@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_published_examples_are_understood_completely(path: Path) -> None:
    found = events(path.read_bytes())
    assert found and all("unmapped" not in each.data for each in found)
    expected = {
        "rail": EventType.SHIPMENT_ETA_CHANGED,
        "truck": EventType.SHIPMENT_ETA_CHANGED,
        "transshipment": EventType.SHIPMENT_ETA_CHANGED,
        "shipmentEvent": EventType.DOCUMENT_RECEIVED,
        "etracted": EventType.EVENT_RETRACTED,
        "reefer_v1": EventType.SHIPMENT_TEMPERATURE_READ,
        "iot_v1": EventType.EQUIPMENT_SEAL_CHECKED,
    }
    wanted = (
        EventType.EVENT_RETRACTED
        if "etracted" in path.stem
        else next(expected[key] for key in expected if key in path.stem)
    )
    assert {each.type for each in found} == {wanted}
