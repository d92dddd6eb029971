"""Many events recorded at once come out as if they had been recorded one by one."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from controltower.audit import SYSTEM
from exceptions.parties.models import Partner
from exceptions.shipments.canonical import CanonicalEvent, Ref, RefType, SourceRank
from exceptions.shipments.models import Event, Shipment
from exceptions.shipments.services import EventRefused, Incoming, Recorded, events_record
from tests.shipments.conftest import NOON, booking, iso, saying

BOL, PRO = Ref(RefType.BOL, "BOL-4410"), Ref(RefType.PRO, "771-204")


@pytest.fixture
def say_all(partners: dict[str, Partner]) -> Any:
    def record(*events: CanonicalEvent, by: str = "edi") -> list[Recorded]:
        incoming = [Incoming(event, None, partners[by], SourceRank.EDI, SYSTEM, "test") for event in events]
        return events_record(incoming, now=NOON)

    return record


def test_the_answers_stand_in_the_order_of_the_questions(say_all: Any) -> None:
    delivered, booked, scanned = say_all(
        saying("shipment.delivered", 31),
        saying("shipment.booked", refs=(BOL, PRO), **booking()),
        saying("shipment.scanned", 5, refs=(PRO,)),
    )
    assert [one.event.type for one in (delivered, booked, scanned)] == [
        "shipment.delivered",
        "shipment.booked",
        "shipment.scanned",
    ]
    assert Shipment.objects.get().status == "delivered"


def test_a_repeat_in_the_same_batch_is_no_new_event(say_all: Any) -> None:
    first, again = say_all(saying("shipment.scanned", 5), saying("shipment.scanned", 5))
    assert first.created and not again.created and first.event == again.event
    assert Event.objects.count() == 1


def test_all_that_cannot_be_read_are_named_at_once(say_all: Any) -> None:
    with pytest.raises(EventRefused) as refused:
        say_all(
            saying("shipment.scanned", 1),
            saying("shipment.eta_changed", 2),
            saying("shipment.eta_changed", 3, estimated=iso(9)),
            saying("shipment.counted", 4),
        )
    assert refused.value.index == 1 and list(refused.value.reasons) == [1, 3]
    assert "estimated" in refused.value.message


def test_an_account_nobody_entered_is_blamed_on_the_event_that_names_it(say_all: Any) -> None:
    with pytest.raises(EventRefused, match="NOBODY") as refused:
        say_all(saying("shipment.scanned", 1), saying("shipment.booked", 2, **booking(customer="NOBODY")))
    assert refused.value.index == 1


@pytest.mark.parametrize("where", ["note", "reference", "text"])
@pytest.mark.parametrize("wrong", ["a\x00b", "a\ud800b"])
def test_what_no_text_column_holds_is_refused_by_name(say_all: Any, where: str, wrong: str) -> None:
    odd = {
        "note": saying("shipment.scanned", 2, note=wrong),
        "reference": saying("shipment.scanned", 2, refs=(Ref(RefType.BOL, wrong),)),
        "text": replace(saying("shipment.scanned", 2), source_text=wrong),
    }
    with pytest.raises(EventRefused) as refused:
        say_all(saying("shipment.scanned", 1), odd[where])
    assert list(refused.value.reasons) == [1]


def test_ten_times_the_events_cost_no_more_statements(say_all: Any) -> None:
    bols = [Ref(RefType.BOL, f"B{number}") for number in range(40)]
    say_all(*(saying("shipment.booked", refs=(bol,), **booking(equipment=[], legs=[])) for bol in bols), by="tms")
    counts = []
    for hours, some in ((1, bols[:4]), (2, bols[4:])):
        news = [saying("shipment.eta_changed", hours, refs=(bol,), estimated=iso(33 + hours)) for bol in some]
        news += [saying("shipment.arrived", 30 + hours, refs=(bol,), stop=2) for bol in some]
        with CaptureQueriesContext(connection) as queries:
            say_all(*news)
        counts.append(len(queries))
    assert counts[1] == counts[0] <= 30
