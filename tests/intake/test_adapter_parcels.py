"""AfterShip and Shippo webhooks become our events: the whole history, local clocks, the estimate, the end."""

import json
import random
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions.intake.adapters import Envelope, Unreadable, adapter_for
from exceptions.intake.mapping import aftership as aftership_words
from exceptions.intake.mapping import shippo as shippo_words
from exceptions.shipments.canonical import CanonicalEvent
from exceptions.shipments.payloads import payload_of
from tests.intake import mutations

AFTERSHIP, SHIPPO = adapter_for("aftership"), adapter_for("shippo")


def checkpoint(subtag: str, message: str = "", at: Any = "2026-11-02T15:00:00-08:00", **more: Any) -> dict[str, Any]:
    return {
        "slug": "fedex",
        "tag": subtag.partition("_")[0],
        "subtag": subtag,
        "message": message,
        "checkpoint_time": at,
        "city": "Reno",
        "state": "NV",
        "country_iso3": "USA",
        "zip": "89502",
        "raw_tag": "XX",
        **more,
    }


def tracking_update(*checkpoints: dict[str, Any], event: str = "tracking_update", **tracking: Any) -> dict[str, Any]:
    msg = {
        "slug": "fedex",
        "tracking_number": "7489 2200 11",
        "tag": "InTransit",
        "subtag": "InTransit_001",
        "updated_at": "2026-11-03T08:00:00+00:00",
        "checkpoints": list(checkpoints),
        **tracking,
    }
    return {"event": event, "event_id": "6c63a48e", "msg": msg, "ts": 1_793_600_000}


def step(code: str, details: str = "", status: str = "TRANSIT", at: str = "2026-11-02T15:00:00Z") -> dict[str, Any]:
    return {
        "object_created": "2026-11-09T00:00:00Z",
        "status": status,
        "status_details": details,
        "status_date": at,
        "substatus": {"code": code, "text": "", "action_required": False},
        "location": {"city": "Reno", "state": "NV", "zip": "89502", "country": "US"},
    }


def track_updated(*steps: dict[str, Any], **tracking: Any) -> dict[str, Any]:
    data = {
        "carrier": "usps",
        "tracking_number": "9205 5900",
        "eta": None,
        "tracking_status": steps[-1] if steps else None,
        "tracking_history": list(steps),
        **tracking,
    }
    return {"event": "track_updated", "test": False, "data": data, "carrier": "usps"}


def events(adapter: Any, value: Any, mapping: dict[str, Any] | None = None) -> list[CanonicalEvent]:
    result = adapter.read(json.dumps(value).encode(), {}, mapping or {})
    assert isinstance(result, list), result
    for event in result:
        payload_of(event)
    return result


def refused(adapter: Any, value: Any, mapping: dict[str, Any] | None = None) -> Unreadable:
    result = adapter.read(json.dumps(value).encode(), {}, mapping or {})
    assert isinstance(result, Unreadable), result
    return result


class TestAfterShip:
    def test_every_checkpoint_is_an_event_with_place_code_and_words(self) -> None:
        first, second = events(
            AFTERSHIP,
            tracking_update(
                checkpoint("InTransit_002", "Picked up", "2026-11-01T19:27:00-08:00"),
                checkpoint("Exception_003", "Refused by recipient"),
            ),
        )
        assert (first.type, second.type) == ("shipment.picked_up", "shipment.refused")
        assert first.occurred_at == datetime(2026, 11, 2, 3, 27, tzinfo=UTC)
        assert first.references[0].key == ("tracking", "7489220011", "FEDEX")
        assert first.place is not None and (first.place.city, first.place.postcode) == ("Reno", "89502")
        assert (second.source_code, second.source_text) == ("XX", "Refused by recipient")
        assert second.data == {"status": "Exception", "detail": "Exception_003", "reason": "receiver_refused"}

    @pytest.mark.parametrize(
        "subtag, message, event_type, reason",
        [
            ("InTransit_001", "Missorted at hub", "shipment.deviated", "missort_misroute"),
            ("InTransit_005", "", "shipment.released", None),
            ("Exception_001", "Package damaged", "shipment.damaged", None),
            ("Exception_004", "", "shipment.delayed", "customs_exam"),
            ("Exception_005", "Snow in Reno", "shipment.delayed", "weather"),
            ("Exception_011", "", "shipment.returned", None),
            ("AttemptFail_001", "Gate locked", "shipment.delivery_attempted", "receiver_restricted"),
            ("Delivered_001", "Delivered, to original sender", "shipment.returned", None),
            ("Delivered_001", "Left at front door", "shipment.delivered", None),
        ],
    )
    def test_subtag_and_words_give_one_type_and_its_reason(
        self, subtag: str, message: str, event_type: str, reason: str | None
    ) -> None:
        (event,) = events(AFTERSHIP, tracking_update(checkpoint(subtag, message)))
        assert (event.type, event.data.get("reason")) == (event_type, reason)

    def test_a_delivery_of_something_damaged_is_two_events(self) -> None:
        types = {
            event.type for event in events(AFTERSHIP, tracking_update(checkpoint("Delivered_001", "Delivered damaged")))
        }
        assert types == {"shipment.delivered", "shipment.damaged"}

    def test_a_local_time_is_the_clock_of_its_place_then_of_the_partner(self) -> None:
        (event,) = events(AFTERSHIP, tracking_update(checkpoint("InTransit_003", at="2026-11-02T15:00:00")))
        assert event.occurred_at == datetime(2026, 11, 2, 23, 0, tzinfo=UTC)
        nowhere = tracking_update(
            checkpoint("InTransit_003", at="2026-11-02T15:00:00", city="", state="", country_iso3="", zip="")
        )
        (event,) = events(AFTERSHIP, nowhere, {"zone": "Europe/Berlin"})
        assert event.occurred_at == datetime(2026, 11, 2, 14, 0, tzinfo=UTC)
        assert refused(AFTERSHIP, nowhere).where == "/msg/checkpoints/0/checkpoint_time"

    def test_the_estimate_is_an_event_until_the_end(self) -> None:
        running = tracking_update(checkpoint("InTransit_003"), latest_estimated_delivery={"datetime": "2026-11-05"})
        eta = events(AFTERSHIP, running)[-1]
        assert (eta.type, eta.data["estimated"]) == ("shipment.eta_changed", "2026-11-05T12:00:00+00:00")
        assert eta.occurred_at == datetime(2026, 11, 3, 8, 0, tzinfo=UTC)
        ended = tracking_update(checkpoint("Delivered_001"), tag="Delivered", expected_delivery="2026-11-05")
        assert [event.type for event in events(AFTERSHIP, ended)] == ["shipment.delivered"]

    def test_a_status_without_a_checkpoint_is_an_event_of_its_own(self) -> None:
        (event,) = events(AFTERSHIP, tracking_update(tag="Exception", subtag="Exception_013"))
        assert (event.type, event.occurred_at) == ("shipment.lost", datetime(2026, 11, 3, 8, 0, tzinfo=UTC))

    def test_a_newcomer_is_read_by_its_tag_and_named(self) -> None:
        (event,) = events(AFTERSHIP, tracking_update(checkpoint("InTransit_099")))
        assert (event.type, event.data["unmapped"]) == ("shipment.scanned", "aftership.InTransit_099")
        (event,) = events(
            AFTERSHIP,
            tracking_update(checkpoint("InTransit_099")),
            {"codes": {"aftership.InTransit_099": "shipment.held"}},
        )
        assert (event.type, "unmapped" in event.data) == ("shipment.held", False)

    def test_other_webhooks_say_nothing_and_other_bodies_are_refused(self) -> None:
        assert events(AFTERSHIP, tracking_update(event="tracking_pending_time")) == []
        assert refused(AFTERSHIP, {"object": "Event"}).where == "/event"

    def test_a_repeat_has_the_same_id(self) -> None:
        assert AFTERSHIP.open(json.dumps(tracking_update()).encode(), {}) == Envelope("6c63a48e")


class TestShippo:
    def test_every_step_is_one_event_though_the_latest_stands_twice(self) -> None:
        first, second = events(
            SHIPPO,
            track_updated(
                step("package_accepted", "Accepted at USPS facility", at="2026-11-01T08:00:00Z"),
                step("notice_left", "Notice left"),
            ),
        )
        assert (first.type, second.type) == ("shipment.picked_up", "shipment.delivery_attempted")
        assert second.data["reason"] == "receiver_closed"
        assert second.occurred_at == datetime(2026, 11, 2, 15, 0, tzinfo=UTC), "the scan, not when Shippo heard of it"
        assert second.references[0].key == ("tracking", "92055900", "USPS")

    @pytest.mark.parametrize(
        "code, details, status, event_type",
        [
            ("package_damaged", "", "TRANSIT", "shipment.damaged"),
            ("package_unclaimed", "", "RETURNED", "shipment.returned"),
            ("return_to_sender", "", "RETURNED", "shipment.returned"),
            ("package_lost", "", "FAILURE", "shipment.lost"),
            ("other", "Lost in transit", "FAILURE", "shipment.lost"),
            ("delivered", "Your shipment has been delivered", "DELIVERED", "shipment.delivered"),
            ("information_received", "", "PRE_TRANSIT", "shipment.announced"),
            ("package_held", "Held in customs", "TRANSIT", "shipment.held"),
        ],
    )
    def test_status_substatus_and_words_give_one_type(
        self, code: str, details: str, status: str, event_type: str
    ) -> None:
        (event,) = events(SHIPPO, track_updated(step(code, details, status)))
        assert event.type == event_type

    def test_the_estimate_stands_as_of_the_latest_step_until_the_end(self) -> None:
        eta = events(SHIPPO, track_updated(step("package_departed"), eta="2026-11-05T00:00:00Z"))[-1]
        assert (eta.type, eta.data["estimated"]) == ("shipment.eta_changed", "2026-11-05T12:00:00+00:00")
        ended = track_updated(step("delivered", status="DELIVERED"), eta="2026-11-05T00:00:00Z")
        assert [event.type for event in events(SHIPPO, ended)] == ["shipment.delivered"]

    def test_a_missing_substatus_or_history_is_no_fault(self) -> None:
        plain = {**step("x"), "substatus": None, "location": None}
        (event,) = events(SHIPPO, track_updated(tracking_status=plain, tracking_history=None))
        assert (event.type, event.place) == ("shipment.scanned", None)
        assert events(SHIPPO, track_updated(tracking_status=None, tracking_history=[])) == []

    def test_a_tracking_object_alone_is_read_too(self) -> None:
        (event,) = events(SHIPPO, track_updated(step("package_departed"))["data"])
        assert event.type == "shipment.scanned"

    def test_other_webhooks_say_nothing_and_other_bodies_are_refused(self) -> None:
        assert events(SHIPPO, {"event": "transaction_created", "data": {}}) == []
        assert refused(SHIPPO, {"hello": 1}).where == "/event"


def test_every_word_on_the_lists_is_read_without_a_flag() -> None:
    table = aftership_words.TABLE
    for subtag in (*table.particular, *table.silent):
        for event in events(AFTERSHIP, tracking_update(checkpoint(subtag))):
            assert "unmapped" not in event.data, subtag
    table = shippo_words.TABLE
    for code in (*table.particular, *table.silent):
        for status in table.general:
            for event in events(SHIPPO, track_updated(step(code, status=status))):
                assert "unmapped" not in event.data, code


@settings(max_examples=100, deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_damaged_and_twisted_bodies_give_sound_events_or_a_refusal(seed: int) -> None:
    random_ = random.Random(seed)
    for adapter, sample in (
        (
            AFTERSHIP,
            tracking_update(
                checkpoint("Exception_005", "Snow", at="2026-11-02T15:00:00"), expected_delivery="2026-11-05"
            ),
        ),
        (SHIPPO, track_updated(step("delayed", "Snow"), eta="2026-11-05T00:00:00Z")),
    ):
        mutations.assert_holds(adapter, mutations.twisted_bytes(json.dumps(sample).encode(), random_))
