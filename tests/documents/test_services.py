"""A document comes in, is read by a job, and waits: only a named person makes a fact of what it says."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from controltower.audit import SYSTEM, Actor
from controltower.errors import Conflict, Forbidden, Invalid, TooLarge, UnsupportedMediaType
from controltower.jobs.models import Job
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer
from documents import jobs, services, storage
from documents.models import Document, DocumentState, ExtractedField, FieldChange, ReadState
from documents.signals import document_read
from tests.documents.hostile import encrypted
from tests.documents.samples import Freight, labelled, vics

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DOCUMENT_ROOT = tmp_path / "documents"


@pytest.fixture
def sent(organisation: Organisation, coordinator: Viewer, now: datetime) -> Callable[..., Document]:
    def send(content: bytes = b"", filename: str = "bol.pdf", scope_id: str = "") -> Document:
        with acting_for(organisation):
            return services.document_upload(
                content=content or labelled(Freight()),
                filename=filename,
                scope_id=scope_id,
                actor=coordinator.actor,
                now=now,
            )

    return send


@pytest.fixture
def read(
    sent: Callable[..., Document], organisation: Organisation, run_jobs: Callable[[], int]
) -> Callable[..., Document]:
    def do(content: bytes = b"", **options: str) -> Document:
        document = sent(content, **options)
        run_jobs()
        with acting_for(organisation):
            return Document.objects.get(pk=document.pk)

    return do


def verbs(organisation: Organisation) -> list[str]:
    with acting_for(organisation), connection.cursor() as cursor:
        cursor.execute("SELECT verb FROM audit_entry WHERE verb LIKE 'document.%%' ORDER BY seq")
        return [verb for (verb,) in cursor.fetchall()]


def test_an_upload_is_kept_by_content_and_read_by_a_job(
    sent: Callable[..., Document], organisation: Organisation, run_jobs: Callable[[], int]
) -> None:
    document = sent()
    assert document.state == DocumentState.RECEIVED
    assert storage.load(organisation.pk, document.sha256) == labelled(Freight())

    run_jobs()

    with acting_for(organisation):
        document.refresh_from_db()
        page = document.pages.get()
        field = document.fields.get(key="bol_number")
    assert (document.state, document.kind, document.page_count) == ("read", "bill_of_lading", 1)
    assert storage.load(organisation.pk, page.picture_sha256).startswith(b"RIFF")
    assert (field.value, field.state, field.reader, field.decided_by_id) == ("BL-7741902", "supported", "rules", None)
    assert field.evidence is not None and field.evidence["quote"] == "BL-7741902"
    assert verbs(organisation) == ["document.uploaded", "document.read"]


def test_reading_holds_no_transaction(
    sent: Callable[..., Document], run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    real = jobs.read_document
    monkeypatch.setattr(jobs, "read_document", lambda c: seen.append(connection.in_atomic_block) or real(c))

    sent()
    run_jobs()

    assert seen == [False]


def test_the_same_file_is_the_same_document(sent: Callable[..., Document], organisation: Organisation) -> None:
    first, second = sent(), sent(filename="again.pdf")

    with acting_for(organisation):
        assert first.pk == second.pk and Document.objects.count() == 1
        assert Job.objects.filter(kind="documents.read").count() == 1
    assert sent(scope_id="7").pk != first.pk


def test_another_organisation_keeps_its_own_copy(
    sent: Callable[..., Document], other_organisation: Organisation, now: datetime
) -> None:
    document = sent()

    with pytest.raises(FileNotFoundError):
        storage.load(other_organisation.pk, document.sha256)
    with acting_for(other_organisation):
        assert not Document.objects.exists()


@pytest.mark.parametrize(
    "content, error",
    [(b"", Invalid), (b"MZ this is a program", UnsupportedMediaType), (b"%PDF-" + b"0" * (25 << 20), TooLarge)],
)
def test_what_cannot_be_a_document_is_refused_at_the_door(
    content: bytes, error: type[Exception], organisation: Organisation, coordinator: Viewer, now: datetime
) -> None:
    with acting_for(organisation), pytest.raises(error):
        services.document_upload(content=content, filename="x.pdf", actor=coordinator.actor, now=now)


def test_names_keep_nothing_that_misleads(sent: Callable[..., Document]) -> None:
    document = sent(filename='..\\..\\etc/in"voice\u202efdp.exe\r\nX: y;')

    assert document.filename == "in_voicefdp.exe X_ y_"


def test_an_encrypted_file_ends_with_a_sentence_and_its_fields_can_be_typed(
    read: Callable[..., Document], organisation: Organisation, coordinator: Viewer, now: datetime
) -> None:
    document = read(encrypted())
    assert (document.state, document.reason_code) == ("unreadable", "encrypted")
    assert "password" in document.reason

    with acting_for(organisation):
        field = services.field_enter(document, key="bol_number", value="BL 9", actor=coordinator.actor, now=now)
        assert (field.state, field.normalised, field.reader) == ("confirmed", "BL9", "person")


def test_a_reading_that_is_over_is_told_upward_once(sent: Callable[..., Document], run_jobs: Callable[[], int]) -> None:
    told: list[int] = []

    def listen(sender: Any, document: Document, **_: Any) -> None:
        told.append(document.pk)

    document_read.connect(listen)
    try:
        document = sent()
        run_jobs()
    finally:
        document_read.disconnect(listen)
    assert told == [document.pk]


def test_a_lost_file_makes_a_dead_job_and_no_loop(
    sent: Callable[..., Document],
    organisation: Organisation,
    run_jobs: Callable[[], int],
    settings: Any,
    tmp_path: Path,
) -> None:
    sent()
    settings.DOCUMENT_ROOT = tmp_path / "elsewhere"

    run_jobs()

    with acting_for(organisation):
        assert Job.objects.get(kind="documents.read").state == "dead"


class TestDecisions:
    def fields(self, document: Document) -> dict[str, ExtractedField]:
        return {field.key: field for field in document.fields.all()}

    def test_a_person_accepts_and_the_document_is_accepted_with_the_last_field(
        self, read: Callable[..., Document], organisation: Organisation, coordinator: Viewer, now: datetime
    ) -> None:
        document = read()
        with acting_for(organisation):
            waiting = list(document.fields.exclude(state=ReadState.ABSENT))
            services.fields_accept(document, field_ids=[f.pk for f in waiting[:-1]], actor=coordinator.actor, now=now)
            document.refresh_from_db()
            assert document.state == DocumentState.READ

            services.fields_accept(document, field_ids=[waiting[-1].pk], actor=coordinator.actor, now=now)

            document.refresh_from_db()
            accepted = document.fields.get(pk=waiting[0].pk)
        assert (document.state, document.accepted_at) == (DocumentState.ACCEPTED, now)
        assert (accepted.state, accepted.decided_by_id) == ("confirmed", coordinator.member.pk)
        assert accepted.found_state in ("supported", "verified")

    @pytest.mark.parametrize("actor", [SYSTEM, Actor("agent", 3, "reader"), Actor("integration", 4, "TMS")])
    def test_nobody_but_a_person_decides(
        self, actor: Actor, read: Callable[..., Document], organisation: Organisation, now: datetime
    ) -> None:
        document = read()
        with acting_for(organisation):
            field = document.fields.get(key="bol_number")
            for decide in (
                lambda: services.fields_accept(document, field_ids=[field.pk], actor=actor, now=now),
                lambda: services.field_correct(field, value="X1", actor=actor, now=now),
                lambda: services.field_reject(field, actor=actor, now=now),
                lambda: services.field_enter(document, key="pro_number", value="X1", actor=actor, now=now),
            ):
                with pytest.raises(Forbidden):
                    decide()
            assert not FieldChange.objects.exists()
            assert not document.fields.filter(decided_by__isnull=False).exists()

    def test_a_correction_keeps_the_history_and_only_evidence_that_says_it(
        self, read: Callable[..., Document], organisation: Organisation, coordinator: Viewer, now: datetime
    ) -> None:
        document = read()
        with acting_for(organisation):
            found = self.fields(document)
            pro = services.field_correct(
                found["pro_number"], value="448-2210938", actor=coordinator.actor, now=now, version=1
            )
            seal = services.field_correct(found["seal_number"], value="719034", actor=coordinator.actor, now=now)
            change = FieldChange.objects.get(field=pro)
        assert (pro.value, pro.state, pro.reader, pro.evidence) == ("448-2210938", "confirmed", "person", None)
        assert seal.evidence is not None
        assert (change.before, change.after, change.by_id) == ("448-2210937", "448-2210938", coordinator.member.pk)

    def test_a_field_that_is_not_there_is_an_answer(
        self, read: Callable[..., Document], organisation: Organisation, coordinator: Viewer, now: datetime
    ) -> None:
        document = read()
        with acting_for(organisation):
            field = services.field_reject(self.fields(document)["trailer_number"], actor=coordinator.actor, now=now)
        assert (field.state, field.value, field.is_decided) == ("absent", "", True)

    def test_a_stale_screen_is_refused_and_told_what_changed(
        self, read: Callable[..., Document], organisation: Organisation, coordinator: Viewer, now: datetime
    ) -> None:
        document = read()
        with acting_for(organisation):
            field = self.fields(document)["pro_number"]
            services.field_correct(field, value="448-0000000", actor=coordinator.actor, now=now, version=1)
            with pytest.raises(Conflict) as refused:
                services.fields_accept(
                    document, field_ids=[field.pk], versions={field.pk: 1}, actor=coordinator.actor, now=now
                )
        assert refused.value.code == "stale_field" and refused.value.details["value"] == "448-0000000"

    @pytest.mark.parametrize(
        "key, value",
        [("ship_date", "03/04/2026"), ("pieces", "12 cartons"), ("weight_unit", "stone"), ("freight_terms", "x")],
    )
    def test_a_typed_value_must_have_the_form_of_its_field(
        self,
        key: str,
        value: str,
        read: Callable[..., Document],
        organisation: Organisation,
        coordinator: Viewer,
        now: datetime,
    ) -> None:
        document = read()
        with acting_for(organisation), pytest.raises(Invalid):
            services.field_enter(document, key=key, value=value, actor=coordinator.actor, now=now)

    def test_reading_again_leaves_alone_what_a_person_decided(
        self,
        read: Callable[..., Document],
        organisation: Organisation,
        coordinator: Viewer,
        run_jobs: Callable[[], int],
        now: datetime,
    ) -> None:
        document = read(vics(Freight()))
        with acting_for(organisation):
            field = self.fields(document)["pro_number"]
            services.field_correct(field, value="448-1111111", actor=coordinator.actor, now=now)
            services.document_read_again(document, actor=coordinator.actor, now=now)
        run_jobs()
        with acting_for(organisation):
            document.refresh_from_db()
            assert document.state == DocumentState.READ
            assert document.fields.get(key="pro_number").value == "448-1111111"
            assert document.fields.filter(key="po_number").count() == 2

    def test_the_trail_holds_ids_and_no_values(
        self, read: Callable[..., Document], organisation: Organisation, coordinator: Viewer, now: datetime
    ) -> None:
        document = read()
        with acting_for(organisation):
            services.field_correct(
                self.fields(document)["consignee_name"], value="Canary Person", actor=coordinator.actor, now=now
            )
            with connection.cursor() as cursor:
                cursor.execute("SELECT string_agg(coalesce(before, '') || coalesce(after, ''), ' ') FROM audit_entry")
                (everything,) = cursor.fetchone()
        assert "Canary" not in everything and "Bluestem" not in everything

    def test_the_database_itself_refuses_a_confirmation_by_nobody(
        self, read: Callable[..., Document], organisation: Organisation
    ) -> None:
        document = read()
        with acting_for(organisation), pytest.raises(IntegrityError), transaction.atomic():
            document.fields.filter(key="bol_number").update(state=ReadState.CONFIRMED)
