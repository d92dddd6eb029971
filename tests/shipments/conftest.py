from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from controltower.audit import SYSTEM
from controltower.tenancy.models import Organisation
from exceptions.parties import services as parties
from exceptions.parties.models import Account, AccountKind, LocationKind, Partner
from exceptions.shipments.canonical import CanonicalEvent, Place, Ref, RefType, SourceRank
from exceptions.shipments.services import Recorded, event_record

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

Say = Callable[..., Recorded]


def at(hours: float) -> datetime:
    """So many hours after noon."""
    return NOON + timedelta(hours=hours)


def iso(hours: float) -> str:
    return at(hours).isoformat()


@pytest.fixture
def accounts(acting: Organisation) -> dict[str, Account]:
    made = {}
    for code, kind in [
        ("HALVORSEN", AccountKind.CUSTOMER),
        ("SIERRA-PACK", AccountKind.SUPPLIER),
        ("ORBIT", AccountKind.CARRIER),
    ]:
        made[code] = parties.account_create(code=code, name=code.title(), kind=kind, actor=SYSTEM, now=NOON)
    parties.location_create(
        code="PHX-DC",
        name="Phoenix DC",
        kind=LocationKind.WAREHOUSE,
        city="Phoenix",
        region="AZ",
        country="US",
        zone="America/Phoenix",
        actor=SYSTEM,
        now=NOON,
    )
    return made


@pytest.fixture
def partners(accounts: dict[str, Account]) -> dict[str, Partner]:
    """A TMS that books, a carrier's EDI, a tracker that knows shipments before we do."""
    common = {"account": accounts["ORBIT"], "adapter": "cloudevents", "signature": "standard_webhooks"}
    return {
        "tms": Partner.objects.create(slug="tms", name="TMS", **common),
        "edi": Partner.objects.create(slug="edi", name="EDI", **common),
        "tracker": Partner.objects.create(
            slug="tracker",
            name="Tracker",
            creates_shipments=True,
            default_customer=accounts["HALVORSEN"],
            **common,
        ),
    }


def booking(**changes: Any) -> dict[str, Any]:
    """A reefer from Laredo to Phoenix: pickup at 12 UTC, appointment 30 to 32 hours later."""
    plan: dict[str, Any] = {
        "customer": "HALVORSEN",
        "mode": "road",
        "value": {"amount": "86400", "currency": "USD"},
        "temperature": {"min": "34", "max": "38", "unit": "F"},
        "parties": [{"role": "contracted_carrier", "account": "ORBIT"}],
        "stops": [
            {
                "sequence": 1,
                "kind": "pickup",
                "city": "Laredo",
                "region": "TX",
                "country": "US",
                "zone": "America/Chicago",
                "planned_departure": iso(0),
            },
            {
                "sequence": 2,
                "kind": "delivery",
                "location": "PHX-DC",
                "window_start": iso(30),
                "window_end": iso(32),
                "planned_arrival": iso(30),
                "appointment": {"state": "requested", "starts_at": iso(30), "ends_at": iso(32)},
            },
        ],
        "legs": [{"sequence": 1, "mode": "road", "carrier": "ORBIT", "origin": 1, "destination": 2, "load": "L-2207"}],
        "units": [{"sequence": 1, "kind": "pallet", "ordered": 22}],
        "order_lines": [{"order": "SO-88120", "line": 1, "quantity": "1200"}],
        "equipment": [{"number": "TRLU5521", "kind": "reefer"}],
    }
    return plan | changes


def saying(
    event_type: str,
    hours: float = 0,
    *,
    refs: tuple[Ref, ...] = (Ref(RefType.BOL, "BOL-4410"),),
    place: Place | None = None,
    reported: float | None = None,
    **data: Any,
) -> CanonicalEvent:
    return CanonicalEvent(
        event_type, at(hours), refs, place, data, reported_at=at(reported) if reported is not None else None
    )


@pytest.fixture
def say(partners: dict[str, Partner], now: datetime) -> Say:
    """Record an event as one of the partners says it."""

    def record(event: CanonicalEvent, by: str = "edi", rank: SourceRank = SourceRank.EDI) -> Recorded:
        return event_record(
            event, message_id=None, partner=partners[by], source_rank=rank, actor=SYSTEM, now=now, adapter="test"
        )

    return record
