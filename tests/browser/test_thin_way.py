"""The supervisor's part of the thin way, with the eyes and hands of a person: find it, read it, approve it, see it sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from controltower.tenancy.viewer import Viewer
from tests.browser.conftest import Open
from tests.browser.test_access import look
from tests.e2e.conftest import house, inbox, late  # noqa: F401  # fixtures
from tests.e2e.house import BUYER, House, mails
from tests.notices.smtp import Behaviour

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_the_queue_to_the_customers_inbox(
    open_page: Open,
    axe: Callable[[Page], list[str]],
    supervisor: Viewer,
    late: House,  # noqa: F811
    inbox: Behaviour,  # noqa: F811
    run_jobs: Callable[[], int],
) -> None:
    page = open_page(supervisor, "/")
    page.locator("ol a", has_text="EX-").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    page.goto(page.url.split("/cases/")[0].rstrip("/") + "/approvals/")
    page.get_by_role("link", name="An e-mail about").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(BUYER)
    assert look(page, axe) == []

    page.keyboard.press("Enter")  # never approves
    assert inbox.taken == []
    page.get_by_role("radio", name="Approve").check()
    page.get_by_role("button", name="Record my decision").click()
    expect(page.get_by_text("Approved by", exact=False).first).to_be_visible()

    run_jobs()
    (mail,) = mails(inbox)
    assert mail.get_content_type() == "multipart/alternative"
    page.reload()
    expect(page.get_by_text("Done", exact=True)).to_be_visible()
    call_command("verify_audit")
