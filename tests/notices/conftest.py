"""A case that came about by signals, and people at the customer and the carrier who can be told."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from controltower.audit import SYSTEM
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer
from exceptions.cases.facts import facts_for
from exceptions.cases.models import Case
from exceptions.cases.services import detection_run
from exceptions.notices.drafts import Draft, Locale, NoticeKind
from exceptions.notices.models import Notice
from exceptions.notices.phrases.templates import draft_of_lines
from exceptions.notices.services import notice_schedule
from exceptions.notices.services.writing import preview
from exceptions.parties import services as parties
from exceptions.parties.models import AccountKind, Contact, ContactRole
from exceptions.shipments.canonical import CanonicalEvent, EventType, Ref, SourceRank
from exceptions.shipments.services import event_record

from .smtp import Behaviour, mail_server

HOUR = timedelta(hours=1)


def tell(type_: str, at: datetime, *refs: Ref, **data: object) -> list[Case]:
    """One signal about PRO 482913007, through recording and detection."""
    event = CanonicalEvent(type_, at, (Ref("pro", "482913007"), *refs), data=data)
    recorded = event_record(event, message_id=None, partner=None, source_rank=SourceRank.EDI, actor=SYSTEM, now=at)
    return detection_run(events=[recorded.event], now=at)


@pytest.fixture
def moment() -> datetime:
    """The real present, to the minute: jobs run by the database's clock."""
    return timezone.now().replace(second=0, microsecond=0)


@pytest.fixture
def late_case(organisation: Organisation, moment: datetime) -> Case:
    """A delivery in Dallas that was due in two hours and comes in five."""
    due = moment + 2 * HOUR
    with acting_for(organisation):
        customer = parties.account_create(
            code="ACME", name="Acme Foods", kind=AccountKind.CUSTOMER, actor=SYSTEM, now=moment
        )
        carrier = parties.account_create(
            code="ORBIT", name="Orbit Freight", kind=AccountKind.CARRIER, actor=SYSTEM, now=moment
        )
        for account, name, role in ((customer, "Ina", ContactRole.RECEIVING), (carrier, "Otto", ContactRole.DISPATCH)):
            parties.contact_create(
                account=account,
                name=name,
                role=role,
                email=f"{name.lower()}@{account.code.lower()}.example",
                actor=SYSTEM,
                now=moment,
            )
        places = (("pickup", "Laredo", "America/Chicago"), ("delivery", "Dallas", "America/Chicago"))
        stops = [
            {"sequence": n, "kind": kind, "city": city, "region": "TX", "country": "US", "zone": zone}
            for n, (kind, city, zone) in enumerate(places, start=1)
        ]
        stops[1] |= {"window_start": (due - HOUR).isoformat(), "window_end": due.isoformat()}
        tell(
            EventType.SHIPMENT_BOOKED,
            moment - 20 * HOUR,
            Ref("po", "4500123"),
            mode="road",
            customer="ACME",
            parties=[{"role": "contracted_carrier", "account": "ORBIT"}],
            stops=stops,
        )
        (case,) = tell(EventType.SHIPMENT_ETA_CHANGED, moment - HOUR, stop=2, estimated=(due + 3 * HOUR).isoformat())
    return case


@pytest.fixture
def ina(late_case: Case) -> Contact:
    """The customer's receiving desk."""
    with acting_for(late_case.organisation_id):
        return Contact.objects.select_related("account").get(name="Ina")


LINES = [("greeting", "Hello,"), ("status", "Your shipment {po} is late and now expected at {eta_new}.")]


def late_draft() -> Draft:
    return draft_of_lines(NoticeKind.DELAY, Locale.EN, LINES)


@pytest.fixture
def schedule(late_case: Case, ina: Contact, supervisor: Viewer, moment: datetime) -> Callable[..., Notice]:
    """An approved notice of the late case, held as long as the organisation says."""

    def approve(viewer: Viewer = supervisor, draft: Draft | None = None) -> Notice:
        draft = draft or late_draft()
        with acting_for(late_case.organisation_id):
            facts = facts_for(Case.objects.get(pk=late_case.pk), now=moment)
            seen = preview(draft, facts, audience="customer")
            assert seen.rendered is not None
            assert not seen.issues, seen.issues
            used = {fact["key"] for fact in seen.facts}
            return notice_schedule(
                case=late_case,
                recipient_contact=ina,
                draft=draft,
                facts=[fact for fact in facts if fact.key in used],
                rendered=seen.rendered,
                actor=viewer.actor,
                approval=None,
                now=timezone.now(),
            )

    return approve


@pytest.fixture
def sink(monkeypatch: pytest.MonkeyPatch) -> Iterator[Behaviour]:
    """The mail server that notices go to; a test may make it misbehave."""
    behaviour = Behaviour()
    with mail_server(behaviour) as server:
        monkeypatch.setattr(settings, "EMAIL_HOST", server.host)
        monkeypatch.setattr(settings, "EMAIL_PORT", server.port)
        monkeypatch.setattr(settings, "EMAIL_TIMEOUT", 60.0)
        yield behaviour
