from datetime import datetime

import pytest
from django.utils import timezone

from controltower.audit import SYSTEM
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from exceptions.intake import limits
from exceptions.intake.services import partner_create
from exceptions.parties.models import Account, AccountKind, Channel, Partner, SignatureScheme
from tests.intake.cast import EASYPOST_SECRET, STANDARD_SECRET


@pytest.fixture
def one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """All requests of the test count in one minute: none ends between them, and a Redis on a busy machine is waited for."""
    middle = timezone.now().replace(second=20)
    monkeypatch.setattr(timezone, "now", lambda: middle)
    monkeypatch.setattr(limits, "PATIENCE_SECONDS", 60)
    limits.limiter.cache_clear()


@pytest.fixture
def carrier(organisation: Organisation) -> Account:
    with acting_for(organisation):
        return Account.objects.create(code="SWIFT", name="Swiftline Parcel", kind=AccountKind.CARRIER)


@pytest.fixture
def customer(organisation: Organisation) -> Account:
    with acting_for(organisation):
        return Account.objects.create(code="ACME", name="Acme Retail", kind=AccountKind.CUSTOMER)


@pytest.fixture
def easypost(organisation: Organisation, carrier: Account, customer: Account, now: datetime) -> Partner:
    """A live EasyPost connection that may start shipments."""
    return connect(organisation, "easypost", carrier, customer, EASYPOST_SECRET, now)


@pytest.fixture
def cloudevents(organisation: Organisation, carrier: Account, now: datetime) -> Partner:
    """A live CloudEvents connection."""
    return connect(organisation, "cloudevents", carrier, None, STANDARD_SECRET, now)


@pytest.fixture
def tms(organisation: Organisation, carrier: Account) -> Partner:
    """Our customer's own TMS, which sends our own events."""
    with acting_for(organisation):
        return Partner.objects.create(
            account=carrier,
            slug="tms",
            name="TMS",
            channel=Channel.REST,
            adapter="canonical",
            signature=SignatureScheme.TRANSPORT,
            sandbox=False,
        )


def connect(
    organisation: Organisation, preset: str, account: Account, customer: Account | None, secret: str, now: datetime
) -> Partner:
    with acting_for(organisation):
        return partner_create(
            preset=preset,
            name=f"{account.name} {preset}",
            account=account,
            default_customer=customer,
            secret=secret,
            sandbox=False,
            actor=SYSTEM,
            now=now,
        ).partner
