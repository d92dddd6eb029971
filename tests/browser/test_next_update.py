"""Promising the next update as a person does it: with the keyboard, on a phone, without a script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from controltower.tenancy.viewer import Viewer
from exceptions.cases.models import Case
from tests.browser.conftest import Open
from tests.browser.test_access import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_promise_is_given_with_the_keyboard_and_taken_back(
    open_page: Open, axe: Callable[[Page], list[str]], coordinator: Viewer, cases: list[Case]
) -> None:
    page = open_page(coordinator, f"/cases/{cases[0].number}/")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("f")
    assert page.evaluate("document.activeElement.name") == "after"
    assert look(page, axe) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".figures")).to_contain_text("Customer hears within")
    page.keyboard.press("z")
    expect(page.locator(".figures")).to_contain_text("not promised")


def test_without_a_script_a_promise_is_given_and_withdrawn(
    open_page: Open, coordinator: Viewer, cases: list[Case]
) -> None:
    page = open_page(coordinator, f"/cases/{cases[0].number}/", javascript=False, width=320, theme="dark")
    page.locator("summary", has_text="Promise update").click()
    page.locator("button", has_text="Promise next update").click()
    expect(page.locator(".figures")).to_contain_text("Customer hears within")
    page.reload()  # without a script the word that was said stays until then
    page.locator("summary", has_text="Promise update").click()
    page.locator("button", has_text="Withdraw the promise").click()
    expect(page.locator(".figures")).to_contain_text("not promised")


def test_an_act_leaves_the_reader_and_the_focus_where_they_were(
    open_page: Open, coordinator: Viewer, cases: list[Case]
) -> None:
    page = open_page(coordinator, f"/cases/{cases[0].number}/")
    page.set_viewport_size({"width": 1280, "height": 500})
    page.wait_for_load_state("networkidle")
    page.keyboard.press("f")
    page.evaluate("document.querySelector('.pane--detail').scrollTop = 200")
    page.wait_for_timeout(100)  # the browser chooses what to hold on to when it next draws
    page.keyboard.press("Enter")
    expect(page.locator(".figures")).to_contain_text("Customer hears within")
    expect(page.locator("summary", has_text="Promise update")).to_be_focused()
    expect(page.locator("#proposals")).to_contain_text("propos")  # what comes after the answer has come
    assert page.evaluate("document.querySelector('.pane--detail').scrollTop") == 200
