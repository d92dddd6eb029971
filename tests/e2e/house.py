"""A small house with two connections, one customer who reads mail, and a contract that prices a late delivery."""

from __future__ import annotations

import email
import email.policy
import json
import re
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from typing import Any, cast

from django.test import Client
from django.utils import timezone

from controltower.audit import SYSTEM
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from exceptions.intake.services import partner_create
from exceptions.intake.signatures import easypost_signature, standard_signature
from exceptions.parties.models import Account, AccountKind, Contact, ContactRole, Partner
from exceptions.sla.models import Contract, ContractVersion, Side, Term, TermKind, VersionState
from tests.notices.smtp import Behaviour

EASYPOST_SECRET = "what EasyPost signs with here"
STANDARD_SECRET = "whsec_" + "YSBzZWNyZXQgb2YgdGhlIGVuZCB0byBlbmQgdGVzdA=="
TRACKING = "7489 2200 0117"
BUYER = "ines.duarte@halvorsen-stores.example"


@dataclass(frozen=True)
class House:
    organisation: Organisation
    easypost: Partner
    tms: Partner


def make_house(organisation: Organisation) -> House:
    now = timezone.now()
    with acting_for(organisation):
        customer = account("HALVORSEN", "Halvorsen Stores", AccountKind.CUSTOMER)
        carrier = account("FEDEX", "FedEx Ground", AccountKind.CARRIER)
        Contact.objects.create(
            account=customer,
            name="Ines Duarte",
            role=ContactRole.CUSTOMER_SERVICE,
            email=BUYER,
            zone="America/New_York",
            is_primary=True,
        )
        late_fee(customer)
        easypost, tms = (
            partner_create(
                preset=preset,
                name=name,
                account=owner,
                default_customer=customer if preset == "easypost" else None,
                secret=secret,
                sandbox=False,
                actor=SYSTEM,
                now=now,
            ).partner
            for preset, name, owner, secret in (
                ("easypost", "Parcel tracking", carrier, EASYPOST_SECRET),
                ("cloudevents", "Our TMS", customer, STANDARD_SECRET),
            )
        )
    return House(organisation, easypost, tms)


def account(code: str, name: str, kind: str) -> Account:
    made = Account.objects.create(code=code, name=name, search_name=code, kind=kind)
    made.path = f"/{made.pk}/"
    made.save(update_fields=["path"])
    return made


def late_fee(customer: Account) -> None:
    contract = Contract.objects.create(
        side=Side.PAYABLE, account=customer, code="HALVORSEN-2026", name="Store deliveries", currency="USD"
    )
    version = ContractVersion.objects.create(
        contract=contract, number=1, state=VersionState.ACTIVE, effective_from=date(2024, 1, 1)
    )
    Term.objects.create(
        version=version,
        kind=TermKind.DELIVERY_WINDOW,
        name="Late delivery fee",
        price={"kind": "flat", "amount": "1800", "currency": "USD"},
    )


def post_tracker(house: House, body: bytes) -> Any:
    return Client().post(
        f"/in/{house.easypost.slug}/",
        body,
        content_type="application/json",
        headers={"X-Hmac-Signature": easypost_signature(EASYPOST_SECRET, body)},
    )


def post_event(house: House, event: dict[str, Any]) -> Any:
    body, now, message_id = json.dumps(event).encode(), timezone.now(), f"msg_{uuid.uuid4().hex}"
    signature = standard_signature(STANDARD_SECRET, message_id=message_id, timestamp=now, body=body)
    return Client().post(
        f"/in/{house.tms.slug}/",
        body,
        content_type="application/cloudevents+json",
        headers={
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signature,
        },
    )


def booking(tracking: str, *, due: datetime, city: str, region: str, booked_at: datetime) -> dict[str, Any]:
    """The plan that the TMS knows: a parcel that must be in the store by `due`."""
    return {
        "specversion": "1.0",
        "id": f"booking-{tracking}",
        "source": "/tms",
        "type": "shipment.booked",
        "time": booked_at.isoformat(),
        "data": {
            "references": [
                {"type": "tracking", "value": tracking, "issuer": "FedEx"},
                {"type": "po", "value": "PO-77120"},
            ],
            "customer": "HALVORSEN",
            "mode": "parcel",
            "goods": "Store fixtures",
            "value": {"amount": "9600.00", "currency": "USD"},
            "parties": [{"role": "contracted_carrier", "account": "FEDEX"}],
            "stops": [
                stop(1, "pickup", "Fixture plant", "Orlando", "FL"),
                stop(2, "delivery", "Store 214", city, region, window_start=due - timedelta(hours=4), window_end=due),
            ],
            "legs": [{"sequence": 1, "mode": "parcel", "carrier": "FEDEX", "origin": 1, "destination": 2}],
        },
    }


def stop(sequence: int, kind: str, name: str, city: str, region: str, **times: datetime) -> dict[str, Any]:
    return {
        "sequence": sequence,
        "kind": kind,
        "name": name,
        "city": city,
        "region": region,
        "country": "US",
        "zone": "America/New_York",
        **{key: moment.isoformat() for key, moment in times.items()},
    }


def tracker(tracking: str, *, eta: datetime, now: datetime) -> bytes:
    """What EasyPost would post: two scans, a delay for snow, an estimate."""

    def scan(hours: int, status_detail: str, message: str, city: str, state: str) -> dict[str, Any]:
        return {
            "object": "TrackingDetail",
            "message": message,
            "status": "in_transit",
            "status_detail": status_detail,
            "datetime": (now - timedelta(hours=hours)).isoformat(),
            "source": "FedEx",
            "carrier_code": "IT",
            "tracking_location": {"city": city, "state": state, "country": "US", "zip": None},
        }

    return json.dumps(
        {
            "object": "Event",
            "id": f"evt_{tracking}",
            "description": "tracker.updated",
            "mode": "production",
            "previous_attributes": {"status": "in_transit"},
            "result": {
                "object": "Tracker",
                "id": "trk_1",
                "tracking_code": tracking,
                "carrier": "FedEx",
                "status": "in_transit",
                "status_detail": "weather_delay",
                "updated_at": now.isoformat(),
                "est_delivery_date": eta.isoformat(),
                "signed_by": None,
                "tracking_details": [
                    scan(30, "arrived_at_facility", "Picked up", "Orlando", "FL"),
                    scan(12, "departed_facility", "Departed FedEx location", "Orlando", "FL"),
                    scan(2, "weather_delay", "Delayed by snow", "Kenly", "NC"),
                ],
            },
        }
    ).encode()


def hidden(page: str, name: str) -> str:
    """The value of a hidden field, as a browser would send it back."""
    for tag in re.findall(r"<input[^>]*>", page):
        if f'name="{name}"' in tag:
            found = re.search(r'value="([^"]*)"', tag)
            if found:
                return found.group(1)
    raise AssertionError(f"no field {name!r} on the page")


def mails(inbox: Behaviour) -> list[EmailMessage]:
    return [
        cast(EmailMessage, email.message_from_bytes(envelope.content, policy=email.policy.default))
        for envelope in inbox.taken
        if isinstance(envelope.content, bytes)
    ]
