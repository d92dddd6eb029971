"""Documents are filed where people put them and proposed where they say they belong."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from controltower.audit import SYSTEM
from controltower.audit.models import AuditEntry
from controltower.errors import Conflict, Forbidden
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation, Role
from controltower.tenancy.viewer import Viewer
from documents.models import Document
from exceptions.cases.models import Case, TimelineEntry
from exceptions.reconciliation import services
from exceptions.reconciliation.models import DocumentLink, LinkState
from exceptions.reconciliation.selectors import case_documents
from exceptions.shipments.canonical import Ref
from exceptions.shipments.models import Shipment
from tests.cases.conftest import HOUR, book, eta, make_account
from tests.conftest import make_viewer
from tests.documents.hostile import scripted
from tests.documents.samples import Freight, labelled

pytestmark = pytest.mark.django_db(transaction=True)

SignIn = Callable[..., Client]
BOL = Freight()


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DOCUMENT_ROOT = tmp_path / "documents"


@pytest.fixture
def late(organisation: Organisation, now: datetime) -> Case:
    """A case about a shipment whose BOL is that of the sample."""
    with acting_for(organisation):
        customer = make_account("BLUESTEM", "customer")
        book(
            BOL.pro,
            now - 3 * HOUR,
            now + 4 * HOUR,
            customer=customer,
            refs=[Ref("bol", BOL.bol), Ref("po", BOL.pos[0])],
        )
        (case,) = eta(BOL.pro, now - HOUR, now + 9 * HOUR)
    return case


def shipment_of(case: Case) -> Shipment:
    return Shipment.objects.get(case_shipments__case=case)


def test_an_upload_on_a_case_is_filed_read_and_matched(
    organisation: Organisation, coordinator: Viewer, late: Case, run_jobs: Callable[[], int], now: datetime
) -> None:
    with acting_for(organisation):
        document = services.case_document_upload(
            late, content=labelled(BOL), filename="bol.pdf", actor=coordinator.actor, now=now
        )
        assert document.scope_id == str(late.account_id)
    run_jobs()

    with acting_for(organisation):
        filed, proposed = DocumentLink.objects.filter(document=document).order_by("pk")
        (shown,) = case_documents(coordinator, late)
        said = list(TimelineEntry.objects.filter(case=late, kind="document").values_list("text", flat=True))
        shipment = shipment_of(late)
    assert (filed.case_id, filed.state, filed.confirmed_by_id) == (late.pk, LinkState.CONFIRMED, coordinator.member.pk)
    assert (proposed.shipment_id, proposed.state) == (shipment.pk, LinkState.PROPOSED)
    assert f"BOL {BOL.bol}" in proposed.why
    assert (shown.document.pk, shown.place) == (document.pk, late.number)
    assert said == ["Document added: bol.pdf"]


def test_the_same_file_sent_twice_is_filed_once(
    organisation: Organisation, coordinator: Viewer, late: Case, now: datetime
) -> None:
    with acting_for(organisation):
        for _ in range(2):
            services.case_document_upload(
                late, content=labelled(BOL), filename="bol.pdf", actor=coordinator.actor, now=now
            )
        assert DocumentLink.objects.count() == 1 and Document.objects.count() == 1
        assert TimelineEntry.objects.filter(case=late, kind="document").count() == 1


def test_a_rejected_match_does_not_come_back(
    organisation: Organisation, coordinator: Viewer, late: Case, run_jobs: Callable[[], int], now: datetime
) -> None:
    with acting_for(organisation):
        document = services.case_document_upload(
            late, content=labelled(BOL), filename="bol.pdf", actor=coordinator.actor, now=now
        )
    run_jobs()
    with acting_for(organisation):
        link = DocumentLink.objects.get(document=document, state=LinkState.PROPOSED)
        with pytest.raises(Forbidden):
            services.link_reject(link, actor=SYSTEM, now=now)
        services.link_reject(link, actor=coordinator.actor, now=now)
        with pytest.raises(Conflict):
            services.link_confirm(link, actor=coordinator.actor, now=now)

        assert services.document_match(document, now=now + timedelta(hours=1)) == []
        link.refresh_from_db()
        assert link.state == LinkState.REJECTED


def test_a_document_of_another_organisation_matches_nothing_here(
    organisation: Organisation,
    other_organisation: Organisation,
    stranger: Viewer,
    late: Case,
    run_jobs: Callable[[], int],
    now: datetime,
) -> None:
    from documents.services import document_upload

    with acting_for(other_organisation):
        document_upload(content=labelled(BOL), filename="bol.pdf", actor=stranger.actor, now=now)
    run_jobs()

    for owner in (organisation, other_organisation):
        with acting_for(owner):
            assert not DocumentLink.objects.exists()


def test_filing_is_on_record(
    organisation: Organisation, coordinator: Viewer, late: Case, run_jobs: Callable[[], int], now: datetime
) -> None:
    with acting_for(organisation):
        services.case_document_upload(late, content=labelled(BOL), filename="b.pdf", actor=coordinator.actor, now=now)
    run_jobs()
    with acting_for(organisation):
        link = DocumentLink.objects.get(state=LinkState.PROPOSED)
        services.link_confirm(link, actor=coordinator.actor, now=now)
        entries = AuditEntry.objects.filter(organisation_id=organisation.pk, verb__startswith="document.")
        verbs = list(entries.order_by("seq").values_list("verb", flat=True))
    assert verbs == [
        "document.uploaded", "document.filed", "document.read", "document.matched", "document.link_confirmed",
    ]  # fmt: skip


class TestPages:
    def upload(self, client: Client, number: str, content: bytes = b"", **more: Any) -> Any:
        file = SimpleUploadedFile("bol.pdf", content or labelled(BOL))
        return client.post(f"/filed/cases/{number}/upload/", {"file": file}, **more)

    def test_the_fragment_of_a_case_is_a_page_of_its_own_too(
        self, client_for: SignIn, coordinator: Viewer, late: Case
    ) -> None:
        client = client_for(coordinator)
        address = f"/filed/cases/{late.number}/"

        assert "<html" in client.get(address).content.decode()
        part = client.get(address, headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in part and "No documents yet." in part

    def test_htmx_gets_the_list_back_and_a_browser_the_review(
        self, client_for: SignIn, coordinator: Viewer, late: Case
    ) -> None:
        client = client_for(coordinator)

        part = self.upload(client, late.number, headers={"HX-Request": "true"})
        assert part.status_code == 200 and "bol.pdf" in part.content.decode()
        answer = self.upload(client, late.number)
        assert answer.status_code == 302 and answer["Location"].startswith("/documents/")

    def test_a_refused_file_says_why_and_keeps_the_list(
        self, client_for: SignIn, coordinator: Viewer, late: Case
    ) -> None:
        client = client_for(coordinator)

        part = self.upload(client, late.number, b"MZ", headers={"HX-Request": "true"})
        assert part.status_code == 422 and "neither a PDF nor a picture" in part.content.decode()
        assert self.upload(client, late.number, b"MZ").status_code == 415

    def test_a_shipment_has_its_documents_and_takes_uploads(
        self, client_for: SignIn, coordinator: Viewer, organisation: Organisation, late: Case
    ) -> None:
        with acting_for(organisation):
            number = shipment_of(late).number
        client = client_for(coordinator)
        file = SimpleUploadedFile("pod.pdf", scripted())

        client.post(f"/filed/shipments/{number}/upload/", {"file": file})

        assert "pod.pdf" in client.get(f"/filed/shipments/{number}/").content.decode()
        assert f"filed on {number}" in client.get(f"/filed/cases/{late.number}/").content.decode()

    def test_a_proposed_shipment_is_confirmed_on_the_documents_page(
        self,
        client_for: SignIn,
        coordinator: Viewer,
        organisation: Organisation,
        late: Case,
        run_jobs: Callable[[], int],
    ) -> None:
        client = client_for(coordinator)
        self.upload(client, late.number)
        run_jobs()
        with acting_for(organisation):
            link = DocumentLink.objects.get(state=LinkState.PROPOSED)
        assert f"BOL {BOL.bol}" in client.get(f"/filed/documents/{link.document_id}/").content.decode()

        client.post(f"/filed/links/{link.pk}/confirm/")

        with acting_for(organisation):
            link.refresh_from_db()
        assert (link.state, link.confirmed_by_id) == (LinkState.CONFIRMED, coordinator.member.pk)
        assert client.post(f"/filed/links/{link.pk}/reject/").status_code == 409

    def test_a_stranger_finds_nothing(
        self, client_for: SignIn, stranger: Viewer, coordinator: Viewer, organisation: Organisation, late: Case
    ) -> None:
        self.upload(client_for(coordinator), late.number)
        with acting_for(organisation):
            link, number = DocumentLink.objects.get(), shipment_of(late).number
        client = client_for(stranger)

        for address in (f"cases/{late.number}/", f"shipments/{number}/", f"documents/{link.document_id}/"):
            assert client.get(f"/filed/{address}").status_code == 404, address
        for address in (f"cases/{late.number}/upload/", f"shipments/{number}/upload/", f"links/{link.pk}/confirm/"):
            assert client.post(f"/filed/{address}").status_code == 404, address

    def test_a_restricted_member_without_the_account_finds_nothing(
        self, client_for: SignIn, coordinator: Viewer, organisation: Organisation, late: Case
    ) -> None:
        self.upload(client_for(coordinator), late.number)
        client = client_for(make_viewer(organisation, Role.COORDINATOR, "Rita", restricted=True))

        assert client.get(f"/filed/cases/{late.number}/").status_code == 404
        with acting_for(organisation):
            document = Document.objects.get()
        assert client.get(f"/documents/{document.pk}/").status_code == 404
