"""EPCIS events become ours: shipping and receiving, states, corrections, temperatures, identifiers in all their forms."""

import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from exceptions.intake.adapters import Part, Unreadable, adapter_for
from exceptions.intake.adapters.epcis.ids import document_number, identifier_of, location_key, word_of
from exceptions.intake.mapping.epcis import DISPOSITIONS, SILENT_STEPS, STEPS
from exceptions.shipments.canonical import CanonicalEvent
from exceptions.shipments.payloads import payload_of
from tests.intake.mutations import assert_holds, twisted_bytes

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
EPCIS = adapter_for("epcis")
SSCC = "urn:epc:id:sscc:4012345.0111111111"


def event(step: str = "shipping", state: str = "in_transit", **fields: Any) -> dict[str, Any]:
    return {
        "type": "ObjectEvent",
        "eventID": "urn:uuid:5f0a2c1e-0000-4000-8000-000000000001",
        "action": "OBSERVE",
        "bizStep": step,
        "disposition": state,
        "epcList": [SSCC],
        "eventTime": "2026-03-12T09:30:00.000-04:00",
        "eventTimeZoneOffset": "-04:00",
        "recordTime": "2026-03-12T14:00:00Z",
        "readPoint": {"id": "urn:epc:id:sgln:0614141.00777.0"},
        "bizTransactionList": [{"type": "po", "bizTransaction": "http://orders.example.com/po/45007"}],
        **fields,
    }


def document(*events: Any, kind: str = "EPCISDocument") -> dict[str, Any]:
    listed: dict[str, Any] = {"eventList": list(events)}
    body = {"queryResults": {"queryName": "Q", "resultsBody": listed}} if kind == "EPCISQueryDocument" else listed
    context = ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"]
    return {
        "@context": context,
        "type": kind,
        "schemaVersion": "2.0",
        "creationDate": "2026-03-12T14:00:00Z",
        "epcisBody": body,
    }


def events(value: Any, mapping: dict[str, Any] | None = None) -> list[CanonicalEvent]:
    result = EPCIS.read(value if isinstance(value, bytes) else json.dumps(value).encode(), {}, mapping or {})
    assert isinstance(result, list), result
    for found in result:
        payload_of(found)
    return result


def one(value: Any, mapping: dict[str, Any] | None = None) -> CanonicalEvent:
    (found,) = events(value, mapping)
    return found


def test_a_shipping_event_names_units_orders_and_the_place() -> None:
    shipped = one(event())
    assert shipped.type == "shipment.departed"
    assert shipped.occurred_at == datetime(2026, 3, 12, 13, 30, tzinfo=UTC)
    assert shipped.reported_at == datetime(2026, 3, 12, 14, tzinfo=UTC)
    assert [ref.key[:2] for ref in shipped.references] == [("po", "45007"), ("tracking", "040123451111111110")]
    assert shipped.place is not None and shipped.place.name == "0614141007776"
    assert shipped.event_id.startswith("urn:uuid:") and shipped.source_code == "shipping"


def test_a_place_that_the_mapping_knows_has_a_city() -> None:
    known = {"locations": {"0614141007776": {"name": "Reno DC", "city": "Reno", "region": "NV", "country": "US"}}}
    place = one(event(), known).place
    assert place is not None and (place.name, place.city) == ("Reno DC", "Reno")
    somewhere = one(event(readPoint={"id": "geo:39.5,-119.8"})).place
    assert somewhere is not None and (somewhere.latitude, somewhere.longitude) == (39.5, -119.8)


@pytest.mark.parametrize(
    "value",
    [
        document(event()),
        document(event(), kind="EPCISQueryDocument"),
        {"type": "EPCISDocument", "epcisBody": {"event": event()}},
        [event()],
        event("urn:epcglobal:cbv:bizstep:shipping", "urn:epcglobal:cbv:disp:in_transit"),
        event("https://ns.gs1.org/cbv/BizStep-shipping", "https://ns.gs1.org/cbv/Disp-in_transit"),
        event("cbv:BizStep-shipping", type="epcis:ObjectEvent"),
        event(epcList=["https://id.gs1.org/00/040123451111111110"]),
        event(epcList=["https://track.example.com/freight/00/040123451111111110?x=1"]),
        event(bizTransactionList=[{"type": "https://ns.gs1.org/cbv/BTT-po", "bizTransaction": "urn:epcglobal:cbv:bt:0614141073467:45007"}]),
        event(eventTime="2026-03-12T09:30:00"),
    ],
)  # fmt: skip
def test_every_form_of_the_same_event_reads_the_same(value: Any) -> None:
    shipped = one(value)
    assert shipped.type == "shipment.departed"
    assert [ref.key[:2] for ref in shipped.references] == [("po", "45007"), ("tracking", "040123451111111110")]
    assert shipped.occurred_at == datetime(2026, 3, 12, 13, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "step, state, event_type, reason",
    [
        ("departing", "in_transit", "shipment.departed", None),
        ("arriving", "in_progress", "shipment.arrived", None),
        ("receiving", "in_progress", "shipment.arrived", None),
        ("accepting", "in_progress", "shipment.delivered", None),
        ("holding", "", "shipment.held", None),
        ("receiving", "damaged", "shipment.damaged", None),
        ("inspecting", "stolen", "shipment.lost", "theft"),
        ("shipping", "returned", "shipment.returned", None),
        ("loading", "", "shipment.scanned", None),
    ],
)
def test_steps_and_states_have_our_words_and_what_is_wrong_outweighs_the_step(
    step: str, state: str, event_type: str, reason: str | None
) -> None:
    found = one(event(step, state))
    assert (found.type, found.data.get("reason")) == (event_type, reason) and "unmapped" not in found.data


def test_receiving_at_the_destination_is_a_delivery() -> None:
    goal = [{"type": "location", "destination": "urn:epc:id:sgln:0614141.00777.12"}]
    assert one(event("receiving", destinationList=goal)).type == "shipment.delivered"
    elsewhere = [{"type": "location", "destination": "urn:epc:id:sgln:0614141.00888.0"}]
    assert one(event("receiving", destinationList=elsewhere)).type == "shipment.arrived"


def test_a_lasting_state_counts_like_one_of_the_moment() -> None:
    assert one(event("receiving", persistentDisposition={"set": ["damaged"]})).type == "shipment.damaged"
    assert one(event("receiving", persistentDisposition={"unset": ["damaged"]})).type == "shipment.arrived"


def test_every_word_on_the_lists_is_known_and_an_unknown_one_is_flagged() -> None:
    for step in STEPS:
        assert "unmapped" not in one(event(step, "")).data
    for state in DISPOSITIONS:
        assert "unmapped" not in one(event("receiving", state)).data
    for step in SILENT_STEPS:
        assert events(event(step, "active")) == []
    unknown = event("http://example.com/steps/quarantining", "")
    assert one(unknown).data["unmapped"] == "epcis.bizstep.quarantining"
    assert one(unknown, {"codes": {"epcis.bizstep.quarantining": "shipment.held"}}).type == "shipment.held"


def test_a_transaction_event_is_read_and_an_unlinked_one_moves_nothing() -> None:
    linked = {**event("arriving", ""), "type": "TransactionEvent", "action": "ADD"}
    assert one(linked).type == "shipment.arrived"
    assert events({**linked, "action": "DELETE"}) == []


@pytest.mark.parametrize("kind", ["AggregationEvent", "AssociationEvent", "TransformationEvent"])
def test_packing_and_making_are_accepted_and_say_nothing(kind: str) -> None:
    assert events({**event("packing"), "type": kind}) == []


def test_an_error_declaration_takes_the_event_back() -> None:
    wrong = event(errorDeclaration={"declarationTime": "2026-03-13T08:00:00Z", "reason": "incorrect_data"})
    found = one(wrong)
    assert (found.type, found.data["event_id"]) == ("event.retracted", one(event()).event_id)
    assert found.occurred_at == datetime(2026, 3, 13, 8, tzinfo=UTC)


def test_temperatures_are_read_in_their_units_and_thinned() -> None:
    report = [{"type": "Temperature", "time": f"2026-03-12T09:{minute:02}:00Z", "value": 5 + minute / 100, "uom": "CEL"} for minute in range(0, 50, 10)]  # fmt: skip
    spans = [
        {"type": "gs1:Temperature", "minValue": 275.15, "maxValue": 281.15, "uom": "KEL"},
        {"type": "Humidity", "value": 1},
    ]
    told = event("sensor_reporting", sensorElementList=[{"sensorReport": report}])
    assert [found.data["value"] for found in events(told)] == ["5.00"]
    told = event(
        "inspecting", sensorElementList=[{"sensorMetadata": {"endTime": "2026-03-12T10:00:00Z"}, "sensorReport": spans}]
    )
    scanned, low, high = events(told, {"telemetry": {"min": 0, "max": 6}})
    assert (scanned.type, low.data["value"], high.data["value"]) == ("shipment.scanned", "2.00", "8.00")


def test_items_stand_for_the_freight_only_where_nothing_better_does() -> None:
    item = "urn:epc:id:sgtin:0614141.107346.2017"
    assert [ref.type for ref in one(event(epcList=[item, SSCC])).references] == ["po", "tracking"]
    alone = one(event(epcList=[item], bizTransactionList=[]))
    assert [ref.key[:2] for ref in alone.references] == [("customer", "106141410734642017")]


@pytest.mark.parametrize(
    "uri, scheme, value",
    [
        (SSCC, "sscc", "040123451111111110"),
        ("https://id.gs1.org/00/040123451111111110", "sscc", "040123451111111110"),
        ("urn:epc:id:grai:4012345.55555.987", "grai", "04012345555554987"),
        ("https://id.gs1.org/8003/04012345555554987", "grai", "04012345555554987"),
        ("urn:epc:id:gdti:0614141.00001.1618034", "gdti", "06141410000121618034"),
        ("https://id.gs1.org/253/06141410000121618034", "gdti", "06141410000121618034"),
        ("urn:epc:id:sgln:0614141.00777.0", "sgln", "0614141007776"),
        ("https://id.gs1.org/414/0614141007776/254/9", "sgln", "0614141007776"),
        ("urn:epc:id:bic:CSQU3054383", "bic", "CSQU3054383"),
        ("https://id.gs1.org/01/70614141123451/21/2018", "sgtin", "706141411234512018"),
        ("urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
        ("https://[broken", "", "https://[broken"),
        ("urn:epc:id:sscc:abc.def", "sscc", "abc.def"),
    ],
)
def test_identifiers_of_both_forms_are_one(uri: str, scheme: str, value: str) -> None:
    found = identifier_of(uri)
    assert (found.scheme, found.value) == (scheme, value)


def test_numbers_and_places_are_what_people_write() -> None:
    assert document_number("urn:epc:id:gdti:0614141.00001.1618034") == "1618034"
    assert document_number("http://orders.example.com/po/45007") == "45007"
    assert location_key("urn:epc:id:sgln:0614141.00777.9") == location_key("https://id.gs1.org/414/0614141007776")
    assert (
        word_of("https://ns.gs1.org/cbv/BizStep-shipping")
        == word_of("urn:epcglobal:cbv:bizstep:shipping")
        == "shipping"
    )


def test_a_document_is_taken_apart() -> None:
    assert EPCIS.split is not None
    parts = EPCIS.split(
        json.dumps(document(event(), event(eventTime="soon"), {"type": "AggregationEvent"})).encode(), {}, {}
    )
    assert not isinstance(parts, Unreadable)
    assert [part.where for part in parts] == [f"/epcisBody/eventList/{index}" for index in range(3)]
    results = [EPCIS.read(part.body, {}, {}) for part in parts if isinstance(part, Part)]
    assert [len(result) if isinstance(result, list) else result.where for result in results] == [1, "/eventTime", 0]


@pytest.mark.parametrize(
    "body, where",
    [
        ({"type": "MysteryEvent"}, "/type"),
        ([1], "/0"),
        ({"type": "EPCISDocument"}, "/epcisBody"),
        (event(eventTime="2026-03-12T09:30:00", eventTimeZoneOffset=""), "/eventTime"),
        (event(epcList=[], bizTransactionList=[]), ""),
        (event(epcList="x"), "/epcList"),
        (event(eventID="", errorDeclaration={"declarationTime": "2026-03-13T08:00:00Z"}), "/eventID"),
        (event(sensorElementList=[{"sensorReport": [{"type": "Temperature", "value": 1e9, "uom": "CEL"}]}]), "/sensorElementList/0/sensorReport/0/value"),
        (event(sensorElementList=[{"sensorReport": [{"type": "Temperature", "value": 5, "uom": "X"}]}]), "/sensorElementList/0/sensorReport/0/uom"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(body: Any, where: str) -> None:
    result = EPCIS.read(json.dumps(body).encode(), {}, {})
    assert isinstance(result, Unreadable) and result.where == where


def test_any_twist_gives_events_or_a_refusal() -> None:
    chance = random.Random(20260314)
    report = {"type": "Temperature", "minValue": 1, "maxValue": 3.5, "uom": "CEL"}
    goal = [{"type": "location", "destination": "urn:epc:id:sgln:0614141.00777.12"}]
    bodies = [
        json.dumps(body).encode()
        for body in (
            document(event(), event("receiving", destinationList=goal, persistentDisposition={"set": ["damaged"]})),
            event(errorDeclaration={"declarationTime": "2026-03-13T08:00:00Z", "reason": "incorrect_data"}),
            event("inspecting", sensorElementList=[{"sensorMetadata": {"time": "2026-03-12T10:00:00Z"}, "sensorReport": [report]}]),
        )
    ]  # fmt: skip
    for _ in range(300):
        assert_holds(EPCIS, twisted_bytes(chance.choice(bodies), chance))


PUBLISHED = sorted([*(DATA / "webhooks" / "epcis2").glob("*.jsonld"), *(DATA / "iot" / "epcis2").glob("*.jsonld")])


@pytest.mark.skipif(not PUBLISHED, reason="the sample data lies beside the project, not in it")
@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_published_examples_are_understood(path: Path) -> None:
    if path.stem.endswith("AssociationEvent-h"):
        assert isinstance(EPCIS.read(path.read_bytes(), {}, {}), Unreadable), "it names eventID twice"
        return
    found = events(path.read_bytes())
    speaks = {"ObjectEvent", "TransactionEvent"}
    told = [item for item in _all(json.loads(path.read_bytes())) if item.get("type") in speaks]
    assert bool(found) == any(
        item.get("epcList") or item.get("bizTransactionList") or item.get("quantityList") for item in told
    )


def _all(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [value, *(found for item in value.values() for found in _all(item))]
    return [found for item in value for found in _all(item)] if isinstance(value, list) else []
