from dataclasses import dataclass
from datetime import datetime

from exceptions.shipments.canonical import EventType, Place
from exceptions.shipments.payloads.examples import EXAMPLES
from exceptions.shipments.projection import (
    StopView,
    appointment_stop,
    is_at,
    lane,
    milestone_said,
    status_of,
    stop_meant,
    stops_matched,
)
from exceptions.shipments.strip import Slot, StripStop, route_strip
from exceptions.shipments.words import words
from tests.shipments.conftest import at


@dataclass
class Stop:
    pk: int
    sequence: int
    kind: str
    place: str = "Laredo, TX"
    zone: str = "America/Chicago"
    window_start: datetime | None = None
    window_end: datetime | None = None


@dataclass
class Said:
    stop_id: int | None
    kind: str
    code: str
    value: datetime


PICKUP, RAMP = Stop(1, 1, "pickup"), Stop(2, 2, "ramp")
DELIVERY = Stop(3, 3, "delivery", "Phoenix, AZ", "America/Phoenix", at(30), at(32))


EARLY = at(10)


def strip(*said: Said, slots: dict[int, Slot] | None = None, now: datetime = EARLY) -> list[StripStop]:
    return route_strip([DELIVERY, PICKUP, RAMP], said, slots or {}, {"pickup": "Pickup"}, now)


def states(*said: Said, now: datetime = EARLY, slots: dict[int, Slot] | None = None) -> list[str]:
    return [stop.state for stop in strip(*said, now=now, slots=slots)]


def test_the_stops_stand_in_order_each_with_its_zone() -> None:
    assert [(stop.place, stop.zone) for stop in strip()][::2] == [
        ("Laredo, TX", "America/Chicago"),
        ("Phoenix, AZ", "America/Phoenix"),
    ]
    assert [stop.kind_label for stop in strip()] == ["Pickup", "ramp", "delivery"]


def test_a_stop_is_done_when_the_freight_left_it_or_was_seen_later() -> None:
    assert states(Said(1, "actual", "pickup", at(1))) == ["done", "ahead", "ahead"]
    assert states(Said(2, "actual", "arrival", at(5))) == ["done", "current", "ahead"]
    assert states(Said(3, "actual", "delivery", at(31))) == ["done", "done", "done"]


def test_a_stop_is_late_when_its_time_is_past_or_the_estimate_is() -> None:
    assert states(now=at(33)) == ["ahead", "ahead", "late"]
    assert states(Said(3, "estimated", "arrival", at(35))) == ["ahead", "ahead", "late"]
    assert states(Said(3, "estimated", "arrival", at(31))) == ["ahead", "ahead", "ahead"]


def test_a_confirmed_appointment_is_the_promise_in_place_of_the_window() -> None:
    held = {3: Slot("appointment rescheduled", at(40))}
    assert states(Said(3, "estimated", "arrival", at(35)), slots=held) == ["ahead", "ahead", "ahead"]
    assert strip(slots=held)[2].promised == at(40) and strip()[2].promised == at(32)


def test_the_delivery_shows_the_delivery_before_the_arrival() -> None:
    said = [Said(3, "actual", "arrival", at(30)), Said(3, "actual", "delivery", at(31))]
    assert strip(*said)[2].actual == at(31)


LAREDO = StopView(1, 1, "pickup", city="Laredo", region="TX", country="US")
TUCSON = StopView(2, 2, "ramp", city="Tucson", region="AZ", country="US")
PHOENIX = StopView(3, 3, "delivery", city="Phoenix", region="AZ", country="US", unlocode="USPHX")


def test_a_place_is_a_stops_when_nothing_contradicts() -> None:
    assert is_at(Place(city="PHOENIX"), PHOENIX)
    assert is_at(Place(city="Phoenix", region="AZ"), PHOENIX)
    assert not is_at(Place(city="Phoenix", region="MD"), PHOENIX)
    assert not is_at(Place(city="Phoenix", unlocode="USPHL"), PHOENIX)
    assert is_at(Place(unlocode="USPHX"), PHOENIX)
    assert not is_at(Place(region="AZ"), PHOENIX)


def test_which_stop_is_meant_is_not_guessed() -> None:
    stops = [LAREDO, TUCSON, PHOENIX]
    assert stop_meant(2, Place(city="Phoenix"), (), stops) == TUCSON
    assert stop_meant(7, Place(city="Phoenix"), (), stops) is None
    assert stop_meant(None, Place(city="El Paso"), (), stops) is None
    assert stop_meant(None, None, (), stops) is None
    assert stop_meant(None, None, ("delivery",), stops) == PHOENIX
    assert stop_meant(None, None, ("delivery",), [*stops, StopView(4, 4, "delivery")]) is None
    assert stop_meant(None, Place(city="Laredo"), (), [*stops, StopView(4, 4, "terminal", city="Laredo")]) is None


def test_the_lane_is_where_it_starts_and_ends() -> None:
    assert lane([PHOENIX, TUCSON, LAREDO]) == "US-TX>US-AZ"
    assert lane([LAREDO]) == "" and lane([LAREDO, StopView(9, 2, "delivery")]) == ""


def test_the_delivery_stop_keeps_its_identity_when_the_plan_around_it_changes() -> None:
    unplanned = [StopView(10, 1, "pickup"), StopView(11, 2, "delivery")]
    assert stops_matched(unplanned, [LAREDO, TUCSON, PHOENIX]) == {1: 10, 3: 11}
    assert stops_matched([LAREDO, PHOENIX], [PHOENIX, LAREDO]) == {1: 1, 3: 3}


def test_an_end_beats_what_leads_to_it_whenever_that_was_seen() -> None:
    delivered, scanned = (EventType.SHIPMENT_DELIVERED, at(30)), (EventType.SHIPMENT_SCANNED, at(40))
    assert status_of([scanned, delivered]) == ("delivered", at(30))
    assert status_of([delivered, (EventType.SHIPMENT_RETURNED, at(50)), scanned]) == ("returned", at(50))
    assert status_of([(EventType.SHIPMENT_OUT_FOR_DELIVERY, at(20)), scanned]) == ("in_transit", at(40))
    assert status_of([(EventType.SHIPMENT_ETA_CHANGED, at(1))]) == ("booked", None)


def test_what_an_event_says_is_told_in_a_few_words() -> None:
    assert words({"stop": 2, "estimated": "2026-03-02T10:30:00-07:00"}) == "ETA 2026-03-02 17:30 UTC"
    assert words({"value": 41, "unit": "F", "since": "2026-03-01T21:10:00Z"}) == "41 °F, since 2026-03-01 21:10 UTC"
    assert words({"counted": 21, "expected": 22, "note": ""}) == "21 counted, 22 expected"
    assert words({"stop": 1}) == ""


def test_no_example_of_an_event_is_beyond_words() -> None:
    for data in EXAMPLES.values():
        words(data)


def test_a_sender_that_knows_a_pickup_from_a_delivery_is_understood_wherever_it_says_it_was() -> None:
    stops = [LAREDO, TUCSON, PHOENIX]
    yard, told = Place(city="Tolleson", region="AZ"), {"stop_kind": "delivery"}
    said = milestone_said(EventType.SHIPMENT_ARRIVED, at(30), yard, told, stops)
    assert said is not None and (said.stop_id, said.code) == (3, "arrival")
    assert milestone_said(EventType.SHIPMENT_ARRIVED, at(30), yard, {}, stops) is None
    assert milestone_said(EventType.SHIPMENT_ARRIVED, at(30), yard, told, [*stops, StopView(4, 4, "delivery")]) is None
    estimate = {"estimated": "2026-03-02T10:00:00Z", "stop_kind": "pickup"}
    said = milestone_said(EventType.SHIPMENT_ETA_CHANGED, at(1), None, estimate, stops)
    assert said is not None and said.stop_id == 1
    assert appointment_stop(None, None, stops, "pickup") == LAREDO
    assert appointment_stop(None, None, stops) == PHOENIX
