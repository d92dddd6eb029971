"""What its sender took back counts no more, whichever of the two came first; it stays on record."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import permutations
from typing import Any

import pytest

from controltower.audit import SYSTEM
from controltower.tenancy.viewer import Viewer
from exceptions.parties.models import Partner
from exceptions.shipments import selectors
from exceptions.shipments.canonical import CanonicalEvent, Place, Ref, RefType, SourceRank
from exceptions.shipments.histories import histories
from exceptions.shipments.models import Charge, Equipment, Event, Milestone, Shipment
from exceptions.shipments.services import Incoming, events_record
from tests.shipments.conftest import Say, at, booking, iso, saying

LOAD = Ref(RefType.LOAD, "L-2207")
PHOENIX = Place(city="Phoenix", region="AZ", country="US")


def called(event_id: str, event: CanonicalEvent) -> CanonicalEvent:
    return replace(event, event_id=event_id)


def taking_back(event_id: str, hours: float = 40) -> CanonicalEvent:
    return CanonicalEvent("event.retracted", at(hours), data={"event_id": event_id}, event_id=f"r-{event_id}")


DELIVERED = called("e-1", saying("shipment.delivered", 33))


@pytest.mark.parametrize("story", [(DELIVERED, taking_back("e-1")), (taking_back("e-1"), DELIVERED)])
def test_a_delivery_that_was_taken_back_is_none_in_either_order(say: Say, story: tuple[CanonicalEvent, ...]) -> None:
    say(saying("shipment.booked", **booking()), by="tms")
    say(saying("shipment.departed", 2, stop=1))
    for event in story:
        say(event)
    shipment = Shipment.objects.select_related("last_event").get()
    assert (shipment.status, shipment.last_event.type) == ("in_transit", "shipment.departed")
    assert not Milestone.objects.filter(code="delivery", kind="actual").exists()
    taken = Event.objects.select_related("retracted_by").get(type="shipment.delivered")
    assert taken.retracted_by.type == "event.retracted"
    (row,) = [row for row in histories([shipment.pk])[shipment.pk].events if row.type == "shipment.delivered"]
    assert row.retracted


def test_who_takes_back_hears_what_applies_no_more(say: Say) -> None:
    say(saying("shipment.booked", **booking()), by="tms")
    delivered = say(DELIVERED)
    back = say(taking_back("e-1"))
    assert back.rebound == (delivered.event,) and not back.problem
    assert say(taking_back("e-2")).problem == "What it takes back has not been heard of yet; it waits."


def test_nobody_takes_back_what_somebody_else_said(say: Say) -> None:
    say(saying("shipment.booked", **booking()), by="tms")
    say(DELIVERED)
    say(taking_back("e-1"), by="tracker")
    assert Shipment.objects.get().status == "delivered"


def test_the_correction_of_what_was_taken_back_counts(say: Say) -> None:
    say(saying("shipment.booked", **booking()), by="tms")
    say(called("e-1", saying("shipment.arrived", 31, place=PHOENIX)))
    say(called("e-2", saying("shipment.arrived", 30, place=PHOENIX, reported=30)))
    say(taking_back("e-1"))
    arrival = Milestone.objects.get(code="arrival", kind="actual")
    assert arrival.value == at(30) and arrival.reports.count() == 1


@pytest.mark.parametrize(
    ("event_type", "data", "left"),
    [
        ("equipment.gated_out", {"return_by": iso(90)}, lambda: Equipment.objects.get().return_by),
        (
            "shipment.counted",
            {"stop": 2, "counted": 21},
            lambda: Shipment.objects.get().handling_units.get().count_received,
        ),
        (
            "invoice.issued",
            {"number": "INV-1", "amount": {"amount": "5", "currency": "USD"}},
            Charge.objects.first,
        ),
    ],
)
def test_nothing_is_left_of_what_was_taken_back(say: Say, event_type: str, data: dict[str, Any], left: Any) -> None:
    say(saying("shipment.booked", **booking()), by="tms")
    say(called("e-1", saying(event_type, 5, **data)))
    assert left() is not None
    say(taking_back("e-1"))
    assert left() is None


def test_news_of_a_load_that_were_taken_back_count_for_none_of_its_riders(say: Say) -> None:
    say(saying("shipment.booked", **booking()), by="tms")
    say(called("e-1", saying("shipment.departed", 1, refs=(LOAD,), stop=1)))
    assert Shipment.objects.get().status == "in_transit"
    say(taking_back("e-1"))
    assert Shipment.objects.get().status == "booked"


def test_the_timeline_says_what_was_taken_back(say: Say, coordinator: Viewer) -> None:
    (shipment,) = say(saying("shipment.booked", **booking()), by="tms").shipments
    say(called("e-1", saying("shipment.delivered", 33, signed_by="R. Ames")))
    say(taking_back("e-1"))
    rows = selectors.shipment_events(coordinator, shipment.number).rows
    assert "taken back by the sender; it said signed by R. Ames" in [row.words for row in rows]


def test_a_plan_is_not_taken_back(say: Say) -> None:
    say(called("e-1", saying("shipment.booked", **booking())), by="tms")
    back = say(taking_back("e-1"), by="tms")
    assert "not taken back" in back.problem
    assert Event.objects.get(type="shipment.booked").retracted_by_id is None


@pytest.mark.parametrize("retracted_first", [True, False])
def test_all_that_came_under_one_id_is_taken_back_in_either_order(
    say: Say, partners: dict[str, Partner], now: datetime, retracted_first: bool
) -> None:
    say(saying("shipment.booked", **booking()), by="tms")
    under_one_id = [called("e-1", saying(kind, 33)) for kind in ("shipment.delivered", "shipment.damaged")]
    if retracted_first:
        say(taking_back("e-1"))
    events_record(
        [Incoming(event, None, partners["edi"], SourceRank.EDI, SYSTEM, "test") for event in under_one_id], now=now
    )
    if not retracted_first:
        say(taking_back("e-1"))
    assert Event.objects.filter(sender_event_id="e-1", retracted_by__type="event.retracted").count() == 2


SAID_TWICE = (DELIVERED, replace(DELIVERED, event_id="e-2"))
ONE_BACK = (*SAID_TWICE, taking_back("e-1"))
BOTH_BACK = (*ONE_BACK, taking_back("e-2"))
UNNAMED = (DELIVERED, replace(DELIVERED, event_id=""), taking_back("e-1"))


@pytest.mark.parametrize(
    ("story", "status"),
    [(story, "delivered") for said in (ONE_BACK, UNNAMED) for story in permutations(said)]
    + [(story, "booked") for story in permutations(BOTH_BACK)],
)
def test_the_same_under_several_ids_stands_until_all_of_them_are_taken_back(
    say: Say, story: Sequence[CanonicalEvent], status: str
) -> None:
    say(saying("shipment.booked", **booking()), by="tms")
    for event in story:
        say(event)
    assert Event.objects.filter(type="shipment.delivered").count() == 1
    assert Shipment.objects.get().status == status


@pytest.mark.parametrize("story", [*permutations(ONE_BACK)])
def test_ids_that_come_at_once_are_kept_as_well(
    say: Say, partners: dict[str, Partner], now: datetime, story: Sequence[CanonicalEvent]
) -> None:
    say(saying("shipment.booked", **booking()), by="tms")
    events_record([Incoming(event, None, partners["edi"], SourceRank.EDI, SYSTEM, "test") for event in story], now=now)
    assert Shipment.objects.get().status == "delivered"
    say(taking_back("e-2"))
    assert Shipment.objects.get().status == "booked"


def test_what_is_said_again_under_a_new_id_after_it_was_taken_back_counts_again(say: Say) -> None:
    say(saying("shipment.booked", **booking()), by="tms")
    first = say(DELIVERED)
    say(taking_back("e-1"))
    again = say(replace(DELIVERED, event_id="e-2"))
    assert not again.created and again.rebound == (first.event,)
    assert say(replace(DELIVERED, event_id="e-2")).rebound == ()
