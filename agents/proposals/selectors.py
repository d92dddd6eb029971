"""What members may see of proposals. Invisible is not found."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Q, QuerySet

from agents.proposals.models import Proposal, ProposalState
from controltower.errors import NotFound
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer, require
from exceptions.parties.selectors import account_scope

LIST_LIMIT = 50
RECENT_LIMIT = 20
LATEST = ~Q(state=ProposalState.EDITED)


def proposals_visible(viewer: Viewer) -> QuerySet[Proposal]:
    """All that the member may see. A restricted member sees those about cases of their accounts only."""
    require(viewer, Verb.VIEW)
    found = Proposal.objects.select_related("case__account", "author__user")
    accounts = account_scope(viewer)
    return found if accounts is None else found.filter(case__account_id__in=accounts)


def proposals_waiting(viewer: Viewer) -> list[Proposal]:
    """What waits for a decision, in the order of the queue: the case's rank, then who must decide first."""
    waiting = proposals_visible(viewer).filter(state=ProposalState.PENDING)
    order = (
        F("case__pinned").desc(nulls_last=True),
        F("case__rank").desc(nulls_last=True),
        F("decide_by").asc(nulls_last=True),
        "pk",
    )
    return list(waiting.order_by(*order)[:LIST_LIMIT])


def proposals_held(viewer: Viewer) -> list[Proposal]:
    """What was approved and can still be called back."""
    held = proposals_visible(viewer).filter(state__in=[ProposalState.APPROVED, ProposalState.HELD])
    return list(held.order_by("state_at")[:LIST_LIMIT])


def proposals_recent(viewer: Viewer, *, since: datetime) -> list[Proposal]:
    """What was decided or overtaken lately, newest first."""
    gone = [
        ProposalState.PENDING,
        ProposalState.APPROVED,
        ProposalState.HELD,
        ProposalState.EDITED,
    ]
    found = proposals_visible(viewer).exclude(state__in=gone).filter(state_at__gte=since)
    return list(found.order_by("-state_at", "-pk")[:RECENT_LIMIT])


def proposals_of_case(viewer: Viewer, case_id: int) -> list[Proposal]:
    """Every proposal of a case in its latest revision: those that wait first, then the newest."""
    found = proposals_visible(viewer).filter(LATEST, case_id=case_id)
    rows = list(found.order_by("-pk")[:RECENT_LIMIT])
    return sorted(rows, key=lambda proposal: not proposal.is_pending)


def proposal_get(viewer: Viewer, number: str) -> Proposal:
    """The latest revision of a proposal."""
    found = proposals_visible(viewer).filter(number=number.upper()).order_by("-revision").first()
    if found is None:
        raise NotFound("There is no such proposal, or it is not yours to see.")
    return found
