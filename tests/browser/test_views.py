"""Many cases at once, views that are kept, and lists as files: with keys, with the mouse, without a script."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from controltower.tenancy.context import acting_for
from controltower.tenancy.viewer import Viewer
from exceptions.cases import services
from exceptions.cases.models import Case
from tests.browser.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SELECTED = "[data-rows] input:checked"


def owners(cases: list[Case]) -> list[int | None]:
    with acting_for(cases[0].organisation_id):
        found = dict(Case.objects.values_list("pk", "owner_id"))
    return [found[case.pk] for case in cases]


def test_a_selection_with_the_keyboard_alone_done_at_once_and_taken_back(
    open_page: Open, coordinator: Viewer, supervisor: Viewer, cases: list[Case]
) -> None:
    page = open_page(coordinator, "/")
    expect(page.locator("#case-title")).to_be_visible()
    expect(page.locator("[data-bulk]")).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.locator("[data-bulk-count]")).to_have_text("3 selected")
    page.keyboard.press("Escape")
    expect(page.locator(SELECTED)).to_have_count(0)
    page.keyboard.press("Shift+A")
    expect(page.locator("[data-bulk-count]")).to_have_text("5 selected")

    with acting_for(coordinator.organisation):
        services.case_take(cases[4], actor=supervisor.actor, now=timezone.now())
    page.keyboard.press("t")
    expect(page.locator(".toast")).to_contain_text("4 taken. Sam changed")
    expect(page.locator(SELECTED)).to_have_count(0)
    mine = coordinator.member.pk
    assert owners(cases) == [mine, mine, mine, mine, supervisor.member.pk]
    expect(page.locator(".figures")).to_contain_text("that is you")
    expect(page.locator("[data-row-link]:focus")).to_have_count(1)  # the focus stays in the list

    page.keyboard.press("z")
    expect(page.locator(".toast")).to_contain_text("4 as before.")
    assert owners(cases) == [None, None, None, None, supervisor.member.pk]


def test_a_case_that_arrives_while_the_list_is_exchanged_does_not_take_the_focus(
    open_page: Open, coordinator: Viewer, cases: list[Case]
) -> None:
    page = open_page(coordinator, f"/cases/{cases[1].number}/")
    page.wait_for_load_state("networkidle")
    page.locator("[data-row-link]").first.focus()
    page.keyboard.press("x")
    page.evaluate("htmx.config.defaultSettleDelay = 3500")  # what is shown settles after the list has been exchanged
    page.evaluate(f"void htmx.ajax('GET', '/cases/{cases[2].number}/', {{target: '#detail', swap: 'innerHTML'}})")
    expect(page.locator("article.case")).to_contain_text(cases[2].number)
    page.keyboard.press("t")
    expect(page.locator(SELECTED)).to_have_count(0)
    expect(page.locator("html")).not_to_have_class("htmx-busy")
    expect(page.locator("[data-row-link]:focus")).to_have_count(1)


def test_asleep_until_a_reply_by_the_menu_of_the_bar(open_page: Open, coordinator: Viewer, cases: list[Case]) -> None:
    page = open_page(coordinator, "/")
    expect(page.locator("#case-title")).to_be_visible()
    page.keyboard.press("x")
    page.keyboard.press("s")
    expect(page.get_by_label("In 1 hour").first).to_be_focused()
    page.get_by_label("A reply arrives").first.check()
    page.get_by_role("button", name="Snooze the selected").dblclick()
    expect(page.locator(".toast")).to_contain_text("1 asleep until a reply, at the latest")
    expect(page.locator("[data-rows] > li")).to_have_count(4)
    page.goto(page.url.split("/cases")[0].rstrip("/") + "/?q=is:snoozed")
    expect(page.locator("[data-rows]")).to_contain_text("Asleep until a reply, at the latest")


def test_enter_in_a_field_of_the_bar_does_what_that_field_is_for_and_never_takes(
    open_page: Open, coordinator: Viewer, cases: list[Case]
) -> None:
    page = open_page(coordinator, "/")
    expect(page.locator("#case-title")).to_be_visible()
    page.get_by_label(f"Select {cases[0].number}").check(force=True)
    page.keyboard.press("Enter")  # on the box itself: a form's first button would be pressed, and that is Take
    expect(page.locator("[data-bulk-count]")).to_have_text("1 selected")
    page.keyboard.press("s")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("1 asleep until")
    assert owners(cases) == [None] * 5

    still = open_page(coordinator, "/", javascript=False)
    still.get_by_label(f"Select {cases[1].number}").check(force=True)
    still.keyboard.press("Enter")
    expect(still.locator(".toast")).to_contain_text("Choose what to do")
    assert owners(cases) == [None] * 5


def test_the_bar_works_without_a_script(open_page: Open, coordinator: Viewer, cases: list[Case]) -> None:
    page = open_page(coordinator, "/", javascript=False)
    expect(page.locator("[data-bulk]")).to_be_hidden()
    page.get_by_label(f"Select {cases[0].number}").check(force=True)
    page.get_by_label(f"Select {cases[1].number}").check(force=True)
    page.locator("[data-bulk] button[value=take]").click()
    expect(page.locator(".toast")).to_contain_text("2 taken.")
    assert owners(cases)[:3] == [coordinator.member.pk, coordinator.member.pk, None]
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast")).to_contain_text("2 as before.")


def test_a_filter_is_kept_under_a_name_and_managed(open_page: Open, coordinator: Viewer, cases: list[Case]) -> None:
    page = open_page(coordinator, "/?q=owner:none+severity:S2", refused=(409,))
    page.locator("#save-view summary").click()
    page.get_by_label("Name").fill("Nobody's")
    page.keyboard.press("Enter")
    expect(page.locator("#queue-title")).to_have_text("Nobody's")
    expect(page.locator(".side__link[aria-current=true]", has_text="Nobody's")).to_be_visible()

    page.goto(page.url.split("?")[0] + "?q=owner:me+severity:S2")
    page.locator("#save-view summary").click()
    page.get_by_label("Name").fill("nobody's")
    page.keyboard.press("Enter")
    expect(page.locator("#save-view .field__error")).to_contain_text("You have a view called nobody's already")
    expect(page.get_by_label("Name")).to_have_value("nobody's")
    page.get_by_label("Name").fill("Mine")
    page.get_by_label("For everybody").check()
    page.get_by_role("button", name="Save view").click()
    expect(page.locator("#queue-title")).to_have_text("Mine")

    page.get_by_role("link", name="Manage views").click()
    page.get_by_role("button", name="Delete Nobody's").click()
    expect(page.locator(".toast")).to_contain_text("Nobody's removed")
    page.keyboard.press("z")
    expect(page.get_by_role("link", name="Nobody's")).to_be_visible()


def test_the_list_is_ordered_otherwise_and_fetched_as_a_file(
    open_page: Open, coordinator: Viewer, cases: list[Case]
) -> None:
    page = open_page(coordinator, "/")
    page.get_by_label("Order: Still avoidable first").click()
    page.get_by_role("link", name="Newest first").click()
    expect(page.get_by_role("searchbox", name="Filter cases")).to_have_value("sort:opened")
    for _ in range(2):
        with page.expect_download() as fetched:
            page.get_by_role("button", name="Export this list as CSV").click()
        text = fetched.value.path().read_text(encoding="utf-8-sig")
        assert text.startswith("number,severity,") and all(case.number in text for case in cases)
        expect(page.locator("form[data-busy]")).to_have_count(0)  # within two seconds it is one double click


def test_what_refused_an_action_is_said_in_its_form(
    open_page: Open, coordinator: Viewer, supervisor: Viewer, cases: list[Case]
) -> None:
    page = open_page(coordinator, f"/cases/{cases[0].number}/", refused=(409,))
    with acting_for(coordinator.organisation):
        services.case_take(cases[0], actor=supervisor.actor, now=timezone.now())
    page.keyboard.press("e")
    page.keyboard.type("Driver swapped")
    page.get_by_role("button", name="Resolve", exact=True).last.click()
    said = page.locator(".menu__panel [role=alert]")
    expect(said).to_contain_text("Sam changed")
    on_top = (
        "e => e.contains(document.elementFromPoint(e.getBoundingClientRect().x + 20, e.getBoundingClientRect().y + 20))"
    )
    assert said.evaluate(on_top), "nothing lies over it"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_views_and_the_bar_break_no_rule_and_fit_a_narrow_screen(
    open_page: Open, coordinator: Viewer, cases: list[Case], axe: Callable[[Page], list[str]], theme: str
) -> None:
    with acting_for(coordinator.organisation):
        by = {"actor": coordinator.actor, "now": timezone.now()}
        services.view_save(name="Mine", query="owner:me", is_shared=False, **by)
        services.view_save(
            name="A rather long name for what everybody looks at", query="severity:S1", is_shared=True, **by
        )
    page = open_page(coordinator, "/?q=owner:none+severity:S2", theme=theme)
    page.locator("#save-view summary").click()
    assert axe(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+A")
    page.keyboard.press("s")
    expect(page.get_by_role("button", name="Snooze the selected")).to_be_visible()
    assert axe(page) == []
    page.goto(page.url.split("/?")[0] + "/views/")
    assert axe(page) == []
    narrow = open_page(coordinator, "/?q=owner:none+severity:S2", width=320, theme=theme)
    narrow.keyboard.press("Shift+A")
    expect(narrow.locator("[data-bulk]")).to_be_visible()
    for path in ("", "views/"):
        if path:
            narrow.goto(narrow.url.split("/?")[0] + f"/{path}")
        assert narrow.evaluate("document.documentElement.scrollWidth") <= 320


def test_every_list_is_walked_with_the_same_keys(open_page: Open, coordinator: Viewer, cases: list[Case]) -> None:
    page = open_page(coordinator, "/shipments/")
    links = page.locator("tbody th a")
    for key, at in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        expect(links.nth(at)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(page.url.split("/shipments")[0] + "/shipments/")
