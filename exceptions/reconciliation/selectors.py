"""Reads: the documents of a case or a shipment, and what a document belongs to."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from controltower.errors import NotFound
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer, require
from documents.models import Document
from documents.selectors import document_get, documents_by_id
from exceptions.cases.models import Case, CaseShipment
from exceptions.parties.selectors import account_is_visible, account_scope
from exceptions.reconciliation.models import DocumentLink, LinkState
from exceptions.shipments.models import Shipment


def document_scopes(viewer: Viewer) -> frozenset[str]:
    """Scope ids of documents for a restricted member: the accounts that were granted, children included."""
    return frozenset(str(account_id) for account_id in account_scope(viewer) or ())


def case_by_number(viewer: Viewer, number: str) -> Case:
    require(viewer, Verb.VIEW)
    case = Case.objects.filter(number=number).first()
    if case is None or not account_is_visible(viewer, case.account_id):
        raise NotFound(f"There is no case {number}.")
    return case


def shipment_by_number(viewer: Viewer, number: str) -> Shipment:
    require(viewer, Verb.VIEW)
    shipment = Shipment.objects.filter(number=number).first()
    if shipment is None or not account_is_visible(viewer, shipment.customer_id):
        raise NotFound(f"There is no shipment {number}.")
    return shipment


@dataclass(frozen=True)
class Filed:
    """A document in the list of a case or shipment."""

    document: Document
    link: DocumentLink
    place: str

    @property
    def is_proposed(self) -> bool:
        return self.link.state == LinkState.PROPOSED


def case_documents(viewer: Viewer, case: Case) -> list[Filed]:
    """Documents filed on the case itself and on the shipments it affects, newest first; each once."""
    shipments = CaseShipment.objects.filter(case=case).values_list("shipment_id", flat=True)
    links = DocumentLink.objects.filter(Q(case=case) | Q(shipment__in=list(shipments)))
    return _filed(viewer, links)


def shipment_documents(viewer: Viewer, shipment: Shipment) -> list[Filed]:
    return _filed(viewer, DocumentLink.objects.filter(shipment=shipment))


def _filed(viewer: Viewer, links: QuerySet[DocumentLink]) -> list[Filed]:
    live = links.exclude(state=LinkState.REJECTED).select_related("case", "shipment", "confirmed_by__user")
    by_document: dict[int, DocumentLink] = {}
    # A confirmed link speaks for the document where there is one, and the case before its shipment.
    for link in sorted(live, key=lambda found: (found.state != LinkState.CONFIRMED, found.case_id is None, found.pk)):
        by_document.setdefault(link.document_id, link)
    documents = documents_by_id(viewer, by_document)
    return [
        Filed(documents[document_id], link, _place(link))
        for document_id, link in sorted(by_document.items(), reverse=True)
        if document_id in documents
    ]


def _place(link: DocumentLink) -> str:
    if link.case is not None:
        return link.case.number
    return link.shipment.number if link.shipment is not None else ""


def document_links(viewer: Viewer, document_id: int) -> tuple[Document, list[DocumentLink]]:
    """What a document belongs to, or may belong to; links to what the viewer may not see are left out."""
    document = document_get(viewer, document_id)
    links = DocumentLink.objects.filter(document=document).select_related("case", "shipment", "confirmed_by__user")
    shown = [link for link in links.order_by("id") if link.state != LinkState.REJECTED and _is_visible(viewer, link)]
    return document, shown


def _is_visible(viewer: Viewer, link: DocumentLink) -> bool:
    if link.case is not None:
        return account_is_visible(viewer, link.case.account_id)
    return link.shipment is not None and account_is_visible(viewer, link.shipment.customer_id)


def link_get(viewer: Viewer, link_id: int) -> DocumentLink:
    link = DocumentLink.objects.select_related("case", "shipment", "document").filter(pk=link_id).first()
    if link is None or not _is_visible(viewer, link):
        raise NotFound("This document is no longer filed there.")
    document_get(viewer, link.document_id)
    return link
