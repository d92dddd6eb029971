"""What the clocks of contracts count from is read for those types of case that have such a clock, and for no others."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exceptions.cases.models import Case
from exceptions.cases.services.clock_facts import with_clock_facts
from exceptions.cases.services.known_clocks import ClockFacts
from exceptions.cases.services.state import Known, ShipmentState, known_shipments
from exceptions.parties.models import Account, AccountKind
from exceptions.shipments.canonical import EventType
from exceptions.shipments.models import Charge, Leg, PartyRole, Shipment, Stop
from exceptions.sla.reach import AT_STAKE
from tests.cases.conftest import HOUR, book, make_account, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def one(customer: Account, carrier: Account, now: datetime) -> Known:
    """A shipment with a pickup and a delivery, a cut-off and an invoice that asks for more than was agreed."""
    book("482913001", now, now + 6 * HOUR, customer=customer, carrier=carrier)
    shipment = Shipment.objects.get()
    Leg.objects.update(cutoffs=[{"kind": "gate", "at": (now + HOUR).isoformat()}])
    Charge.objects.create(
        shipment=shipment, kind="freight", code="", amount=Decimal(900), agreed_amount=Decimal(700), currency="USD",
        invoice_number="I-1", invoiced_at=now,
    )  # fmt: skip
    (known,) = known_shipments([shipment.pk])
    return known


def test_a_paper_for_a_load_proves_nothing_for_the_shipments_on_it(customer: Account, now: datetime) -> None:
    """One for a shipment proves that one delivered; what holds a load up holds up all that rides on it."""
    for number in ("P1", "P2"):
        book(number, now, now + 6 * HOUR, customer=customer, load="L-88")
    first, second = (shipment.pk for shipment in Shipment.objects.order_by("pk"))

    def states() -> list[ShipmentState]:
        return [known.state for known in known_shipments([first, second])]

    tell(EventType.DOCUMENT_RECEIVED, "L-88", now + HOUR, ref="load", kind="pod")
    assert [state.proof_at for state in states()] == [None, None]
    tell(EventType.DOCUMENT_RECEIVED, "P2", now + 2 * HOUR, kind="pod")
    assert [state.proof_at for state in states()] == [None, now + 2 * HOUR]
    tell(EventType.LOAD_BROKEN_DOWN, "L-88", now + 3 * HOUR, ref="load", description="Turbo failed")
    assert [state.trouble_at for state in states()] == [now + 3 * HOUR] * 2


def test_the_broker_of_a_shipment_is_known_beside_its_carrier(one: Known, carrier: Account) -> None:
    broker = make_account("CUSTOMS", AccountKind.BROKER)
    PartyRole.objects.create(shipment=one.shipment, account=broker, role="broker")
    (known,) = known_shipments([one.shipment.pk])
    assert (known.broker, known.carrier) == (broker, carrier)


def asked(one: Known, type_: str, subject: str = "shipment:1") -> ClockFacts:
    case = Case(type=type_, subject_key=subject)
    (found,) = with_clock_facts([one], [(case, [one.shipment.pk])])
    return found.clocks


@pytest.mark.parametrize(
    ("type_", "told"),
    [
        ("pickup_late", (2, 0, 0)),
        ("stop_dwell", (2, 0, 0)),
        ("tender_rejected", (2, 1, 0)),
        ("booking_rolled", (0, 1, 0)),
        ("document_missing", (0, 1, 0)),
        ("invoice_discrepancy", (0, 0, 1)),
        ("delivery_late", (0, 0, 0)),
    ],
)
def test_a_type_gets_what_its_promises_count_from(one: Known, type_: str, told: tuple[int, int, int]) -> None:
    facts = asked(one, type_)
    assert (len(facts.stops), len(facts.cut_offs), len(facts.charges)) == told


def test_a_case_about_an_appointment_gets_the_stops_whatever_its_type(one: Known) -> None:
    assert len(asked(one, "appointment_problem", "appointment:5").stops) == Stop.objects.count() == 2


def test_two_cases_about_one_shipment_get_what_either_asks_for(one: Known) -> None:
    both = [
        (Case(type=type_, subject_key="shipment:1"), [one.shipment.pk]) for type_ in ("pickup_late", "booking_rolled")
    ]
    (found,) = with_clock_facts([one], both)
    assert found.clocks.stops and found.clocks.cut_offs and not found.clocks.charges


def test_what_no_promise_counts_from_costs_no_query(one: Known) -> None:
    quiet = [type_ for type_, promised in AT_STAKE.items() if not promised]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert all(asked(one, type_) == ClockFacts() for type_ in ("delivery_late", *quiet))
    assert not queries.captured_queries
