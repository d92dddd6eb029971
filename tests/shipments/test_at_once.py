"""Two workers at once: a shipment that becomes known and a signal that waits for it cannot miss each other."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, TimeoutError
from dataclasses import replace
from threading import Event as Flag

import pytest
from django.db import connection

from controltower.audit import SYSTEM
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from exceptions.parties import services as parties
from exceptions.parties.models import AccountKind, Partner
from exceptions.shipments.canonical import CanonicalEvent, Ref, RefType, SourceRank
from exceptions.shipments.models import Shipment
from exceptions.shipments.services import Recorded, event_record
from tests.shipments.conftest import NOON, saying

pytestmark = pytest.mark.django_db(transaction=True)

BOOKED = saying("shipment.booked")
DELIVERED = saying("shipment.delivered", 31)
NAMED = replace(DELIVERED, event_id="e-1")
TAKEN_BACK = CanonicalEvent("event.retracted", NOON, data={"event_id": "e-1"})


@pytest.fixture
def workers() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


@pytest.fixture
def partner(organisation: Organisation) -> Partner:
    with acting_for(organisation):
        account = parties.account_create(code="ORBIT", name="Orbit", kind=AccountKind.CARRIER, actor=SYSTEM, now=NOON)
        return Partner.objects.create(
            slug="edi", name="EDI", account=account, adapter="cloudevents", signature="standard_webhooks"
        )


def record(
    organisation: Organisation,
    event: CanonicalEvent,
    hold: Callable[[], object] = lambda: None,
    partner: Partner | None = None,
) -> Recorded:
    """Record in a transaction of its own, which stays open until `hold` returns."""
    try:
        with acting_for(organisation):
            recorded = event_record(
                event, message_id=None, partner=partner, source_rank=SourceRank.EDI, actor=SYSTEM, now=NOON
            )
            hold()
            return recorded
    finally:
        connection.close()


@pytest.mark.parametrize(("first", "second"), [(BOOKED, DELIVERED), (DELIVERED, BOOKED)])
def test_the_second_waits_for_the_first_and_sees_it(
    organisation: Organisation, workers: ThreadPoolExecutor, first: CanonicalEvent, second: CanonicalEvent
) -> None:
    one_after_the_other(organisation, workers, first, second)
    with acting_for(organisation):
        assert Shipment.objects.get().status == "delivered"


@pytest.mark.parametrize(("first", "second"), [(NAMED, TAKEN_BACK), (TAKEN_BACK, NAMED)])
def test_an_event_and_what_takes_it_back_cannot_miss_each_other(
    organisation: Organisation,
    workers: ThreadPoolExecutor,
    partner: Partner,
    first: CanonicalEvent,
    second: CanonicalEvent,
) -> None:
    record(organisation, BOOKED)
    one_after_the_other(organisation, workers, first, second, partner)
    with acting_for(organisation):
        assert Shipment.objects.get().status == "booked"


def one_after_the_other(
    organisation: Organisation,
    workers: ThreadPoolExecutor,
    first: CanonicalEvent,
    second: CanonicalEvent,
    partner: Partner | None = None,
) -> None:
    """Record the second while the first is recorded and not yet committed: it has to wait."""
    recorded, go = Flag(), Flag()

    def hold() -> None:
        recorded.set()
        go.wait(60)

    one = workers.submit(record, organisation, first, hold, partner)
    assert recorded.wait(60)
    other = workers.submit(record, organisation, second, partner=partner)
    with pytest.raises(TimeoutError):
        other.result(0.5)
    go.set()
    one.result(60)
    other.result(60)


def test_a_new_shipment_takes_its_number_from_a_row_that_two_cannot_read_at_once(
    organisation: Organisation, workers: ThreadPoolExecutor
) -> None:
    booked = [saying("shipment.booked", refs=(Ref(RefType.BOL, f"B{number}"),)) for number in range(8)]
    list(workers.map(lambda event: record(organisation, event), booked))
    with acting_for(organisation):
        numbers = set(Shipment.objects.values_list("number", flat=True))
    assert numbers == {f"SH-{10001 + number}" for number in range(8)}
