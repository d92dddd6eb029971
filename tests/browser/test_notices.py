"""Notices, the mailbox and the settings in a real browser: readable by everybody, working without JavaScript."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from controltower.ops import mailbox
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer
from exceptions.cases.models import Case
from exceptions.notices.models import Notice, NoticeState
from exceptions.parties.models import Contact
from tests.browser.conftest import Open
from tests.browser.test_access import look
from tests.notices.conftest import ina, late_case, moment, schedule
from tests.ops.test_mailbox import mail

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Axe = Callable[[Page], list[str]]
Schedule = Callable[..., Notice]
__all__ = ["ina", "late_case", "moment", "schedule"]  # fixtures of the notices, used here too


def test_the_outbox_and_one_notice_in_each_state(
    open_page: Open,
    axe: Axe,
    supervisor: Viewer,
    schedule: Schedule,
    organisation: Organisation,
    live_server: LiveServer,
) -> None:
    Organisation.objects.filter(pk=organisation.pk).update(hold_seconds=60)
    notice = schedule()
    page = open_page(supervisor, "/notices/")
    assert look(page, axe) == []
    for state in (NoticeState.HELD, NoticeState.UNKNOWN, NoticeState.FAILED):
        with acting_for(organisation):
            Notice.objects.filter(pk=notice.pk).update(state=state, failure="550 no such user")
        page.goto(f"{live_server.url}/notices/{notice.pk}/")
        assert look(page, axe) == [], state


def test_writing_checking_and_approving(
    open_page: Open,
    axe: Axe,
    coordinator: Viewer,
    supervisor: Viewer,
    late_case: Case,
    ina: Contact,
) -> None:
    page = open_page(coordinator, f"/notices/case/{late_case.number}/write/")
    assert look(page, axe) == []
    sentence = page.get_by_label("Sentence").nth(1)
    sentence.fill("Your shipment {po} will be there tomorrow, {eta_new}.")
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#check")).to_contain_text("“tomorrow” is a value written by hand")
    expect(sentence).to_have_value("Your shipment {po} will be there tomorrow, {eta_new}.")
    assert axe(page) == []
    sentence.fill("Your shipment {po} is running late.")
    page.get_by_role("button", name="Lay down for approval").click()
    expect(page.locator("h1")).to_have_text("PO 4500123: running late")
    decide = open_page(supervisor, page.url.removeprefix(page.url.split("/notices")[0]))
    assert look(decide, axe) == []
    assert decide.evaluate("document.activeElement === document.body"), "Approve is never the default"
    decide.get_by_role("button", name="Approve").click()
    expect(decide.locator("h1")).to_have_text("PO 4500123: running late")
    expect(decide.get_by_text("Approved by")).to_be_visible()


def test_the_whole_way_works_without_javascript(
    open_page: Open,
    coordinator: Viewer,
    supervisor: Viewer,
    late_case: Case,
    ina: Contact,
    organisation: Organisation,
) -> None:
    Organisation.objects.filter(pk=organisation.pk).update(hold_seconds=60)
    page = open_page(coordinator, f"/notices/case/{late_case.number}/write/", javascript=False)
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#check")).to_contain_text("The check found nothing")
    page.get_by_role("button", name="Lay down for approval").click()
    path = page.url.removeprefix(page.url.split("/notices")[0])
    decide = open_page(supervisor, path, javascript=False)
    decide.get_by_role("button", name="Approve").click()
    decide.get_by_role("button", name="Call it back").click()
    expect(decide.get_by_text("Called back", exact=True).first).to_be_visible()
    with acting_for(organisation):
        assert Notice.objects.get().state == NoticeState.CANCELLED


def test_the_mailbox(
    open_page: Open,
    axe: Axe,
    coordinator: Viewer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    live_server: LiveServer,
) -> None:
    monkeypatch.setattr(settings, "MAILBOX_DIR", tmp_path)
    page = open_page(coordinator, "/mailbox/")
    assert look(page, axe) == []
    mailbox.store(tmp_path, mail(subject="PO 4711: running late").as_bytes(), recipients=["ina@acme.example"])
    page.reload()
    page.get_by_role("link", name="PO 4711: running late").click()
    expect(page.locator("h1")).to_have_text("PO 4711: running late")
    assert look(page, axe) == []


@pytest.mark.parametrize(
    "path", ["", "organisation/", "members/", "members/add/", "keys/"], ids=lambda path: path or "index"
)
def test_the_settings(open_page: Open, axe: Axe, administrator: Viewer, path: str) -> None:
    assert look(open_page(administrator, f"/settings/{path}"), axe) == []


def test_ones_own_account(open_page: Open, axe: Axe, administrator: Viewer) -> None:
    assert administrator.user is not None
    administrator.user.set_password("a long enough phrase")
    administrator.user.save()
    page = open_page(administrator, "/accounts/password/change/")
    assert look(page, axe) == []
