"""Partners and dead letters in a real browser: reachable by everybody, and a message can be tried without leaving."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from controltower.audit import SYSTEM
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer
from exceptions.intake.services import message_accept, partner_create
from exceptions.parties.models import Account, AccountKind, Partner
from tests.browser.conftest import Open
from tests.browser.test_access import look
from tests.intake.cast import cloudevent

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Axe = Callable[[Page], list[str]]


@pytest.fixture
def partner(organisation: Organisation, run_jobs: Callable[[], int], now: datetime) -> Partner:
    """A live connection with one message understood and one not."""
    with acting_for(organisation):
        account = Account.objects.create(code="ACME", name="Acme Carriers", kind=AccountKind.CARRIER)
        made = partner_create(
            preset="cloudevents",
            name="Acme transport management, north-eastern region",
            account=account,
            default_customer=None,
            sandbox=False,
            actor=SYSTEM,
            now=now,
        ).partner
        for body in (cloudevent(), cloudevent(id="e-2", type="com.acme.something.that.nobody.mapped.until.today")):
            message_accept(made, body=body, headers={}, content_type="application/cloudevents+json", now=now)
    run_jobs()
    return made


def test_the_pages_are_accessible_and_fit(open_page: Open, axe: Axe, administrator: Viewer, partner: Partner) -> None:
    found: dict[str, Any] = {}
    page = open_page(administrator, "/settings/partners/")
    for path in ("", "new/", f"{partner.slug}/", "dead-letters/"):
        page.goto(page.url.split("/settings/")[0] + f"/settings/partners/{path}")
        found[path] = look(page, axe)
    page.locator("th a.link").first.click()
    found["message"] = look(page, axe)
    assert {path: problems for path, problems in found.items() if problems} == {}


def test_a_message_is_tried_in_place(open_page: Open, axe: Axe, administrator: Viewer, partner: Partner) -> None:
    page = open_page(administrator, f"/settings/partners/{partner.slug}/")
    page.get_by_role("button", name="Read it").click()
    result = page.locator("#try-result")
    expect(result).to_contain_text("1 event. Nothing was stored.")
    page.get_by_label("A message as the sender would send it").fill('{"specversion": "1.0"}')
    page.get_by_role("button", name="Read it").click()
    expect(result).to_contain_text("It cannot be understood")
    assert look(page, axe) == []


def test_connecting_ends_with_the_secret_on_the_screen(
    open_page: Open, axe: Axe, administrator: Viewer, partner: Partner
) -> None:
    page = open_page(administrator, "/settings/partners/new/")
    page.get_by_label("CloudEvents 1.0").check()
    page.get_by_label("Name", exact=True).fill("Second connection")
    page.get_by_label("Account it belongs to").select_option(label="Acme Carriers")
    page.get_by_role("button", name="Connect").click()
    expect(page.locator("#secret")).to_contain_text("whsec_")
    assert look(page, axe) == []
    page.get_by_role("link", name="I have copied it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Second connection")
    assert "whsec_" not in page.locator(".kv").first.inner_text()


def test_without_javascript_everything_works_the_same(open_page: Open, administrator: Viewer, partner: Partner) -> None:
    page = open_page(administrator, f"/settings/partners/{partner.slug}/", javascript=False)
    page.get_by_role("button", name="Read it").click()
    expect(page.locator("#try-result")).to_contain_text("1 event. Nothing was stored.")
    page.goto(page.url.split("/settings/")[0] + "/settings/partners/dead-letters/")
    page.get_by_role("button", name="Replay", exact=True).click()
    expect(page.get_by_role("heading", name="No dead letters")).to_be_visible()
