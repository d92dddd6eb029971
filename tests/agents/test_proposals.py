"""Deciding: by a named person, on exactly what was shown, within their limit; done once, and only if it still holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Model

from agents.proposals.models import Decision, Effect, Proposal
from agents.proposals.services.deciding import proposal_approve, proposal_cancel, proposal_edit, proposal_reject
from agents.proposals.services.executing import effect_run
from controltower.audit.models import AuditEntry
from controltower.errors import Conflict, Forbidden, Invalid
from controltower.jobs import Retry
from controltower.jobs.models import Job
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Member, Organisation
from controltower.tenancy.viewer import Viewer
from exceptions.cases.models import Case
from exceptions.cases.services import classification_set
from exceptions.notices.models import Notice
from exceptions.notices.services import notice_cancel
from exceptions.parties.models import Contact
from tests.agents.conftest import HOUR, eta

pytestmark = pytest.mark.django_db(transaction=True)
Proposed = dict[str, Proposal]
SOON = HOUR / 60


@pytest.fixture
def hold(organisation: Organisation) -> None:
    organisation.hold_seconds = 60
    organisation.save()


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would have been handed to the mail server; the transport has tests of its own."""
    from exceptions.notices import jobs
    from exceptions.notices.transport import How, Outcome

    handed: list[str] = []

    def hand_over(mail: bytes, *, recipient: str, **more: Any) -> Outcome:
        handed.append(recipient)
        return Outcome(How.ACCEPTED, "250 taken")

    monkeypatch.setattr(jobs, "hand_over", hand_over)
    return handed


def approve(proposal: Proposal, viewer: Viewer, now: datetime, digest: str | None = None) -> Decision:
    with acting_for(viewer.organisation):
        return proposal_approve(proposal, digest=digest or proposal.digest, viewer=viewer, now=now)


def fresh(proposal: Proposal) -> Proposal:
    with acting_for(proposal.organisation_id):
        return Proposal.objects.select_related("case").get(pk=proposal.pk)


def verbs(organisation: Organisation, prefix: str) -> list[str]:
    with acting_for(organisation):
        found = AuditEntry.objects.filter(verb__startswith=prefix).order_by("seq")
        return list(found.values_list("verb", flat=True))


def test_an_approved_classification_is_set_in_the_name_of_the_person(
    proposed: Proposed, supervisor: Viewer, run_jobs: Callable[[], int], organisation: Organisation, present: datetime
) -> None:
    proposal = proposed["set_classification"]
    approve(proposal, supervisor, present)
    with acting_for(organisation):
        assert Case.objects.get().reason == "unknown", "the effect is a job, not part of the approval"
    run_jobs()
    with acting_for(organisation):
        case = Case.objects.get()
        effect = Effect.objects.get()
    assert case.reason == "equipment_breakdown" and case.reason_accepted_by_id == supervisor.member.pk
    assert fresh(proposal).state == "executed" and effect.state == "executed"
    trail = verbs(organisation, "proposal.")
    assert trail.index("proposal.approved") < trail.index("proposal.executed")


def test_an_approved_notice_is_held_and_then_sent_once(
    proposed: Proposed,
    supervisor: Viewer,
    run_jobs: Callable[[], int],
    organisation: Organisation,
    present: datetime,
    hold: None,
    mail: list[str],
) -> None:
    proposal = proposed["send_notice"]
    decision = approve(proposal, supervisor, present)
    run_jobs()
    with acting_for(organisation):
        notice = Notice.objects.get()
        assert notice.state == "held" and notice.decision_id == decision.pk
        assert notice.approved_by_id == supervisor.member.pk
        assert notice.subject == proposal.rendered["subject"]
    assert fresh(proposal).state == "held" and mail == []
    with acting_for(organisation):
        Job.objects.filter(kind="notices.send", state="waiting").update(run_after=present)
    run_jobs()
    assert mail == ["nora@northgate.example"]
    assert fresh(proposal).state == "executed"


def test_the_same_effect_runs_once_however_often_the_bell_rings(
    proposed: Proposed, supervisor: Viewer, organisation: Organisation, present: datetime
) -> None:
    approve(proposed["send_notice"], supervisor, present)
    with acting_for(organisation):
        effect = Effect.objects.get()
        for _ in range(3):
            effect_run(effect.pk, now=present)
        assert Notice.objects.count() == 1


def test_a_held_notice_can_be_called_back(
    proposed: Proposed,
    supervisor: Viewer,
    coordinator: Viewer,
    run_jobs: Callable[[], int],
    organisation: Organisation,
    present: datetime,
    hold: None,
    mail: list[str],
) -> None:
    proposal = proposed["send_notice"]
    approve(proposal, supervisor, present)
    run_jobs()
    with acting_for(organisation):
        proposal_cancel(fresh(proposal), viewer=coordinator, now=present)
        Job.objects.filter(kind="notices.send", state="waiting").update(run_after=present)
    run_jobs()
    assert fresh(proposal).state == "cancelled" and mail == []
    with acting_for(organisation), pytest.raises(Conflict, match="called back"):
        proposal_cancel(fresh(proposal), viewer=coordinator, now=present)


def test_calling_the_notice_back_on_its_own_page_closes_the_proposal_too(
    proposed: Proposed,
    supervisor: Viewer,
    run_jobs: Callable[[], int],
    organisation: Organisation,
    present: datetime,
    hold: None,
) -> None:
    approve(proposed["send_notice"], supervisor, present)
    run_jobs()
    with acting_for(organisation):
        notice_cancel(Notice.objects.get(), actor=supervisor.actor, now=present)
    run_jobs()
    assert fresh(proposed["send_notice"]).state == "cancelled"


def test_a_fact_that_changed_refuses_the_approval_with_the_difference_in_words(
    proposed: Proposed, supervisor: Viewer, organisation: Organisation, present: datetime
) -> None:
    proposal = proposed["send_notice"]
    with acting_for(organisation):
        eta("482913007", present + SOON, present + 12 * HOUR)
    with pytest.raises(Conflict) as refused:
        approve(proposal, supervisor, present)
    assert refused.value.code == "stale_proposal"
    (change,) = refused.value.details["changes"]
    assert change.startswith("New ETA changed from") and change.endswith("after this was drafted.")
    with acting_for(organisation):
        assert not Decision.objects.exists() and not Effect.objects.exists()


def test_a_fact_that_changed_between_approval_and_effect_stops_the_effect(
    proposed: Proposed,
    supervisor: Viewer,
    run_jobs: Callable[[], int],
    organisation: Organisation,
    present: datetime,
    mail: list[str],
) -> None:
    proposal = proposed["send_notice"]
    approve(proposal, supervisor, present)
    with acting_for(organisation):
        eta("482913007", present + SOON, present + 12 * HOUR)
    run_jobs()
    assert fresh(proposal).state == "superseded" and mail == []
    with acting_for(organisation):
        assert not Notice.objects.exists()
        assert Proposal.objects.filter(kind="send_notice", state="pending").count() == 1, "drafted anew"


def test_an_address_that_changes_while_the_effect_runs_is_not_written_to(
    proposed: Proposed,
    supervisor: Viewer,
    organisation: Organisation,
    present: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Contacts and shipments are not locked by it: somebody may change them between its comparison and its work."""
    from agents.proposals.handlers import notice

    proposal, read = proposed["send_notice"], notice.recipient_of
    approve(proposal, supervisor, present)
    compared: list[str] = []

    def changed_after_the_first_look(payload: dict[str, Any]) -> Contact:
        contact = read(payload)
        if compared:
            Contact.objects.filter(pk=contact.pk).update(email="somebody@else.example")
            contact = read(payload)
        compared.append(contact.email)
        return contact

    monkeypatch.setattr(notice, "recipient_of", changed_after_the_first_look)
    with acting_for(organisation), pytest.raises(Retry):
        effect_run(Effect.objects.get().pk, now=present)
    with acting_for(organisation):
        assert not Notice.objects.exists()


def test_a_fact_that_changed_while_it_was_held_stops_the_notice(
    proposed: Proposed,
    supervisor: Viewer,
    run_jobs: Callable[[], int],
    organisation: Organisation,
    present: datetime,
    hold: None,
    mail: list[str],
) -> None:
    proposal = proposed["send_notice"]
    approve(proposal, supervisor, present)
    run_jobs()
    with acting_for(organisation):
        eta("482913007", present + SOON, present + 12 * HOUR)
        Job.objects.filter(kind="notices.send", state="waiting").update(run_after=present)
    run_jobs()
    found = fresh(proposal)
    assert found.state == "failed" and mail == []
    with acting_for(organisation):
        assert "changed" in Effect.objects.get().failure
        assert Proposal.objects.filter(kind="send_notice", state="pending").count() == 1, "drafted anew"


def test_another_digest_than_the_one_that_holds_is_refused(
    proposed: Proposed, supervisor: Viewer, present: datetime
) -> None:
    with pytest.raises(Conflict) as refused:
        approve(proposed["send_notice"], supervisor, present, digest="0" * 64)
    assert refused.value.code == "stale_proposal"


def test_a_second_decision_names_the_first(proposed: Proposed, supervisor: Viewer, present: datetime) -> None:
    approve(proposed["set_classification"], supervisor, present)
    with pytest.raises(Conflict, match="approved already by Sam"):
        approve(proposed["set_classification"], supervisor, present)


def test_a_coordinator_and_an_administrator_may_not_decide(
    proposed: Proposed, coordinator: Viewer, administrator: Viewer, auditor: Viewer, present: datetime
) -> None:
    for viewer in (coordinator, administrator, auditor):
        with pytest.raises(Forbidden):
            approve(proposed["set_classification"], viewer, present)


def test_an_integration_cannot_decide_whatever_its_role_says(
    proposed: Proposed, supervisor: Viewer, organisation: Organisation, present: datetime
) -> None:
    with acting_for(organisation):
        machine = Member.objects.create(role="integration", label="TMS")
    pretender = replace(supervisor, member=machine)
    with pytest.raises(Forbidden, match="named person"):
        approve(proposed["set_classification"], pretender, present)


def test_nobody_approves_beyond_their_limit(
    proposed: Proposed, supervisor: Viewer, organisation: Organisation, present: datetime
) -> None:
    with acting_for(organisation):
        Case.objects.update(at_risk=6_000_000)  # 60,000 against a limit of 50,000
    with pytest.raises(Forbidden, match="60,000 USD") as refused:
        approve(proposed["send_notice"], supervisor, present)
    assert refused.value.code == "authority"
    supervisor.member.authority_limit = Decimal(60_000)
    approve(proposed["send_notice"], supervisor, present)


def test_a_limit_is_held_against_what_another_currency_is_worth(
    proposed: Proposed, supervisor: Viewer, organisation: Organisation, present: datetime
) -> None:
    with acting_for(organisation):
        Case.objects.update(at_risk=4_900_000, currency="EUR")  # 49,000 EUR are more than 50,000 USD
    with pytest.raises(Forbidden, match="USD at risk and your limit is 50,000 USD") as refused:
        approve(proposed["send_notice"], supervisor, present)
    assert refused.value.code == "authority"


def test_somebody_who_classified_it_by_hand_overtakes_the_proposal(
    proposed: Proposed,
    supervisor: Viewer,
    run_jobs: Callable[[], int],
    organisation: Organisation,
    present: datetime,
) -> None:
    with acting_for(organisation):
        classification_set(
            Case.objects.get(),
            type="delivery_late",
            reason="weather",
            responsible_party="force_majeure",
            excusable="yes",
            severity="S2",
            actor=supervisor.actor,
            now=present,
        )
    with pytest.raises(Conflict, match="Reason changed from"):
        approve(proposed["set_classification"], supervisor, present)
    run_jobs()
    assert fresh(proposed["set_classification"]).state == "superseded"


def test_rejecting_needs_a_reason_and_does_nothing(
    proposed: Proposed, supervisor: Viewer, run_jobs: Callable[[], int], organisation: Organisation, present: datetime
) -> None:
    proposal = proposed["send_notice"]

    def reject(code: str, text: str = "") -> None:
        with acting_for(organisation):
            proposal_reject(
                proposal, digest=proposal.digest, reason_code=code, text=text, viewer=supervisor, now=present
            )

    for code, text in (("", ""), ("because", ""), ("other", "  ")):
        with pytest.raises(Invalid):
            reject(code, text)
    reject("tone", "Too stiff for this customer")
    run_jobs()
    assert fresh(proposal).state == "rejected"
    with acting_for(organisation):
        assert not Notice.objects.exists() and not Effect.objects.exists()
        assert Decision.objects.get().text == "Too stiff for this customer"


def test_an_edit_is_a_new_revision_with_its_difference_and_its_author(
    proposed: Proposed, coordinator: Viewer, organisation: Organisation, present: datetime
) -> None:
    proposal = proposed["send_notice"]
    revision = edit(proposal, coordinator, present, "We are sorry that this is late.", role="apology")
    assert (revision.number, revision.revision) == (proposal.number, 2)
    assert revision.origin == "human" and revision.author_id == coordinator.member.pk
    assert any("We are sorry that this is late." in row[2] for row in revision.diff)
    assert fresh(proposal).state == "edited" and revision.state == "pending"
    assert fresh(proposal).rendered["text"] == proposal.rendered["text"]


def test_the_checker_warns_about_an_edit_and_an_override_needs_a_second_person(
    proposed: Proposed, supervisor: Viewer, organisation: Organisation, present: datetime
) -> None:
    proposal = proposed["send_notice"]
    with pytest.raises(Invalid) as refused:
        edit(proposal, supervisor, present, "It will be there on Friday.", role="next_step")
    assert refused.value.details["issues"]
    assert fresh(proposal).state == "pending"
    revision = edit(
        proposal, supervisor, present, "It will be there on Friday.", role="next_step", override="agreed by phone"
    )
    assert revision.overrides[0]["reason"] == "agreed by phone"
    with pytest.raises(Forbidden, match="somebody else"):
        approve(revision, supervisor, present)


def test_what_the_reader_may_not_know_cannot_be_overridden(
    proposed: Proposed, supervisor: Viewer, present: datetime
) -> None:
    with pytest.raises(Invalid, match="cannot be sent"):
        edit(proposed["send_notice"], supervisor, present, "At stake: {at_risk}.", role="status", override="please")


def edit(proposal: Proposal, viewer: Viewer, now: datetime, line: str, *, role: str, override: str = "") -> Proposal:
    """The notice with one more sentence before the last."""
    from exceptions.notices.drafts import Draft
    from exceptions.notices.phrases.templates import draft_of_lines, sentence_lines

    draft = Draft.from_json(proposal.payload["draft"])
    lines = sentence_lines(draft)
    lines.insert(-1, (role, line))
    payload = {**proposal.payload, "draft": draft_of_lines(draft.notice_kind, draft.locale, lines).to_json()}
    with acting_for(viewer.organisation):
        return proposal_edit(
            proposal, digest=proposal.digest, payload=payload, override=override, viewer=viewer, now=now
        )


def test_a_machine_does_not_push_aside_what_a_person_wrote(
    proposed: Proposed,
    coordinator: Viewer,
    run_jobs: Callable[[], int],
    organisation: Organisation,
    present: datetime,
) -> None:
    from controltower.jobs import enqueue

    revision = edit(proposed["send_notice"], coordinator, present, "We are sorry.", role="apology")
    with acting_for(organisation):
        enqueue("agents.draft", {"case": revision.case_id})
    run_jobs()
    assert fresh(revision).state == "pending"


def test_a_notice_about_a_closed_case_is_no_longer_of_use(
    proposed: Proposed, supervisor: Viewer, run_jobs: Callable[[], int], organisation: Organisation, present: datetime
) -> None:
    with acting_for(organisation):
        eta("482913007", present + SOON, present + 5 * HOUR)  # back within the window: the case recovers
    run_jobs()
    assert fresh(proposed["send_notice"]).state == "expired"
    assert fresh(proposed["set_classification"]).state == "expired"


# --- what the database itself refuses ------------------------------------------------------------------------------


def insert(model: type[Model], organisation: Organisation, **fields: Any) -> None:
    """As careless code would; deferred constraints speak when the transaction ends."""
    with acting_for(organisation):
        model._default_manager.create(**fields)


def test_the_database_refuses_an_effect_without_an_approval(
    proposed: Proposed, supervisor: Viewer, organisation: Organisation, present: datetime
) -> None:
    proposal, other = proposed["send_notice"], proposed["set_classification"]
    with acting_for(organisation):
        rejection = proposal_reject(
            proposal, digest=proposal.digest, reason_code="tone", text="", viewer=supervisor, now=present
        )
    approval = approve(other, supervisor, present)
    for decision_id, verdict in (
        (rejection.pk, "approved"),
        (rejection.pk, "rejected"),
        (approval.pk, "approved"),
        (987654, "approved"),
        (None, "approved"),
    ):
        with pytest.raises(IntegrityError):
            insert(
                Effect,
                organisation,
                proposal=proposal,
                decision_id=decision_id,
                verdict=verdict,
                kind="send_notice",
                created_at=present,
            )


def test_the_database_refuses_a_decision_without_a_person(
    proposed: Proposed, organisation: Organisation, present: datetime
) -> None:
    for fields in ({"member_id": None}, {"member_id": 987654}):
        with pytest.raises(IntegrityError):
            insert(
                Decision,
                organisation,
                proposal=proposed["send_notice"],
                role="supervisor",
                verdict="approved",
                digest="x",
                at=present,
                **fields,
            )


def test_the_database_refuses_to_change_or_remove_a_decision(
    proposed: Proposed, supervisor: Viewer, organisation: Organisation, present: datetime
) -> None:
    decision = approve(proposed["set_classification"], supervisor, present)
    with acting_for(organisation):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            Decision.objects.filter(pk=decision.pk).update(text="something else")
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            Decision.objects.filter(pk=decision.pk)._raw_delete("default")


def test_a_stranger_does_not_even_find_it(proposed: Proposed, stranger: Viewer, present: datetime) -> None:
    from controltower.errors import NotFound

    with pytest.raises(NotFound):
        approve(proposed["set_classification"], stranger, present)
