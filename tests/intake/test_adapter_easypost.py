"""An EasyPost tracker becomes our events: its whole history, its estimate, its end."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions.intake.adapters import adapter_for
from exceptions.intake.adapters.base import Unreadable
from exceptions.intake.mapping.easypost import DETAILS, STATUSES
from exceptions.shipments.canonical import CanonicalEvent, EventType, digest
from exceptions.shipments.payloads import payload_of

SAMPLE = Path(__file__).resolve().parents[3] / "shared" / "data" / "webhooks" / "easypost_tracker_updated.json"
EASYPOST = adapter_for("easypost")


def step(
    status: str, specific: str, message: str = "", at: Any = "2026-11-02T15:00:00Z", **more: Any
) -> dict[str, Any]:
    return {
        "object": "TrackingDetail",
        "status": status,
        "status_detail": specific,
        "message": message,
        "datetime": at,
        "carrier_code": "XX",
        "tracking_location": {"city": "RENO", "state": "NV", "country": "US", "zip": "89502"},
        **more,
    }


def webhook(*steps: dict[str, Any], status: str = "in_transit", **tracker: Any) -> dict[str, Any]:
    return {
        "object": "Event",
        "id": "evt_9",
        "description": "tracker.updated",
        "result": {
            "object": "Tracker",
            "tracking_code": "7489 2200 11",
            "carrier": "FedEx",
            "status": status,
            "status_detail": "unknown",
            "updated_at": "2026-11-02T16:00:00Z",
            "est_delivery_date": None,
            "signed_by": None,
            "tracking_details": list(steps),
            **tracker,
        },
    }


def read(value: Any, mapping: dict[str, Any] | None = None) -> Any:
    return EASYPOST.read(value if isinstance(value, bytes) else json.dumps(value).encode(), {}, mapping or {})


def events(value: Any, mapping: dict[str, Any] | None = None) -> list[CanonicalEvent]:
    result = read(value, mapping)
    assert isinstance(result, list), result
    return result


def kind(*args: str) -> str:
    (event,) = events(webhook(step(*args)))
    return event.type


def test_every_step_of_the_history_is_an_event_with_place_code_and_words() -> None:
    first, second = events(
        webhook(
            step("pre_transit", "label_created", "Shipment information sent to FedEx", "2026-11-01T15:00:00Z"),
            step("in_transit", "arrived_at_facility", "Picked up", "2026-11-01T19:27:00-08:00"),
        )
    )
    assert (first.type, second.type) == (EventType.SHIPMENT_ANNOUNCED, EventType.SHIPMENT_PICKED_UP)
    assert second.occurred_at == datetime(2026, 11, 2, 3, 27, tzinfo=UTC)
    assert second.references[0].key == ("tracking", "7489220011", "FEDEX")
    assert second.place is not None and (second.place.city, second.place.postcode) == ("RENO", "89502")
    assert (second.source_code, second.source_text) == ("XX", "Picked up")


@pytest.mark.parametrize(
    "status, specific, message, event_type",
    [
        ("in_transit", "arrived_at_facility", "Arrived at FedEx location", "shipment.scanned"),
        ("in_transit", "departed_origin_facility", "Left FedEx origin facility", "shipment.departed"),
        ("in_transit", "weather_delay", "Delay", "shipment.delayed"),
        ("in_transit", "unknown", "Package delayed", "shipment.delayed"),
        (
            "in_transit",
            "delivery_exception",
            "Customer not available or business closed",
            "shipment.delivery_attempted",
        ),
        ("in_transit", "delivery_exception", "Refused by recipient", "shipment.refused"),
        ("in_transit", "missorted", "", "shipment.deviated"),
        ("in_transit", "held", "", "shipment.held"),
        ("out_for_delivery", "out_for_delivery", "On FedEx vehicle for delivery", "shipment.out_for_delivery"),
        ("available_for_pickup", "arrived_at_pickup_location", "", "shipment.available_for_pickup"),
        ("delivered", "arrived_at_destination", "Delivered, front desk", "shipment.delivered"),
        ("return_to_sender", "return", "", "shipment.returned"),
        ("return_to_sender", "arrived_at_facility", "Arrival scan", "shipment.returned"),
        ("failure", "damaged", "", "shipment.damaged"),
        ("failure", "lost", "", "shipment.lost"),
        ("failure", "refused", "", "shipment.refused"),
        ("failure", "unknown", "", "shipment.problem_reported"),
        ("failure", "unknown", "Shipment damaged in transit", "shipment.damaged"),
        ("cancelled", "cancelled", "", "shipment.cancelled"),
        ("delivered", "return", "", "shipment.delivered"),
    ],
)
def test_a_status_its_detail_and_the_words_give_one_event_type(
    status: str, specific: str, message: str, event_type: str
) -> None:
    assert kind(status, specific, message) == event_type


def test_words_never_turn_a_scan_into_a_delivery() -> None:
    assert kind("in_transit", "unknown", "Delivered to agent") == "shipment.scanned"
    assert kind("in_transit", "status_update", "Delivered") == "shipment.scanned"


def test_every_status_and_detail_on_the_list_is_read_and_carries_a_valid_payload() -> None:
    for status in STATUSES:
        for specific in [*DETAILS, "unknown", "status_update", ""]:
            for event in events(webhook(step(status, specific))):
                payload_of(event)
                assert "unmapped" not in event.data


def test_a_newcomer_is_read_by_its_status_and_flagged() -> None:
    (event,) = events(webhook(step("in_transit", "abducted_by_aliens")))
    assert (event.type, event.data["unmapped"]) == ("shipment.scanned", "easypost.abducted_by_aliens")


def test_what_says_nothing_about_the_freight_is_no_event() -> None:
    assert events(webhook(step("unknown", "status_update", "Shipment arriving On-Time"))) == []
    assert events({"object": "Event", "id": "evt_1", "description": "batch.created", "result": {}}) == []


def test_a_reason_is_kept_where_something_went_wrong() -> None:
    (event,) = events(webhook(step("in_transit", "delivery_exception", "Business closed")))
    assert event.data["reason"] == "receiver_closed"
    (event,) = events(webhook(step("in_transit", "weather_delay", "")))
    assert event.data["reason"] == "weather"


def test_a_delivery_names_who_signed() -> None:
    (event,) = events(webhook(step("delivered", "arrived_at_destination"), status="delivered", signed_by="R ORTIZ"))
    assert event.data["signed_by"] == "R ORTIZ"


def test_a_repeated_history_repeats_the_same_events() -> None:
    first = step("in_transit", "arrived_at_facility", "Arrived", "2026-11-01T10:00:00Z")
    second = step("in_transit", "departed_facility", "Departed", "2026-11-01T12:00:00Z")
    before = {digest(event) for event in events(webhook(first))}
    after = {digest(event) for event in events(webhook(first, second, updated_at="2026-11-02T18:00:00Z"))}
    assert before < after and len(after) == 2


def test_the_estimate_is_an_event_of_its_own_until_the_parcel_stands_still() -> None:
    (eta,) = events(webhook(est_delivery_date="2026-11-05T22:30:00Z"))
    assert (eta.type, eta.data["estimated"]) == ("shipment.eta_changed", "2026-11-05T22:30:00+00:00")
    assert eta.occurred_at == datetime(2026, 11, 2, 16, tzinfo=UTC)
    assert payload_of(eta).milestone == "delivery"
    (delivered,) = events(webhook(status="delivered", est_delivery_date="2026-11-05T22:30:00Z"))
    assert delivered.type == "shipment.delivered"


def test_an_estimate_that_is_only_a_date_is_marked_as_one() -> None:
    (eta,) = events(webhook(est_delivery_date="2026-11-05T00:00:00Z"))
    assert (eta.data["estimated"], eta.data["detail"]) == ("2026-11-05T12:00:00+00:00", "date only")


def test_a_status_that_no_step_says_is_still_heard() -> None:
    found = events(webhook(step("in_transit", "arrived_at_facility"), status="return_to_sender"))
    assert [event.type for event in found] == ["shipment.scanned", "shipment.returned"]
    assert found[1].occurred_at == datetime(2026, 11, 2, 16, tzinfo=UTC)


def test_the_mapping_says_what_the_code_is_and_whose() -> None:
    (event,) = events(webhook(step("in_transit", "in_transit")), {"reference_type": "pro", "issuer": "ELKN"})
    assert event.references[0].key == ("pro", "7489220011", "ELKN")


@pytest.mark.parametrize(
    "at, expected",
    [
        ("2026-11-02T15:00:00.123456789Z", datetime(2026, 11, 2, 15, 0, 0, 123456, UTC)),
        ("2026-11-02 15:00:00", datetime(2026, 11, 2, 15, tzinfo=UTC)),
        ("2026-11-02T15:00", datetime(2026, 11, 2, 15, tzinfo=UTC)),
        ("2026-11-02T15:00:00+0530", datetime(2026, 11, 2, 9, 30, tzinfo=UTC)),
        ("2026-06-30T23:59:60Z", datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_odd_shapes_of_time_are_read(at: str, expected: datetime) -> None:
    (event,) = events(webhook(step("in_transit", "in_transit", at=at)))
    assert event.occurred_at == expected


def test_a_step_without_a_time_is_left_out_unless_there_is_no_other() -> None:
    dated, undated = step("in_transit", "in_transit"), step("in_transit", "in_transit", at=None)
    assert len(events(webhook(undated, dated))) == 1
    result = read(webhook(undated))
    assert isinstance(result, Unreadable) and result.where == "/result/tracking_details"


@pytest.mark.parametrize(
    "body, where",
    [
        ([], ""),
        ({"object": "Tracker"}, "/object"),
        (webhook(tracking_code=""), "/result/tracking_code"),
        (webhook(tracking_code=["1"]), "/result/tracking_code"),
        (webhook(updated_at="soon"), "/result/updated_at"),
        (webhook(step("in_transit", "in_transit", at="02/11/2026")), "/result/tracking_details/0/datetime"),
        (webhook(step("in_transit", "in_transit", at="2026-11-31T00:00:00Z")), "/result/tracking_details/0/datetime"),
        (webhook(step("in_transit", "in_transit", tracking_location="Reno")), "/result/tracking_details/0/tracking_location"),
        (webhook(tracking_details="none"), "/result/tracking_details"),
        (webhook(tracking_details=[1]), "/result/tracking_details/0"),
        (webhook(tracking_details=[{}] * 501), "/result/tracking_details"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(body: Any, where: str) -> None:
    result = read(body)
    assert isinstance(result, Unreadable) and result.where == where


JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["status", "datetime", "tracking_location", "city", "message"]), inner),
    ),
    max_leaves=6,
)


@settings(max_examples=100, deadline=None)
@given(
    event=st.dictionaries(st.sampled_from(["object", "id", "description", "result"]), JUNK, max_size=1),
    tracker=st.dictionaries(st.sampled_from(sorted(webhook()["result"])), JUNK, max_size=2),
    detail=st.dictionaries(st.sampled_from(sorted(step("a", "b"))), JUNK, max_size=2),
)
def test_arbitrary_values_give_events_or_a_refusal(
    event: dict[str, Any], tracker: dict[str, Any], detail: dict[str, Any]
) -> None:
    value = {**webhook({**step("in_transit", "held"), **detail}, **tracker), **event}
    result = read(json.dumps(value).encode("utf-8", "surrogatepass"))
    assert isinstance(result, list | Unreadable)
    if isinstance(result, list):
        for found in result:
            payload_of(found)
            digest(found)


@pytest.mark.skipif(not SAMPLE.is_file(), reason="the sample data lies beside the project, not in it")
def test_the_published_body_is_understood_completely() -> None:
    found = events(SAMPLE.read_bytes())
    assert [event.type for event in found] == [
        "shipment.announced",
        "shipment.picked_up",
        "shipment.scanned",
        "shipment.scanned",
        "shipment.scanned",
        "shipment.scanned",
        "shipment.scanned",
        "shipment.eta_changed",
    ]
    assert found[-1].data["estimated"] == "2024-08-05T12:00:00+00:00"
    assert all("unmapped" not in event.data for event in found)


def test_a_partners_own_table_changes_what_a_detail_a_carriers_code_or_a_text_means() -> None:
    strange = webhook(step("in_transit", "abducted_by_aliens", "Beamed up"))
    for mapping in (
        {"codes": {"easypost.abducted_by_aliens": "shipment.lost"}},
        {"codes": {"fedex.XX": "shipment.lost"}},
        {"texts": {"beamed up": "shipment.lost"}},
    ):
        (event,) = events(strange, mapping)
        assert (event.type, "unmapped" in event.data) == ("shipment.lost", False), mapping


def test_what_goes_back_or_was_refused_is_told_as_that_whatever_the_scan() -> None:
    assert kind("return_to_sender", "return", "Returning to shipper") == "shipment.returned"
    assert kind("return_to_sender", "departed_facility", "Departed") == "shipment.returned"
    assert kind("delivered", "arrived_at_destination", "Delivered, to original sender") == "shipment.returned"
    (event,) = events(webhook(step("return_to_sender", "refused", "Refused")))
    assert (event.type, event.data["reason"]) == ("shipment.refused", "receiver_refused")


def test_a_delivery_of_something_damaged_is_two_events() -> None:
    told = events(webhook(step("delivered", "arrived_at_destination", "Delivered damaged")))
    assert [event.type for event in told] == ["shipment.delivered", "shipment.damaged"]
    assert all(payload_of(event) for event in told)
