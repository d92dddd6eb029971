"""Signals as partners send them, through the real recording and detection, and what the house needs to price them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from controltower.audit import SYSTEM
from exceptions.cases.models import Case
from exceptions.cases.services import detection_run
from exceptions.parties.models import Account, AccountKind, Partner
from exceptions.parties.text import search_form
from exceptions.shipments.canonical import CanonicalEvent, EventType, Ref, SourceRank
from exceptions.shipments.services import event_record
from exceptions.sla.models import Contract, ContractVersion, Side, Term, VersionState

HOUR = timedelta(hours=1)


@pytest.fixture
def customer(acting: object) -> Account:
    return make_account("NORTHGATE", AccountKind.CUSTOMER)


@pytest.fixture
def carrier(acting: object) -> Account:
    return make_account("ORBIT", AccountKind.CARRIER)


def make_account(code: str, kind: str) -> Account:
    account = Account.objects.create(code=code, name=code.title(), search_name=search_form(code), kind=kind)
    account.path = f"/{account.pk}/"
    account.save(update_fields=["path"])
    return account


def make_term(
    account: Account | None, kind: str, price: dict[str, Any], *, side: str = Side.PAYABLE, **more: Any
) -> Term:
    """A term of an active contract with that account; of the house without one."""
    code = f"{account.code if account else 'HOUSE'}-{Term.objects.count()}"
    contract = Contract.objects.create(side=side, account=account, code=code, name=code, currency="USD")
    version = ContractVersion.objects.create(
        contract=contract, number=1, state=VersionState.ACTIVE, effective_from=date(2026, 1, 1)
    )
    return Term.objects.create(version=version, kind=kind, name=f"{kind} of {code}", price=price, **more)


@pytest.fixture
def flat() -> Callable[[int | str], dict[str, str]]:
    return lambda amount, currency="USD": {"kind": "flat", "amount": str(amount), "currency": currency}


def tell(
    type_: str,
    number: str,
    at: datetime,
    *,
    now: datetime | None = None,
    ref: str = "pro",
    refs: Iterable[Ref] = (),
    partner: Partner | None = None,
    **data: Any,
) -> list[Case]:
    """One signal about a PRO (or another reference), all the way through detection. Returns the cases it touched."""
    event = CanonicalEvent(type_, at, (Ref(ref, number), *refs), data=data)
    recorded = event_record(
        event, message_id=None, partner=partner, source_rank=SourceRank.EDI, actor=SYSTEM, now=now or at
    )
    assert not recorded.problem, recorded.problem
    return detection_run(events=[recorded.event], now=now or at)


def book(
    number: str,
    at: datetime,
    due: datetime,
    *,
    customer: Account | None = None,
    carrier: Account | None = None,
    load: str = "",
    zone: str = "America/Chicago",
    city: str = "Chicago",
    mode: str = "road",
    value: str = "50000",
    **more: Any,
) -> list[Case]:
    """A shipment from Dallas with one delivery window that ends at `due`."""
    return tell(
        EventType.SHIPMENT_BOOKED,
        number,
        at,
        mode=mode,
        customer=customer.code if customer else "",
        value={"amount": value, "currency": "USD"},
        parties=[{"role": "contracted_carrier", "account": carrier.code}] if carrier else [],
        stops=[
            {
                "sequence": 1,
                "kind": "pickup",
                "name": "Plant",
                "city": "Dallas",
                "region": "TX",
                "country": "US",
                "zone": "America/Chicago",
            },
            {
                "sequence": 2,
                "kind": "delivery",
                "name": "Store",
                "city": city,
                "region": "IL",
                "country": "US",
                "zone": zone,
                "window_start": (due - 2 * HOUR).isoformat(),
                "window_end": due.isoformat(),
            },
        ],
        legs=[
            {
                "sequence": 1,
                "mode": mode,
                **({"carrier": carrier.code} if carrier else {}),
                "origin": 1,
                "destination": 2,
                **({"load": load} if load else {}),
            }
        ],
        **more,
    )


def eta(number: str, at: datetime, estimated: datetime, **more: Any) -> list[Case]:
    return tell(EventType.SHIPMENT_ETA_CHANGED, number, at, stop=2, estimated=estimated.isoformat(), **more)


def cents(amount: int) -> Decimal:
    return Decimal(amount) / 100
