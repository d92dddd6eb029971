"""Saved views as one viewer has them: their own and the shared ones, each with what is wrong with its filter by now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from controltower.errors import NotFound
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer, require
from exceptions.cases.models import SavedView
from exceptions.cases.selectors.grammar import parse

# Every page of the queue reads them: no more than what a row says.
SHOWN: Final = (
    "name", "query", "is_shared", "version", "owner__label", "owner__user__name", "owner__user__email"
)  # fmt: skip


@dataclass(frozen=True)
class ViewRow:
    """One saved view. `is_kept` says whether this viewer may change it; `problem` what of its filter is not understood
    any more, "" for nothing."""

    id: int
    name: str
    query: str
    is_shared: bool
    owner: str
    is_mine: bool
    is_kept: bool
    version: int
    problem: str


def saved_views(viewer: Viewer) -> list[ViewRow]:
    """The viewer's own views and the shared ones, each group in its order. One query."""
    require(viewer, Verb.VIEW)
    views = SavedView.objects.filter(Q(owner=viewer.member) | Q(is_shared=True), removed_at=None)
    shown = views.select_related("owner__user").only(*SHOWN)
    rows = shown.order_by("is_shared", "position", "pk")
    return [
        ViewRow(
            id=view.pk,
            name=view.name,
            query=view.query,
            is_shared=view.is_shared,
            owner=view.owner.name,
            is_mine=view.owner_id == viewer.member.pk,
            is_kept=view.is_kept_by(viewer.member),
            version=view.version,
            problem=next((each.sentence for each in parse(view.query).problems), ""),
        )
        for view in rows
    ]


def saved_view_get(viewer: Viewer, pk: int) -> SavedView:
    """A view that this viewer has, one that was just removed too; NotFound for what others keep for themselves."""
    require(viewer, Verb.VIEW)
    found = SavedView.objects.filter(Q(owner=viewer.member) | Q(is_shared=True), pk=pk).first()
    if found is None:
        raise NotFound("There is no such view, or it is not yours to see.")
    return found
