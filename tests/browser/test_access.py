"""Everybody can use it: axe (WCAG 2.0 to 2.2 A and AA, best practice) and 320 pixels, on every page, in both themes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from controltower.tenancy.viewer import Viewer
from controltower.web import nav
from exceptions.cases.models import Case
from tests.browser.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Axe = Callable[[Page], list[str]]
THEMES = ("light", "dark")
WIDTHS = (1440, 320)


def is_too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


ALL = [(theme, width) for theme in THEMES for width in WIDTHS]
CORNERS = [("light", 1440), ("dark", 320)]


def look(page: Page, axe: Axe, ways: list[tuple[str, int]] = ALL) -> list[str]:
    """What is wrong with the page as it stands, narrow and wide, in both themes."""
    found = []
    for theme, width in ways:
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


def test_every_opened_state_of_a_case(open_page: Open, axe: Axe, coordinator: Viewer, cases: list[Case]) -> None:
    page = open_page(coordinator, f"/cases/{cases[0].number}/", width=1440)
    opened = page.locator("details.menu[open], dialog[open], .why details[open]")
    found = {}
    for key in ("s", "e", "h", "o", "c", "!", "?", "Control+k", "w"):
        page.keyboard.press(key)
        expect(opened.first).to_be_visible()
        found[key] = axe(page)
        page.keyboard.press("Escape")
    assert {key: problems for key, problems in found.items() if problems} == {}


def test_a_form_with_errors(open_page: Open, axe: Axe, coordinator: Viewer, cases: list[Case]) -> None:
    page = open_page(coordinator, f"/cases/{cases[0].number}/", refused=(422,))
    page.keyboard.press("e")
    page.keyboard.type("Arrived")
    page.get_by_role("button", name="Resolve", exact=True).last.click()
    expect(page.locator(".case [role=alert]")).to_be_visible()
    assert axe(page) == []


def test_pages_around_the_queue(open_page: Open, axe: Axe, coordinator: Viewer, live_server: LiveServer) -> None:
    page = open_page(coordinator, "/settings/preferences/", refused=(404,))
    assert look(page, axe) == []
    page.goto(f"{live_server.url}/nowhere/")
    assert look(page, axe) == []


def test_every_page_of_the_navigation(
    open_page: Open, axe: Axe, supervisor: Viewer, administrator: Viewer, cases: list[Case], live_server: LiveServer
) -> None:
    wrong = {}
    for viewer in (supervisor, administrator):
        links = nav.links({verb.name for verb in viewer.verbs})
        page = open_page(viewer, "/settings/preferences/")
        for link in links:
            page.goto(live_server.url + link.href)
            wrong[f"{viewer.role} {link.href}"] = look(page, axe, CORNERS)
    assert len(wrong) > 10 and {href: problems for href, problems in wrong.items() if problems} == {}


def test_pages_before_the_sign_in(open_page: Open, axe: Axe, live_server: LiveServer) -> None:
    page = open_page(None, "/accounts/login/", refused=(404,))
    for path in ("/accounts/login/", "/accounts/password/reset/", "/nowhere/"):
        page.goto(live_server.url + path)
        assert look(page, axe) == []


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
