"""The shipment pages in a real browser: they read in both themes, fit a phone, and load what was said on their own."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from controltower.audit import SYSTEM
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer
from exceptions.parties.models import AccountKind, LocationKind
from exceptions.parties.services import account_create, location_create
from exceptions.shipments.canonical import CanonicalEvent, Ref, RefType, SourceRank
from exceptions.shipments.services import event_record
from tests.browser.conftest import Open
from tests.browser.test_access import look
from tests.shipments.conftest import NOON, booking, iso, saying

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

REFS = (Ref(RefType.BOL, "BOL-4410"), Ref(RefType.PRO, "771-204-9"), Ref(RefType.PO, "4500 0123"))
SAID: list[CanonicalEvent] = [
    saying("shipment.booked", refs=REFS, **booking(goods="Romaine, 24 ct")),
    saying("shipment.picked_up", 1, stop=1),
    saying("shipment.eta_changed", 12, estimated=iso(36)),
    saying("appointment.confirmed", 13, starts_at=iso(30), ends_at=iso(32), number="D-5512"),
]


@pytest.fixture
def shipment(organisation: Organisation) -> str:
    """A reefer to Phoenix, picked up, that will be four hours late."""
    with acting_for(organisation):
        for code, kind in [("HALVORSEN", AccountKind.CUSTOMER), ("ORBIT", AccountKind.CARRIER)]:
            account_create(code=code, name=code.title(), kind=kind, actor=SYSTEM, now=NOON)
        place = {"city": "Phoenix", "region": "AZ", "country": "US", "zone": "America/Phoenix"}
        location_create(code="PHX-DC", name="Phoenix DC", kind=LocationKind.WAREHOUSE, actor=SYSTEM, now=NOON, **place)
        for event in SAID:
            recorded = event_record(
                event, message_id=None, partner=None, source_rank=SourceRank.EDI, actor=SYSTEM, now=NOON
            )
        return recorded.shipments[0].number


def test_the_page_of_a_shipment(
    open_page: Open, axe: Callable[[Page], list[str]], coordinator: Viewer, shipment: str
) -> None:
    page = open_page(coordinator, f"/shipments/{shipment}/")
    expect(page.locator("#events tbody tr")).to_have_count(len(SAID))
    expect(page.get_by_role("list", name="Stops in order")).to_contain_text("no. D-5512")
    assert look(page, axe) == []


def test_the_list_leads_to_it_by_any_identifier(
    open_page: Open, axe: Callable[[Page], list[str]], coordinator: Viewer, shipment: str
) -> None:
    page = open_page(coordinator, "/shipments/")
    assert look(page, axe) == []
    page.get_by_role("searchbox").fill("771 204")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name=shipment).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(shipment)
