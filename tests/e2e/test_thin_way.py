"""The whole way: a signed EasyPost webhook comes in, a named person approves, the customer has mail, the record holds.

Nothing is mocked: HTTP through the door and the pages, jobs through the real runner, mail to a real SMTP server. The
language model is off, so the rules do the reading and writing and say so.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agents.policy.kinds import OriginKind, ProposalKind
from agents.proposals.models import Proposal, ProposalState
from controltower.tenancy.context import acting_for
from controltower.tenancy.viewer import Viewer
from exceptions.cases.models import Case
from exceptions.notices.models import Notice, NoticeState
from exceptions.shipments.models import Event, Milestone, Shipment
from tests.e2e.house import BUYER, TRACKING, House, booking, hidden, mails, post_event, post_tracker, tracker
from tests.notices.smtp import Behaviour

pytestmark = pytest.mark.django_db(transaction=True)
SAMPLE = Path(__file__).resolve().parents[3] / "shared" / "data" / "webhooks" / "easypost_tracker_updated.json"


def proposals(house: House) -> dict[str, Proposal]:
    with acting_for(house.organisation):
        return {proposal.kind: proposal for proposal in Proposal.objects.filter(state=ProposalState.PENDING)}


def approve(client: Client, proposal: Proposal) -> Any:
    card = client.get(reverse("proposals:card", args=[proposal.number])).content.decode()
    form = {"digest": hidden(card, "digest"), "choice": "approve"}
    return client.post(reverse("proposals:decide", args=[proposal.number]), form)


def verified() -> None:
    """Raises SystemExit(1) when a single entry of any organisation does not fit its chain."""
    call_command("verify_audit")


def test_signals_become_one_priced_case_of_one_shipment(late: House) -> None:
    with acting_for(late.organisation):
        shipment = Shipment.objects.get()
        case = Case.objects.get()
        assert {ref.value for ref in shipment.references.all()} >= {TRACKING}
        assert Milestone.objects.filter(kind="estimated").count() == 1
        assert (case.type, case.phase) == ("delivery_late", "at_risk")
        assert case.at_risk > 0 and case.act_by is not None and case.rank is not None
        assert case.explanation
        assert Event.objects.filter(type="shipment.delayed", data__reason="weather").exists()


def test_the_rules_propose_a_cause_and_a_notice_and_nothing_happens_by_itself(late: House, inbox: Behaviour) -> None:
    found = proposals(late)
    assert set(found) == {ProposalKind.SET_CLASSIFICATION, ProposalKind.SEND_NOTICE}
    assert {proposal.origin for proposal in found.values()} == {OriginKind.RULES}
    assert found[ProposalKind.SET_CLASSIFICATION].payload["reason"] == "weather"
    with acting_for(late.organisation):
        assert Notice.objects.count() == 0
    assert inbox.taken == []


def test_a_supervisor_approves_and_the_customer_has_one_mail(
    late: House,
    inbox: Behaviour,
    client_for: Callable[..., Client],
    supervisor: Viewer,
    run_jobs: Callable[[], int],
) -> None:
    client = client_for(supervisor)
    for kind in (ProposalKind.SET_CLASSIFICATION, ProposalKind.SEND_NOTICE):
        response = approve(client, proposals(late)[kind])
        assert response.status_code == 302, response.content.decode()
        run_jobs()
    (mail,) = mails(inbox)
    assert mail["To"] == BUYER or BUYER in str(mail["To"])
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None and html is not None
    assert mail.get_content_type() == "multipart/alternative"
    assert "Brooklyn" in plain.get_content() or "PO-77120" in plain.get_content()
    with acting_for(late.organisation):
        assert Notice.objects.get().state == NoticeState.SENT
        case = Case.objects.get()
        assert case.reason == "weather" and case.reason_accepted_by_id == supervisor.member.pk
    run_jobs()
    assert len(inbox.taken) == 1
    verified()


def test_the_same_signals_again_change_nothing(late: House, inbox: Behaviour, run_jobs: Callable[[], int]) -> None:
    with acting_for(late.organisation):
        before = (Event.objects.count(), Case.objects.count(), Proposal.objects.count())
    now = timezone.now().replace(microsecond=0)
    body = tracker(TRACKING, eta=now + timedelta(hours=45), now=now)
    assert post_tracker(late, body).status_code == 200
    run_jobs()
    with acting_for(late.organisation):
        assert (Event.objects.count(), Case.objects.count(), Proposal.objects.count()) == before
    verified()


def test_who_may_not_decide_cannot_let_a_notice_out(
    late: House,
    inbox: Behaviour,
    client_for: Callable[..., Client],
    coordinator: Viewer,
    administrator: Viewer,
    stranger: Viewer,
    run_jobs: Callable[[], int],
) -> None:
    proposal = proposals(late)[ProposalKind.SEND_NOTICE]
    form = {"digest": proposal.digest, "choice": "approve"}
    for viewer, status in ((coordinator, 403), (administrator, 403), (stranger, 404)):
        response = client_for(viewer).post(reverse("proposals:decide", args=[proposal.number]), form)
        assert response.status_code == status
    run_jobs()
    assert inbox.taken == []


def test_an_approval_of_what_changed_meanwhile_is_refused_and_nothing_leaves(
    late: House,
    inbox: Behaviour,
    client_for: Callable[..., Client],
    supervisor: Viewer,
    run_jobs: Callable[[], int],
) -> None:
    client = client_for(supervisor)
    proposal = proposals(late)[ProposalKind.SEND_NOTICE]
    card = client.get(reverse("proposals:card", args=[proposal.number])).content.decode()
    now = timezone.now().replace(microsecond=0) + timedelta(minutes=1)
    later = json.loads(tracker(TRACKING, eta=now + timedelta(hours=72), now=now))
    later["id"] = "evt_later"
    assert post_tracker(late, json.dumps(later).encode()).status_code == 202
    run_jobs()
    form = {"digest": hidden(card, "digest"), "choice": "approve"}
    response = client.post(reverse("proposals:decide", args=[proposal.number]), form)
    assert response.status_code in (404, 409)
    run_jobs()
    assert inbox.taken == []
    verified()


@pytest.mark.skipif(not SAMPLE.is_file(), reason="the sample data lies beside the project, not in it")
def test_the_published_easypost_body_goes_the_whole_way(
    house: House,
    inbox: Behaviour,
    client_for: Callable[..., Client],
    supervisor: Viewer,
    run_jobs: Callable[[], int],
) -> None:
    """The published parcel was promised for 3 August 2024 here, and EasyPost says the 5th."""
    sample = json.loads(SAMPLE.read_bytes())["result"]
    due = datetime.fromisoformat("2024-08-03T17:00:00-04:00")
    plan = booking(
        sample["tracking_code"],
        due=due,
        city="Brooklyn",
        region="NY",
        booked_at=datetime.fromisoformat("2024-07-31T10:00:00-04:00"),
    )
    assert post_event(house, plan).status_code == 202
    assert post_tracker(house, SAMPLE.read_bytes()).status_code == 202
    run_jobs()
    with acting_for(house.organisation):
        assert Event.objects.exclude(type="shipment.booked").count() == 8
        case = Case.objects.get()
        assert case.type == "delivery_late"
    response = approve(client_for(supervisor), proposals(house)[ProposalKind.SEND_NOTICE])
    assert response.status_code == 302, response.content.decode()
    run_jobs()
    (mail,) = mails(inbox)
    plain = mail.get_body(("plain",))
    assert plain is not None and plain.get_content().strip()
    verified()
