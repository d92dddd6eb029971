"""The screens of notices, for every role and for the stranger."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer
from exceptions.cases.models import Case
from exceptions.notices.models import Notice, NoticeState, WrittenNotice
from exceptions.notices.services import notice_draft_by_hand
from exceptions.parties.models import Contact

from .conftest import late_draft

pytestmark = pytest.mark.django_db
SignIn = Callable[[Viewer], Client]
Schedule = Callable[..., Notice]


@pytest.fixture
def statements() -> Iterator[Callable[[], list[str]]]:
    """SQL so far, without what opens and closes transactions."""
    seen: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        if "set_config" not in sql and not sql.startswith(("SAVEPOINT", "RELEASE", "BEGIN")):
            seen.append(sql)
        return execute(sql, *args)

    with connection.execute_wrapper(note):
        yield lambda: seen


@pytest.fixture
def held(schedule: Schedule, organisation: Organisation) -> Notice:
    Organisation.objects.filter(pk=organisation.pk).update(hold_seconds=60)
    return schedule()


@pytest.fixture
def written(late_case: Case, ina: Contact, coordinator: Viewer) -> WrittenNotice:
    with acting_for(late_case.organisation_id):
        return notice_draft_by_hand(
            case=late_case, draft=late_draft(), recipient=ina, actor=coordinator.actor, now=timezone.now()
        )


def now_of(notice: Notice) -> Notice:
    with acting_for(notice.organisation_id):
        return Notice.objects.get(pk=notice.pk)


@pytest.mark.parametrize("role", ["coordinator", "supervisor", "administrator", "auditor"])
def test_every_member_can_read_what_was_sent(
    held: Notice, client_for: SignIn, request: pytest.FixtureRequest, role: str
) -> None:
    client = client_for(request.getfixturevalue(role))
    assert b"PO 4500123: running late" in client.get("/notices/").content
    shown = client.get(f"/notices/{held.pk}/").content.decode()
    assert "Your shipment PO 4500123 is late and now expected at" in shown
    assert "<dt>New ETA</dt>" in shown, "each sentence names the facts it stands on"


def test_the_pages_stay_within_their_budgets(
    held: Notice,
    written: WrittenNotice,
    late_case: Case,
    client_for: SignIn,
    supervisor: Viewer,
    statements: Callable[[], list[str]],
) -> None:
    client = client_for(supervisor)
    pages = {"/notices/": 12, f"/notices/{held.pk}/": 12, f"/notices/written/{written.pk}/": 12}
    for path, budget in pages.items():
        before = len(statements())
        client.get(path)
        assert len(statements()) - before <= budget, "\n".join([path, *statements()[before:]])
    before = len(statements())
    client.get(f"/notices/case/{late_case.number}/", headers={"HX-Request": "true"})
    assert len(statements()) - before <= 6, "\n".join(statements()[before:])


def test_a_stranger_finds_none_of_it(
    held: Notice, written: WrittenNotice, late_case: Case, client_for: SignIn, stranger: Viewer
) -> None:
    client = client_for(stranger)
    assert b"4500123" not in client.get("/notices/").content
    for path in (f"/notices/{held.pk}/", f"/notices/written/{written.pk}/", f"/notices/case/{late_case.number}/"):
        assert client.get(path).status_code == 404
    for path in (
        f"{held.pk}/cancel",
        f"{held.pk}/decide",
        f"written/{written.pk}/approve",
        f"written/{written.pk}/discard",
    ):
        posted = client.post(f"/notices/{path}/", {"digest": written.digest, "decision": "resend"})
        assert posted.status_code == 404, path
    assert client.get(f"/notices/case/{late_case.number}/write/").status_code == 404


def test_a_restricted_member_sees_the_notices_of_their_accounts_only(
    held: Notice, late_case: Case, client_for: SignIn, coordinator: Viewer
) -> None:
    with acting_for(held.organisation_id):
        coordinator.member.restricted = True
        coordinator.member.save(update_fields=["restricted"])
    client = client_for(coordinator)
    assert b"4500123" not in client.get("/notices/").content
    assert client.get(f"/notices/{held.pk}/").status_code == 404


def test_the_case_shows_a_held_notice_with_the_way_back(held: Notice, client_for: SignIn, coordinator: Viewer) -> None:
    shown = (
        client_for(coordinator)
        .get(f"/notices/case/{held.case.number}/", headers={"HX-Request": "true"})
        .content.decode()
    )
    assert "<html" not in shown
    assert f'action="/notices/{held.pk}/cancel/"' in shown and "data-countdown" in shown


def test_calling_back_works_without_javascript(held: Notice, client_for: SignIn, coordinator: Viewer) -> None:
    answer = client_for(coordinator).post(f"/notices/{held.pk}/cancel/", follow=True)
    assert b"Called back" in answer.content
    assert now_of(held).state == NoticeState.CANCELLED
    again = client_for(coordinator).post(f"/notices/{held.pk}/cancel/")
    assert again.status_code == 409
    assert b"cannot be called back any more" in again.content


@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_who_only_reads_cannot_call_back(
    held: Notice, client_for: SignIn, request: pytest.FixtureRequest, role: str
) -> None:
    assert client_for(request.getfixturevalue(role)).post(f"/notices/{held.pk}/cancel/").status_code == 403
    assert now_of(held).state == NoticeState.HELD


def test_what_is_unknown_asks_a_supervisor(
    held: Notice, client_for: SignIn, supervisor: Viewer, coordinator: Viewer
) -> None:
    with acting_for(held.organisation_id):
        Notice.objects.filter(pk=held.pk).update(state=NoticeState.UNKNOWN)
    path = f"/notices/{held.pk}/"
    assert b"It did go out" not in client_for(coordinator).get(path).content
    assert client_for(coordinator).post(path + "decide/", {"decision": "resend"}).status_code == 403
    client = client_for(supervisor)
    assert b"It did go out" in client.get(path).content
    assert client.post(path + "decide/", {"decision": "whatever"}).status_code == 400
    assert client.post(path + "decide/", {"decision": "mark_sent"}).status_code == 302
    assert now_of(held).state == NoticeState.SENT
    assert client.post(path + "decide/", {"decision": "resend"}).status_code == 409


class TestWriting:
    def form(
        self, case: Case, ina: Contact, *lines: tuple[str, str], action: str = "save", **more: str
    ) -> dict[str, str]:
        data = {"recipient": str(ina.pk), "kind": "delay", "locale": "en", "action": action, **more}
        data |= {"form-TOTAL_FORMS": str(len(lines)), "form-INITIAL_FORMS": "0"}
        for number, (role, text) in enumerate(lines):
            data |= {f"form-{number}-role": role, f"form-{number}-text": text}
        return data

    def test_it_starts_from_the_template_in_the_readers_language(
        self, late_case: Case, ina: Contact, client_for: SignIn, coordinator: Viewer
    ) -> None:
        path = f"/notices/case/{late_case.number}/write/"
        client = client_for(coordinator)
        assert "Your shipment {po} is running late." in client.get(path).content.decode()
        assert "verspätet sich" in client.get(path, {"locale": "de"}).content.decode()
        assert "The check found nothing" in client.get(path).content.decode()

    def test_the_check_answers_without_javascript_and_keeps_the_text(
        self, late_case: Case, ina: Contact, client_for: SignIn, coordinator: Viewer
    ) -> None:
        path = f"/notices/case/{late_case.number}/write/"
        data = self.form(late_case, ina, ("status", "{po} comes tomorrow, {eta_new}."), action="check")
        shown = client_for(coordinator).post(path, data).content.decode()
        assert "“tomorrow” is a value written by hand" in shown
        assert "{po} comes tomorrow, {eta_new}." in shown

    def test_what_the_check_refuses_is_not_laid_down(
        self, late_case: Case, ina: Contact, client_for: SignIn, coordinator: Viewer
    ) -> None:
        path = f"/notices/case/{late_case.number}/write/"
        lines = ("status", "{po} is late: {eta_new}."), ("status", "{po} comes tomorrow.")
        answer = client_for(coordinator).post(path, self.form(late_case, ina, *lines))
        assert answer.status_code == 422
        with acting_for(late_case.organisation_id):
            assert not WrittenNotice.objects.exists()

    def test_a_recipient_from_elsewhere_is_not_taken(
        self, late_case: Case, ina: Contact, client_for: SignIn, coordinator: Viewer
    ) -> None:
        path = f"/notices/case/{late_case.number}/write/"
        data = self.form(late_case, ina, ("status", "{po} is late: {eta_new}."), recipient="999999")
        client_for(coordinator).post(path, data)
        with acting_for(late_case.organisation_id):
            assert {written.recipient_id for written in WrittenNotice.objects.all()} <= {ina.pk}

    @pytest.mark.parametrize("text", ["{po", "po}", "", "{}"])
    def test_a_slip_of_the_pen_is_explained(
        self, late_case: Case, ina: Contact, client_for: SignIn, coordinator: Viewer, text: str
    ) -> None:
        path = f"/notices/case/{late_case.number}/write/"
        answer = client_for(coordinator).post(path, self.form(late_case, ina, ("status", text)))
        assert answer.status_code == 422
        assert b'role="alert"' in answer.content

    def test_from_the_pen_to_the_held_notice(
        self, late_case: Case, ina: Contact, client_for: SignIn, coordinator: Viewer, supervisor: Viewer
    ) -> None:
        path = f"/notices/case/{late_case.number}/write/"
        lines = ("greeting", "Hello,"), ("status", "Your shipment {po} is late: {eta_new}.")
        answer = client_for(coordinator).post(path, self.form(late_case, ina, *lines), follow=True)
        assert b"A supervisor approves it." in answer.content
        with acting_for(late_case.organisation_id):
            written = WrittenNotice.objects.get()
        address = f"/notices/written/{written.pk}/"
        assert client_for(coordinator).post(address + "approve/", {"digest": written.digest}).status_code == 403
        client = client_for(supervisor)
        assert written.digest.encode() in client.get(address).content
        assert client.post(address + "approve/", {"digest": "stale"}).status_code == 409
        assert client.post(address + "approve/", {"digest": written.digest}).status_code == 302
        with acting_for(late_case.organisation_id):
            assert Notice.objects.get().approved_by_id == supervisor.member.pk

    def test_the_time_of_the_next_word_is_in_the_text_and_promised_when_it_is_laid_down(
        self, late_case: Case, ina: Contact, client_for: SignIn, coordinator: Viewer
    ) -> None:
        path = f"/notices/case/{late_case.number}/write/"
        client = client_for(coordinator)
        ahead = (timezone.now() + timedelta(days=1)).astimezone(ZoneInfo("America/Chicago"))
        typed = f"{ahead:%Y-%m-%dT%H:%M}"
        page = client.get(path, {"next_update": typed}).content.decode()
        assert "write again by {next_update}" in page and f"{ahead:%H:%M} in Dallas" in page
        lines = ("status", "Your shipment {po} is late: {eta_new}."), ("next_step", "We write again by {next_update}.")
        assert self.promised(late_case) is None, "looking promises nothing"
        checked = client.post(path, self.form(late_case, ina, *lines, action="check", next_update=typed))
        assert "The check found nothing" in checked.content.decode() and self.promised(late_case) is None
        refused = client.post(path, self.form(late_case, ina, ("status", "Tomorrow."), next_update=typed))
        assert refused.status_code == 422 and self.promised(late_case) is None
        for action in ("check", "save"):
            untold = self.form(late_case, ina, lines[0], action=action, next_update=typed)
            assert "does not say by when" in client.post(path, untold).content.decode(), (
                "it would be promised to nobody"
            )
        carrier = self.form(late_case, ina, lines[0], next_update=typed, recipient=self.otto(late_case))
        assert "Write again by" not in client.get(path, {"recipient": carrier["recipient"]}).content.decode()
        assert client.post(path, carrier).status_code == 302
        assert self.promised(late_case) is None, "what a carrier reads promises the customer nothing"
        client.post(path, self.form(late_case, ina, *lines, next_update=f"{typed}:30"))
        given = self.promised(late_case)
        assert given is not None and given.astimezone(ahead.tzinfo).strftime("%Y-%m-%dT%H:%M") == typed
        with acting_for(late_case.organisation_id):
            told = {fact["key"]: fact["value"] for fact in WrittenNotice.objects.get(recipient=ina).facts}
            assert told["next_update"]["at"] == given.isoformat(), "to the minute in the text too"

    @pytest.mark.parametrize(("days", "said"), [(-1, "still ahead"), (40, "within 31 days")])
    def test_a_time_of_the_next_word_that_cannot_be_is_refused_at_its_field(
        self, late_case: Case, ina: Contact, client_for: SignIn, coordinator: Viewer, days: int, said: str
    ) -> None:
        path = f"/notices/case/{late_case.number}/write/"
        typed = f"{timezone.now() + timedelta(days=days):%Y-%m-%dT%H:%M}"
        asked = client_for(coordinator).get(path, {"next_update": typed})
        posted = client_for(coordinator).post(path, self.form(late_case, ina, ("status", "Hi"), next_update=typed))
        for answer in (asked, posted):
            assert answer.status_code == 422 and said in answer.content.decode()
            assert 'id="id_next_update_error"' in answer.content.decode()

    def otto(self, case: Case) -> str:
        """Who reads notices at the carrier."""
        with acting_for(case.organisation_id):
            return str(Contact.objects.get(name="Otto").pk)

    def promised(self, case: Case) -> datetime | None:
        with acting_for(case.organisation_id):
            return Case.objects.values_list("next_update_at", flat=True).get(pk=case.pk)

    @pytest.mark.parametrize("role", ["administrator", "auditor"])
    def test_who_does_not_work_on_cases_does_not_write(
        self, late_case: Case, client_for: SignIn, request: pytest.FixtureRequest, role: str
    ) -> None:
        client = client_for(request.getfixturevalue(role))
        assert client.get(f"/notices/case/{late_case.number}/write/").status_code == 403
