from datetime import UTC, datetime

import pytest

from controltower.errors import Invalid
from exceptions.shipments.canonical import CanonicalEvent, EventType
from exceptions.shipments.payloads import PAYLOADS, payload_of
from exceptions.shipments.payloads.examples import EXAMPLES

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_every_type_has_a_payload_and_an_example() -> None:
    assert set(PAYLOADS) == set(EXAMPLES) == set(EventType.values)


@pytest.mark.parametrize("event_type", sorted(EXAMPLES))
def test_every_example_is_accepted(event_type: str) -> None:
    payload_of(CanonicalEvent(event_type, NOON, data=EXAMPLES[event_type]))


@pytest.mark.parametrize(
    ("event_type", "data", "field"),
    [
        ("shipment.booked", {"custmer": "ACME"}, "custmer"),
        ("shipment.eta_changed", {}, "estimated"),
        ("shipment.eta_changed", {"estimated": "2026-03-02T17:30:00"}, "estimated"),
        ("shipment.eta_changed", {"estimated": "9999-12-31T23:59:59-12:00"}, "estimated"),
        ("shipment.eta_changed", {"estimated": "0001-01-01T00:00:00Z"}, "estimated"),
        ("shipment.temperature_read", {"value": 41, "unit": "K"}, "unit"),
        ("shipment.counted", {"counted": "21"}, "counted"),
        ("shipment.booked", {"stops": [{"sequence": 1, "kind": "pickup", "zone": "CST"}]}, "stops.0.zone"),
        ("shipment.booked", {"stops": [{"sequence": 1, "kind": "pickup"}]}, "stops.0"),
        ("order.created", {"value": {"amount": "-1", "currency": "USD"}}, "value.amount"),
    ],
)
def test_what_a_type_does_not_allow_is_refused_by_the_name_of_its_field(
    event_type: str, data: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        payload_of(CanonicalEvent(event_type, NOON, data=data))  # type: ignore[arg-type]
    assert field in refused.value.details


def test_a_plan_that_does_not_hang_together_is_refused() -> None:
    stops = [
        {"sequence": 1, "kind": "pickup", "zone": "UTC"},
        {"sequence": 2, "kind": "delivery", "zone": "UTC"},
    ]
    for data, words in [
        ({"stops": stops, "legs": [{"sequence": 1, "mode": "road", "origin": 1, "destination": 3}]}, "names stop 3"),
        ({"stops": stops, "legs": [{"sequence": 1, "mode": "road", "origin": 1, "destination": 1}]}, "where it starts"),
        ({"stops": [stops[0], stops[0]]}, "the same sequence"),
        (
            {"stops": [{**stops[0], "window_start": "2026-03-02T12:00:00Z", "window_end": "2026-03-02T11:00:00Z"}]},
            "window_start is after window_end",
        ),
    ]:
        with pytest.raises(Invalid, match=words):
            payload_of(CanonicalEvent("shipment.booked", NOON, data=data))  # type: ignore[arg-type]


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(Invalid, match="not a type of event"):
        payload_of(CanonicalEvent("shipment.teleported", NOON))


def test_times_come_out_in_utc() -> None:
    payload = payload_of(CanonicalEvent("shipment.eta_changed", NOON, data={"estimated": "2026-03-02T10:30:00-07:00"}))
    assert payload.estimated == datetime(2026, 3, 2, 17, 30, tzinfo=UTC)
    assert payload.estimated.utcoffset().total_seconds() == 0
