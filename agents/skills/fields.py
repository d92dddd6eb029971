"""Put the fields that the rules reader found on a document before people."""

from __future__ import annotations

from datetime import datetime

from agents.policy.kinds import OriginKind, ProposalKind
from agents.proposals.handlers.fields import field_facts, field_place
from agents.proposals.models import Proposal
from agents.proposals.services.creating import Basis, Origin, proposal_create
from documents.models import Document, ExtractedField, ReadState
from exceptions.cases.models import Case
from exceptions.reconciliation.models import DocumentLink, LinkState

_STANDS = (ReadState.VERIFIED, ReadState.SUPPORTED)


def propose(document: Document, *, now: datetime) -> Proposal | None:
    """Proposes every undecided field that has evidence; those in conflict or without stay for the review. None without any."""
    undecided = list(ExtractedField.objects.filter(document=document, decided_by=None).order_by("pk"))
    usable = [field for field in undecided if field.state in _STANDS]
    if not usable:
        return None
    ids = [field.pk for field in usable]
    facts = field_facts(document.pk, ids)
    return proposal_create(
        kind=ProposalKind.ACCEPT_FIELDS,
        subject=f"document:{document.pk}",
        slot="fields",
        case=_case_of(document),
        payload={"document": document.pk, "fields": ids},
        facts=facts,
        basis=Basis(
            material=[fact.key for fact in facts],
            evidence=[
                {
                    "id": f"field:{field.pk}",
                    "text": str((field.evidence or {}).get("quote", ""))[:300],
                    "source": f"{document.filename}, {field_place(field)}",
                    "at": "",
                }
                for field in usable
            ],
            missing=_gaps(undecided),
        ),
        origin=Origin(OriginKind.RULES, {"reason": "", "reader": usable[0].reader}),
        now=now,
    )


def _case_of(document: Document) -> Case | None:
    links = DocumentLink.objects.filter(document=document, case__isnull=False).exclude(state=LinkState.REJECTED)
    link = links.select_related("case").order_by("-pk").first()
    return link.case if link is not None else None


def _gaps(fields: list[ExtractedField]) -> list[str]:
    gaps = []
    for state, sentence in (
        (ReadState.CONFLICT, "{n} contradict something else on the document and wait in its review: {names}."),
        (ReadState.UNSUPPORTED, "{n} have no place on the page and wait in its review: {names}."),
    ):
        names = [field.key.replace("_", " ") for field in fields if field.state == state]
        if names:
            count = f"{len(names)} field{'s' if len(names) > 1 else ''}"
            gaps.append(sentence.format(n=count, names=", ".join(names)))
    return gaps
