"""Telemetry: what of a stream of readings is worth an event, and how Tive's trackers say theirs."""

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions.intake.adapters import Unreadable, adapter_for
from exceptions.intake.adapters.telemetry import POSITION, TEMPERATURE, Held, device_of, held_to, thinned
from exceptions.intake.mapping.shapes import mapping_problems
from exceptions.shipments.canonical import CanonicalEvent, Place, Ref
from exceptions.shipments.payloads import payload_of
from tests.intake.mutations import assert_holds, twisted_bytes

IOT = Path(__file__).resolve().parents[3] / "shared" / "data" / "iot"
TIVE = adapter_for("tive")
START = datetime(2026, 3, 12, 9, tzinfo=UTC)
COLD = Held(low=2, high=8)


def reading(minute: float, value: float, device: str = "T-1", **data: Any) -> CanonicalEvent:
    return CanonicalEvent(
        TEMPERATURE,
        START + timedelta(minutes=minute),
        (Ref("trailer", device),),
        data={"value": f"{value:.2f}", "unit": "C", **data},
    )


def position(minute: float, latitude: float, device: str = "T-1") -> CanonicalEvent:
    place = Place(latitude=latitude, longitude=10.0)
    return CanonicalEvent(POSITION, START + timedelta(minutes=minute), (Ref("trailer", device),), place)


def minutes(events: list[CanonicalEvent]) -> list[float]:
    return [(event.occurred_at - START).total_seconds() / 60 for event in events]


def test_while_all_is_well_one_reading_an_hour_is_kept() -> None:
    assert minutes(thinned([reading(minute, 5) for minute in range(0, 180, 10)], COLD)) == [0, 60, 120]


def test_every_crossing_is_kept_and_outside_what_is_worse_or_due() -> None:
    values = {20: 8.2, 22: 8.3, 24: 8.9, 26: 8.4, 27: 8.3, 30: 7.9, 32: 7.8}
    kept = thinned([reading(minute, value) for minute, value in {0: 5, 10: 5, **values}.items()], COLD)
    assert minutes(kept) == [0, 20, 24, 30]
    assert minutes(thinned([reading(minute, 12) for minute in range(20)], COLD)) == [0, 5, 10, 15]


def test_across_deliveries_the_last_one_kept_decides() -> None:
    first = reading(0, 5)
    last = {device_of(first): first}
    assert thinned([reading(10, 5)], COLD, last) == []
    assert minutes(thinned([reading(10, 9)], COLD, last)) == [10]
    assert minutes(thinned([reading(70, 5)], COLD, last)) == [70]
    assert minutes(thinned([reading(-10, 5)], COLD, last)) == [-10], (
        "older than what is known: nobody knows its neighbours"
    )


def test_without_a_band_the_set_point_counts_and_without_that_a_change_by_a_degree() -> None:
    around = [
        reading(minute, value, set_point="-18") for minute, value in ((0, -17.5), (5, -17), (10, -15.9), (15, -18))
    ]
    assert minutes(thinned(around, Held())) == [0, 10, 15]
    moved = [reading(0, 5), reading(1, 7, set_point="7"), reading(2, 7, set_point="7")]
    assert minutes(thinned(moved, COLD)) == [0, 1], "a new set point is news"
    plain = [reading(0, 20), reading(5, 20.5), reading(10, 21.1), reading(15, 21.2)]
    assert minutes(thinned(plain, Held())) == [0, 10]


def test_devices_and_kinds_are_thinned_apart_and_other_events_stay() -> None:
    other = CanonicalEvent("shipment.departed", START, (Ref("trailer", "T-1"),))
    mixed = [reading(0, 5), reading(1, 5, "T-2"), other, position(1, 50.0), reading(2, 5), position(2, 50.01)]
    assert thinned(mixed, COLD) == [*mixed[:4]]


def test_positions_are_kept_by_time_and_distance() -> None:
    path = [position(0, 50.0), position(10, 50.1), position(20, 50.3), position(30, 50.31), position(85, 50.32)]
    assert minutes(thinned(path, Held())) == [0, 20, 85]


def test_settings_come_from_the_mapping_and_nonsense_is_the_default() -> None:
    held = held_to({"telemetry": {"min": 32, "max": 41, "unit": "F", "keep_minutes": 30, "moved_km": 5}})
    assert (held.low, held.high, held.keep, held.moved_km) == (0, 5, timedelta(minutes=30), 5)
    assert held_to({"telemetry": {"min": "cold", "keep_minutes": -1, "tolerance": True}}) == Held() == held_to({})


def test_nonsense_in_the_settings_is_told_to_whoever_edits_them() -> None:
    assert mapping_problems("tive", {"telemetry": {"min": 2, "max": 8, "unit": "C", "moved_km": 0.5}}) == []
    told = mapping_problems("dcsa", {"telemetry": {"min": 9, "max": 8, "unit": "K", "keep_minutes": "60", "band": 1}})
    assert [problem.split(" ")[0] for problem in told] == ["“band”", "“keep_minutes”", "“unit”", "In"]
    assert mapping_problems("epcis", {"telemetry": [2, 8]})


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 600), st.floats(-5, 15)), max_size=40, unique_by=lambda pair: pair[0]))
def test_no_excursion_is_ever_thinned_away(pairs: list[tuple[int, float]]) -> None:
    stream = [reading(minute, value) for minute, value in sorted(pairs)]
    kept = thinned(stream, COLD)
    outside = [abs(float(str(event.data["value"])) - 5) > 3 for event in stream]
    crossings = [stream[at] for at in range(len(stream)) if at == 0 or outside[at] != outside[at - 1]]
    assert [event for event in crossings if event not in kept] == []
    assert thinned(list(reversed(stream)), COLD) == list(reversed(kept)), "whatever the order of the list"
    assert thinned(kept, COLD) == kept


ENTRY: dict[str, Any] = {
    "DeviceId": "860000000000001",
    "DeviceName": "A10001",
    "EntryTimeEpoch": 1773306000000,
    "Temperature": {"Celsius": 5.125},
    "Location": {"Latitude": 33.45, "Longitude": -112.07, "FormattedAddress": "1 Dock Road, Phoenix, AZ, USA"},
    "Battery": {"Percentage": 65},
}


def events(value: Any, mapping: dict[str, Any] | None = None) -> list[CanonicalEvent]:
    result = TIVE.read(value if isinstance(value, bytes) else json.dumps(value).encode(), {}, mapping or {})
    assert isinstance(result, list), result
    for event in result:
        payload_of(event)
    return result


def test_a_tracker_says_temperature_and_position() -> None:
    read, seen = events(ENTRY)
    assert (read.type, read.data["value"], read.data["unit"]) == ("shipment.temperature_read", "5.12", "C")
    assert read.occurred_at == datetime(2026, 3, 12, 9, tzinfo=UTC)
    assert read.references[0].key[:2] == ("trailer", "A10001")
    assert seen.type == "shipment.position_reported" and seen.place is not None and seen.place.latitude == 33.45


def test_the_probe_in_the_freight_beats_the_tracker_and_the_mapping_says_what_the_name_is() -> None:
    entry = {**ENTRY, "ProbeTemperature": {"Celsius": None, "Fahrenheit": 14}, "Shipment": {"ShipmentId": "S-77"}}
    read, _ = events(entry, {"reference_type": "tracking"})
    assert (read.data["value"], read.data["unit"]) == ("14.00", "F")
    assert [ref.type for ref in read.references] == ["tracking", "customer"]


def test_a_list_of_entries_is_thinned_together() -> None:
    entries = [{**ENTRY, "EntryTimeEpoch": ENTRY["EntryTimeEpoch"] + minute * 60_000} for minute in range(0, 120, 10)]
    assert [event.type for event in events(entries)].count("shipment.temperature_read") == 2


@pytest.mark.parametrize(
    "change, where",
    [
        ({"EntryTimeEpoch": 12}, "/EntryTimeEpoch"),
        ({"EntryTimeEpoch": None}, "/EntryTimeUtc"),
        ({"Temperature": {"Celsius": 5000}}, "/temperature/celsius"),
        ({"Temperature": 5}, "/temperature"),
        ({"DeviceName": "", "DeviceId": ""}, ""),
    ],
)
def test_what_is_wrong_is_said_with_its_place(change: dict[str, Any], where: str) -> None:
    result = TIVE.read(json.dumps({**ENTRY, **change}).encode(), {}, {})
    assert isinstance(result, Unreadable) and result.where == where


def test_any_twist_gives_events_or_a_refusal() -> None:
    chance = random.Random(20260313)
    bodies = [
        json.dumps(ENTRY).encode(),
        json.dumps([ENTRY, {**ENTRY, "EntryTimeUtc": "2026-03-12T09:10:00"}]).encode(),
    ]
    for _ in range(200):
        assert_holds(TIVE, twisted_bytes(chance.choice(bodies), chance), {"telemetry": {"min": 2, "max": 8}})


@pytest.mark.skipif(not IOT.is_dir(), reason="the sample data lies beside the project, not in it")
@pytest.mark.parametrize("name, value", [("tive_position_1.json", "10.08"), ("tive_position_minimal.json", "22.50")])
def test_published_entries_are_understood(name: str, value: str) -> None:
    read, seen = events((IOT / name).read_bytes())
    assert read.data["value"] == value and seen.type == "shipment.position_reported"
