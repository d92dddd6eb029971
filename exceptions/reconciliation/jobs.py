"""Background work of reconciliation."""

from typing import Any

from controltower.jobs import JobContext, job
from documents.models import Document
from exceptions.reconciliation import services


@job("reconciliation.match", retries=5)
def match(payload: dict[str, Any], ctx: JobContext) -> None:
    document = Document.objects.filter(pk=payload["document"]).first()
    if document is not None:
        services.document_match(document, now=ctx.now)


@job("reconciliation.came_with", retries=5)
def came_with(payload: dict[str, Any], ctx: JobContext) -> None:
    document = Document.objects.filter(pk=payload["document"]).first()
    if document is not None:
        services.document_came_with(document, payload["shipments"], message_id=payload["message"], now=ctx.now)
