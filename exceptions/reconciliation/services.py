"""Writes: documents are filed on cases and shipments, by people or proposed by what they say."""

from collections.abc import Iterable
from datetime import datetime

from controltower.audit import SYSTEM, Actor, record
from controltower.errors import Conflict, Forbidden
from documents.models import Document, ExtractedField, ReadState
from documents.services import document_upload
from exceptions.cases.models import Case, EntryKind
from exceptions.cases.services.recording import case_news, timeline_add
from exceptions.reconciliation.matching import Known, match, wanted
from exceptions.reconciliation.models import DocumentLink, LinkState
from exceptions.shipments.models import Reference, Shipment


def case_document_upload(case: Case, *, content: bytes, filename: str, actor: Actor, now: datetime) -> Document:
    """Keep a file, have it read, and file it on a case."""
    scope = str(case.account_id) if case.account_id else ""
    document = document_upload(content=content, filename=filename, scope_id=scope, actor=actor, now=now)
    if _file(document, case=case, shipment=None, why="Uploaded on the case.", actor=actor, now=now):
        text = f"Document added: {document.filename}"
        timeline_add(case, EntryKind.DOCUMENT, text, actor=actor, now=now, data={"document": document.pk})
        case_news(case, {"documents"}, now=now)
    return document


def shipment_document_upload(
    shipment: Shipment, *, content: bytes, filename: str, actor: Actor, now: datetime
) -> Document:
    """Keep a file, have it read, and file it on a shipment."""
    scope = str(shipment.customer_id) if shipment.customer_id else ""
    document = document_upload(content=content, filename=filename, scope_id=scope, actor=actor, now=now)
    _file(document, case=None, shipment=shipment, why="Uploaded on the shipment.", actor=actor, now=now)
    return document


def _file(
    document: Document, *, case: Case | None, shipment: Shipment | None, why: str, actor: Actor, now: datetime
) -> bool:
    """File a document; a link that was proposed or rejected before is confirmed by it. False when it was filed."""
    link, created = DocumentLink.objects.get_or_create(
        document=document, case=case, shipment=shipment, defaults={"why": why, "created_at": now}
    )
    if link.state == LinkState.CONFIRMED:
        return False
    link.state = LinkState.CONFIRMED if actor.is_person else LinkState.PROPOSED
    link.confirmed_by_id = actor.id if actor.is_person else None
    link.save(update_fields=["state", "confirmed_by"])
    after = {"link": link.pk, "case": link.case_id, "shipment": link.shipment_id, "state": str(link.state)}
    record(verb="document.filed", subject=f"document:{document.pk}", actor=actor, after=after, now=now)
    return created or actor.is_person


def document_match(document: Document, *, now: datetime) -> list[DocumentLink]:
    """Propose the shipments that the document's identifiers name. A link that exists, in any state, stays as it is."""
    usable = (ReadState.VERIFIED, ReadState.SUPPORTED, ReadState.CONFIRMED, ReadState.CONFLICT)
    fields = ExtractedField.objects.filter(document=document, state__in=usable).exclude(normalised="")
    values = [(field.key, field.normalised) for field in fields]
    known = [
        Known(type, value_key, shipment_id)
        for kind, keys in wanted(values).items()
        for type, value_key, shipment_id in Reference.objects.filter(
            type=kind, value_key__in=keys, shipment__isnull=False
        ).values_list("type", "value_key", "shipment_id")
    ]
    made = []
    for found in match(values, known):
        link, created = DocumentLink.objects.get_or_create(
            document=document, case=None, shipment_id=found.shipment_id, defaults={"why": found.why, "created_at": now}
        )
        if created:
            made.append(link)
    if made:
        after = {"shipments": [link.shipment_id for link in made]}
        record(verb="document.matched", subject=f"document:{document.pk}", actor=SYSTEM, after=after, now=now)
    return made


def document_came_with(document: Document, shipment_ids: Iterable[int], *, message_id: int, now: datetime) -> int:
    """Propose the shipments that a message names for the document that came with it. Returns how many are new."""
    known = Shipment.objects.filter(pk__in=list(shipment_ids)).values_list("pk", flat=True)
    why = "It came with a mail that names this shipment."
    made = [
        DocumentLink.objects.get_or_create(
            document=document, case=None, shipment_id=pk, defaults={"why": why, "created_at": now}
        )[1]
        for pk in known
    ]
    if any(made):
        after = {"shipments": list(known), "message": message_id}
        record(verb="document.matched", subject=f"document:{document.pk}", actor=SYSTEM, after=after, now=now)
    return sum(made)


def link_confirm(link: DocumentLink, *, actor: Actor, now: datetime) -> DocumentLink:
    """A person says that the document belongs there."""
    return _decide(link, LinkState.CONFIRMED, "document.link_confirmed", actor=actor, now=now)


def link_reject(link: DocumentLink, *, actor: Actor, now: datetime) -> DocumentLink:
    """A person says that it does not; the match is not proposed again."""
    return _decide(link, LinkState.REJECTED, "document.link_rejected", actor=actor, now=now)


def _decide(link: DocumentLink, state: LinkState, verb: str, *, actor: Actor, now: datetime) -> DocumentLink:
    if not actor.is_person:
        raise Forbidden("Only a named person decides where a document belongs.", code="person_required")
    found = DocumentLink.objects.select_for_update(no_key=True).get(pk=link.pk)
    if found.state != LinkState.PROPOSED:
        raise Conflict(f"This was decided already: {found.get_state_display().lower()}.", code="link_decided")
    found.state = state
    found.confirmed_by_id = actor.id
    found.save(update_fields=["state", "confirmed_by"])
    after = {"link": found.pk, "case": found.case_id, "shipment": found.shipment_id}
    record(verb=verb, subject=f"document:{found.document_id}", actor=actor, after=after, now=now)
    return found
