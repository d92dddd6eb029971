"""Carriers' words: what happened and why, and honest silence where a text says neither."""

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions.intake.mapping.carrier_text import read_text
from exceptions.shipments.canonical import EventType

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data" / "status_text"


@pytest.mark.parametrize(
    "text, event_type, reason",
    [
        ("Delayed due to severe weather in Denver", "shipment.delayed", "weather"),
        ("Delivery attempted - business closed", "shipment.delivery_attempted", "receiver_closed"),
        ("Customer refused delivery", "shipment.refused", "receiver_refused"),
        ("2 Paletten nass", "shipment.damaged", None),
        ("Towar uszkodzony", "shipment.damaged", None),
        ("Interstate 10 closed at Lordsburg, detour", "shipment.delayed", "road_conditions"),
        ("Trailer broke down, mechanical, waiting for road service", "load.broken_down", "equipment_breakdown"),
        ("Held in customs, missing documents", "shipment.held", "customs_documents"),
        ("Delivered, left in a safe place", "shipment.delivered", None),
        ("Missed connection at hub", "shipment.delayed", "linehaul_missed"),
        ("Returned to shipper - no such number", "shipment.returned", "address_wrong"),
        ("On FedEx vehicle for delivery", "shipment.out_for_delivery", None),
        ("Departed FedEx location", "shipment.departed", None),
    ],
)
def test_a_text_says_what_happened_and_why(text: str, event_type: str, reason: str | None) -> None:
    reading = read_text(text)
    assert (reading.event_type, reading.reason) == (event_type, reason)


@pytest.mark.parametrize("text", ["", "JESSICA", "Piece 1", "FedEx Ground", "\ud800", "." * 5000])
def test_a_text_without_a_known_word_stays_unknown(text: str) -> None:
    assert (read_text(text).event_type, read_text(text).reason) == (None, None)


@pytest.mark.parametrize(
    "text, not_this",
    [
        ("Arrived, no damage found", "shipment.damaged"),
        ("Unloaded without any delay", "shipment.delayed"),
        ("Keine Verspätung erwartet", "shipment.delayed"),
        ("The parcel will be delivered tomorrow", "shipment.delivered"),
        ("Could not be delivered", "shipment.delivered"),
        ("Delivered to agent for final delivery", "shipment.delivered"),
    ],
)
def test_a_negated_or_future_word_does_not_count(text: str, not_this: str) -> None:
    assert read_text(text).event_type != not_this


def test_a_negation_ends_with_its_clause() -> None:
    assert read_text("No appointment. Damaged at dock").event_type == "shipment.damaged"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_gives_an_answer_from_our_vocabulary(text: str) -> None:
    reading = read_text(text)
    assert reading.event_type is None or reading.event_type in EventType.values


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample data lies beside the project, not in it")
def test_four_of_five_public_status_texts_are_read_right_and_no_failure_is_read_as_delivered() -> None:
    expected = {
        "delivered": {EventType.SHIPMENT_DELIVERED},
        "pre_transit": {EventType.SHIPMENT_ANNOUNCED},
        "out_for_delivery": {EventType.SHIPMENT_OUT_FOR_DELIVERY},
        "returned": {
            EventType.SHIPMENT_RETURNED,
            EventType.SHIPMENT_REFUSED,
            EventType.SHIPMENT_DELIVERY_ATTEMPTED,
        },
        "delivery_failed": {EventType.SHIPMENT_DELIVERY_ATTEMPTED, EventType.SHIPMENT_REFUSED},
        "delayed": {EventType.SHIPMENT_DELAYED},
        "damaged": {EventType.SHIPMENT_DAMAGED},
        "held": {EventType.SHIPMENT_HELD},
        "lost": {EventType.SHIPMENT_LOST},
        "available_for_pickup": {EventType.SHIPMENT_AVAILABLE_FOR_PICKUP},
    }
    right, rows = 0, 0
    for name, column in (("usps_event_texts.csv", "raw_text"), ("aftership_subtags.csv", "subtag_message")):
        with (SAMPLES / name).open() as file:
            for row in csv.DictReader(file):
                if row["status"] not in expected:
                    continue
                answer = read_text(row[column]).event_type
                rows += 1
                right += answer in expected[row["status"]]
                if row["is_exception"] == "yes" and row["status"] != "delivered":
                    assert answer != EventType.SHIPMENT_DELIVERED, row[column]
    assert right / rows >= 0.8, f"{right} of {rows}"
