"""The pages of documents, as their people and as strangers see them."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation, Role
from controltower.tenancy.viewer import Viewer
from documents import scopes, services
from documents.models import Document, ReadState
from tests.conftest import make_viewer
from tests.documents.hostile import encrypted
from tests.documents.samples import Freight, vics

pytestmark = pytest.mark.django_db(transaction=True)

SignIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DOCUMENT_ROOT = tmp_path / "documents"


@pytest.fixture
def document(organisation: Organisation, coordinator: Viewer, run_jobs: Callable[[], int], now: datetime) -> Document:
    with acting_for(organisation):
        document = services.document_upload(
            content=vics(Freight()), filename="bol.pdf", scope_id="41", actor=coordinator.actor, now=now
        )
    run_jobs()
    with acting_for(organisation):
        document.refresh_from_db()
    return document


def addresses(document: Document, field: int) -> dict[str, str]:
    base = f"/documents/{document.pk}/"
    return {
        "review": base,
        "original": f"{base}original/",
        "picture": f"{base}pages/1.webp",
        "accept": f"{base}accept/",
        "enter": f"{base}enter/",
        "read_again": f"{base}read-again/",
        "correct": f"{base}fields/{field}/correct/",
        "not_on_document": f"{base}fields/{field}/not-on-document/",
    }


def field_of(document: Document, key: str) -> Any:
    with acting_for(document.organisation_id):
        return document.fields.get(key=key)


def test_an_upload_leads_to_its_review_page(
    client_for: SignIn, coordinator: Viewer, run_jobs: Callable[[], int]
) -> None:
    client = client_for(coordinator)
    file = SimpleUploadedFile("bol.exe", vics(Freight()), content_type="text/html")

    answer = client.post("/documents/upload/", {"file": file}, follow=True)

    assert answer.status_code == 200 and b"is being read" in answer.content
    run_jobs()
    assert b"BL-7741902" in client.get(answer.redirect_chain[-1][0]).content


@pytest.mark.parametrize(
    "content, status, said", [(b"", 422, b"empty"), (b"MZ program", 415, b"neither a PDF nor a picture")]
)
def test_a_refused_upload_says_why_on_the_page(
    client_for: SignIn, coordinator: Viewer, content: bytes, status: int, said: bytes
) -> None:
    answer = client_for(coordinator).post("/documents/upload/", {"file": SimpleUploadedFile("x.pdf", content)})

    assert answer.status_code == status and said in answer.content


def test_the_review_page_links_fields_and_marks_both_ways(
    client_for: SignIn, coordinator: Viewer, document: Document
) -> None:
    page = client_for(coordinator).get(f"/documents/{document.pk}/").content.decode()

    field = field_of(document, "bol_number")
    assert f'href="#mark-{field.pk}"' in page and f'id="mark-{field.pk}"' in page
    assert f'href="#field-{field.pk}"' in page and f'id="field-{field.pk}"' in page
    assert "style=" not in page and " onclick" not in page
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_conflicts_come_before_what_only_waits(client_for: SignIn, coordinator: Viewer, document: Document) -> None:
    with acting_for(document.organisation_id):
        document.fields.filter(key="weight").update(state=ReadState.CONFLICT, complaints=["the lines add up to 1"])

    page = client_for(coordinator).get(f"/documents/{document.pk}/").content.decode()

    first = re.search(r'<p class="readfield__label">([^<]+)', page)
    assert first is not None and first[1] == "Weight"
    assert f'value="{field_of(document, "weight").pk}:1">' not in page.split("</form>")[0]


def test_accepting_what_was_shown_accepts_all_of_it_but_the_conflicts(
    client_for: SignIn, coordinator: Viewer, document: Document
) -> None:
    with acting_for(document.organisation_id):
        document.fields.filter(key="weight").update(state=ReadState.CONFLICT)
    client = client_for(coordinator)
    page = client.get(f"/documents/{document.pk}/").content.decode()
    shown = re.findall(r'<input type="hidden" name="field" value="(\d+:\d+)">', page)

    answer = client.post(f"/documents/{document.pk}/accept/", {"field": shown}, follow=True)

    assert f"{len(shown)} fields accepted." in answer.content.decode()
    with acting_for(document.organisation_id):
        document.refresh_from_db()
        waiting = document.fields.filter(decided_by=None).exclude(state=ReadState.ABSENT)
        assert [field.key for field in waiting] == ["weight"] and document.state == "read"
        assert document.fields.get(key="bol_number").decided_by_id == coordinator.member.pk


def test_correcting_and_entering_and_not_on_document(
    client_for: SignIn, coordinator: Viewer, document: Document
) -> None:
    client = client_for(coordinator)
    pro, trailer = field_of(document, "pro_number"), field_of(document, "trailer_number")

    client.post(f"/documents/{document.pk}/fields/{pro.pk}/correct/", {"value": "448-1", "version": 1})
    client.post(f"/documents/{document.pk}/fields/{trailer.pk}/not-on-document/", {"version": 1})
    client.post(f"/documents/{document.pk}/enter/", {"key": "container_number", "value": "CSQU 305438 3"})

    assert field_of(document, "pro_number").value == "448-1"
    assert field_of(document, "trailer_number").state == ReadState.ABSENT
    assert field_of(document, "container_number").normalised == "CSQU3054383"


def test_a_stale_form_is_a_conflict(client_for: SignIn, coordinator: Viewer, document: Document) -> None:
    client = client_for(coordinator)
    pro = field_of(document, "pro_number")
    address = f"/documents/{document.pk}/fields/{pro.pk}/correct/"
    client.post(address, {"value": "448-1", "version": 1})

    answer = client.post(address, {"value": "448-2", "version": 1})

    assert answer.status_code == 409 and "448-1" in answer.content.decode()
    assert field_of(document, "pro_number").value == "448-1"


def test_the_original_leaves_as_a_download_only(client_for: SignIn, coordinator: Viewer, document: Document) -> None:
    answer = client_for(coordinator).get(f"/documents/{document.pk}/original/")

    assert answer.content == vics(Freight())
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff" and answer["Content-Type"] == "application/octet-stream"


def test_the_picture_is_ours(client_for: SignIn, coordinator: Viewer, document: Document) -> None:
    answer = client_for(coordinator).get(f"/documents/{document.pk}/pages/1.webp")

    assert answer["Content-Type"] == "image/webp" and answer.content.startswith(b"RIFF")
    assert client_for(coordinator).get(f"/documents/{document.pk}/pages/2.webp").status_code == 404


def test_an_unreadable_file_says_why_and_offers_to_type(
    client_for: SignIn, coordinator: Viewer, organisation: Organisation, run_jobs: Callable[[], int], now: datetime
) -> None:
    with acting_for(organisation):
        sent = services.document_upload(content=encrypted(), filename="e.pdf", actor=coordinator.actor, now=now)
    run_jobs()

    page = client_for(coordinator).get(f"/documents/{sent.pk}/").content.decode()

    assert "protected by a password" in page and "Type a field by hand" in page


def test_the_list_shows_what_waits(client_for: SignIn, coordinator: Viewer, document: Document) -> None:
    client = client_for(coordinator)

    assert "bol.pdf" in client.get("/documents/").content.decode()
    assert "bol.pdf" not in client.get("/documents/?state=accepted").content.decode()
    part = client.get("/documents/", headers={"HX-Request": "true"}).content.decode()
    assert "bol.pdf" in part and "<html" not in part


def test_a_stranger_finds_nothing_anywhere(client_for: SignIn, stranger: Viewer, document: Document) -> None:
    client = client_for(stranger)
    found = addresses(document, field_of(document, "bol_number").pk)

    for name in ("review", "original", "picture"):
        assert client.get(found[name]).status_code == 404, name
    for name in ("accept", "enter", "read_again", "correct", "not_on_document"):
        assert client.post(found[name], {"field": "1:1", "value": "x", "key": "pro_number"}).status_code == 404, name
    assert "bol.pdf" not in client.get("/documents/").content.decode()


def test_an_auditor_looks_and_changes_nothing(client_for: SignIn, auditor: Viewer, document: Document) -> None:
    client = client_for(auditor)
    found = addresses(document, field_of(document, "bol_number").pk)

    page = client.get(found["review"])
    assert page.status_code == 200 and b"Accept" not in page.content
    for name in ("accept", "enter", "read_again", "correct", "not_on_document"):
        assert client.post(found[name], {}).status_code == 403, name
    assert client.get("/documents/upload/").status_code == 403


def test_every_change_refuses_get(client_for: SignIn, coordinator: Viewer, document: Document) -> None:
    client = client_for(coordinator)
    found = addresses(document, field_of(document, "bol_number").pk)

    for name in ("accept", "enter", "read_again", "correct", "not_on_document"):
        assert client.get(found[name]).status_code == 405, name


def test_a_restricted_member_sees_the_documents_of_granted_scopes_only(
    client_for: SignIn, organisation: Organisation, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = make_viewer(organisation, Role.COORDINATOR, "Rita", restricted=True)
    address = f"/documents/{document.pk}/"

    assert client_for(viewer).get(address).status_code == 404
    monkeypatch.setattr(scopes._plugged, "resolver", lambda viewer: frozenset({"41"}))
    assert client_for(viewer).get(address).status_code == 200
    monkeypatch.setattr(scopes._plugged, "resolver", lambda viewer: frozenset({"40"}))
    assert client_for(viewer).get(address).status_code == 404


def test_a_form_without_its_token_is_refused(client_for: SignIn, coordinator: Viewer, document: Document) -> None:
    client = client_for(coordinator, enforce_csrf_checks=True)

    assert client.post(f"/documents/{document.pk}/accept/", {"field": "1:1"}).status_code == 403


def test_a_reading_that_died_is_said_and_can_be_asked_for_again(
    client_for: SignIn, coordinator: Viewer, organisation: Organisation, run_jobs: Callable[[], int],
    now: datetime, settings: Any, tmp_path: Path,
) -> None:  # fmt: skip
    with acting_for(organisation):
        sent = services.document_upload(content=vics(Freight()), filename="x.pdf", actor=coordinator.actor, now=now)
    kept, settings.DOCUMENT_ROOT = settings.DOCUMENT_ROOT, tmp_path / "lost"
    run_jobs()
    client = client_for(coordinator)
    page = client.get(f"/documents/{sent.pk}/").content.decode()
    assert "Reading stopped before it was done" in page and "every 2s" not in page

    settings.DOCUMENT_ROOT = kept
    client.post(f"/documents/{sent.pk}/read-again/")
    run_jobs()

    assert "BL-7741902" in client.get(f"/documents/{sent.pk}/").content.decode()


def test_a_restricted_member_files_documents_where_they_belong_only(
    client_for: SignIn, organisation: Organisation
) -> None:
    client = client_for(make_viewer(organisation, Role.COORDINATOR, "Rita", restricted=True))

    assert client.get("/documents/upload/").status_code == 403
    assert "/documents/upload/" not in client.get("/documents/").content.decode()
