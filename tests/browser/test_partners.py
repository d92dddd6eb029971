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
from exceptions.intake.models import Message, MessageState
from exceptions.intake.services import message_accept, partner_create
from exceptions.parties.models import Account, AccountKind, Partner
from exceptions.shipments.models import Event
from tests.browser.conftest import Open
from tests.browser.test_access import CORNERS, look
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
    for path in (
        "",
        "new/",
        "new/?preset=easypost",
        f"{partner.slug}/",
        f"{partner.slug}/mapping/",
        f"{partner.slug}/change/",
        "codes/",
        "dead-letters/",
    ):
        page.goto(page.url.split("/settings/")[0] + f"/settings/partners/{path}")
        found[path] = look(page, axe, CORNERS)
    page.locator("th a.link").first.click()
    found["message"] = look(page, axe, CORNERS)
    assert {path: problems for path, problems in found.items() if problems} == {}


def test_a_message_is_tried_in_place(open_page: Open, axe: Axe, administrator: Viewer, partner: Partner) -> None:
    page = open_page(administrator, f"/settings/partners/{partner.slug}/")
    page.get_by_role("button", name="Read it").click()
    result = page.locator("#try-result")
    expect(result).to_contain_text("1 event. Nothing was stored.")
    page.get_by_label("A message as the sender would send it").fill('{"specversion": "1.0"}')
    page.get_by_role("button", name="Read it").click()
    expect(result).to_contain_text("1 item cannot be understood")
    page.get_by_label("Or a file").set_input_files(
        {"name": "one.json", "mimeType": "application/json", "buffer": cloudevent()}
    )
    page.get_by_role("button", name="Read it").click()
    expect(result).to_contain_text("447-1120")
    assert look(page, axe, CORNERS) == []


def test_a_new_partner_comes_from_a_sample_to_live_without_code(
    open_page: Open,
    axe: Axe,
    administrator: Viewer,
    organisation: Organisation,
    run_jobs: Callable[[], int],
    now: datetime,
) -> None:
    """Choose what it sends, connect it with a new account, see that its own words are not known, say what they mean, try
    that, keep it, put back what came in meanwhile, go live: and the next message counts."""
    page = open_page(administrator, "/settings/partners/")
    page.get_by_role("link", name="Connect a partner").first.click()
    page.get_by_role("link", name="CloudEvents 1.0").click()
    page.get_by_label("Name", exact=True).fill("Ridgeline TMS")
    page.get_by_text("It is a new account").click()
    page.get_by_label("Name of the new account").fill("Ridgeline Haulage")
    page.get_by_role("button", name="Connect").click()
    expect(page.locator("#secret")).to_contain_text("whsec_")
    secret = page.locator("#secret").inner_text()
    assert look(page, axe, CORNERS) == []
    page.get_by_role("link", name="I have copied it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ridgeline TMS")
    assert secret not in page.content()

    theirs = cloudevent(type="com.ridgeline.late")
    with acting_for(organisation):
        made = Partner.objects.get()
        message_accept(made, body=theirs, headers={}, content_type="application/cloudevents+json", now=now)
    run_jobs()
    page.reload()
    page.get_by_role("link", name="Mapping").click()
    page.get_by_label("A message as the sender would send it").fill(theirs.decode())
    result = page.locator("#try-result")
    page.get_by_role("button", name="Try this mapping").click()
    expect(result).to_contain_text("1 item cannot be understood")
    page.get_by_label("New type 1", exact=True).fill("com.ridgeline.late")
    page.get_by_label("Value of new type 1", exact=True).select_option("shipment.delayed")
    page.get_by_role("button", name="Try this mapping").click()
    expect(result).to_contain_text("1 event. Nothing was stored.")
    assert look(page, axe, CORNERS) == []
    page.get_by_role("button", name="Save the mapping").click()
    expect(page.get_by_label("Type 1", exact=True)).to_have_value("com.ridgeline.late")

    page.get_by_role("link", name="Dead letters").first.click()
    page.get_by_role("button", name="Replay all that match").click()
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    run_jobs()
    page.goto(page.url.split("/settings/")[0] + f"/settings/partners/{made.slug}/")
    page.get_by_role("button", name="Go live").click()
    expect(page.get_by_role("button", name="Back to the sandbox")).to_be_visible()
    with acting_for(organisation):
        assert Message.objects.get().state == MessageState.PROCESSED
        assert Event.objects.count() == 0, "it came in while the partner was in the sandbox"
        made.refresh_from_db()
        body = cloudevent(id="e-2", type="com.ridgeline.late")
        message_accept(made, body=body, headers={}, content_type="application/cloudevents+json", now=now)
    run_jobs()
    with acting_for(organisation):
        assert Event.objects.get().type == "shipment.delayed"


def test_without_javascript_everything_works_the_same(open_page: Open, administrator: Viewer, partner: Partner) -> None:
    page = open_page(administrator, f"/settings/partners/{partner.slug}/", javascript=False)
    page.get_by_role("button", name="Read it").click()
    expect(page.locator("#try-result")).to_contain_text("1 event. Nothing was stored.")
    page.goto(page.url.split("/settings/")[0] + "/settings/partners/dead-letters/")
    page.get_by_role("button", name="Replay", exact=True).click()
    expect(page.get_by_role("heading", name="No dead letters")).to_be_visible()
    page.goto(page.url.split("/settings/")[0] + f"/settings/partners/{partner.slug}/mapping/")
    page.get_by_role("button", name="Try this mapping").click()
    expect(page.locator("#try-result")).to_contain_text("1 event. Nothing was stored.")
