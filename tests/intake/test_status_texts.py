"""The language of carriers: sentences of our own in eight languages, read as the status that they tell."""

import csv
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from exceptions.intake import bench_texts
from exceptions.intake.mapping.carrier_text import folded, read_text
from exceptions.intake.mapping.normalised import STATUSES, normalised_status
from exceptions.intake.mapping.wording import EVENTS, Sign
from exceptions.shipments.canonical import EventType

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data" / "status_text"

TOLD = list(csv.DictReader(Path(__file__).with_name("told.csv").open(encoding="utf-8", newline="")))


@pytest.mark.parametrize("status, text", [(row["status"], row["text"]) for row in TOLD])
def test_a_sentence_tells_its_status(status: str, text: str) -> None:
    assert normalised_status(read_text(text).event_type) == status


@pytest.mark.parametrize(
    "text, reason",
    [
        ("Verspätung wegen Stau auf der A9", "road_conditions"),
        ("Zustellung nicht möglich, Adresse unvollständig", "address_wrong"),
        ("Livraison retardée à cause des intempéries", "weather"),
        ("Retenido en aduana", "customs_exam"),
        ("Destinatario assente", "receiver_closed"),
        ("Geweigerd door ontvanger", "receiver_refused"),
        ("Opóźnienie z powodu awarii pojazdu", "equipment_breakdown"),
        ("Atraso devido a greve", "strike_or_civil"),
        ("Held pending payment of duties", "credit_or_payment"),
        ("Missorted at hub", "missort_misroute"),
        ("Running late", None),
    ],
)
def test_a_sentence_tells_why_where_it_says_so(text: str, reason: str | None) -> None:
    assert read_text(text).reason == reason


@pytest.mark.parametrize(
    "text, not_this",
    [
        ("Delivery without damage", "damaged"),
        ("Package not lost, located at hub", "lost"),
        ("Wird voraussichtlich morgen zugestellt", "delivered"),
        ("Your parcel will be picked up by the carrier tomorrow", "in_transit"),
        ("Nie uszkodzona", "damaged"),
        ("Non ancora consegnata", "delivered"),
        ("Order is being delivered", "delivered"),
        ("Signature not obtained", "delivered"),
    ],
)
def test_what_is_denied_or_only_meant_to_happen_is_not_told(text: str, not_this: str) -> None:
    assert normalised_status(read_text(text).event_type) != not_this


def test_a_delivery_with_damage_is_both() -> None:
    reading = read_text("Delivered, damaged")
    assert (reading.event_type, reading.also) == (EventType.SHIPMENT_DELIVERED, EventType.SHIPMENT_DAMAGED)
    assert read_text("Delivered without damage").also is None


def test_codes_made_of_words_are_read_as_words() -> None:
    for code in ("OutForDelivery", "OUT_FOR_DELIVERY", "out-for-delivery", "out_for_delivery"):
        assert read_text(code).event_type == EventType.SHIPMENT_OUT_FOR_DELIVERY, code


def test_every_sign_has_an_event_and_every_event_a_status() -> None:
    assert set(EVENTS) == set(Sign)
    assert {event for event in EVENTS.values() if event} <= set(STATUSES)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
@example("İ" * 50)
@example("a" * 5000)
def test_folding_twice_is_folding_once_and_nothing_breaks_the_reading(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    read_text(text)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the labelled texts lie beside the project, not in it")
def test_labelled_texts_are_read_as_labelled() -> None:
    rows = [row for row in bench_texts.labelled(SAMPLES) if row.counts]
    for half in (0, 1):
        assert bench_texts.share([row for row in rows if row.half == half]) >= bench_texts.GOAL
