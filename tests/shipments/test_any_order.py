"""State is a function of the set of events: shuffled, repeated and cut into chunks of any size, it comes out the same."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from controltower.audit import SYSTEM
from exceptions.parties.models import Partner
from exceptions.shipments.canonical import CanonicalEvent, Place, Ref, RefType, SourceRank
from exceptions.shipments.histories import histories
from exceptions.shipments.services import Incoming, events_record
from tests.shipments.conftest import NOON, booking, iso, saying
from tests.shipments.picture import picture

Told = tuple[CanonicalEvent, str, SourceRank]
BOL, BOL2 = Ref(RefType.BOL, "BOL-4410"), Ref(RefType.BOL, "BOL-9")
PRO, PRO2, PRO3 = Ref(RefType.PRO, "771-204"), Ref(RefType.PRO, "771-205"), Ref(RefType.PRO, "771-206")
TRACKING, TRACKING2 = Ref(RefType.TRACKING, "EZ1", "UPS"), Ref(RefType.TRACKING, "EZ2", "UPS")
LOAD, ORDER, PO = Ref(RefType.LOAD, "L-2207"), Ref(RefType.ORDER, "SO-88120"), Ref(RefType.PO, "4500-7")
CONTAINER = Ref(RefType.CONTAINER, "MSKU1234565")
PHOENIX = Place(city="Phoenix", region="AZ", country="US")


def edi(*said: Any, event_id: str = "", **more: Any) -> Told:
    return replace(saying(*said, **more), event_id=event_id), "edi", SourceRank.EDI


def tms(*said: Any, **more: Any) -> Told:
    return saying(*said, **more), "tms", SourceRank.EDI


def scan(*said: Any, **more: Any) -> Told:
    return saying(*said, **more), "tracker", SourceRank.SCAN


_LINES = [{"line": 1, "sku": "ROM-24", "quantity": "1200", "waits_for": "4500-7"}]
_MORE = [{"line": 2, "sku": "ICE-10", "quantity": "40"}]
_INVOICE = {"number": "INV-1", "amount": {"amount": "2150.00", "currency": "USD"}}
_CHARGED = [{"code": "400", "amount": "1900.00"}, {"code": "DET", "kind": "accessorial", "amount": "250.00"}]
_CUTOFF = {"sequence": 1, "mode": "road", "origin": 1, "destination": 2, "load": "L-2207"}

# Freight: a plan and the one that replaces it, and what happens; some of it taken back, before and after it was said.
FREIGHT: list[Told] = [
    tms("shipment.booked", 0, refs=(BOL, CONTAINER), **booking(equipment=[])),
    tms(
        "shipment.booked",
        2,
        refs=(BOL, CONTAINER),
        **booking(
            customer="",
            equipment=[],
            documents=[{"kind": "certificate", "due_at": iso(-5)}],
            legs=[{**_CUTOFF, "cutoffs": [{"kind": "gate", "at": iso(-2)}]}],
        ),
    ),
    tms("shipment.booked", 1, refs=(BOL2,), **booking(equipment=[], units=[])),
    tms("load.planned", 0, refs=(LOAD,), carrier="ORBIT", vehicle="Tractor 1"),
    tms("load.planned", 1, refs=(LOAD,), carrier="ORBIT", vehicle="Tractor 2"),
    tms("load.tendered", 0, refs=(LOAD,), respond_by=iso(-3)),
    edi("load.cancelled", 1, refs=(LOAD,)),
    edi("shipment.departed", 3, refs=(LOAD,), stop=1, event_id="e-1"),
    edi("shipment.scanned", 4),
    edi("shipment.arrived", 31, refs=(BOL,), place=PHOENIX, event_id="e-2"),
    edi("shipment.delivered", 33, refs=(BOL,), event_id="e-3"),
    edi("shipment.counted", 33, refs=(BOL,), stop=2, counted=21),
    edi("equipment.made_available", 3, refs=(CONTAINER,), last_free_at=iso(50)),
    edi("equipment.gated_out", 5, refs=(BOL,), return_by=iso(90), event_id="e-4"),
    edi("shipment.eta_changed", 6, estimated=iso(30), classifier="planned"),
    edi("shipment.eta_changed", 7, estimated=iso(35)),
    edi("shipment.position_reported", 8),
    edi("appointment.rescheduled", 9, starts_at=iso(40), ends_at=iso(41), event_id="e-5"),
]


def taking_back(event_id: str, hours: float) -> Told:
    said = CanonicalEvent("event.retracted", saying("shipment.scanned", hours).occurred_at, (), None)
    return replace(said, data={"event_id": event_id}, event_id=f"r-{event_id}"), "edi", SourceRank.EDI


FREIGHT += [taking_back(event_id, 40) for event_id in ("e-1", "e-3", "e-4", "e-5")]

# Identifiers that are told in passing: of nobody, of one shipment, of two; a tracker that starts shipments by them.
NAMES: list[Told] = [
    tms("shipment.booked", 0, refs=(BOL,), **booking(equipment=[], legs=[])),
    tms("shipment.booked", 1, refs=(BOL2,), **booking(equipment=[], legs=[])),
    tms("shipment.booked", 2, refs=(PRO3,), **booking(equipment=[], legs=[])),
    edi("shipment.picked_up", 3, refs=(BOL, PRO)),
    edi("shipment.departed", 4, refs=(PRO,), stop=1),
    edi("shipment.scanned", 5, refs=(BOL, PRO2)),
    edi("shipment.scanned", 6, refs=(BOL2, PRO2)),
    edi("shipment.arrived", 31, refs=(PRO2,), place=PHOENIX),
    edi("shipment.delivered", 32, refs=(BOL2, PRO3)),
    edi("shipment.scanned", 7, refs=(PRO2, TRACKING2)),
    scan("shipment.scanned", 8, refs=(TRACKING,)),
    scan("shipment.out_for_delivery", 30, refs=(TRACKING, PRO)),
    scan("shipment.delivered", 33, refs=(TRACKING2,)),
]

# Orders, the supply they wait for, and what is asked to be paid.
TRADE: list[Told] = [
    tms("order.created", 0, refs=(ORDER,), customer="HALVORSEN", lines=_LINES),
    tms("order.changed", 1, refs=(ORDER,), need_by=iso(40), lines=[*_LINES, *_MORE]),
    tms("order.changed", 2, refs=(ORDER,), need_by=iso(44), lines=_LINES),
    edi("order.held", 3, refs=(ORDER,), kind="credit", detail="limit"),
    edi("inventory.allocated", 3, refs=(ORDER,), line=1, quantity="1200", event_id="i-1"),
    edi("inventory.shortfall_detected", 4, refs=(ORDER,), line=1, quantity="1080", short="120", event_id="i-2"),
    taking_back("i-2", 6),
    edi("supply.announced", 0, refs=(PO,), expected_at=iso(10), lines=[{"sku": "ROM-24", "quantity": "1200"}]),
    edi("supply.delayed", 5, refs=(PO,), expected_at=iso(20)),
    edi("supply.received", 19, refs=(PO,), lines=[{"sku": "ROM-24", "quantity": "1180", "ordered": "1200"}]),
    tms("shipment.booked", 0, refs=(BOL,), **booking(equipment=[])),
    tms(
        "shipment.booked",
        1,
        refs=(BOL,),
        **booking(equipment=[], order_lines=[{"order": "SO-1", "line": 3, "quantity": "5"}]),
    ),
    edi("invoice.issued", 50, **_INVOICE),
    edi("invoice.issued", 51, **_INVOICE, lines=_CHARGED),
    edi("invoice.released", 52, **_INVOICE),
    edi("invoice.issued", 53, refs=(LOAD,), **{**_INVOICE, "number": "INV-2"}, event_id="v-1"),
    taking_back("v-1", 54),
]
STORIES = {"freight": FREIGHT, "names": NAMES, "trade": TRADE}


def told(partners: dict[str, Partner], story: list[Told], cuts: set[int]) -> dict[str, Any]:
    """What comes of the story, recorded in chunks that end at `cuts`."""
    incoming = [Incoming(event, None, partners[by], rank, SYSTEM, "test") for event, by, rank in story]
    with transaction.atomic():
        ends = [*sorted(cut for cut in cuts if 0 < cut < len(story)), len(story)]
        for start, end in zip([0, *ends[:-1]], ends, strict=True):
            events_record(incoming[start:end], now=NOON)
        seen = picture()
        transaction.set_rollback(True)
    return seen


@pytest.mark.parametrize("which", STORIES)
def test_all_at_once_is_the_same_as_one_by_one(partners: dict[str, Partner], which: str) -> None:
    story = STORIES[which]
    assert told(partners, story, set()) == told(partners, story, set(range(len(story))))


@pytest.mark.parametrize("which", STORIES)
def test_backwards_is_the_same(partners: dict[str, Partner], which: str) -> None:
    story = STORIES[which]
    expected = told(partners, story, set())
    assert told(partners, story[::-1], {4, 8}) == expected
    assert told(partners, story[::-1], set(range(len(story)))) == expected


@pytest.mark.parametrize("which", STORIES)
def test_the_histories_that_are_handed_over_are_those_that_are_stored(partners: dict[str, Partner], which: str) -> None:
    incoming = [Incoming(event, None, partners[by], rank, SYSTEM, "test") for event, by, rank in STORIES[which][::-1]]
    for start in range(0, len(incoming), 3):
        handed = events_record(incoming[start : start + 3], now=NOON)[0].histories
        assert handed == histories(handed)


@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@pytest.mark.parametrize("which", STORIES)
@given(data=st.data())
def test_any_order_repetition_and_chunking_tells_the_same_story(
    partners: dict[str, Partner], which: str, data: st.DataObject
) -> None:
    story = STORIES[which]
    again = data.draw(st.lists(st.integers(0, len(story) - 1), max_size=5))
    order = data.draw(st.permutations([*range(len(story)), *again]))
    cuts = data.draw(st.sets(st.integers(1, len(order)), max_size=6))
    assert told(partners, [story[index] for index in order], cuts) == told(partners, story, set())
