"""News from below that concerns proposals. Receivers only enqueue."""

from __future__ import annotations

from typing import Any

from agents.proposals.models import Proposal, ProposalState
from controltower.jobs import enqueue
from documents.models import Document
from exceptions.cases.models import Case
from exceptions.notices.models import Notice


def case_changed(sender: type[Case], case: Case, **news: Any) -> None:
    subject = f"case:{case.pk}"
    enqueue("proposals.reconsider", {"subject": subject}, dedupe_key=subject)


def cases_priced(sender: type[Case], cases: list[Case], **news: Any) -> None:
    """Only where something waits: after a changed contract a hundred thousand cases are priced anew."""
    subjects = [f"case:{case.pk}" for case in cases]
    waiting = Proposal.objects.filter(state=ProposalState.PENDING, subject__in=subjects)
    for subject in waiting.order_by("subject").values_list("subject", flat=True).distinct():
        enqueue("proposals.reconsider", {"subject": subject}, dedupe_key=subject)


def notice_changed(sender: type[Notice], notice: Notice, **news: Any) -> None:
    if notice.decision_id is not None:
        enqueue("proposals.settle", {"notice": notice.pk}, dedupe_key=f"notice:{notice.pk}")


def fields_decided(sender: type[Document], document: Document, **news: Any) -> None:
    subject = f"document:{document.pk}"
    enqueue("proposals.reconsider", {"subject": subject}, dedupe_key=subject)
