"""A real Chromium against the real server and database. Every page opened here must stay silent: no console error, no
violation of the content security policy, no uncaught exception."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db.models import F
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer
from exceptions.cases.models import Case
from exceptions.cases.services import case_price
from exceptions.parties.models import AccountKind
from exceptions.sla.models import TermKind
from tests.cases.conftest import HOUR, book, eta, make_account, make_term

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Playwright's own loop runs in this thread; the ORM is used between its calls, never inside.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def chromium() -> str | None:
    named = os.environ.get("CHROMIUM", "")
    return named or next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        message = "no Chromium found: install it (Debian: apt-get install chromium) or set CHROMIUM to its path"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(message, pytrace=False)
        pytest.skip(message)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


TAKEN_BACK = ("htmx:sendAbort", "htmx:afterRequest")
Open = Callable[..., Page]
PATIENCE = 30_000  # milliseconds: a busy machine is no reason to fail
expect.set_options(timeout=PATIENCE)
# What a page does by itself after some seconds (look for news, let a word go) it does twenty times later: a busy machine
# is slow and the clock is not, and a test that means such a thing asks for it with `tower.listen()`.
UNHURRIED = """(() => {
    const later = window.setTimeout;
    window.setTimeout = (work, after, ...rest) => later(work, after >= 4000 ? 20 * after : after, ...rest);
})();"""


@pytest.fixture
def open_page(browser: Browser, live_server: Any, client_for: Callable[[Viewer], Client]) -> Iterator[Open]:
    """Open a path as a member; at the end, whatever any page complained of fails the test.

    `refused` names HTTP statuses that the test provokes: the browser reports each of them on its console;
    0 is no answer at all.
    """
    complaints: list[str] = []
    contexts = []

    def show(
        viewer: Viewer | None,
        path: str,
        *,
        width: int = 1280,
        height: int = 900,
        theme: str = "light",
        javascript: bool = True,
        refused: tuple[int, ...] = (),
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,  # type: ignore[arg-type]
            java_script_enabled=javascript,
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.add_init_script(UNHURRIED)
        if viewer is not None:
            cookie = client_for(viewer).cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        page = context.new_page()

        def heard(message: ConsoleMessage) -> None:
            expected = any(
                f"status of {status}" in message.text or f"Error Code {status}" in message.text for status in refused
            )
            # htmx writes an error for a request that the page itself took back; a failed one also says htmx:sendError.
            expected |= message.text.startswith(TAKEN_BACK) or any(f": {name}," in message.text for name in TAKEN_BACK)
            expected |= 0 in refused and ("htmx:sendError," in message.text or "net::ERR_FAILED" in message.text)
            if message.type in ("error", "warning") and not expected:
                complaints.append(f"{path}: {message.text}")

        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(f"{path}: {error}"))
        page.goto(live_server.url + path)
        return page

    yield show
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def cases(organisation: Organisation) -> list[Case]:
    """Five deliveries that will be late, priced, the most urgent first."""
    now = timezone.now()
    with acting_for(organisation):
        customer = make_account("NORTHGATE", AccountKind.CUSTOMER)
        make_term(customer, TermKind.DELIVERY_WINDOW, {"kind": "flat", "amount": "8000", "currency": "USD"})
        for at in range(5):
            due = now + (8 + 3 * at) * HOUR
            book(f"48291300{at}", now - 2 * HOUR, due, customer=customer)
            (case,) = eta(f"48291300{at}", now - HOUR, due + 3 * HOUR)
            case_price(case, now=now)
        return list(Case.objects.order_by(F("rank").desc(nulls_last=True), "-id"))


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """Rule and place of every violation of WCAG 2.0 to 2.2 A and AA and of best practice."""
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

    def run(page: Page) -> list[str]:
        found = Axe().run(page, options={"runOnly": tags}).response["violations"]
        return [f"{each['id']}: {[node['target'] for node in each['nodes']]}" for each in found]

    return run
