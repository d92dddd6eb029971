"""An estimate counts for the stop it is about: the place it names, else the only delivery."""

from datetime import UTC, datetime
from typing import Any

from exceptions.shipments.canonical import EventType, Place
from exceptions.shipments.projection import Said, StopView, milestone_said

SAID = datetime(2026, 3, 2, 15, tzinfo=UTC)
DUE = datetime(2026, 3, 12, 15, tzinfo=UTC)
DUE_SAID = "2026-03-12T10:00:00-05:00"
STOPS = (
    StopView(1, 1, "port", city="Rotterdam", country="NL", unlocode="NLRTM"),
    StopView(2, 2, "port", city="New York", country="US", unlocode="USNYC"),
    StopView(3, 3, "delivery", city="Trenton", country="US", unlocode="USTRT"),
)


def said_of(place: Place | None = None, **data: Any) -> Said | None:
    return milestone_said(EventType.SHIPMENT_ETA_CHANGED, SAID, place, {"estimated": DUE_SAID, **data}, STOPS)


def stops_of(place: Place | None = None, **data: Any) -> list[int]:
    said = said_of(place, **data)
    return [said.stop_id] if said else []


def test_a_port_that_the_estimate_names_is_meant_and_not_the_delivery() -> None:
    assert stops_of(unlocode="USNYC") == [2]
    assert stops_of(unlocode="USSAV") == []


def test_without_a_place_of_its_own_the_only_delivery_is_meant_wherever_the_truck_is() -> None:
    assert stops_of(Place(unlocode="USNYC")) == [3]


def test_an_estimate_of_another_milestone_is_for_the_place_where_it_can_happen() -> None:
    assert stops_of(Place(unlocode="USNYC"), milestone="discharge") == [2]
    assert stops_of(milestone="discharge") == []
    assert said_of(milestone="pickup") is None


def test_a_new_schedule_is_a_plan_and_an_estimate_is_none() -> None:
    assert said_of() == Said(3, "estimated", "arrival", DUE)
    assert said_of(classifier="planned", milestone="delivery") == Said(3, "planned", "delivery", DUE)
