from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from guardian.shortcuts import assign_perm

from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation, Role
from controltower.tenancy.viewer import Viewer
from exceptions.parties.models import Account
from exceptions.shipments import selectors
from exceptions.shipments.canonical import Place, Ref, RefType
from exceptions.shipments.models import Shipment
from exceptions.shipments.services.placing import shipment_create
from tests.conftest import make_viewer
from tests.shipments.conftest import Say, at, booking, iso, saying

BOL, PRO, PO = Ref(RefType.BOL, "BOL-4410"), Ref(RefType.PRO, "771-204-9"), Ref(RefType.PO, "4500 0123")
Browser = Callable[[Viewer], Client]


@pytest.fixture
def shipment(say: Say) -> Shipment:
    (booked,) = say(saying("shipment.booked", refs=(BOL, PRO, PO), **booking(goods="Romaine <b>")), by="tms").shipments
    say(saying("shipment.picked_up", 1, refs=(BOL,), stop=1))
    say(saying("shipment.eta_changed", 12, refs=(PRO,), estimated=iso(36)))
    return booked


def test_the_list_names_a_shipment_as_the_trade_does(
    shipment: Shipment, coordinator: Viewer, client_for: Browser
) -> None:
    page = client_for(coordinator).get("/shipments/").content.decode()
    assert "SH-10001" in page and "PRO 771-204-9" in page
    assert "Laredo, TX – Phoenix, AZ" in page and "In transit" in page


@pytest.mark.parametrize(
    "query", ["771 204", "bol4410", "SH-10001", "l-2207", "TRLU", "so88120", "45000123", "4410", "10001", "2207"]
)
def test_any_identifier_finds_it_by_its_beginning_with_or_without_letters(
    shipment: Shipment, coordinator: Viewer, query: str
) -> None:
    found = selectors.shipment_list(coordinator, now=at(0), query=query)
    assert [row.shipment for row in found.rows] == [shipment]


def test_the_end_of_an_identifier_or_another_one_finds_nothing(shipment: Shipment, coordinator: Viewer) -> None:
    for query in ("2049", "BOL-4411", "SH-2"):
        assert not selectors.shipment_list(coordinator, now=at(0), query=query).rows


def test_the_list_is_read_a_page_at_a_time(say: Say, coordinator: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "PAGE_SIZE", 2)
    for number in range(5):
        say(saying("shipment.booked", refs=(Ref(RefType.BOL, f"B{number}"),), **booking(equipment=[])), by="tms")
    seen, before = [], None
    while True:
        page = selectors.shipment_list(coordinator, now=at(0), before=before)
        seen += [row.shipment.number for row in page.rows]
        before = page.next_before
        if before is None:
            break
    assert seen == ["SH-10005", "SH-10004", "SH-10003", "SH-10002", "SH-10001"]


def test_a_status_narrows_the_list(shipment: Shipment, coordinator: Viewer) -> None:
    assert selectors.shipment_list(coordinator, now=at(0), status="in_transit").rows
    assert not selectors.shipment_list(coordinator, now=at(0), status="delivered").rows


def test_the_page_tells_route_freight_and_parties_in_stop_local_time(
    shipment: Shipment, coordinator: Viewer, client_for: Browser
) -> None:
    page = client_for(coordinator).get("/shipments/sh-10001/").content.decode()
    assert "Romaine &lt;b&gt;" in page and "86,400" in page and "load L-2207" in page and "TRLU5521" in page
    assert "Orbit" in page and "Contracted carrier" in page and "BOL-4410" in page
    # The delivery window, 18:00 to 20:00 UTC, on the clock of Phoenix.
    assert "11:00" in page and "13:00" in page


def test_what_was_said_is_listed_the_latest_first(
    shipment: Shipment, say: Say, coordinator: Viewer, client_for: Browser
) -> None:
    say(saying("shipment.scanned", 13, refs=(BOL,), place=Place(city="El Paso", region="TX")))
    page = client_for(coordinator).get("/shipments/SH-10001/events/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page
    assert page.index("El Paso, TX") < page.index("ETA changed") < page.index("Picked up") < page.index("booked")


def test_a_page_takes_few_queries(shipment: Shipment, coordinator: Viewer, client_for: Browser) -> None:
    browser = client_for(coordinator)
    for address in ("/shipments/", "/shipments/SH-10001/"):
        browser.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(address).status_code == 200
        counted = [q["sql"] for q in asked if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))]
        counted = [sql for sql in counted if "set_config" not in sql]
        assert len(counted) <= 12, "\n".join(counted)


@pytest.mark.django_db(transaction=True)
def test_the_stranger_finds_nothing(
    organisation: Organisation, coordinator: Viewer, stranger: Viewer, client_for: Browser
) -> None:
    with acting_for(organisation):
        shipment_create(created_from="booking", now=at(0))
    assert client_for(coordinator).get("/shipments/SH-10001/").status_code == 200
    outside = client_for(stranger)
    for address in ("/shipments/SH-10001/", "/shipments/SH-10001/events/"):
        assert outside.get(address).status_code == 404
    assert "SH-10001" not in outside.get("/shipments/?q=SH").content.decode().replace('value="SH', "")


def test_a_restricted_member_sees_the_shipments_of_their_accounts(
    shipment: Shipment, say: Say, organisation: Organisation, accounts: dict[str, Account], client_for: Browser
) -> None:
    restricted = make_viewer(organisation, Role.COORDINATOR, "Rita", restricted=True)
    browser = client_for(restricted)
    assert browser.get("/shipments/SH-10001/").status_code == 404
    assert "SH-10001" not in browser.get("/shipments/").content.decode()
    assign_perm("parties.view_account", restricted.user, accounts["HALVORSEN"])
    assert browser.get("/shipments/SH-10001/").status_code == 200
    assert browser.get("/shipments/SH-10001/events/").status_code == 200


@pytest.mark.parametrize("query", ["?before=x", "?before=-1", "?status=lost", "?q=" + "9" * 500])
def test_odd_addresses_are_a_page_all_the_same(
    shipment: Shipment, coordinator: Viewer, client_for: Browser, query: str
) -> None:
    assert client_for(coordinator).get(f"/shipments/{query}").status_code == 200


def test_a_shipment_that_does_not_exist_is_not_found(coordinator: Viewer, client_for: Browser) -> None:
    for address in ("/shipments/SH-1/", "/shipments/SH-1/events/"):
        assert client_for(coordinator).get(address).status_code == 404


def test_the_number_of_one_that_turned_out_to_be_another_leads_there(say: Say, coordinator: Viewer) -> None:
    tracking = Ref(RefType.TRACKING, "EZ1")
    say(saying("shipment.scanned", 1, refs=(tracking,)), by="tracker")
    say(saying("shipment.booked", refs=(BOL,), **booking()), by="tms")
    say(saying("shipment.delivered", 31, refs=(BOL, tracking)))
    assert [shipment.number for shipment in Shipment.objects.all()] == ["SH-10002"]
    assert selectors.shipment_get(coordinator, "SH-10001").number == "SH-10002"


def test_the_carrier_is_that_of_the_last_leg(shipment: Shipment) -> None:
    carrier = selectors.carrier_of(shipment)
    assert carrier is not None and carrier.code == "ORBIT"
