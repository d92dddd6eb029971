"""News from below that gives the skills work. Receivers only enqueue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from controltower.jobs import enqueue, enqueue_all
from documents.models import Document
from exceptions.cases.models import Case

# What can tell more about the cause: signals and what people were told on the phone. Everything else about a case leaves
# its classification alone. A call after the first one changes no column of the case.
_TELLS_MORE = frozenset({"facts", "occurrence", "summary", "phase", "interaction", "first_response_at"})


def cases_opened(sender: type[Case], cases: Sequence[Case], **news: Any) -> None:
    for name in ("agents.classify", "agents.draft"):
        enqueue_all(name, [({"case": case.pk}, f"case:{case.pk}") for case in cases])


def case_changed(sender: type[Case], case: Case, changed: set[str], **news: Any) -> None:
    if case.is_open and (not changed or changed & _TELLS_MORE):
        enqueue("agents.classify", {"case": case.pk}, dedupe_key=f"case:{case.pk}")
    if case.is_open and case.next_update_at is not None and "next_update_at" in changed:
        enqueue("agents.draft", {"case": case.pk}, dedupe_key=f"case:{case.pk}")  # the notice that waits says it


def document_read(sender: type[Document], document: Document, **news: Any) -> None:
    enqueue("agents.fields", {"document": document.pk}, dedupe_key=f"document:{document.pk}")
