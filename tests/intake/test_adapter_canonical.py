"""Our own events as plain JSON: what is read, what is refused and where, and how several are cut apart."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions.intake.adapters import Envelope, Part, Unreadable
from exceptions.intake.adapters.canonical import ADAPTER
from exceptions.intake.adapters.json_items import JsonItem, json_items
from exceptions.shipments.canonical import CanonicalEvent, EventType, Place, Ref
from exceptions.shipments.payloads.examples import EXAMPLES

HEADERS = {"content-type": "application/json"}
LINES = {"content-type": "application/x-ndjson; charset=utf-8"}


def event(**changes: Any) -> dict[str, Any]:
    return {
        "id": "e-1",
        "type": "shipment.delayed",
        "occurred_at": "2026-11-20T14:30:00-08:00",
        "reported_at": "2026-11-20T14:31:00-08:00",
        "references": [{"type": "pro", "value": "4471120", "issuer": "ELKN"}],
        "place": {"city": "Elko", "region": "NV", "country": "US", "latitude": 40.8, "longitude": -115.7},
        "code": "AI",
        "text": "Trailer broke down",
        "data": {"minutes": 180},
        **changes,
    }


def read(value: Any, mapping: Any = None) -> list[CanonicalEvent] | Unreadable:
    return ADAPTER.read(json.dumps(value).encode(), HEADERS, mapping or {})


def test_one_object_is_one_event() -> None:
    assert read(event()) == [
        CanonicalEvent(
            type="shipment.delayed",
            occurred_at=datetime(2026, 11, 20, 22, 30, tzinfo=UTC),
            reported_at=datetime(2026, 11, 20, 22, 31, tzinfo=UTC),
            references=(Ref("pro", "4471120", "ELKN"),),
            place=Place(city="Elko", region="NV", country="US", latitude=40.8, longitude=-115.7),
            data={"minutes": 180, "reason": "equipment_breakdown"},
            source_code="AI",
            source_text="Trailer broke down",
            event_id="e-1",
        )
    ]


@pytest.mark.parametrize("kind", EventType.values)
def test_every_type_can_be_said(kind: str) -> None:
    result = read(event(type=kind, data=dict(EXAMPLES[kind]), text=""))
    assert isinstance(result, list), result


def test_an_array_is_read_in_its_order_and_refused_at_the_item() -> None:
    result = read([event(id="a"), event(id="b")])
    assert isinstance(result, list) and [one.event_id for one in result] == ["a", "b"]
    assert read([event(), event(type="no.such")]) == Unreadable(
        "the event type 'no.such' is not known here and not in this partner's mapping", "/1/type"
    )


def test_names_of_the_sender_are_translated() -> None:
    (one,) = read(event(type="LATE"), {"types": {"LATE": "shipment.delayed"}})  # type: ignore[misc]
    assert one.type == "shipment.delayed"


@pytest.mark.parametrize("missing", ["type", "occurred_at", "references"])
def test_what_is_missing_is_named(missing: str) -> None:
    value = event()
    del value[missing]
    result = read(value)
    assert isinstance(result, Unreadable) and result.where == f"/{missing}"


def test_an_id_names_the_event_and_without_one_its_content_does() -> None:
    assert ADAPTER.open(json.dumps(event()).encode(), HEADERS) == Envelope("e-1")
    contents = [
        ADAPTER.open(json.dumps(value).encode(), HEADERS)
        for value in ({"type": "a", "text": "b"}, {"text": "b", "type": "a"}, {"type": "a"})
    ]
    assert contents[0] == contents[1] != contents[2]


def test_parts_are_the_bytes_that_were_sent() -> None:
    assert ADAPTER.split is not None
    body = b'\xef\xbb\xbf[ {"id":"a", "x" : "\xc3\xbc"} ,\n{"id":"b"}] '
    assert ADAPTER.split(body, HEADERS, {}) == [
        Part(b'{"id":"a", "x" : "\xc3\xbc"}', "/0", Envelope("a")),
        Part(b'{"id":"b"}', "/1", Envelope("b")),
    ]
    lines = ADAPTER.split(b'{"id":"a"}\r\n\r\n{"id":"b"}', LINES, {})
    assert lines == [Part(b'{"id":"a"}', "line 1", Envelope("a")), Part(b'{"id":"b"}', "line 3", Envelope("b"))]


def test_a_line_alone_is_refused_by_its_own_pointers() -> None:
    assert ADAPTER.read(json.dumps(event(type=7)).encode() + b"\n", LINES, {}) == Unreadable(
        "the event type '7' is not known here and not in this partner's mapping", "/type"
    )


@pytest.mark.parametrize("body", [b"[1", b"[1,]", b"[,1]", b"[1 2]", b"[1]x", b"[] []", b"[\xff]", b"[" * 9999])
def test_a_broken_array_is_unreadable(body: bytes) -> None:
    assert isinstance(json_items(body, lines=False), Unreadable)


@given(
    st.lists(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=4), max_size=5)
)
@settings(max_examples=80)
def test_whatever_stands_in_an_array_is_cut_out_whole(values: list[Any]) -> None:
    for body in (
        json.dumps(values).encode(),
        json.dumps(values, indent=1, ensure_ascii=False).encode(errors="replace"),
    ):
        items = json_items(body, lines=False)
        assert isinstance(items, list)
        assert len(items) == len(values)
        for item in items:
            assert isinstance(item, JsonItem) and item.body in body


@given(body=st.binary(max_size=80), headers=st.sampled_from([HEADERS, LINES]))
@settings(max_examples=100)
def test_any_bytes_give_events_or_a_reason(body: bytes, headers: dict[str, str]) -> None:
    assert isinstance(ADAPTER.read(body, headers, {}), list | Unreadable)
    assert isinstance(ADAPTER.open(body, headers), Envelope | Unreadable)
    assert ADAPTER.split is not None
    parts = ADAPTER.split(body, headers, {})
    assert isinstance(parts, Unreadable) or all(isinstance(part, Part) for part in parts)
