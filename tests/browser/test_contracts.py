"""Contracts and what they count by in a real browser: reachable by everybody, with the keyboard, and without scripts."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer
from exceptions.cases.models import Case
from exceptions.parties.models import Account
from exceptions.sla.models import Calendar, Contract, ContractVersion, CurrencyRate, LeadTime, Term, VersionState
from tests.browser.conftest import Open
from tests.browser.test_access import CORNERS, look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Axe = Callable[[Page], list[str]]
TIERS = {
    "kind": "per_unit",
    "unit": "calendar_day",
    "tiers": [{"units": 4, "rate": "215"}, {"rate": "430"}],
    "cap": "1720",
    "currency": "USD",
}


@pytest.fixture
def draft(organisation: Organisation, cases: list[Case], administrator: Viewer) -> ContractVersion:
    """A draft with two kinds of terms beside the version that holds, a calendar, a correction and a rate."""
    with acting_for(organisation):
        contract = Contract.objects.get(account__isnull=False)
        made = ContractVersion.objects.create(
            contract=contract,
            number=2,
            effective_from=date(2026, 12, 1),
            changed_by=administrator.member,
            changed_at=cases[0].opened_at,
        )
        Term.objects.create(
            version=made, kind="free_time", subkind="demurrage", name="Demurrage", price=TIERS, lane="US-TX>US-IL"
        )
        week = {day: [["08:00", "12:00"], ["13:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
        Calendar.objects.create(name="Office", zone="America/Chicago", intervals=week, holiday_country="US")
        LeadTime.objects.create(
            action="rebook", case_type="delivery_late", minutes=90, cost=450, currency="USD", p_act=0.2
        )
        CurrencyRate.objects.create(currency="EUR", rate="1.085", valid_from=date(2026, 1, 1), source="Reference rate")
        return made


def test_the_pages_are_accessible_and_fit(
    open_page: Open, axe: Axe, supervisor: Viewer, draft: ContractVersion, cases: list[Case], organisation: Organisation
) -> None:
    with acting_for(organisation):
        calendar, term, customer = Calendar.objects.get(), draft.terms.get(), Account.objects.get(code="NORTHGATE")
    contract = f"contracts/{draft.contract_id}/"
    found: dict[str, Any] = {}
    page = open_page(supervisor, "/settings/contracts/")
    home = page.url.split("/settings/")[0]
    for path in (
        "contracts/",
        "contracts/new/",
        "contracts/import/",
        contract,
        f"{contract}change/",
        f"{contract}2/",
        f"{contract}2/terms/new/",
        f"{contract}2/terms/new/?kind=claim",
        f"{contract}2/terms/{term.pk}/",
        "contracts/try/",
        f"contracts/try/?case={cases[0].number}&version={draft.contract_id}/2",
        f"contracts/try/?account={customer.code}&case_type=delivery_late&since=2026-11-20T14:00",
        "calendars/",
        "calendars/new/",
        f"calendars/{calendar.pk}/?hours=12&since=2026-11-25T14:00",
        "lead-times/",
        "lead-times/correct/?action=rebook&case_type=delivery_late&mode=",
        "rates/",
        "house/",
        "claim-deadlines/",
        "claim-deadlines/check/?key=cmr/notice/freight_damaged",
    ):
        page.goto(f"{home}/settings/{path}")
        found[path] = look(page, axe, CORNERS)
    assert {path: problems for path, problems in found.items() if problems} == {}


def test_a_contract_is_written_and_activated_with_the_keyboard_and_without_scripts(
    open_page: Open, supervisor: Viewer, cases: list[Case], organisation: Organisation
) -> None:
    page = open_page(supervisor, "/settings/contracts/", javascript=False)
    page.get_by_role("link", name="New contract").press("Enter")
    page.get_by_label("What others owe us", exact=False).check()
    page.get_by_label("With", exact=True).fill("northgate")
    page.get_by_label("Code").fill("NG-CLAIMS")
    page.get_by_label("Name", exact=True).fill("Northgate claims")
    page.get_by_role("button", name="Make the draft").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Northgate claims")
    page.get_by_role("link", name="Add a term").first.press("Enter")
    page.get_by_role("link", name="Delivery window").press("Enter")
    page.get_by_label("Name", exact=True).fill("Late at the dock")
    page.get_by_label("Tolerance after the window").fill("30 min")
    page.get_by_role("button", name="Per hour or day").press("Enter")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Late at the dock")
    page.get_by_label("For each").select_option("hour")
    page.get_by_label("Rates").fill("2 x 100\n250")
    page.get_by_label("At most in total").fill("900")
    page.get_by_label("At most in total").press("Enter")
    expect(page.get_by_role("table").first).to_contain_text("100\N{NO-BREAK SPACE}USD for each of the first 2 hours")
    page.get_by_role("button", name="Activate version 1").press("Enter")
    expect(page.get_by_text("In force").first).to_be_visible()
    with acting_for(organisation):
        version = ContractVersion.objects.get(contract__code="NG-CLAIMS")
        assert (version.state, version.activated_by_id) == (VersionState.ACTIVE, supervisor.member.pk)


def test_the_other_party_is_found_among_many_while_its_name_is_typed(
    open_page: Open, axe: Axe, supervisor: Viewer, organisation: Organisation
) -> None:
    with acting_for(organisation):
        Account.objects.bulk_create(
            Account(code=f"HUT-{number:03}", name=f"Huta {number}", search_name=f"huta {number}", kind="customer")
            for number in range(530)
        )
    page = open_page(supervisor, "/settings/contracts/new/", refused=(422,))
    box, offered = page.get_by_label("With", exact=True), page.locator("#id_account_suggested option")
    expect(offered).to_have_count(0)
    box.focus()
    expect(offered).to_have_count(20)
    page.keyboard.type("huta 529")
    expect(offered).to_have_count(1)
    expect(offered).to_have_attribute("value", "Huta 529 (HUT-529)")
    box.fill("huta nowhere")
    page.get_by_label("Code").fill("HUTA")
    page.get_by_label("Name", exact=True).fill("Huta")
    page.get_by_role("button", name="Make the draft").press("Enter")
    expect(page.get_by_text("There is no account “huta nowhere” here.", exact=False)).to_be_visible()
    assert look(page, axe, CORNERS) == []
    box.fill("Huta 529 (HUT-529)")
    box.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Huta")


def test_trying_and_counting_happen_in_place(
    open_page: Open, axe: Axe, supervisor: Viewer, draft: ContractVersion, cases: list[Case], organisation: Organisation
) -> None:
    page = open_page(supervisor, "/settings/contracts/try/")
    page.get_by_label("A case").fill(cases[0].number)
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#tried")).to_contain_text("as things stand")
    page.get_by_label("A case").fill("EX-404404")
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#tried")).to_contain_text("There is no case EX-404404")
    with acting_for(organisation):
        calendar = Calendar.objects.get()
    page.goto(page.url.split("/settings/")[0] + f"/settings/calendars/{calendar.pk}/")
    page.get_by_label("From", exact=True).fill("2026-11-25T14:00")
    page.get_by_role("button", name="Add the hours").click()
    expect(page.locator("#tried")).to_contain_text("Thanksgiving Day")
    assert look(page, axe, CORNERS) == []


def test_a_form_that_comes_back_has_the_focus_where_it_is_wrong(
    open_page: Open, administrator: Viewer, draft: ContractVersion
) -> None:
    page = open_page(administrator, "/settings/contracts/new/", refused=(422,))
    page.locator("[name=account]").fill("nobody of this name")
    page.locator("[name=code]").fill("NEW-1")
    page.locator("[name=name]").fill("New")
    page.get_by_role("button", name="Make the draft").click()
    expect(page.locator("[name=account]")).to_be_focused()
    expect(page.locator("[name=account]")).to_have_value("nobody of this name")
