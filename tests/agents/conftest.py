"""A late delivery as it really opens, and what the skills make of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.proposals.models import Proposal
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from exceptions.cases.models import Case
from exceptions.parties.models import Account, AccountKind, Contact, ContactRole
from exceptions.shipments.canonical import EventType
from tests.cases.conftest import book, eta, make_account, tell

HOUR = timedelta(hours=1)
PRO = "482913007"


@pytest.fixture
def present() -> datetime:
    """Jobs read the clock, so these stories happen now."""
    return timezone.now().replace(microsecond=0)


@pytest.fixture
def customer(organisation: Organisation) -> Account:
    with acting_for(organisation):
        account = make_account("NORTHGATE", AccountKind.CUSTOMER)
        Contact.objects.create(
            account=account,
            name="Nora North",
            role=ContactRole.RECEIVING,
            email="nora@northgate.example",
            is_primary=True,
        )
        return account


@pytest.fixture
def late_case(organisation: Organisation, customer: Account, present: datetime) -> Case:
    """A delivery whose ETA is three hours past the window; its carrier said that the truck broke down."""
    with acting_for(organisation):
        book(PRO, present - 2 * HOUR, present + 6 * HOUR, customer=customer)
        told(present - HOUR, "Delayed: tractor broke down near Joplin")
        eta(PRO, present, present + 9 * HOUR)
        return Case.objects.select_related("account").get()


def told(at: datetime, text: str) -> list[Case]:
    """The carrier reports a delay in its own words."""
    return tell_text(EventType.SHIPMENT_DELAYED, at, text)


def tell_text(type_: str, at: datetime, text: str) -> list[Case]:
    from controltower.audit import SYSTEM
    from exceptions.cases.services import detection_run
    from exceptions.shipments.canonical import CanonicalEvent, Ref, SourceRank
    from exceptions.shipments.services import event_record

    event = CanonicalEvent(type_, at, (Ref("pro", PRO),), source_text=text)
    recorded = event_record(event, message_id=None, partner=None, source_rank=SourceRank.EDI, actor=SYSTEM, now=at)
    return detection_run(events=[recorded.event], now=at)


@pytest.fixture
def proposed(late_case: Case, run_jobs: Callable[[], int], organisation: Organisation) -> dict[str, Proposal]:
    """What waits for a decision after the jobs ran: kind -> proposal."""
    run_jobs()
    with acting_for(organisation):
        return {proposal.kind: proposal for proposal in waiting()}


def waiting() -> list[Proposal]:
    return list(Proposal.objects.filter(state="pending").select_related("case").order_by("pk"))


@pytest.fixture
def model(settings: Any) -> Callable[[str], None]:
    """Point the installation at a model server."""

    def point(base_url: str, **options: object) -> None:
        import uuid

        settings.OPENAI_BASE_URL = base_url
        settings.OPENAI_API_KEY = "k"
        settings.TOWER_MODEL = f"model-{uuid.uuid4().hex[:8]}"  # a breaker of its own
        settings.TOWER_MODEL_OPTIONS = {"deadline_seconds": 40, **options}

    return point


__all__ = ["PRO", "eta", "tell", "told", "waiting"]
