"""Writes: a document comes in, is read, and people decide on its fields. Nothing is a fact before that."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from controltower.audit import SYSTEM, Actor, record
from controltower.errors import Conflict, Forbidden, Invalid, NotFound, TooLarge, UnsupportedMediaType
from controltower.jobs import enqueue
from controltower.tenancy.context import current_organisation_id
from documents import storage
from documents.extraction.fields import Field
from documents.fields import LABELS, typed
from documents.models import (
    Change,
    Document,
    DocumentKind,
    DocumentState,
    ExtractedField,
    FieldChange,
    Page,
    Reader,
    ReadState,
)
from documents.reading import sniff
from documents.reading.clean import clean_text
from documents.reading.reader import MAX_BYTES, Reading
from documents.signals import document_read, fields_decided

_LIMIT = MAX_BYTES // (1024 * 1024)


def document_upload(*, content: bytes, filename: str, scope_id: str = "", actor: Actor, now: datetime) -> Document:
    """Keep a file and have it read. The same bytes in the same scope are the same document; nothing is read twice."""
    if not content:
        raise Invalid("The file is empty. Choose another one.", code="empty_file")
    if len(content) > MAX_BYTES:
        raise TooLarge(f"The file is larger than {_LIMIT} MB. Send a smaller copy, or split it.")
    kind = sniff.content_type(content)
    if kind == sniff.UNKNOWN:
        raise UnsupportedMediaType(
            "This is neither a PDF nor a picture (JPEG, PNG, TIFF, WebP), whatever its name says."
        )
    digest = storage.store(current_organisation_id(), content)
    known = Document.objects.filter(sha256=digest, scope_id=scope_id).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            document = Document.objects.create(
                sha256=digest,
                filename=_filename(filename),
                size=len(content),
                content_type=kind,
                scope_id=scope_id,
                uploaded_by_id=actor.id if actor.kind in ("member", "integration") else None,
                uploaded_at=now,
            )
    except IntegrityError:
        return Document.objects.get(sha256=digest, scope_id=scope_id)  # somebody sent it in the same moment
    enqueue("documents.read", {"document": document.pk}, dedupe_key=f"document:{document.pk}")
    after = {"sha256": digest, "size": document.size, "content_type": kind}
    record(verb="document.uploaded", subject=f"document:{document.pk}", actor=actor, after=after, now=now)
    return document


def _filename(name: str) -> str:
    """The last part of a name, without what could turn it around on a screen or break a header."""
    last = re.split(r"[\\/]", name)[-1]
    plain = re.sub(r'["\r\n;<>|:*?]', "_", " ".join(clean_text(last)[0].split())).strip(" .")
    return plain[-160:] or "document"


def is_picture(content_type: str) -> bool:
    return content_type in sniff.IMAGES


def reading_start(document_id: int, *, now: datetime) -> Document | None:
    """Mark that reading goes on. None when the document is gone or people already decided on it."""
    document = Document.objects.select_for_update(no_key=True).filter(pk=document_id).first()
    if document is None or document.state == DocumentState.ACCEPTED:
        return None
    document.state = DocumentState.READING
    document.save(update_fields=["state"])
    return document


def reading_record(document: Document, reading: Reading, pictures: Mapping[int, str], *, now: datetime) -> Document:
    """Store what came of reading: pages, pictures, fields, or the sentence that says why there are none."""
    document = Document.objects.select_for_update(no_key=True).get(pk=document.pk)
    if document.state == DocumentState.ACCEPTED:
        return document
    document.state = DocumentState.READ if reading.is_read else DocumentState.UNREADABLE
    document.reason_code, document.reason = reading.code, reading.sentence[:300]
    document.kind = reading.extraction.kind if reading.extraction.kind in DocumentKind.values else DocumentKind.OTHER
    document.warnings = [warning.to_json() for warning in reading.warnings]
    document.page_count = len(reading.text.pages) or len(pictures)
    document.read_at = now
    document.save()
    _store_pages(document, reading, pictures)
    _store_fields(document, reading.extraction.fields)
    after = {
        "state": document.state,
        "reason": document.reason_code,
        "pages": document.page_count,
        "warnings": sorted({warning.code for warning in reading.warnings}),
        "fields": sum(1 for field in reading.extraction.fields if field.value),
    }
    record(verb="document.read", subject=f"document:{document.pk}", actor=SYSTEM, after=after, now=now)
    document_read.send(sender=Document, document=document, now=now)
    return document


def _store_pages(document: Document, reading: Reading, pictures: Mapping[int, str]) -> None:
    document.pages.all().delete()
    pages = [
        Page(
            document=document,
            number=page.number,
            width=page.width,
            height=page.height,
            text={key: value for key, value in page.to_json().items() if key in ("words", "lines", "rotation")},
            picture_sha256=pictures.get(page.number, ""),
        )
        for page in reading.text.pages
    ]
    if not pages and pictures:
        # A picture without text: its size in points is not known; a letter page gives the marks a frame.
        pages = [Page(document=document, number=1, width=612, height=792, picture_sha256=pictures.get(1, ""))]
    Page.objects.bulk_create(pages)


def _store_fields(document: Document, found: Iterable[Field]) -> None:
    """Fields that nobody decided on are replaced; what a person decided stays as it is."""
    document.fields.filter(decided_by__isnull=True).delete()
    kept = set(document.fields.values_list("key", flat=True))
    positions: dict[str, int] = {}
    rows = []
    for field in found:
        if field.key in kept:
            continue
        position = positions[field.key] = positions.get(field.key, -1) + 1
        rows.append(
            ExtractedField(
                document=document,
                key=field.key,
                position=position,
                value=field.value[:500],
                normalised=field.normalised[:500],
                evidence=field.evidence.to_json() if field.evidence else None,
                alternatives=[candidate.to_json() for candidate in field.alternatives],
                checks=list(field.checks),
                complaints=list(field.complaints),
                reader=Reader.RULES,
                state=field.state.value,
                found_state=field.state.value,
            )
        )
    ExtractedField.objects.bulk_create(rows)


def document_read_again(document: Document, *, actor: Actor, now: datetime) -> Document:
    """Have a document read once more: after a crash, or when readers became better. Decided fields stay."""
    document = _locked(document)
    if document.state == DocumentState.ACCEPTED:
        raise Conflict("The document is accepted already; its fields are decided.", code="document_accepted")
    document.state, document.reason_code, document.reason = DocumentState.RECEIVED, "", ""
    document.save(update_fields=["state", "reason_code", "reason"])
    enqueue("documents.read", {"document": document.pk}, dedupe_key=f"document:{document.pk}")
    record(verb="document.read_requested", subject=f"document:{document.pk}", actor=actor, now=now)
    return document


def fields_accept(
    document: Document,
    *,
    field_ids: Iterable[int],
    actor: Actor,
    now: datetime,
    versions: Mapping[int, int] | None = None,
) -> list[ExtractedField]:
    """Confirm fields as they stand. A field without evidence cannot be: it has to be corrected or typed.

    With `versions`, a field that somebody changed since it was shown is a `Conflict`.
    """
    _require_person(actor)
    document = _locked(document)
    _require_read(document)
    wanted = set(field_ids)
    fields = list(document.fields.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk"))
    if not wanted or len(fields) != len(wanted):
        raise NotFound("Some of these fields are no longer on the document. Load the page again.")
    for field in fields:
        _require_version(field, (versions or {}).get(field.pk))
        if field.state == ReadState.UNSUPPORTED:
            raise Invalid(
                f"{_label(field)} has no evidence on the page. Correct it, or say it is not there.", code="no_evidence"
            )
    accepted = [field for field in fields if not field.is_decided]
    for field in accepted:
        state = ReadState.ABSENT if field.state == ReadState.ABSENT else ReadState.CONFIRMED
        _decide(field, state, Change.ACCEPTED, before=field.value, actor=actor, now=now)
    if accepted:
        _finish_decision(document, accepted, "document.fields_accepted", actor=actor, now=now)
    return accepted


def field_correct(
    field: ExtractedField, *, value: str, actor: Actor, now: datetime, version: int | None = None
) -> ExtractedField:
    """Replace a value by what a person read. The evidence stays only if it says the new value."""
    _require_person(actor)
    document = _locked(field.document)
    field = document.fields.select_for_update(no_key=True).get(pk=field.pk)
    _require_version(field, version)
    before = field.value
    field.value, field.normalised = typed(field.key, value)
    if field.evidence and not _says(field.evidence, field.value):
        field.evidence = None
    field.reader = Reader.PERSON
    _decide(field, ReadState.CONFIRMED, Change.CORRECTED, before=before, actor=actor, now=now)
    _finish_decision(document, [field], "document.field_corrected", actor=actor, now=now)
    return field


def field_reject(field: ExtractedField, *, actor: Actor, now: datetime, version: int | None = None) -> ExtractedField:
    """A person says that the document does not hold this field."""
    _require_person(actor)
    document = _locked(field.document)
    field = document.fields.select_for_update(no_key=True).get(pk=field.pk)
    _require_version(field, version)
    before = field.value
    field.value = field.normalised = ""
    field.evidence = None
    _decide(field, ReadState.ABSENT, Change.NOT_ON_DOCUMENT, before=before, actor=actor, now=now)
    _finish_decision(document, [field], "document.field_rejected", actor=actor, now=now)
    return field


def field_enter(document: Document, *, key: str, value: str, actor: Actor, now: datetime) -> ExtractedField:
    """Type a field that no reader found: on a scan, or one that the rules missed."""
    _require_person(actor)
    if key not in LABELS:
        raise Invalid("Choose which field this is.", code="unknown_field")
    document = _locked(document)
    if document.state in (DocumentState.RECEIVED, DocumentState.READING):
        raise Conflict("The document is being read. Type fields when that is done.", code="document_being_read")
    shown, normalised = typed(key, value)
    field = document.fields.filter(key=key, state=ReadState.ABSENT).order_by("position").first()
    if field is None:
        last = document.fields.filter(key=key).order_by("-position").values_list("position", flat=True).first()
        position = 0 if last is None else last + 1
        field = ExtractedField(
            document=document, key=key, position=position, reader=Reader.PERSON, found_state=ReadState.ABSENT
        )
    field.value, field.normalised, field.reader = shown, normalised, Reader.PERSON
    _decide(field, ReadState.CONFIRMED, Change.ENTERED, before="", actor=actor, now=now)
    _finish_decision(document, [field], "document.field_entered", actor=actor, now=now)
    return field


def _decide(
    field: ExtractedField, state: ReadState, change: Change, *, before: str, actor: Actor, now: datetime
) -> None:
    assert actor.id is not None  # `_require_person` held
    field.state = state
    field.decided_by_id, field.decided_at = actor.id, now
    if field.pk:
        field.version += 1
    field.save()
    FieldChange.objects.create(field=field, change=change, before=before, after=field.value, by_id=actor.id, at=now)


def _finish_decision(
    document: Document, fields: list[ExtractedField], verb: str, *, actor: Actor, now: datetime
) -> None:
    """A document whose values are all decided is accepted. Values stay out of the trail: ids and states go in."""
    for field in fields:
        if field.key == "document_kind" and field.normalised in DocumentKind.values:
            document.kind = field.normalised
            document.save(update_fields=["kind"])
    waits = document.fields.filter(decided_by__isnull=True).exclude(state=ReadState.ABSENT).exists()
    has_value = document.fields.filter(state=ReadState.CONFIRMED).exists()
    if not waits and has_value and document.state == DocumentState.READ:
        document.state, document.accepted_at = DocumentState.ACCEPTED, now
        document.save(update_fields=["state", "accepted_at"])
    after: dict[str, Any] = {
        "fields": [{"id": field.pk, "key": field.key, "state": str(field.state)} for field in fields],
        "document": str(document.state),
    }
    record(verb=verb, subject=f"document:{document.pk}", actor=actor, after=after, now=now)
    fields_decided.send(sender=Document, document=document, fields=fields, actor=actor, now=now)


def _locked(document: Document) -> Document:
    found = Document.objects.select_for_update(no_key=True).filter(pk=document.pk).first()
    if found is None:
        raise NotFound("There is no such document.")
    return found


def _require_person(actor: Actor) -> None:
    if not actor.is_person:
        raise Forbidden("Only a named person decides on what a document says.", code="person_required")


def _require_read(document: Document) -> None:
    if document.state not in (DocumentState.READ, DocumentState.ACCEPTED):
        raise Conflict("The document has not been read yet, or could not be.", code="document_not_read")


def _require_version(field: ExtractedField, version: int | None) -> None:
    if version is not None and field.version != version:
        raise Conflict(
            f"{_label(field)} was changed by somebody else: it is now “{field.value or 'not on the document'}”.",
            code="stale_field",
            details={"field": field.pk, "key": field.key, "value": field.value, "version": field.version},
        )


def _label(field: ExtractedField) -> str:
    return LABELS.get(field.key, field.key)


def _says(evidence: Mapping[str, Any], value: str) -> bool:
    return "".join(value.split()).casefold() in "".join(str(evidence["quote"]).split()).casefold()
