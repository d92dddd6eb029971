"""A container from Rotterdam to Trenton, told by its line and its terminals: from the door to milestones."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from controltower.audit import SYSTEM
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from exceptions.intake.models import Message, MessageState
from exceptions.intake.services import message_accept, messages_process
from exceptions.parties.models import Account, Channel, Partner, SignatureScheme
from exceptions.shipments.canonical import CanonicalEvent, EventType, Ref, RefType, SourceRank
from exceptions.shipments.models import Event, Milestone, Shipment
from exceptions.shipments.services import event_record
from tests.intake.test_adapter_dcsa import event, transport
from tests.intake.test_adapter_edifact import GATE, QUAY, STATUS, interchange

pytestmark = pytest.mark.django_db(transaction=True)
PLAN: dict[str, Any] = {
    "customer": "ACME",
    "mode": "ocean",
    "stops": [
        {"sequence": 1, "kind": "port", "unlocode": "NLRTM", "city": "Rotterdam", "country": "NL", "zone": "Europe/Amsterdam"},
        {"sequence": 2, "kind": "port", "unlocode": "USNYC", "city": "New York", "country": "US", "zone": "America/New_York"},
        {"sequence": 3, "kind": "delivery", "city": "Trenton", "region": "NJ", "country": "US", "zone": "America/New_York"},
    ],
    "legs": [{"sequence": 1, "mode": "ocean", "carrier": "SWIFT", "origin": 1, "destination": 2}],
    "equipment": [{"number": "KLNU4471200", "kind": "container", "seal": "S88120"}],
}  # fmt: skip


@pytest.fixture
def booked(organisation: Organisation, carrier: Account, customer: Account, now: datetime) -> None:
    with acting_for(organisation):
        event_record(
            CanonicalEvent(EventType.SHIPMENT_BOOKED, now, (Ref(RefType.BOL, "KLNEB5512"),), data=PLAN),
            message_id=None,
            partner=None,
            source_rank=SourceRank.EDI,
            actor=SYSTEM,
            now=now,
        )


def line(organisation: Organisation, account: Account, adapter: str) -> Partner:
    with acting_for(organisation):
        return Partner.objects.create(
            account=account,
            slug=f"line-{adapter}",
            name=f"Line {adapter}",
            channel=Channel.EDI,
            adapter=adapter,
            signature=SignatureScheme.TRANSPORT,
            sandbox=False,
        )


def deliver(partner: Partner, body: bytes, now: datetime) -> list[str]:
    """Accept and process one delivery with all its items; the states of what became of it."""
    with acting_for(partner.organisation_id):
        first = message_accept(partner, body=body, headers={}, content_type="application/edifact", now=now)
        messages_process([first.message_id], now=now)
        items = list(Message.objects.filter(parent_id=first.message_id).order_by("position"))
        messages_process([item.pk for item in items], now=now)
        return [item.state for item in Message.objects.filter(pk__in=[item.pk for item in items]).order_by("position")]


def milestones(organisation: Organisation) -> dict[tuple[int, str, str], datetime]:
    with acting_for(organisation):
        rows = Milestone.objects.select_related("stop").filter(stop__shipment__isnull=False)
        return {(row.stop.sequence, row.kind, row.code): row.value for row in rows if row.stop is not None}


def test_an_interchange_of_three_kinds_fills_the_plan_and_its_bad_message_waits_alone(
    booked: None, organisation: Organisation, carrier: Account, now: datetime
) -> None:
    partner = line(organisation, carrier, "edifact")
    bad = STATUS.replace("DTM+334:202603020930:203", "DTM+334:202613020930:203")
    states = deliver(partner, interchange(STATUS, bad, QUAY, GATE), now)
    assert states == [MessageState.PROCESSED, MessageState.DEAD, MessageState.PROCESSED, MessageState.PROCESSED]
    known = milestones(organisation)
    assert known[1, "actual", "departure"] == datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    assert known[2, "estimated", "arrival"] == datetime(2026, 3, 12, 15, 0, tzinfo=UTC)
    assert known[2, "actual", "discharge"] == datetime(2026, 3, 13, 6, 30, tzinfo=UTC)
    assert known[2, "actual", "gate_out"] == datetime(2026, 3, 14, 12, 15, tzinfo=UTC)
    assert not any(stop == 3 for stop, _, _ in known), "no port's estimate is taken for the delivery's"
    with acting_for(organisation):
        (shipment,) = Shipment.objects.all()
        assert shipment.status == "in_transit"


def test_a_retraction_takes_an_actual_back_and_loses_nothing_that_was_said(
    booked: None, organisation: Organisation, carrier: Account, now: datetime
) -> None:
    partner = line(organisation, carrier, "dcsa")
    arrived = transport("ARRI")
    arrived["payload"]["transportCall"] = {
        **arrived["payload"]["transportCall"],
        "location": {"UNLocationCode": "USNYC"},
    }
    deliver(partner, json.dumps(arrived).encode(), now)
    assert (2, "actual", "arrival") in milestones(organisation)
    head = {**event("TRANSPORT")["metadata"], "eventID": "77", "retractedEventID": arrived["metadata"]["eventID"]}
    deliver(partner, json.dumps({"metadata": head}).encode(), now)
    assert (2, "actual", "arrival") not in milestones(organisation)
    with acting_for(organisation):
        assert Event.objects.filter(partner=partner).count() == 2, "nothing that was said is lost"
