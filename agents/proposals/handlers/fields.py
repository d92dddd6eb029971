"""Accept fields that were read from a document."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agents.proposals.handlers.base import Done, Unrenderable
from agents.proposals.models import Decision, Effect, EffectState, Proposal
from agents.proposals.snapshots import FactLike
from controltower.audit import Actor
from controltower.errors import NotFound
from documents.models import Document, ExtractedField
from documents.services import fields_accept
from exceptions.cases.models import Case


@dataclass(frozen=True)
class FieldFact:
    """A field of a document as a fact: its value as read, and how it stands."""

    key: str
    value: str
    type: str
    source: str
    audience: str
    state: str
    digest: str


def field_facts(document_id: int, field_ids: Sequence[int]) -> tuple[FieldFact, ...]:
    """The named fields of a document that nobody has decided on, in the order of the document."""
    found = ExtractedField.objects.filter(document_id=document_id, pk__in=field_ids, decided_by=None)
    return tuple(_fact(field) for field in found.select_related("document").order_by("pk"))


def _fact(field: ExtractedField) -> FieldFact:
    content = f"{field.key}|{field.position}|{field.value}|{field.normalised}|{field.state}|{field.version}"
    return FieldFact(
        key=f"field:{field.pk}",
        value=field.normalised or field.value,
        type="text",
        source=f"{field.document.filename}, {field_place(field)}",
        audience="internal",
        state=field.state,
        digest=hashlib.sha256(content.encode()).hexdigest(),
    )


def field_place(field: ExtractedField) -> str:
    """Where on the document it stands, for people."""
    evidence = field.evidence or {}
    page = evidence.get("page") if isinstance(evidence, dict) else None
    return f"page {page}" if page else "no place on the document"


class FieldsHandler:
    def facts(self, proposal: Proposal, now: datetime) -> Sequence[FactLike]:
        return field_facts(proposal.payload["document"], proposal.payload["fields"])

    def render(self, payload: dict[str, Any], facts: Sequence[FactLike]) -> dict[str, Any]:
        document = Document.objects.filter(pk=payload["document"]).first()
        fields = ExtractedField.objects.filter(document_id=payload["document"], pk__in=payload["fields"]).order_by("pk")
        if document is None or len(fields) != len(payload["fields"]):
            raise Unrenderable("The document was read again since, and its fields are others now.")
        rows = [[field.key.replace("_", " ").capitalize(), field.value, field_place(field)] for field in fields]
        return {"document": document.filename, "kind": document.get_kind_display(), "rows": rows}

    def excuses(self, payload: dict[str, Any]) -> bool:
        return False

    def outdated(self, proposal: Proposal, case: Case | None, facts: Sequence[FactLike]) -> str:
        return "" if facts else "Somebody decided on all of these fields already."

    def execute(self, effect: Effect, decision: Decision, *, approver: Actor, now: datetime) -> Done:
        payload = effect.proposal.payload
        document = Document.objects.filter(pk=payload["document"]).first()
        if document is None:
            raise NotFound("The document does not exist any more.")
        fields_accept(document, field_ids=list(payload["fields"]), actor=approver, now=now)
        return Done(EffectState.EXECUTED)

    def issues(self, payload: dict[str, Any], facts: Sequence[FactLike]) -> list[dict[str, str]]:
        return []

    def material(self, payload: dict[str, Any], facts: Sequence[FactLike], before: Sequence[str]) -> list[str]:
        kept_fields = {f"field:{field}" for field in payload["fields"]}
        return [key for key in before if key in kept_fields]

    def diff(self, before: Proposal, after: Proposal) -> list[list[str]]:
        left_out = set(before.payload["fields"]) - set(after.payload["fields"])
        names = ExtractedField.objects.filter(pk__in=left_out).values_list("key", flat=True)
        return [["Left out", name.replace("_", " "), ""] for name in names]

    def redraft_job(self) -> str:
        return "agents.fields"
