"""At most once, whatever the mail server does and whoever dies."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from controltower.audit.models import AuditEntry
from controltower.db import rows
from controltower.errors import Conflict, Forbidden
from controltower.jobs.models import Job, JobState
from controltower.jobs.runner import drain
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer
from exceptions.cases import services
from exceptions.cases.models import Case, Commitment, TimelineEntry
from exceptions.cases.services import stakes_sweep
from exceptions.notices.drafts import Locale, NoticeKind
from exceptions.notices.jobs import stranded
from exceptions.notices.models import AttemptState, Notice, NoticeState
from exceptions.notices.phrases.templates import draft_of_lines
from exceptions.notices.services import notice_cancel, notice_mark_sent, notice_resend
from exceptions.notices.services.sending import attempt_claim
from exceptions.shipments.canonical import EventType

from .conftest import HOUR, LINES, tell
from .smtp import Behaviour

pytestmark = pytest.mark.django_db(transaction=True)
Schedule = Callable[..., Notice]


def now_of(notice: Notice) -> Notice:
    with acting_for(notice.organisation_id):
        return Notice.objects.select_related("case").get(pk=notice.pk)


def states(notice: Notice) -> list[str]:
    with acting_for(notice.organisation_id):
        return [attempt.state for attempt in notice.attempts.order_by("number")]


def send() -> None:
    drain("effects", limit=5)


def due_again(notice: Notice) -> None:
    """Let the backoff pass."""
    with acting_for(notice.organisation_id):
        Job.objects.filter(kind="notices.send", state=JobState.WAITING).update(
            run_after=timezone.now() - timedelta(seconds=1)
        )


def received(sink: Behaviour) -> list[EmailMessage]:
    return [message_from_bytes(bytes(envelope.content or b""), policy=default) for envelope in sink.taken]  # type: ignore[arg-type, misc]


def test_an_approved_notice_arrives_once_as_text_and_html(
    schedule: Schedule, sink: Behaviour, supervisor: Viewer
) -> None:
    notice = schedule()
    send()
    send()
    (mail,) = received(sink)
    assert now_of(notice).state == NoticeState.SENT
    assert mail["To"] == "ina@acme.example"
    assert mail["Subject"] == "PO 4500123: running late"
    assert mail["Message-ID"] == notice.message_id
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Tower-Organisation"] == "meridian"
    assert mail["Reply-To"] == supervisor.user.email  # type: ignore[union-attr]
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None and "Your shipment PO 4500123 is late and now expected at" in text.get_content()
    assert "in Dallas" in text.get_content()
    assert html is not None and "Your shipment PO 4500123 is late" in html.get_content()


def promise(case: Case, viewer: Viewer, minutes: int) -> None:
    with acting_for(case.organisation_id):
        now = timezone.now()
        services.update_promise(case, by=now + timedelta(minutes=minutes), actor=viewer.actor, now=now)


def promised(notice: Notice) -> datetime | None:
    drain("default", limit=20)
    return Case.objects.values_list("next_update_at", flat=True).get(pk=notice.case_id)


def test_what_the_customer_was_promised_is_kept_when_a_notice_went_out_and_not_before(
    schedule: Schedule, sink: Behaviour, late_case: Case, coordinator: Viewer
) -> None:
    notice = schedule()
    promise(late_case, coordinator, 60)
    with acting_for(late_case.organisation_id):
        assert promised(notice) is not None, "an approval tells nobody anything"
        waited = Case.objects.get(pk=late_case.pk)
    send()
    assert now_of(notice).state == NoticeState.SENT
    with acting_for(late_case.organisation_id):
        assert promised(notice) is None
        assert waited.timeline.filter(text__startswith="Promised update kept").count() == 1
        assert Commitment.objects.filter(case=waited, kind="next_update", state="met").count() == 1


def test_what_went_out_in_time_is_no_breach_however_many_jobs_wait(
    schedule: Schedule, sink: Behaviour, late_case: Case, coordinator: Viewer
) -> None:
    notice = schedule()
    promise(late_case, coordinator, 60)
    send()
    assert stakes_sweep(timezone.now() + timedelta(minutes=61)) >= 1
    with acting_for(late_case.organisation_id):
        assert list(Commitment.objects.filter(kind="next_update").values_list("state", flat=True)) == ["met"]
        assert promised(notice) is None


def test_sending_waits_for_nobody_who_works_on_the_case(
    schedule: Schedule, sink: Behaviour, late_case: Case, coordinator: Viewer
) -> None:
    notice = schedule()
    promise(late_case, coordinator, 60)

    def works() -> None:
        with acting_for(late_case.organisation_id):
            Case.objects.select_for_update(no_key=True).get(pk=late_case.pk)
            has_it.set()
            is_sent.wait(120)
        connection.close()

    has_it, is_sent = threading.Event(), threading.Event()
    colleague = threading.Thread(target=works)
    colleague.start()
    try:
        assert has_it.wait(60)
        send()
        assert now_of(notice).state == NoticeState.SENT
    finally:
        is_sent.set()
        colleague.join()
    with acting_for(late_case.organisation_id):
        assert Case.objects.get(pk=late_case.pk).next_update_at is not None
        assert promised(notice) is None, "the job finds what it kept"


def test_a_notice_that_tells_the_next_time_leaves_that_promise_standing(
    schedule: Schedule, sink: Behaviour, late_case: Case, coordinator: Viewer
) -> None:
    promise(late_case, coordinator, 60)
    lines = [*LINES, ("next_step", "We are following {po} and write again by {next_update}.")]
    notice = schedule(draft=draft_of_lines(NoticeKind.DELAY, Locale.EN, lines))
    send()
    assert "write again by" in received(sink)[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    with acting_for(late_case.organisation_id):
        assert promised(notice) is not None


def test_a_notice_says_no_time_that_has_passed(
    schedule: Schedule, sink: Behaviour, late_case: Case, coordinator: Viewer, organisation: Organisation
) -> None:
    """The time passes while it is held: what it says would not be true any more."""
    promise(late_case, coordinator, 2)
    lines = [*LINES, ("next_step", "We are following {po} and write again by {next_update}.")]
    notice = schedule(draft=draft_of_lines(NoticeKind.DELAY, Locale.EN, lines))
    with acting_for(late_case.organisation_id):
        services.case_price(late_case, now=timezone.now() + timedelta(minutes=3))
    send()
    assert (now_of(notice).state, sink.taken) == (NoticeState.FAILED, [])
    assert "Next update is not known any more" in now_of(notice).failure


def test_answers_go_where_the_organisation_wants_them(
    schedule: Schedule, sink: Behaviour, organisation: Organisation
) -> None:
    Organisation.objects.filter(pk=organisation.pk).update(reply_to="service@meridian.example")
    schedule()
    send()
    assert received(sink)[0]["Reply-To"] == "service@meridian.example"


def test_nothing_leaves_while_it_is_held(schedule: Schedule, sink: Behaviour, organisation: Organisation) -> None:
    Organisation.objects.filter(pk=organisation.pk).update(hold_seconds=60)
    notice = schedule()
    send()
    assert sink.taken == []
    assert now_of(notice).state == NoticeState.HELD


def test_a_held_notice_can_be_called_back(
    schedule: Schedule, sink: Behaviour, organisation: Organisation, coordinator: Viewer
) -> None:
    Organisation.objects.filter(pk=organisation.pk).update(hold_seconds=60)
    notice = schedule()
    with acting_for(organisation):
        notice_cancel(notice, actor=coordinator.actor, now=timezone.now())
    due_again(notice)
    send()
    assert sink.taken == []
    assert now_of(notice).state == NoticeState.CANCELLED
    assert now_of(notice).cancelled_by_id == coordinator.member.pk


def test_what_is_gone_cannot_be_called_back(schedule: Schedule, sink: Behaviour, coordinator: Viewer) -> None:
    notice = schedule()
    send()
    with acting_for(notice.organisation_id), pytest.raises(Conflict, match="is sent"):
        notice_cancel(notice, actor=coordinator.actor, now=timezone.now())


@pytest.mark.parametrize("role", ["coordinator", "administrator", "auditor"])
def test_only_who_may_decide_lets_it_go(
    schedule: Schedule, sink: Behaviour, request: pytest.FixtureRequest, role: str
) -> None:
    with pytest.raises(Forbidden):
        schedule(request.getfixturevalue(role))
    send()
    assert sink.taken == []


def test_a_refusal_for_good_is_not_tried_again(schedule: Schedule, sink: Behaviour) -> None:
    sink.on_recipient = "550 5.1.1 no such user"
    notice = schedule()
    send()
    assert now_of(notice).state == NoticeState.FAILED
    assert "no such user" in now_of(notice).failure
    assert states(notice) == [AttemptState.REFUSED]
    due_again(notice)
    send()
    assert states(notice) == [AttemptState.REFUSED]


def test_a_refusal_for_now_is_tried_again(schedule: Schedule, sink: Behaviour) -> None:
    sink.on_data = "451 4.3.0 try later"
    notice = schedule()
    send()
    assert now_of(notice).state == NoticeState.HELD
    sink.on_data = ""
    due_again(notice)
    send()
    assert now_of(notice).state == NoticeState.SENT
    assert states(notice) == [AttemptState.REFUSED, AttemptState.ACCEPTED]
    assert len(sink.taken) == 1


def test_a_server_that_never_comes_back_ends_as_not_sent(schedule: Schedule, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "EMAIL_HOST", "127.0.0.1")
    monkeypatch.setattr(settings, "EMAIL_PORT", 1)
    notice = schedule()
    for _ in range(12):
        due_again(notice)
        send()
    assert now_of(notice).state == NoticeState.FAILED
    assert len(states(notice)) == 9


@pytest.mark.parametrize("broken", [{"drop_after_content": True}, {"hang_after_content": 120}])
def test_a_connection_that_dies_with_the_mail_in_it_asks_a_person(
    schedule: Schedule, sink: Behaviour, broken: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in broken.items():
        setattr(sink, name, value)
    if sink.hang_after_content:
        monkeypatch.setattr(settings, "EMAIL_TIMEOUT", 4.0)
    notice = schedule()
    send()
    assert now_of(notice).state == NoticeState.UNKNOWN
    for _ in range(3):
        due_again(notice)
        send()
    assert len(sink.taken) == 1, "it was sent again by itself"


class TestUnknown:
    @pytest.fixture
    def unknown(self, schedule: Schedule, sink: Behaviour) -> Notice:
        sink.drop_after_content = True
        notice = schedule()
        send()
        sink.drop_after_content = False
        return notice

    def test_a_person_may_have_it_sent_again(self, unknown: Notice, sink: Behaviour, supervisor: Viewer) -> None:
        with acting_for(unknown.organisation_id):
            notice_resend(unknown, actor=supervisor.actor, now=timezone.now())
        send()
        first, second = received(sink)
        assert first["Message-ID"] == second["Message-ID"], "programs can tell that it is the same mail"
        assert now_of(unknown).state == NoticeState.SENT
        assert states(unknown) == [AttemptState.SET_ASIDE, AttemptState.ACCEPTED]

    def test_or_record_that_it_went_out(self, unknown: Notice, sink: Behaviour, supervisor: Viewer) -> None:
        with acting_for(unknown.organisation_id):
            notice_mark_sent(unknown, actor=supervisor.actor, now=timezone.now())
        send()
        assert now_of(unknown).state == NoticeState.SENT
        assert len(sink.taken) == 1

    def test_only_one_decision_counts(self, unknown: Notice, supervisor: Viewer) -> None:
        with acting_for(unknown.organisation_id):
            notice_mark_sent(unknown, actor=supervisor.actor, now=timezone.now())
            with pytest.raises(Conflict):
                notice_resend(unknown, actor=supervisor.actor, now=timezone.now())

    def test_a_coordinator_may_not_decide_it(self, unknown: Notice, coordinator: Viewer) -> None:
        with acting_for(unknown.organisation_id), pytest.raises(Forbidden):
            notice_resend(unknown, actor=coordinator.actor, now=timezone.now())


def test_a_worker_that_died_after_its_claim_leaves_it_unknown(schedule: Schedule, sink: Behaviour) -> None:
    notice = schedule()
    with acting_for(notice.organisation_id):
        assert attempt_claim(notice.pk, now=timezone.now()) is not None
    send()
    assert now_of(notice).state == NoticeState.UNKNOWN
    assert states(notice) == [AttemptState.UNKNOWN]
    assert sink.taken == []


def test_two_workers_with_the_same_job_send_once(schedule: Schedule, sink: Behaviour) -> None:
    notice = schedule()
    with acting_for(notice.organisation_id):
        first = attempt_claim(notice.pk, now=timezone.now())
        second = attempt_claim(notice.pk, now=timezone.now())
    assert first is not None
    assert second is None


def test_a_fact_that_changed_during_the_hold_stops_it(
    schedule: Schedule, sink: Behaviour, late_case: Case, moment: datetime
) -> None:
    notice = schedule()
    with acting_for(late_case.organisation_id):
        tell(EventType.SHIPMENT_ETA_CHANGED, moment, stop=2, estimated=(moment + 9 * HOUR).isoformat())
    send()
    assert sink.taken == []
    found = now_of(notice)
    assert found.state == NoticeState.FAILED
    assert "New ETA changed from" in found.failure


def test_every_step_is_on_record_and_on_the_case(schedule: Schedule, sink: Behaviour, supervisor: Viewer) -> None:
    notice = schedule()
    send()
    with acting_for(notice.organisation_id):
        verbs = list(
            AuditEntry.objects.filter(subject=f"notice:{notice.pk}").order_by("seq").values_list("verb", flat=True)
        )
        said = list(
            TimelineEntry.objects.filter(case=notice.case, kind="notice").order_by("id").values_list("text", flat=True)
        )
    assert verbs == ["notice.scheduled", "notice.claimed", "notice.sent"]
    assert said[0].startswith("Notice to Ina approved") and said[1].startswith("Notice sent to ina@acme.example")


def test_a_worker_killed_while_it_sends_never_sends_twice(schedule: Schedule, sink: Behaviour) -> None:
    """A real process, killed with the mail in the server's hands and the answer not yet heard."""
    sink.hang_after_content = 240
    notice = schedule()
    name = connection.settings_dict["NAME"]
    worker = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import django; django.setup(); from controltower.jobs.runner import drain; drain('effects', limit=1)",
        ],
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "controltower.settings",
            "DATABASE_URL": urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}").geturl(),
            "DATABASE_OWNER_URL": urlsplit(settings.DATABASE_OWNER_URL)._replace(path=f"/{name}").geturl(),
            "REDIS_URL": settings.REDIS_URL,
            "TOWER_SMTP_HOST": settings.EMAIL_HOST,
            "TOWER_SMTP_PORT": str(settings.EMAIL_PORT),
        },
    )
    try:
        until = time.monotonic() + 240
        while not sink.taken and worker.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        assert len(sink.taken) == 1, "the mail never reached the server"
    finally:
        worker.kill()
        worker.wait()
    assert now_of(notice).state == NoticeState.SENDING
    sink.hang_after_content = 0
    with acting_for(notice.organisation_id):
        Job.objects.filter(kind="notices.send").update(lease_until=timezone.now() - timedelta(seconds=1))
    rows("SELECT jobs_take_back()")
    due_again(notice)
    send()
    assert now_of(notice).state == NoticeState.UNKNOWN
    assert len(sink.taken) == 1, "it was sent again by itself"


@pytest.mark.parametrize(("found", "told"), [("held", NoticeState.FAILED), ("sending", NoticeState.UNKNOWN)])
def test_a_notice_whose_job_is_dead_does_not_wait_in_silence(
    schedule: Schedule, sink: Behaviour, found: str, told: NoticeState
) -> None:
    notice = schedule()
    with acting_for(notice.organisation_id):
        if found == "sending":
            attempt_claim(notice.pk, now=timezone.now())
        Job.objects.filter(kind="notices.send").update(state=JobState.DEAD, finished_at=timezone.now())
    assert stranded(timezone.now()) == 1
    assert stranded(timezone.now()) == 0
    assert now_of(notice).state == told
    assert received(sink) == []


def test_a_mail_that_cannot_be_put_together_is_said_to_be_not_sent(
    schedule: Schedule, sink: Behaviour, organisation: Organisation
) -> None:
    notice = schedule()
    Organisation.objects.filter(pk=organisation.pk).update(name="Meridian\nForwarding")
    send()
    assert now_of(notice).state == NoticeState.FAILED
    assert "could not be put together" in now_of(notice).failure
