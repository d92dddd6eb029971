"""Two workers at once: a shipment that becomes known and a signal that waits for it cannot miss each other."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, TimeoutError
from threading import Event as Flag

import pytest
from django.db import connection

from controltower.audit import SYSTEM
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from exceptions.shipments.canonical import CanonicalEvent, Ref, RefType, SourceRank
from exceptions.shipments.models import Shipment
from exceptions.shipments.services import Recorded, event_record
from tests.shipments.conftest import NOON, saying

pytestmark = pytest.mark.django_db(transaction=True)

BOOKED = saying("shipment.booked")
DELIVERED = saying("shipment.delivered", 31)


@pytest.fixture
def workers() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def record(organisation: Organisation, event: CanonicalEvent, hold: Callable[[], object] = lambda: None) -> Recorded:
    """Record in a transaction of its own, which stays open until `hold` returns."""
    try:
        with acting_for(organisation):
            recorded = event_record(
                event, message_id=None, partner=None, source_rank=SourceRank.EDI, actor=SYSTEM, now=NOON
            )
            hold()
            return recorded
    finally:
        connection.close()


@pytest.mark.parametrize(("first", "second"), [(BOOKED, DELIVERED), (DELIVERED, BOOKED)])
def test_the_second_waits_for_the_first_and_sees_it(
    organisation: Organisation, workers: ThreadPoolExecutor, first: CanonicalEvent, second: CanonicalEvent
) -> None:
    recorded, go = Flag(), Flag()

    def hold() -> None:
        recorded.set()
        go.wait(20)

    one = workers.submit(record, organisation, first, hold)
    assert recorded.wait(20)
    other = workers.submit(record, organisation, second)
    with pytest.raises(TimeoutError):
        other.result(0.5)
    go.set()
    one.result(20)
    other.result(20)
    with acting_for(organisation):
        assert Shipment.objects.get().status == "delivered"


def test_a_new_shipment_takes_its_number_from_a_row_that_two_cannot_read_at_once(
    organisation: Organisation, workers: ThreadPoolExecutor
) -> None:
    booked = [saying("shipment.booked", refs=(Ref(RefType.BOL, f"B{number}"),)) for number in range(8)]
    list(workers.map(lambda event: record(organisation, event), booked))
    with acting_for(organisation):
        numbers = set(Shipment.objects.values_list("number", flat=True))
    assert numbers == {f"SH-{10001 + number}" for number in range(8)}
