"""CloudEvents in all three modes become canonical events, or the sender is told what is wrong and where."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions.intake.adapters import adapter_for
from exceptions.intake.adapters.base import Envelope, Unreadable
from exceptions.intake.strict_json import canonical_bytes
from exceptions.shipments.canonical import CanonicalEvent, EventType

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data" / "webhooks" / "cloudevents"
CLOUDEVENTS = adapter_for("cloudevents")
JSON_HEADERS = {"content-type": "application/cloudevents+json"}


def delivered(**changes: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": "e-1",
        "source": "/acme/tms",
        "type": "shipment.delivered",
        "time": "2026-05-04T14:30:00-05:00",
        "data": {
            "references": [{"type": "pro", "value": "447-1120", "issuer": "ELKN"}],
            "place": {"city": "Elko", "region": "NV", "country": "US", "zone": "America/Los_Angeles"},
        },
        **changes,
    }


def with_data(**data: Any) -> dict[str, Any]:
    envelope = delivered()
    return {**envelope, "data": {**envelope["data"], **data}}


def opened(value: Any, headers: dict[str, str] | None = None) -> Envelope | Unreadable:
    return CLOUDEVENTS.open(json.dumps(value).encode(), headers or {})


def read(value: Any, headers: dict[str, str] | None = None, mapping: dict[str, Any] | None = None) -> Any:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return CLOUDEVENTS.read(body, headers or JSON_HEADERS, mapping or {})


def only(result: list[CanonicalEvent] | Unreadable) -> CanonicalEvent:
    assert isinstance(result, list), result
    (event,) = result
    return event


def refused(result: list[CanonicalEvent] | Unreadable) -> Unreadable:
    assert isinstance(result, Unreadable), result
    return result


def test_a_structured_event_is_read_with_time_in_utc() -> None:
    event = only(read(with_data(signed_by="R. Ortiz")))
    assert event.type == EventType.SHIPMENT_DELIVERED
    assert event.occurred_at == datetime(2026, 5, 4, 19, 30, tzinfo=UTC)
    assert [ref.key for ref in event.references] == [("pro", "4471120", "ELKN")]
    assert event.place is not None and event.place.zone == "America/Los_Angeles"
    assert event.data == {"signed_by": "R. Ortiz"}
    assert event.event_id == "e-1"


def test_binary_mode_says_the_same_as_structured_mode() -> None:
    envelope = delivered()
    headers = {"content-type": "application/json", "ce-specversion": "1.0", "ce-id": "e-1", "ce-source": "/acme/tms"}
    headers |= {"ce-type": "shipment.delivered", "ce-time": "2026-05-04T14:30:00-05:00", "ce-comexample": "a%20%C3%BC"}
    assert only(read(envelope["data"], headers)) == only(read(envelope))
    assert opened(envelope["data"], headers) == opened(envelope) == Envelope("/acme/tms e-1")


def test_a_batch_gives_its_events_in_order_and_points_at_the_bad_one() -> None:
    headers = {"content-type": "application/cloudevents-batch+json"}
    events = read([delivered(id="a"), delivered(id="b")], headers)
    assert [event.event_id for event in events] == ["a", "b"]
    assert refused(read([delivered(), delivered(time="yesterday")], headers)).where == "/1/time"
    assert opened([delivered()], headers) == Envelope(content=canonical_bytes([delivered()]))


def test_null_attributes_count_as_not_set_and_extensions_are_welcome() -> None:
    assert only(read(delivered(subject=None, comexampleothervalue=5, unsetextension=None)))


def test_base64_data_is_unpacked() -> None:
    envelope = delivered()
    packed = base64.b64encode(json.dumps(envelope.pop("data")).encode()).decode()
    assert only(read({**envelope, "data_base64": packed})) == only(read(delivered()))
    assert refused(read({**envelope, "data_base64": "@@"})).where == "/data_base64"


@pytest.mark.parametrize("name", ["id", "source", "type", "specversion", "time"])
def test_a_missing_attribute_is_named_and_never_invented(name: str) -> None:
    envelope = delivered()
    del envelope[name]
    assert refused(read(envelope)).where == f"/{name}"


@pytest.mark.parametrize(
    "envelope, where",
    [
        (delivered(specversion="0.3"), "/specversion"),
        (delivered(type="parcel.eaten"), "/type"),
        (delivered(type=["x"]), "/type"),
        (delivered(time="2026-05-04T14:30:00"), "/time"),
        (delivered(time="2026-02-30T14:30:00Z"), "/time"),
        (delivered(time="9999-12-31T23:59:59-12:00"), "/time"),
        (delivered(id=""), "/id"),
        (delivered(id="x" * 300), "/id"),
        (delivered(data="text"), "/data"),
        (delivered(data=None), "/data"),
        (delivered(datacontenttype="application/xml"), "/datacontenttype"),
        (delivered(Uppercase="x"), "/Uppercase"),
        (with_data(references=[]), "/data/references"),
        (with_data(references=[{"type": "vin", "value": "1"}]), "/data/references/0/type"),
        (with_data(references=[{"type": "pro", "value": " "}]), "/data/references/0/value"),
        (with_data(references=[{"type": "pro", "value": "9" * 61}]), "/data/references/0/value"),
        (with_data(references=["447"]), "/data/references/0"),
        (with_data(place={"latitude": 91}), "/data/place/latitude"),
        (with_data(signed_bye="R. Ortiz"), "/data/signed_bye"),
        (with_data(pieces="three"), "/data/pieces"),
        (with_data(place={"zone": "Mars/Olympus"}), "/data/place/zone"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(envelope: dict[str, Any], where: str) -> None:
    assert refused(read(envelope)).where == where


def test_foreign_type_names_are_translated_by_the_partners_mapping_and_by_x12() -> None:
    mapping = {"types": {"com.acme.pod": "shipment.delivered"}}
    assert only(read(delivered(type="com.acme.pod"), mapping=mapping)).type == "shipment.delivered"
    assert only(read(delivered(type="x12.1650.AH"))).type == "shipment.delivery_attempted"
    assert refused(read(delivered(type="x12.1650.E1"))).where == "/type"


def test_the_reason_comes_from_a_code_list_or_from_the_words() -> None:
    def late(**data: Any) -> CanonicalEvent:
        return only(read({**with_data(**data), "type": "shipment.delayed"}))

    assert late(reason="x12.1651.AI").data["reason"] == "equipment_breakdown"
    assert late(reason="smdg.WEA").data["reason"] == "weather"
    assert late(reason="weather").data["reason"] == "weather"
    assert late(text="Snow storm in Elko").data["reason"] == "weather"
    flagged = late(reason="x12.1651.ZZ")
    assert flagged.data["unmapped"] == "x12.1651.ZZ" and "reason" not in flagged.data


def test_a_delivery_in_bad_weather_has_no_reason() -> None:
    assert "reason" not in only(read(with_data(text="Delivered in snow storm"))).data


JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["references", "type", "value", "place", "zone", "latitude", "x"]), inner),
    ),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(changes=st.dictionaries(st.sampled_from([*delivered(), "data_base64", "datacontenttype", "subject"]), JUNK))
def test_arbitrary_attributes_give_events_or_a_refusal(changes: dict[str, Any]) -> None:
    result = read(json.dumps({**delivered(), **changes}).encode("utf-8", "surrogatepass"))
    assert isinstance(result, list | Unreadable)


@settings(max_examples=60, deadline=None)
@given(
    body=st.one_of(st.binary(max_size=60), JUNK.map(lambda junk: json.dumps(junk).encode())),
    headers=st.dictionaries(
        st.sampled_from(["ce-specversion", "ce-id", "ce-time", "ce-type", "ce-source", "ce-X y", "content-type"]),
        st.one_of(st.text(max_size=20), st.sampled_from(["1.0", "shipment.delivered", "2026-01-01T00:00:00Z", "%ff"])),
    ),
)
def test_arbitrary_bytes_and_headers_give_events_or_a_refusal(body: bytes, headers: dict[str, str]) -> None:
    assert isinstance(CLOUDEVENTS.read(body, headers, {}), list | Unreadable)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample data lies beside the project, not in it")
def test_the_published_examples_are_understood_as_envelopes() -> None:
    """Their types are not ours and they name no shipment, so the refusal must be about exactly that."""
    assert refused(read((SAMPLES / "C_json.json").read_bytes())).where == "/type"
    assert refused(read((SAMPLES / "B_xml.json").read_bytes())).where == "/datacontenttype"
    head, _, body = (SAMPLES / "C_json.http_binary.txt").read_text().partition("\n\n")
    headers = dict(line.lower().split(": ", 1) for line in head.splitlines())
    mapping = {"types": {"com.example.someevent": "shipment.delivered"}}
    assert refused(read(body.encode(), headers, mapping)).where == "/data/references"


def test_a_partners_codes_translate_types_and_reasons() -> None:
    mapping = {"codes": {"acme.GONE": "shipment.lost", "acme.7": "theft"}}
    event = only(read({**with_data(reason="acme.7"), "type": "acme.GONE"}, mapping=mapping))
    assert (event.type, event.data["reason"]) == ("shipment.lost", "theft")
