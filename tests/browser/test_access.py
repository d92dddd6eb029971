"""Everybody can use it: axe (WCAG 2.0 to 2.2 A and AA, best practice) and 320 pixels, on every page, in both themes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from controltower.tenancy.viewer import Viewer
from exceptions.cases.models import Case
from tests.browser.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Axe = Callable[[Page], list[str]]
THEMES = ("light", "dark")
WIDTHS = (1440, 320)


def is_too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def look(page: Page, axe: Axe) -> list[str]:
    """What is wrong with the page as it stands, narrow and wide, in both themes."""
    found = []
    for theme in THEMES:
        for width in WIDTHS:
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            page.set_viewport_size({"width": width, "height": 900})
            found += [f"{theme} {width}: {problem}" for problem in axe(page)]
            if is_too_wide(page):
                found.append(f"{theme} {width}: scrolls sideways")
    return found


def test_the_queue_with_a_case_open(open_page: Open, axe: Axe, coordinator: Viewer, cases: list[Case]) -> None:
    page = open_page(coordinator, f"/cases/{cases[0].number}/")
    page.wait_for_load_state("networkidle")
    assert look(page, axe) == []


def test_the_queue_alone(open_page: Open, axe: Axe, coordinator: Viewer, cases: list[Case]) -> None:
    page = open_page(coordinator, "/", width=320)
    assert look(page, axe) == []


def test_the_empty_queue(open_page: Open, axe: Axe, coordinator: Viewer) -> None:
    assert look(open_page(coordinator, "/"), axe) == []


@pytest.mark.parametrize("key", ["s", "e", "h", "o", "c", "!", "w", "?", "Control+k"])
def test_every_opened_state_of_a_case(
    open_page: Open, axe: Axe, coordinator: Viewer, cases: list[Case], key: str
) -> None:
    page = open_page(coordinator, f"/cases/{cases[0].number}/", width=1440)
    page.keyboard.press(key)
    expect(page.locator("details.menu[open], dialog[open], .why details[open]").first).to_be_visible()
    assert axe(page) == []


def test_a_form_with_errors(open_page: Open, axe: Axe, coordinator: Viewer, cases: list[Case]) -> None:
    page = open_page(coordinator, f"/cases/{cases[0].number}/", refused=(422,))
    page.keyboard.press("e")
    page.keyboard.type("Arrived")
    page.get_by_role("button", name="Resolve", exact=True).last.click()
    expect(page.locator(".case [role=alert]")).to_be_visible()
    assert axe(page) == []


@pytest.mark.parametrize("path", ["/settings/preferences/", "/cases/EX-9999/", "/nowhere/"])
def test_pages_around_the_queue(open_page: Open, axe: Axe, coordinator: Viewer, path: str) -> None:
    assert look(open_page(coordinator, path, refused=(404,)), axe) == []


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/password/reset/", "/nowhere/"])
def test_pages_before_the_sign_in(open_page: Open, axe: Axe, path: str, db: None) -> None:
    assert look(open_page(None, path, refused=(404,)), axe) == []


def test_the_page_does_not_jump_while_it_loads(open_page: Open, coordinator: Viewer, cases: list[Case]) -> None:
    page = open_page(coordinator, f"/cases/{cases[0].number}/", width=1440)
    shift = page.evaluate(
        """() => new Promise(done => {
            let sum = 0;
            new PerformanceObserver(list => list.getEntries().forEach(entry => { sum += entry.value; }))
                .observe({ type: 'layout-shift', buffered: true });
            setTimeout(() => done(sum), 600);
        })"""
    )
    assert shift <= 0.02
