"""The queue and the case as a person uses them: keys, mouse, no script, no server."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import APIResponse, Page, Route, expect

from controltower.tenancy.context import acting_for
from controltower.tenancy.viewer import Viewer
from controltower.web import formats, live
from exceptions.cases.models import Case
from exceptions.cases.services import case_pin, case_take
from tests.browser.conftest import PATIENCE, Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim().replace(/\\s+/g, ' ')"))


def test_a_shift_with_the_keyboard_alone(open_page: Open, coordinator: Viewer, cases: list[Case]) -> None:
    page = open_page(coordinator, "/")
    expect(page.locator("#case-title")).to_be_visible()
    page.wait_for_load_state("networkidle")  # the panels of the case arrive after it

    page.keyboard.press("j")
    expect(page.locator("[data-rows] a[aria-current]")).to_contain_text(cases[1].number)
    expect(page.locator("article.case")).to_contain_text(cases[1].number)
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page).to_have_url(re.compile(f"/cases/{cases[1].number}/"))
    steps = page.evaluate("history.length")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{page.url.split('/cases')[0].rstrip('/')}/cases/{cases[1].number}/")
    expect(page.locator("#case-title")).to_be_focused()
    assert page.evaluate("history.length") == steps, "what is shown already is opened without another step for Back"

    page.keyboard.press("t")
    expect(page.locator(".toast")).to_contain_text("Taken: it is yours")
    expect(page.locator(".figures")).to_contain_text("that is you")
    page.keyboard.press("z")
    expect(page.locator(".figures")).to_contain_text("waiting to be taken")
    expect(page.locator("[data-rows] a[aria-current]")).to_contain_text(cases[1].number)

    page.keyboard.press("n")
    page.keyboard.type("The driver is back at the truck, t and z do nothing here")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".timeline")).to_contain_text("The driver is back at the truck, t and z do nothing here")

    page.keyboard.press("s")
    assert page.evaluate("document.activeElement.name") == "after"
    page.keyboard.press("Escape")
    assert focused(page).startswith("Snooze")
    page.keyboard.press("u")
    assert focused(page).startswith(cases[1].number)
    page.keyboard.press("x")
    expect(page.locator("[data-bulk]")).to_contain_text("1 selected")


def test_an_action_while_the_case_is_still_loading_is_told_and_stays_shown(
    open_page: Open, coordinator: Viewer, cases: list[Case]
) -> None:
    page = open_page(coordinator, f"/cases/{cases[1].number}/")
    page.wait_for_load_state("networkidle")

    held: list[Route] = []
    address = f"**/cases/{cases[1].number}/"
    page.route(address, lambda route: held.append(route))  # noqa: PLW0108 - a method of list takes no mark of Playwright
    page.locator(f"#case-{cases[1].pk} a[data-row-link]").click()
    expect(page.locator("html")).to_have_class("htmx-busy")
    page.keyboard.press("t")
    expect(page.locator(".toast")).to_contain_text("Taken: it is yours")
    for route in held:
        route.fulfill(body="<p>What the case was before</p>", content_type="text/html")
    page.unroute(address)
    expect(page.locator("html")).not_to_have_class("htmx-busy")
    expect(page.locator(".figures")).to_contain_text("that is you")


def test_what_was_opened_last_is_shown_whichever_is_answered_last(
    open_page: Open, coordinator: Viewer, cases: list[Case]
) -> None:
    page = open_page(coordinator, f"/cases/{cases[0].number}/")
    page.wait_for_load_state("networkidle")
    held: list[Route] = []
    page.route(f"**/cases/{cases[1].number}/", lambda route: held.append(route))  # noqa: PLW0108 - as above
    page.keyboard.press("j")
    expect(page.locator("html")).to_have_class("htmx-busy")
    page.locator("[data-row-link]").nth(2).click()
    expect(page.locator("article.case")).to_contain_text(cases[2].number)
    for route in held:
        route.fulfill(body=f"<article class='case'>{cases[1].number}</article>", content_type="text/html")
    expect(page.locator("html")).not_to_have_class("htmx-busy")
    expect(page.locator("article.case")).to_contain_text(cases[2].number)


def test_a_case_that_was_read_before_it_changed_is_read_again(
    open_page: Open, coordinator: Viewer, cases: list[Case]
) -> None:
    page = open_page(coordinator, f"/cases/{cases[0].number}/")
    page.wait_for_load_state("networkidle")
    page.route("**/live/**", lambda route: route.fulfill(status=204))
    held: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append((route, route.fetch()))

    page.route(f"**/cases/{cases[1].number}/", hold)
    page.keyboard.press("j")
    for _ in range(PATIENCE // 50):
        if held:
            break
        page.wait_for_timeout(50)  # until the server has answered
    page.keyboard.press("x")
    page.keyboard.press("t")
    expect(page.locator(f"#case-{cases[1].pk} [data-cell=owner]")).to_contain_text("Owner Cora")
    ((route, answer),) = held
    route.fulfill(response=answer)
    expect(page.locator(".figures")).to_contain_text("that is you")
    expect(page.locator(f"#case-{cases[1].pk} [data-cell=owner]")).to_contain_text("Owner Cora")


def test_help_and_palette_name_what_is_on_the_page(open_page: Open, coordinator: Viewer, cases: list[Case]) -> None:
    page = open_page(coordinator, f"/cases/{cases[0].number}/")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_contain_text("Resolve")
    expect(page.locator("#help")).not_to_contain_text("Release")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("my cases")
    expect(page.locator("#palette-list")).to_contain_text("View: My cases")
    page.keyboard.press("Enter")
    expect(page.locator("#queue-title")).to_have_text("My cases")


def test_single_keys_can_be_switched_off(open_page: Open, coordinator: Viewer, cases: list[Case]) -> None:
    assert coordinator.user is not None
    coordinator.user.single_keys = False
    coordinator.user.save()
    page = open_page(coordinator, f"/cases/{cases[0].number}/")
    page.keyboard.press("t")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    with acting_for(coordinator.organisation):
        assert Case.objects.get(pk=cases[0].pk).owner_id is None


def test_rows_never_move_under_the_cursor(open_page: Open, coordinator: Viewer, cases: list[Case]) -> None:
    page = open_page(coordinator, "/")
    expect(page.locator("#case-title")).to_be_visible()
    order = page.locator("[data-rows] > li").evaluate_all("rows => rows.map(row => row.id)")
    with acting_for(coordinator.organisation):
        case_pin(cases[-1], actor=coordinator.actor, now=timezone.now())
        case_take(cases[1], actor=coordinator.actor, now=timezone.now())
    page.evaluate("tower.listen()")
    expect(page.locator("[data-updates=rows]")).to_contain_text("1 update")
    assert page.locator("[data-rows] > li").evaluate_all("rows => rows.map(row => row.id)") == order
    expect(page.locator(f"#case-{cases[1].pk} [data-cell=owner]")).to_contain_text("Owner Cora")

    page.locator("[data-rows] a").nth(2).focus()
    page.keyboard.press(".")
    expect(page.locator("[data-rows] > li").first).to_have_id(f"case-{cases[-1].pk}")
    expect(page.locator("[data-updates=rows]")).to_be_hidden()
    assert focused(page).startswith(cases[2].number), "the focus stays on its row"


def test_an_open_case_is_refreshed_or_says_that_it_changed(
    open_page: Open, coordinator: Viewer, supervisor: Viewer, cases: list[Case]
) -> None:
    page = open_page(coordinator, f"/cases/{cases[0].number}/")
    with acting_for(coordinator.organisation):
        case_take(cases[0], actor=supervisor.actor, now=timezone.now())
    page.evaluate("tower.listen()")
    expect(page.locator(".figures")).to_contain_text("Sam")

    page.locator("#note-text").fill("half a sentence")
    with acting_for(coordinator.organisation):
        case_pin(cases[0], actor=supervisor.actor, now=timezone.now())
    page.evaluate("tower.listen()")
    expect(page.locator("[data-updates=detail]")).to_be_visible()
    expect(page.locator("#note-text")).to_have_value("half a sentence")


def test_a_page_that_cannot_be_fresh_says_so(open_page: Open, coordinator: Viewer, cases: list[Case]) -> None:
    page = open_page(coordinator, "/", refused=(503,))
    page.route("**/live/**", lambda route: route.fulfill(status=503))
    page.evaluate("tower.listen()")
    expect(page.locator("#stale")).to_be_hidden()
    page.evaluate("tower.listen()")
    expect(page.locator("#stale")).to_be_visible()
    page.unroute("**/live/**")
    page.evaluate("tower.listen()")
    expect(page.locator("#stale")).to_be_hidden()


def test_the_poll_stays_quiet_while_nothing_happens(open_page: Open, coordinator: Viewer, cases: list[Case]) -> None:
    page = open_page(coordinator, "/")
    since = page.locator("[data-live]").get_attribute("data-since")
    assert since == str(live.current(coordinator.organisation.pk))
    with page.expect_response("**/live/**") as answered:
        page.evaluate("tower.listen()")
    head = sum(len(name) + len(value) + 4 for name, value in answered.value.all_headers().items())
    assert answered.value.status == 204 and head < 900, "cookies and policy are all it carries"


def test_a_colleague_was_faster_and_the_text_stays(
    open_page: Open, coordinator: Viewer, supervisor: Viewer, cases: list[Case]
) -> None:
    page = open_page(coordinator, f"/cases/{cases[0].number}/", refused=(409,))
    with acting_for(coordinator.organisation):
        case_take(cases[0], actor=supervisor.actor, now=timezone.now())
    page.keyboard.press("e")
    page.keyboard.type("Driver swapped at Joplin")
    page.get_by_label("The cause stays unknown").check()
    page.get_by_role("button", name="Resolve", exact=True).last.click()
    expect(page.locator(".case [role=alert]")).to_contain_text("Sam changed")
    expect(page.get_by_label("What ended it")).to_have_value("Driver swapped at Joplin")


def test_a_server_error_changes_nothing_on_the_page(open_page: Open, coordinator: Viewer, cases: list[Case]) -> None:
    page = open_page(coordinator, f"/cases/{cases[0].number}/", refused=(500,))

    def broken(route: Route) -> None:
        route.fulfill(status=500, body="<h1>Traceback</h1>")

    page.route("**/take/**", broken)
    page.keyboard.press("t")
    expect(page.locator(".toast")).to_contain_text("Nothing was changed")
    expect(page.locator("body")).not_to_contain_text("Traceback")


def test_an_expired_session_leads_to_the_sign_in(
    open_page: Open, coordinator: Viewer, cases: list[Case], client: Client
) -> None:
    page = open_page(coordinator, f"/cases/{cases[0].number}/")
    page.wait_for_load_state("networkidle")
    page.context.clear_cookies()
    page.locator("[data-rows] a").nth(1).click()
    expect(page).to_have_url(
        f"{page.url.split('/cases')[0].split('/accounts')[0]}/accounts/login/?next=%2Fcases%2F{cases[0].number}%2F"
    )


def test_back_shows_what_was_there(open_page: Open, coordinator: Viewer, cases: list[Case]) -> None:
    page = open_page(coordinator, f"/cases/{cases[0].number}/")
    page.locator("[data-rows] a").nth(2).click()
    expect(page.locator("article.case")).to_contain_text(cases[2].number)
    page.go_back()
    expect(page.locator("article.case")).to_contain_text(cases[0].number)
    expect(page.locator("[data-rows] a[aria-current]")).to_contain_text(cases[0].number)


def test_everything_works_without_a_script(open_page: Open, coordinator: Viewer, cases: list[Case]) -> None:
    page = open_page(coordinator, "/", javascript=False)
    page.get_by_role("link", name=cases[0].number).first.click()
    page.get_by_role("button", name="Take", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("Taken: it is yours")
    page.locator("#detail summary", has_text="Snooze").click()
    page.locator("#detail").get_by_label("In 4 hours").first.check()
    page.locator("#detail").get_by_role("button", name="Snooze", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("Asleep until")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".case__line").first).not_to_contain_text("Asleep")


def test_below_960_pixels_the_case_is_its_own_page(open_page: Open, coordinator: Viewer, cases: list[Case]) -> None:
    page = open_page(coordinator, "/", width=400)
    expect(page.locator("#detail")).to_be_hidden()
    page.locator("[data-rows] a").first.click()
    expect(page.locator("#case-title")).to_be_focused()
    expect(page.locator("[data-rows]")).to_be_hidden()
    page.get_by_role("link", name="Queue").first.click()
    expect(page.locator("[data-rows]")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_the_narrowest_screen_a_row_names_its_customer_and_is_no_taller(
    open_page: Open, coordinator: Viewer, cases: list[Case], theme: str
) -> None:
    page = open_page(coordinator, "/", width=320, theme=theme)
    row = page.locator(".row").first
    boxes = {part: row.locator(f".row__{part}").bounding_box() for part in ("link", "party", "clock", "meta")}
    assert all(boxes.values()) and row.bounding_box()["height"] == 88, boxes  # type: ignore[index]
    place = {part: (box["x"], box["y"], box["x"] + box["width"]) for part, box in boxes.items() if box}
    expect(row.locator(".row__party")).to_have_text("Northgate")
    assert row.locator(".row__party").evaluate("each => each.scrollWidth <= each.clientWidth"), "not cut off"
    assert place["party"][1] > place["link"][1] and place["party"][2] <= place["meta"][0] <= 320, place
    assert place["link"][2] <= place["clock"][0] and place["clock"][2] <= 320, place


def test_the_script_writes_time_as_the_server_does(open_page: Open, coordinator: Viewer) -> None:
    page = open_page(coordinator, "/")
    for seconds in (0, 59, 60, 3599, 3600, 3900, 172_799, 172_800, 183_600, 864_000):
        assert page.evaluate(f"tower.span({seconds * 1000})") == formats.span(timedelta(seconds=seconds))


def test_an_answer_that_is_lost_is_not_said_to_have_changed_nothing(
    open_page: Open, coordinator: Viewer, cases: list[Case]
) -> None:
    page = open_page(coordinator, f"/cases/{cases[0].number}/", refused=(0,))
    page.wait_for_load_state("networkidle")
    browser = page.context.browser
    assert browser is not None
    with browser.new_context(storage_state=page.context.storage_state()) as elsewhere:

        def lost(route: Route) -> None:
            elsewhere.request.fetch(route.request, max_redirects=0)  # it is done; its cookies are lost as well
            route.abort()

        page.route("**/take/**", lost)
        page.keyboard.press("t")
        expect(page.locator(".toast")).to_contain_text("It may have done it all the same")
    with acting_for(coordinator.organisation):
        assert Case.objects.get(pk=cases[0].pk).owner_id == coordinator.member.pk


def test_the_word_about_an_action_is_shown_by_whatever_is_read_next(
    open_page: Open, coordinator: Viewer, cases: list[Case]
) -> None:
    page = open_page(coordinator, f"/cases/{cases[0].number}/", refused=(0,))
    page.wait_for_load_state("networkidle")

    def cut(route: Route) -> None:
        route.fetch(max_redirects=0)  # the answer's cookie arrived, the case behind the redirect did not
        route.abort()

    page.route("**/take/**", cut)
    page.keyboard.press("t")
    expect(page.locator(".toast")).to_be_visible()
    page.evaluate("tower.listen()")
    expect(page.locator(".toast")).to_contain_text("Taken: it is yours")


def test_a_row_shows_of_its_references_what_can_be_read_or_nothing(
    open_page: Open, coordinator: Viewer, cases: list[Case]
) -> None:
    page = open_page(coordinator, "/")
    expect(page.locator("#case-title")).to_be_visible()
    stumps = """() => [...document.querySelectorAll('.row__where')].filter(where => {
        const line = where.parentElement.getBoundingClientRect(), box = where.getBoundingClientRect();
        return box.top < line.bottom - 2 && box.width < 48 && where.scrollWidth > where.clientWidth;
    }).length"""
    for width in range(1000, 1700, 20):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(stumps) == 0, width
