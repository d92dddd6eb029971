"""The examples of the design, from signals and contracts in the database to the order of the queue."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from controltower.tenancy.viewer import Viewer
from exceptions.cases import services
from exceptions.cases.models import Case
from exceptions.cases.selectors import queue_page
from exceptions.parties.models import Account, AccountKind
from exceptions.shipments.canonical import EventType
from exceptions.shipments.models import Equipment, Shipment
from exceptions.sla.models import Calendar, LeadTime
from tests.cases.conftest import HOUR, book, eta, make_account, make_term, tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]

WEEK = {day: [["08:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def promised(code: str, amount: int, kind: str = "delivery_window", **more: Any) -> Account:
    """A customer whose contract makes a miss cost so much."""
    account = make_account(code, AccountKind.CUSTOMER)
    make_term(account, kind, {"kind": "flat", "amount": str(amount), "currency": "USD"}, **more)
    return account


def late(number: str, now: datetime, due_in: float, customer: Account | None, **more: Any) -> Case:
    """Due in so many hours, with an ETA nine hours past that."""
    book(number, now, now + due_in * HOUR, customer=customer, **more)
    (case,) = eta(number, now, now + (due_in + 9) * HOUR)
    return case


def takes(action: str, hours: float, *, cost: int = 0, case_type: str = "delivery_late") -> LeadTime:
    """An action of this organisation that always works when it is begun so many hours before."""
    return LeadTime.objects.create(
        action=action, case_type=case_type, minutes=round(hours * 60), cost=Decimal(cost), currency="USD", p_act=0.0
    )


def too_late(*actions: str) -> None:
    for action in actions:
        takes(action, 500)


def order(viewer: Viewer, now: datetime) -> list[str]:
    """Numbers in the order of the queue, once everything is priced."""
    services.cases_price(Case.objects.values_list("pk", flat=True), now=now)
    return [row.number for row in queue_page(viewer, now=now).rows]


def container(customer: Account, carrier: Account, now: datetime) -> Case:
    """Its last free day ends in thirty hours."""
    book("BOX", now, now + 90 * HOUR, customer=customer, carrier=carrier)
    shipment = Shipment.objects.order_by("-pk")[0]
    Equipment.objects.create(number="MSKU1234565", kind="container", shipment=shipment, last_free_at=now + 30 * HOUR)
    case = Case.objects.create(
        number="EX-9",
        type="free_time_expiring",
        severity="S2",
        subject_shipment=shipment,
        subject_key=f"shipment:{shipment.pk}",
        fingerprint=f"free_time_expiring:shipment:{shipment.pk}",
        account=customer,
        opened_at=now,
        currency="USD",
    )
    case.case_shipments.create(shipment=shipment)
    return case


def test_what_can_still_be_saved_stands_by_what_it_is_worth_and_how_soon(coordinator: Viewer, now: datetime) -> None:
    """12,000 that nobody can save; a container (1,720) whose dispatch closes in an hour; a new case at house rates; an
    OTIF miss of 14,400 in four days that an expedite for 3,200 prevents, to be booked within three hours."""
    too_late("call_carrier", "rebook", "reschedule_appointment")
    takes("expedite", 93, cost=3200)
    takes("book_dray", 2, case_type="free_time_expiring")
    dray = make_account("DRAY", AccountKind.CARRIER)
    Calendar.objects.create(name="Dispatch", account=dray, zone="UTC", intervals={"tue": [["06:00", "18:00"]]})

    hopeless = late("1", now, 1.2, promised("BIG", 12_000))
    new = late("2", now, 40, None)
    box = container(promised("BOXES", 1_720, "free_time", subkind="demurrage"), dray, now)
    miss = late("3", now, 96, promised("RETAIL", 14_400, "otif"))
    services.case_take(hopeless, actor=coordinator.actor, now=now)

    assert order(coordinator, now) == [case.number for case in (miss, box, new, hopeless)]
    told = {case.number: case for case in Case.objects.all()}
    assert told[hopeless.number].explanation["phrase"] == "12,000 USD unavoidable: notify and recover"
    assert told[hopeless.number].unavoidable == 12_000_00
    assert told[hopeless.number].act_by is None, "closing it, all that is left, is nothing to act by"
    assert queue_page(coordinator, "sort:due", now=now).rows[-1].number == hopeless.number
    due = {row.number for row in queue_page(coordinator, "due:<8w", now=now).rows}
    assert due == {case.number for case in (miss, box, new)}
    assert told[box.number].act_by == now + HOUR, "18:00 less two hours"
    assert told[miss.number].act_by == now + 3 * HOUR
    # 14,400 less the 3,200 of the expedite, and the house's 30 and 25.
    assert told[miss.number].avoidable == (14_400 - 3_200 + 55) * 100

    # The expedite cannot be booked any more: nothing but the house's own rates is left to save.
    assert order(coordinator, now + 3 * HOUR)[-1] != box.number
    missed = Case.objects.get(pk=miss.pk)
    assert missed.explanation["unavoidable"] and missed.unavoidable == 14_400_00


def test_a_trailer_is_one_case_worth_all_that_rides_on_it(coordinator: Viewer, now: datetime) -> None:
    takes("rebook", 0)
    too_late("call_carrier", "expedite", "reschedule_appointment")
    small, single = promised("SMALL", 450), promised("SINGLE", 3_000)
    for number in range(14):
        book(f"P{number}", now, now + 5 * HOUR, customer=small, load="L-9")
    (trailer,) = tell(EventType.LOAD_BROKEN_DOWN, "L-9", now, ref="load")
    alone = late("1", now, 5, single)
    assert order(coordinator, now) == [trailer.number, alone.number]
    trailer.refresh_from_db()
    assert trailer.avoidable == (14 * 450 + 55) * 100


def test_a_delivery_on_monday_is_urgent_on_friday_when_the_dispatcher_goes_home(coordinator: Viewer) -> None:
    """8,000 due Monday 08:00. The same with a carrier who works around the clock can wait."""
    friday = datetime(2026, 11, 6, 22, 0, tzinfo=UTC)  # 16:00 in Chicago
    monday = (datetime(2026, 11, 9, 14, 0, tzinfo=UTC) - friday) / HOUR
    takes("rebook", 0.5)
    too_late("call_carrier", "expedite", "reschedule_appointment")
    office = make_account("OFFICE", AccountKind.CARRIER)
    Calendar.objects.create(name="Dispatch", account=office, zone="America/Chicago", intervals=WEEK)

    customer = promised("BIG", 8_000)
    waits = late("1", friday, monday, customer, carrier=make_account("ALWAYS", AccountKind.CARRIER))
    soon = late("2", friday, 6, promised("MID", 4_000))
    urgent = late("3", friday, monday, customer, carrier=office)

    assert order(coordinator, friday) == [case.number for case in (urgent, soon, waits)]
    urgent.refresh_from_db()
    assert urgent.explanation["phrase"] == "8,055 of 8,055 USD still avoidable: rebook until 16:30"
