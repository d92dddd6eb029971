"""An estimate counts for the stop it is about: the place it names, else the only delivery."""

from datetime import UTC, datetime

from exceptions.shipments.canonical import EventType, Place
from exceptions.shipments.payloads.happenings import EtaData
from exceptions.shipments.projection import StopView, milestones_said

SAID = datetime(2026, 3, 2, 15, tzinfo=UTC)
DUE = datetime(2026, 3, 12, 15, tzinfo=UTC)
STOPS = (
    StopView(1, 1, "port", city="Rotterdam", country="NL", unlocode="NLRTM"),
    StopView(2, 2, "port", city="New York", country="US", unlocode="USNYC"),
    StopView(3, 3, "delivery", city="Trenton", country="US", unlocode="USTRT"),
)


def stops_of(estimate: EtaData, place: Place | None = None) -> list[int]:
    return [said.stop_id for said in milestones_said(EventType.SHIPMENT_ETA_CHANGED, SAID, place, estimate, STOPS)]


def test_a_port_that_the_estimate_names_is_meant_and_not_the_delivery() -> None:
    assert stops_of(EtaData(estimated=DUE, unlocode="USNYC")) == [2]
    assert stops_of(EtaData(estimated=DUE, unlocode="USSAV")) == []


def test_without_a_place_of_its_own_the_only_delivery_is_meant_wherever_the_truck_is() -> None:
    assert stops_of(EtaData(estimated=DUE), Place(unlocode="USNYC")) == [3]
