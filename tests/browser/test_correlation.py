"""Merging by keys, a disruption confirmed without a script, and both pages for everybody."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer
from exceptions.cases import services
from exceptions.cases.models import Case, CaseState, Disruption
from exceptions.cases.services import case_merge
from tests.browser.conftest import Open
from tests.browser.test_access import look
from tests.cases.conftest import HOUR, book, eta

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Axe = Callable[[Page], list[str]]


@pytest.fixture
def storm(organisation: Organisation, cases: list[Case]) -> Disruption:
    now = timezone.now()
    with acting_for(organisation):
        for number in range(5):
            book(f"90{number}", now - 2 * HOUR, now + 5 * HOUR, city="Elko")
            eta(f"90{number}", now, now + 9 * HOUR)
        services.disruptions_propose(now=now)
        return Disruption.objects.get(place="Elko")


def test_two_cases_become_one_by_keys_and_two_again(
    open_page: Open, axe: Axe, coordinator: Viewer, organisation: Organisation, cases: list[Case]
) -> None:
    page = open_page(coordinator, f"/cases/{cases[0].number}/")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("m")
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Merge {cases[0].number} into")
    assert look(page, axe) == []
    page.get_by_role("radio", name=cases[1].number).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Merged in")).to_be_visible()
    page.keyboard.press("z")
    expect(page.get_by_role("heading", name="Merged in")).to_have_count(0)
    with acting_for(organisation):
        assert Case.objects.get(pk=cases[0].pk).state == CaseState.NEW
        case_merge(cases[1], [cases[0]], actor=coordinator.actor, now=timezone.now())
    page.reload()
    page.wait_for_load_state("networkidle")
    assert look(page, axe) == []


def test_a_disruption_is_confirmed_without_a_script(
    open_page: Open, axe: Axe, coordinator: Viewer, organisation: Organisation, storm: Disruption
) -> None:
    page = open_page(coordinator, "/disruptions/", javascript=False)
    page.get_by_role("link", name="Trouble at Elko").click()
    page.get_by_label("Name").fill("Storm over Elko")
    page.get_by_role("button", name="Confirm for the selected").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Storm over Elko")
    with acting_for(organisation):
        assert Case.objects.filter(disruption=storm).count() == 5


def test_the_pages_of_disruptions_are_accessible_and_fit(
    open_page: Open, axe: Axe, coordinator: Viewer, storm: Disruption
) -> None:
    found = {}
    page = open_page(coordinator, "/disruptions/")
    found["list"] = look(page, axe)
    page.get_by_role("link", name="Trouble at Elko").click()
    found["one"] = look(page, axe)
    assert found == {"list": [], "one": []}
