"""Whom an identifier names that somebody told us in passing: it does not matter what came first."""

from itertools import permutations

import pytest

from exceptions.shipments.canonical import CanonicalEvent, Ref, RefType
from exceptions.shipments.models import Event, Shipment
from tests.shipments.conftest import Say, booking, saying
from tests.shipments.picture import name_of

BOL, BOL2 = Ref(RefType.BOL, "BOL-1"), Ref(RefType.BOL, "BOL-2")
PRO = Ref(RefType.PRO, "771-204")


def booked(*refs: Ref) -> CanonicalEvent:
    return saying("shipment.booked", refs=refs, **booking(equipment=[], legs=[]))


def shipments_named(event_type: str) -> list[str]:
    event = Event.objects.get(type=event_type)
    return sorted(name_of(subject.shipment) for subject in event.subjects.all() if subject.shipment)


PLANS_WIN = (
    booked(BOL),
    booked(PRO),
    saying("shipment.departed", 3, refs=(BOL, PRO)),
    saying("shipment.delivered", 9, refs=(PRO,)),
)


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_a_plan_says_whose_a_number_is_and_a_signal_that_names_two_plans_waits(
    say: Say, order: tuple[int, ...]
) -> None:
    for index in order:
        say(PLANS_WIN[index], by="tms" if index < 2 else "edi")
    assert sorted(name_of(shipment) for shipment in Shipment.objects.all()) == ["771-204", "BOL-1"]
    assert shipments_named("shipment.departed") == []
    assert shipments_named("shipment.delivered") == ["771-204"]


TOLD_OF_TWO = (
    booked(BOL),
    booked(BOL2),
    saying("shipment.departed", 3, refs=(BOL, PRO)),
    saying("shipment.arrived", 4, refs=(BOL2, PRO)),
    saying("shipment.delivered", 9, refs=(PRO,)),
)


@pytest.mark.parametrize("order", list(permutations(range(5)))[::7])
def test_a_number_told_of_two_shipments_names_neither(say: Say, order: tuple[int, ...]) -> None:
    for index in order:
        say(TOLD_OF_TWO[index], by="tms" if index < 2 else "edi")
    assert (shipments_named("shipment.departed"), shipments_named("shipment.arrived")) == (["BOL-1"], ["BOL-2"])
    assert shipments_named("shipment.delivered") == []


ONE = (booked(BOL), booked(PRO), booked(BOL, PRO))


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_plan_that_names_two_shipments_says_that_they_are_one(say: Say, order: tuple[int, ...]) -> None:
    for index in order:
        plan = ONE[index]
        said = saying(
            "shipment.booked", index, refs=plan.references, **booking(equipment=[], legs=[], goods=f"g{index}")
        )
        say(said, by="tms")
    shipment = Shipment.objects.get()
    assert (name_of(shipment), shipment.goods) == ("771-204+BOL-1", "g2")
