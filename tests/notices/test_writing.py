"""Notices that people write: checked, inert until approved, and approved only as shown."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from controltower.audit.models import AuditEntry
from controltower.errors import Conflict, Forbidden, Invalid
from controltower.jobs.models import Job
from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer
from exceptions.cases.models import Case
from exceptions.notices.drafts import Locale, NoticeKind
from exceptions.notices.models import Notice, NoticeState, WrittenNotice, WrittenState
from exceptions.notices.phrases.templates import draft_of_lines
from exceptions.notices.services import notice_draft_by_hand, written_approve, written_discard
from exceptions.parties.models import Contact
from exceptions.shipments.canonical import EventType

from .conftest import HOUR, LINES, late_draft, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def written(
    acting: Organisation, late_case: Case, ina: Contact, coordinator: Viewer, moment: datetime
) -> WrittenNotice:
    return notice_draft_by_hand(case=late_case, draft=late_draft(), recipient=ina, actor=coordinator.actor, now=moment)


def test_writing_sends_nothing(written: WrittenNotice) -> None:
    assert written.state == WrittenState.WAITING
    assert not Notice.objects.exists()
    assert not Job.objects.filter(kind="notices.send").exists()


def test_approval_holds_exactly_what_was_shown(
    written: WrittenNotice, supervisor: Viewer, coordinator: Viewer, moment: datetime
) -> None:
    notice = written_approve(written, digest=written.digest, actor=supervisor.actor, now=moment)
    assert notice.state == NoticeState.HELD
    assert written.rendered["text"] in notice.body_text
    assert (notice.approved_by_id, notice.created_by_id) == (supervisor.member.pk, coordinator.member.pk)
    assert Job.objects.filter(kind="notices.send").count() == 1


def test_a_coordinator_cannot_approve_even_their_own(
    written: WrittenNotice, coordinator: Viewer, moment: datetime
) -> None:
    with pytest.raises(Forbidden):
        written_approve(written, digest=written.digest, actor=coordinator.actor, now=moment)
    assert not Notice.objects.exists()


def test_an_approval_of_something_else_is_refused(written: WrittenNotice, supervisor: Viewer, moment: datetime) -> None:
    with pytest.raises(Conflict) as caught:
        written_approve(written, digest="0" * 64, actor=supervisor.actor, now=moment)
    assert caught.value.code == "stale_notice"
    assert not Notice.objects.exists()


def test_a_fact_that_moved_refuses_the_approval_and_says_so(
    written: WrittenNotice, supervisor: Viewer, moment: datetime
) -> None:
    tell(EventType.SHIPMENT_ETA_CHANGED, moment, stop=2, estimated=(moment + 9 * HOUR).isoformat())
    with pytest.raises(Conflict, match=r"New ETA changed from .* to .*"):
        written_approve(written, digest=written.digest, actor=supervisor.actor, now=moment)


def test_a_fact_that_it_does_not_use_may_move(
    written: WrittenNotice, supervisor: Viewer, moment: datetime, late_case: Case
) -> None:
    Case.objects.filter(pk=late_case.pk).update(at_risk=123456)
    assert written_approve(written, digest=written.digest, actor=supervisor.actor, now=moment)


def test_it_is_approved_once(written: WrittenNotice, supervisor: Viewer, moment: datetime) -> None:
    written_approve(written, digest=written.digest, actor=supervisor.actor, now=moment)
    with pytest.raises(Conflict, match="already approved"):
        written_approve(written, digest=written.digest, actor=supervisor.actor, now=moment)
    assert Notice.objects.count() == 1


def test_nobody_lets_their_own_text_go_beyond_their_limit(
    written: WrittenNotice, supervisor: Viewer, moment: datetime
) -> None:
    Case.objects.update(at_risk=6_000_000)  # 60,000 against a limit of 50,000
    with pytest.raises(Forbidden, match="60,000") as refused:
        written_approve(written, digest=written.digest, actor=supervisor.actor, now=moment)
    assert refused.value.code == "authority"
    assert not Notice.objects.exists()


def test_an_address_that_changed_since_it_was_written_refuses_the_approval(
    written: WrittenNotice, supervisor: Viewer, moment: datetime
) -> None:
    Contact.objects.filter(pk=written.recipient_id).update(email="somebody@else.example")
    with pytest.raises(Conflict, match="another address") as refused:
        written_approve(written, digest=written.digest, actor=supervisor.actor, now=moment)
    assert refused.value.code == "stale_notice"


def test_what_was_discarded_cannot_be_approved(
    written: WrittenNotice, supervisor: Viewer, coordinator: Viewer, moment: datetime
) -> None:
    written_discard(written, actor=coordinator.actor, now=moment)
    with pytest.raises(Conflict):
        written_approve(written, digest=written.digest, actor=supervisor.actor, now=moment)


class TestTheCheck:
    def by_hand(
        self, case: Case, ina: Contact, viewer: Viewer, now: datetime, line: str, override: str = ""
    ) -> WrittenNotice:
        draft = draft_of_lines(NoticeKind.DELAY, Locale.EN, [*LINES, ("status", line)])
        return notice_draft_by_hand(
            case=case, draft=draft, recipient=ina, actor=viewer.actor, now=now, override=override
        )

    def test_what_it_finds_is_said(
        self, acting: Organisation, late_case: Case, ina: Contact, coordinator: Viewer, moment: datetime
    ) -> None:
        with pytest.raises(Invalid) as caught:
            self.by_hand(late_case, ina, coordinator, moment, "{po} will be there tomorrow.")
        assert caught.value.details["issues"][0]["sentence"] == 2
        assert not WrittenNotice.objects.exists()

    def test_a_named_person_may_insist_and_is_on_record(
        self, acting: Organisation, late_case: Case, ina: Contact, coordinator: Viewer, moment: datetime
    ) -> None:
        written = self.by_hand(
            late_case, ina, coordinator, moment, "{po} will be there tomorrow.", "Ina asked for it so"
        )
        entry = AuditEntry.objects.get(verb="notice.overridden")
        assert written.override == "Ina asked for it so"
        assert entry.actor == f"member:{coordinator.member.pk}"
        assert '"value_in_text"' in str(entry.after).replace("'", '"')

    def test_who_insisted_does_not_let_it_go_as_well(
        self,
        acting: Organisation,
        late_case: Case,
        ina: Contact,
        supervisor: Viewer,
        moment: datetime,
    ) -> None:
        written = self.by_hand(late_case, ina, supervisor, moment, "{po} will be there tomorrow.", "Ina asked for it")
        with pytest.raises(Forbidden) as refused:
            written_approve(written, digest=written.digest, actor=supervisor.actor, now=moment)
        assert refused.value.code == "own_override"

    def test_nobody_can_insist_on_telling_what_is_internal(
        self, acting: Organisation, late_case: Case, ina: Contact, coordinator: Viewer, moment: datetime
    ) -> None:
        with pytest.raises(Invalid, match="cannot be sent"):
            self.by_hand(late_case, ina, coordinator, moment, "{po} rides with {carrier}.", "I want to")

    def test_nor_on_a_fact_that_is_not_there(
        self, acting: Organisation, late_case: Case, ina: Contact, coordinator: Viewer, moment: datetime
    ) -> None:
        with pytest.raises(Invalid, match="cannot be sent"):
            self.by_hand(late_case, ina, coordinator, moment, "{po} is at {satellite}.", "I want to")


def test_the_database_refuses_a_notice_that_nobody_approved(
    written: WrittenNotice, supervisor: Viewer, moment: datetime
) -> None:
    notice = written_approve(written, digest=written.digest, actor=supervisor.actor, now=moment)
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(approved_by=None)


def test_what_a_colleague_wrote_waits_on_the_approvals_page_too(
    written: WrittenNotice, supervisor: Viewer, client_for: Callable[[Viewer], Client]
) -> None:
    address = f"/notices/written/{written.pk}/"
    assert address in client_for(supervisor).get("/approvals/").content.decode()
