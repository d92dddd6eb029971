"""Interchanges through the door: a tender is a plan, the carrier's answer and status meet it, a bad set stays alone."""

from datetime import datetime
from typing import Any

import pytest

from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from exceptions.intake.models import Message, MessageState
from exceptions.intake.services import message_accept
from exceptions.parties.models import Account, Partner
from exceptions.shipments.models import Event, Load, Milestone, Order, Shipment, Stop
from tests.intake.conftest import connect
from tests.intake.x12.samples import ORDER, SHIPPED, STATUS, TENDER, a_set, interchange, status

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def x12(organisation: Organisation, carrier: Account, now: datetime) -> Partner:
    return connect(organisation, "x12", carrier, None, "", now)


def deliver(partner: Partner, body: bytes, now: datetime) -> Message:
    with acting_for(partner.organisation_id):
        accepted = message_accept(partner, body=body, headers={}, content_type="application/edi-x12", now=now)
        return Message.objects.get(pk=accepted.message_id)


def test_a_tender_its_answer_and_its_status_meet_in_one_shipment(x12: Partner, run_jobs: Any, now: datetime) -> None:
    accepted = a_set("990", "B1*ORBT*L-5120*20260504*A")
    arrived = status("AT7*X1*NS***20260506*0755*LT", "MS1*Tolleson*AZ*US")
    answer = interchange(accepted, group="GF").replace(b"*1430*417", b"*1515*417")
    for body in (interchange(arrived), answer, interchange(TENDER, group="SM")):
        deliver(x12, body, now)
    run_jobs()
    with acting_for(x12.organisation_id):
        shipment = Shipment.objects.get()
        assert [stop.kind for stop in Stop.objects.filter(shipment=shipment).order_by("sequence")] == [
            "pickup",
            "delivery",
        ]
        assert Load.objects.get().state == "accepted"
        said = Milestone.objects.get(stop__shipment=shipment, stop__kind="delivery", kind="actual", code="arrival")
        assert said.value.isoformat() == "2026-05-06T14:55:00+00:00"


def test_a_cancelled_tender_cancels_the_shipment_it_made(x12: Partner, run_jobs: Any, now: datetime) -> None:
    deliver(x12, interchange(TENDER, group="SM"), now)
    cancel = a_set("204", "B2**ORBT**L-5120**PP", "B2A*01", control="0002")
    deliver(x12, interchange(cancel, group="SM", number="000000418").replace(b"*1430*417", b"*1630*418"), now)
    run_jobs()
    with acting_for(x12.organisation_id):
        assert Shipment.objects.get().status == "cancelled"


def test_a_warehouses_advice_finds_the_order_it_was_told_to_ship(x12: Partner, run_jobs: Any, now: datetime) -> None:
    deliver(x12, interchange(ORDER, SHIPPED, group="OW"), now)
    run_jobs()
    with acting_for(x12.organisation_id):
        order = Order.objects.get()
        assert order.number == "SO-88120"
        assert list(order.lines.order_by("line_number").values_list("ordered", flat=True)) == [1200, 40]
        short = Event.objects.get(type="inventory.shortfall_detected")
        assert short.subjects.get().order_id == order.pk


def test_one_bad_set_is_a_dead_letter_with_its_place_and_the_answer_says_so(
    x12: Partner, run_jobs: Any, now: datetime
) -> None:
    broken = STATUS.replace("20260506*0300", "20261399*0300").replace("*0001", "*0002")
    parent = deliver(x12, interchange(STATUS, broken, TENDER), now)
    run_jobs()
    with acting_for(x12.organisation_id):
        states = list(Message.objects.filter(parent=parent).order_by("position").values_list("state", "where"))
        assert [state for state, _ in states] == [MessageState.PROCESSED, MessageState.DEAD, MessageState.PROCESSED]
        assert states[1][1] == "segment 7 (AT7), element 5"
        answer = bytes(Message.objects.get(pk=parent.pk).acknowledgement or b"").decode()
        assert "AK5*A" in answer and "AK5*R*5" in answer and "AK9*P*3*3*2" in answer
        assert Event.objects.filter(type="shipment.delayed").count() == 1
