"""Words that are understood anew: the shipment stands as if they had been understood so from the beginning."""

from datetime import datetime
from typing import Any

import pytest

from controltower.audit import SYSTEM
from exceptions.parties.models import Partner
from exceptions.shipments.canonical import CanonicalEvent, SourceRank
from exceptions.shipments.models import Event, Milestone, Shipment
from exceptions.shipments.services import Incoming, Recorded, events_record
from tests.shipments.conftest import Say, booking, saying

pytestmark = pytest.mark.django_db


@pytest.fixture
def replace(partners: dict[str, Partner], now: datetime) -> Any:
    def instead_of(old: Recorded, event: CanonicalEvent) -> Recorded:
        rank = SourceRank.EDI
        incoming = Incoming(event, None, partners["edi"], rank, SYSTEM, "test", replaces=old.event.pk)
        return events_record([incoming], now=now)[0]

    return instead_of


def actuals() -> set[str]:
    return set(Milestone.objects.filter(kind="actual").values_list("code", flat=True))


def test_a_delivery_that_was_read_as_a_scan_is_one(say: Say, replace: Any) -> None:
    say(saying("shipment.booked", **booking()), by="tms")
    scan = say(saying("shipment.scanned", 31, unmapped="acme.ZZ"))
    assert Shipment.objects.get().status != "delivered"
    delivered = replace(scan, saying("shipment.delivered", 31))
    assert Shipment.objects.get().status == "delivered" and "delivery" in actuals()
    assert Event.objects.get(pk=scan.event.pk).retracted_by == delivered.event
    assert [event.pk for event in delivered.rebound] == [scan.event.pk]


def test_a_delivery_that_was_none_is_taken_back(say: Say, replace: Any) -> None:
    say(saying("shipment.booked", **booking()), by="tms")
    delivered = say(saying("shipment.delivered", 31, unmapped="acme.ZZ"))
    replace(delivered, saying("shipment.scanned", 31))
    assert Shipment.objects.get().status != "delivered" and "delivery" not in actuals()


def test_what_stands_for_it_may_be_known_already(say: Say, replace: Any) -> None:
    say(saying("shipment.booked", **booking()), by="tms")
    known = say(saying("shipment.scanned", 31))
    delivered = say(saying("shipment.delivered", 31, unmapped="acme.ZZ"))
    again = replace(delivered, saying("shipment.scanned", 31))
    assert not again.created and again.event == known.event
    assert [event.pk for event in again.rebound] == [delivered.event.pk]
    assert Shipment.objects.get().status != "delivered"


def test_what_reads_the_same_replaces_nothing(say: Say, replace: Any) -> None:
    scan = say(saying("shipment.scanned", 31))
    assert replace(scan, saying("shipment.scanned", 31)).event == scan.event
    assert Event.objects.get().retracted_by is None
