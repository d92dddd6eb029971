"""The whole history of many shipments, in a few queries."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from exceptions.shipments.canonical import Place, Ref, RefType
from exceptions.shipments.histories import histories
from exceptions.shipments.models import Shipment
from tests.shipments.conftest import Say, at, booking, iso, saying

BOL, PRO, LOAD = Ref(RefType.BOL, "BOL-4410"), Ref(RefType.PRO, "771-204"), Ref(RefType.LOAD, "L-2207")
CONTAINER = Ref(RefType.CONTAINER, "MSKU 123456-5")


def test_a_history_holds_the_plan_and_all_that_was_said_in_the_order_in_which_it_happened(say: Say) -> None:
    say(saying("shipment.arrived", 31, refs=(BOL,), place=Place(city="Phoenix", region="AZ", country="US")))
    say(saying("shipment.departed", 1, refs=(LOAD,), stop=1))
    say(saying("shipment.booked", refs=(BOL, CONTAINER), **booking()), by="tms")
    say(saying("equipment.gated_out", 3, refs=(BOL, CONTAINER)))
    shipment = Shipment.objects.get()
    history = histories([shipment.pk])[shipment.pk]
    assert [(event.type, event.load_id is not None) for event in history.events] == [
        ("shipment.booked", False),
        ("shipment.departed", True),
        ("equipment.gated_out", False),
        ("shipment.arrived", False),
    ]
    assert history.numbers == {history.events[2].id: frozenset({"MSKU1234565"})}
    assert [stop.kind for stop in history.stops] == ["pickup", "delivery"]
    assert [load.number for load in history.loads] == ["L-2207"] and len(history.equipment) == 2
    arrival = history.milestones[history.stops[1].id, "actual", "arrival"]
    assert (arrival.value, arrival.source) == (at(31), "edi")
    assert history.appointments[history.stops[1].id].ends_at == at(32)
    assert history.shipment.last_heard_at == at(31)
    assert [event.type for event in history.said("shipment.departed")] == ["shipment.departed"]


def test_ten_shipments_cost_no_more_queries_than_one(say: Say) -> None:
    for number in range(10):
        bol = Ref(RefType.BOL, f"B{number}")
        say(saying("shipment.booked", refs=(bol,), **booking(equipment=[], stops=booking()["stops"])), by="tms")
        say(saying("shipment.eta_changed", 5, refs=(bol,), estimated=iso(33)))
    ids = list(Shipment.objects.values_list("pk", flat=True))
    with CaptureQueriesContext(
        connection,
    ) as one:
        histories(ids[:1])
    with CaptureQueriesContext(connection) as ten:
        assert len(histories(ids)) == 10
    assert len(ten) == len(one) <= 16
