"""State is a function of the set of events: shuffled, repeated, it comes out the same."""

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from exceptions.shipments.canonical import CanonicalEvent, Place, Ref, RefType, SourceRank
from tests.shipments.conftest import Say, booking, iso, saying
from tests.shipments.picture import picture

BOL, PRO, LOAD = Ref(RefType.BOL, "BOL-4410"), Ref(RefType.PRO, "771-204"), Ref(RefType.LOAD, "L-2207")
TRACKING, OTHER = Ref(RefType.TRACKING, "EZ1000000001", "UPS"), Ref(RefType.BOL, "BOL-9")
TRAILER = Ref(RefType.TRAILER, "TRLU5521")
PHOENIX = Place(city="Phoenix", region="AZ", country="US")
RAMP = {"sequence": 2, "kind": "ramp", "city": "Tucson", "region": "AZ", "country": "US", "zone": "America/Phoenix"}


def _with_ramp() -> dict[str, Any]:
    pickup, delivery = booking()["stops"]
    return booking(stops=[pickup, RAMP, {**delivery, "sequence": 3}], legs=[], loads=["L-2207"], goods="Romaine")


# (event, partner, rank): bookings that replace each other, a second shipment on the same load, signals by BOL, by an
# identifier that only another signal ties to it, by load and by trailer, corrections, and a tracker that may start
# shipments of its own.
STORY: list[tuple[CanonicalEvent, str, SourceRank]] = [
    (saying("shipment.booked", 0, refs=(BOL, TRACKING), **booking()), "tms", SourceRank.EDI),
    (saying("shipment.booked", 2, refs=(BOL,), **_with_ramp()), "tms", SourceRank.EDI),
    (saying("shipment.booked", 1, refs=(OTHER,), **booking(equipment=[])), "tms", SourceRank.EDI),
    (saying("load.planned", 0, refs=(LOAD,), carrier="ORBIT"), "tms", SourceRank.EDI),
    (saying("order.created", 0, refs=(Ref(RefType.ORDER, "SO-88120"),), customer="HALVORSEN"), "tms", SourceRank.EDI),
    (saying("order.held", 3, refs=(Ref(RefType.ORDER, "SO-88120"),), detail="credit"), "tms", SourceRank.EDI),
    (saying("shipment.departed", 3, refs=(LOAD,), stop=1), "edi", SourceRank.EDI),
    (saying("shipment.picked_up", 1, refs=(BOL, PRO)), "edi", SourceRank.EDI),
    (saying("shipment.eta_changed", 5, refs=(PRO,), estimated=iso(33)), "edi", SourceRank.EDI),
    (saying("shipment.eta_changed", 8, refs=(TRACKING,), estimated=iso(35)), "tracker", SourceRank.SCAN),
    (saying("shipment.delivery_attempted", 31, refs=(TRACKING,)), "tracker", SourceRank.SCAN),
    (saying("shipment.arrived", 31, refs=(PRO,), place=PHOENIX, reported=31), "edi", SourceRank.EDI),
    (saying("shipment.arrived", 30, refs=(PRO,), place=PHOENIX, reported=34), "edi", SourceRank.EDI),
    (saying("shipment.arrived", 29, refs=(TRACKING,), place=PHOENIX), "tracker", SourceRank.SCAN),
    (saying("shipment.delivered", 36, refs=(TRACKING,)), "tracker", SourceRank.SCAN),
    (saying("appointment.rescheduled", 9, refs=(BOL,), starts_at=iso(40), ends_at=iso(41)), "edi", SourceRank.EDI),
    (saying("shipment.temperature_read", 6, refs=(TRAILER,), value=41, unit="F"), "edi", SourceRank.TELEMATICS),
    (saying("shipment.counted", 36, refs=(BOL,), stop=3, counted=21), "edi", SourceRank.EDI),
]


def _told(say: Say, story: list[tuple[CanonicalEvent, str, SourceRank]]) -> dict[str, Any]:
    with transaction.atomic():
        for event, by, rank in story:
            say(event, by, rank)
        seen = picture()
        transaction.set_rollback(True)
    return seen


@pytest.fixture
def as_it_happened(say: Say) -> dict[str, Any]:
    return _told(say, STORY)


def test_the_story_says_something(as_it_happened: dict[str, Any]) -> None:
    seen = as_it_happened
    assert len(seen["shipments"]) == 2 and len(seen["events"]) == len(STORY)
    assert all(subjects for _, subjects, _ in seen["events"])


@settings(
    max_examples=12,
    deadline=None,
    # A failing order says enough as it is; making it shorter takes minutes, as every try is a day of events.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(again=st.lists(st.integers(0, len(STORY) - 1), max_size=5), data=st.data())
def test_any_order_and_repetition_of_events_tells_the_same_story(
    say: Say, as_it_happened: dict[str, Any], again: list[int], data: st.DataObject
) -> None:
    order = data.draw(st.permutations([*range(len(STORY)), *again]))
    assert _told(say, [STORY[index] for index in order]) == as_it_happened


@pytest.mark.parametrize("first", [0, 5, 9, 14])
def test_backwards_tells_the_same_story(say: Say, as_it_happened: dict[str, Any], first: int) -> None:
    turned = list(reversed(STORY[first:] + STORY[:first]))
    assert _told(say, turned) == as_it_happened
