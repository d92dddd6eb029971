"""Stopping the contract's clock as a person does it: with the keyboard, on a phone, without a script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from controltower.tenancy.viewer import Viewer
from exceptions.cases.models import Case
from tests.browser.conftest import Open
from tests.browser.test_access import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_cause_is_noted_with_the_keyboard_and_accepted_on_a_phone(
    open_page: Open,
    axe: Callable[[Page], list[str]],
    coordinator: Viewer,
    supervisor: Viewer,
    cases: list[Case],
) -> None:
    page = open_page(coordinator, f"/cases/{cases[0].number}/")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("b")
    assert page.evaluate("document.activeElement.name") == "reason"
    assert look(page, axe) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    page.keyboard.type("Weather")
    page.keyboard.press("Tab")
    page.keyboard.type("Highway patrol closed I-40")
    page.locator("#clock button", has_text="Note the cause").press("Enter")
    expect(page.locator("#clock")).to_contain_text("Nobody has accepted it, so it moves nothing")
    expect(page.locator(".toast")).to_contain_text("It moves nothing until a supervisor accepts it")

    phone = open_page(supervisor, f"/cases/{cases[0].number}/", width=320, theme="dark")
    phone.wait_for_load_state("networkidle")
    phone.locator("#clock summary", has_text="Accept").click()
    assert look(phone, axe, [("dark", 320)]) == []
    phone.locator("#clock button", has_text="Accept").click()
    expect(phone.locator("#clock")).to_contain_text("accepted by Sam")


def test_without_a_script_a_cause_is_noted_and_ended(open_page: Open, coordinator: Viewer, cases: list[Case]) -> None:
    page = open_page(coordinator, f"/cases/{cases[0].number}/", javascript=False)
    page.locator("#clock summary").click()
    page.select_option("#clock [name=reason]", "weather")
    page.locator("#clock [name=evidence]").fill("Highway patrol closed I-40")
    page.locator("#clock button").click()
    expect(page.locator("#clock")).to_contain_text("going on")
    page.locator("#clock summary", has_text="End").click()
    page.locator("#clock button", has_text="End").click()
    expect(page.locator("#clock")).not_to_contain_text("going on")
    expect(page.locator("#clock summary").first).to_contain_text("Note a cause")


def test_a_text_box_that_somebody_drew_larger_survives_an_answer_without_a_word_on_the_console(
    open_page: Open, coordinator: Viewer, cases: list[Case]
) -> None:
    """The browser keeps the new size as a style of the element, which an answer must not carry over: the policy allows
    no style in the page. What the page complains of fails the test."""
    page = open_page(coordinator, f"/cases/{cases[0].number}/", theme="dark")
    page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelector('#note-text').style.height = '9rem'")
    page.keyboard.press("t")
    expect(page.locator(".figures")).to_contain_text("that is you")
    page.wait_for_load_state("networkidle")
