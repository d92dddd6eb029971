"""News from documents: what was read or decided may name a shipment. Receivers only enqueue."""

from datetime import datetime
from typing import Any

from controltower.jobs import enqueue
from documents.models import Document
from documents.signals import document_read, fields_decided


def connect() -> None:
    document_read.connect(_match_soon, dispatch_uid="reconciliation.document_read")
    fields_decided.connect(_match_soon, dispatch_uid="reconciliation.fields_decided")


def _match_soon(sender: Any, *, document: Document, now: datetime, **_: Any) -> None:
    enqueue("reconciliation.match", {"document": document.pk}, dedupe_key=f"document:{document.pk}")
