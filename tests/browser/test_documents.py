"""Documents in a real browser: the review page in both themes and widths, its links, and an upload on a case."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer
from documents import services
from documents.models import Document, ReadState
from exceptions.cases.models import Case
from tests.browser.conftest import Open
from tests.browser.test_access import look
from tests.documents.samples import Freight, vics

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Axe = Callable[[Page], list[str]]


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DOCUMENT_ROOT = tmp_path / "documents"


@pytest.fixture
def document(organisation: Organisation, coordinator: Viewer, run_jobs: Callable[[], int]) -> Document:
    """A bill of lading that was read, with a conflict and a field that somebody decided."""
    now = timezone.now()
    with acting_for(organisation):
        found = services.document_upload(content=vics(Freight()), filename="bol.pdf", actor=coordinator.actor, now=now)
    run_jobs()
    with acting_for(organisation):
        found.fields.filter(key="weight").update(state=ReadState.CONFLICT, complaints=["the lines add up to 9,000"])
        services.field_correct(found.fields.get(key="scac"), value="KSTL", actor=coordinator.actor, now=now)
        found.refresh_from_db()
    return found


def test_the_review_page_is_accessible_and_fits(
    open_page: Open, axe: Axe, coordinator: Viewer, document: Document
) -> None:
    page = open_page(coordinator, f"/documents/{document.pk}/")
    page.wait_for_load_state("networkidle")

    assert look(page, axe) == []


@pytest.mark.parametrize("path", ["/documents/", "/documents/upload/"])
def test_the_pages_around_it(open_page: Open, axe: Axe, coordinator: Viewer, document: Document, path: str) -> None:
    assert look(open_page(coordinator, path), axe) == []


def test_a_mark_leads_to_its_field_and_back_without_javascript(
    open_page: Open, coordinator: Viewer, document: Document
) -> None:
    page = open_page(coordinator, f"/documents/{document.pk}/", javascript=False)
    field = page.locator(".readfield", has_text="BOL number").first

    field.get_by_role("link", name="show on page 1").click()
    marked = page.locator(".mark:target")
    expect(marked).to_be_visible()
    marked.click()

    expect(page.locator(".readfield:target")).to_contain_text("BL-7741902")


def test_accepting_without_javascript(open_page: Open, coordinator: Viewer, document: Document) -> None:
    page = open_page(coordinator, f"/documents/{document.pk}/", javascript=False)

    page.locator("button", has_text="Accept").first.click()

    expect(page.locator(".toasts")).to_contain_text("fields accepted")
    expect(page.locator(".readfield__label").first).to_have_text("Weight")


def test_an_upload_on_a_case_shows_in_its_list(
    open_page: Open, coordinator: Viewer, cases: list[Case], run_jobs: Callable[[], int], tmp_path: Path
) -> None:
    file = tmp_path / "bol.pdf"
    file.write_bytes(vics(Freight()))
    page = open_page(coordinator, f"/cases/{cases[0].number}/")

    page.locator("#documents input[type=file]").set_input_files(file)
    page.locator("#documents button").click()

    expect(page.locator("#documents")).to_contain_text("bol.pdf")
