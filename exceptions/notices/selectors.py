"""Reads. A notice is visible to whoever may see its case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from controltower.errors import NotFound
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer, require
from exceptions.cases.models import Case
from exceptions.cases.selectors import case_get, cases_visible
from exceptions.notices.checker import check
from exceptions.notices.drafts import Draft
from exceptions.notices.models import Notice, NoticeState, WrittenNotice, WrittenState
from exceptions.notices.stored import StoredFact, read_back

PAGE = 50


@dataclass(frozen=True)
class Proof:
    """One sentence as the reader has it, and what it stands on."""

    role: str
    text: str
    shown: tuple[tuple[str, StoredFact], ...]
    """The words a fact became, and the fact."""
    licensed: tuple[StoredFact, ...]
    """Facts that allow what the sentence says without being shown in it."""


@dataclass(frozen=True)
class Waiting:
    """A written notice and whether this viewer may decide on it."""

    written: WrittenNotice
    may_approve: bool
    may_discard: bool


@dataclass(frozen=True)
class NoticePage:
    notices: list[Notice]
    waiting: list[Waiting]
    state: str
    next_before: int | None


def notice_get(viewer: Viewer, pk: int) -> Notice:
    found = _notices(viewer).filter(pk=pk).first()
    if found is None:
        raise NotFound("This notice does not exist.")
    return found


def written_get(viewer: Viewer, pk: int) -> WrittenNotice:
    found = _written(viewer).filter(pk=pk).first()
    if found is None:
        raise NotFound("This notice does not exist.")
    return found


def notices_of_case(viewer: Viewer, number: str) -> tuple[Case, list[Notice], list[Waiting]]:
    """The case, its notices (newest first) and what waits for approval there."""
    case = case_get(viewer, number)
    written = _written(viewer).filter(case=case, state=WrittenState.WAITING)
    return case, list(_notices(viewer).filter(case=case)), [waiting_of(viewer, one) for one in written]


def notices_page(viewer: Viewer, *, state: str, before: int | None) -> NoticePage:
    """The outbox, newest first. `before` is the id where the previous page ended."""
    notices = _notices(viewer)
    if state in NoticeState.values:
        notices = notices.filter(state=state)
    if before is not None:
        notices = notices.filter(pk__lt=before)
    found = list(notices[: PAGE + 1])
    waiting = [] if before is not None else written_waiting(viewer)
    return NoticePage(found[:PAGE], waiting, state, found[PAGE - 1].pk if len(found) > PAGE else None)


def written_waiting(viewer: Viewer) -> list[Waiting]:
    """Notices that people wrote and that wait for an approver."""
    return [waiting_of(viewer, one) for one in _written(viewer).filter(state=WrittenState.WAITING)[:PAGE]]


def proofs(
    draft: dict[str, Any], facts: Sequence[dict[str, Any]], spans: Sequence[dict[str, Any]], *, audience: str
) -> list[Proof]:
    """Each sentence with its facts. Works from what was stored with the notice, never from today's facts."""
    stored = read_back(facts)
    known = {fact.key: fact for fact in stored}
    licensed = check(Draft.from_json(draft), stored, audience=audience).licensed
    found = []
    for span in spans:
        shown = tuple((used["shown"], known[used["key"]]) for used in span["facts"] if used["key"] in known)
        keys = {fact.key for _, fact in shown}
        extra = tuple(known[key] for key in licensed[span["sentence"]] if key in known and key not in keys)
        found.append(Proof(str(span["role"]), str(span["text"]), shown, extra))
    return found


def may_cancel(viewer: Viewer, notice: Notice) -> bool:
    return notice.state == NoticeState.HELD and viewer.can(Verb.WORK)


def may_decide(viewer: Viewer, notice: Notice) -> bool:
    return notice.state in (NoticeState.UNKNOWN, NoticeState.FAILED) and viewer.can(Verb.DECIDE)


def _notices(viewer: Viewer) -> QuerySet[Notice]:
    people = ("approved_by__user", "created_by__user", "cancelled_by__user")
    notices = Notice.objects.select_related("case", "recipient__account", *people)
    return _of_visible_cases(viewer, notices)


def _written(viewer: Viewer) -> QuerySet[WrittenNotice]:
    return _of_visible_cases(
        viewer, WrittenNotice.objects.select_related("case", "recipient__account", "written_by__user")
    )


def _of_visible_cases(viewer: Viewer, rows: QuerySet[Any]) -> QuerySet[Any]:
    require(viewer, Verb.VIEW)
    if viewer.member.restricted:
        rows = rows.filter(case__in=cases_visible(viewer).values("pk"))
    return rows.order_by("-id")


def waiting_of(viewer: Viewer, written: WrittenNotice) -> Waiting:
    mine = written.written_by_id == viewer.member.pk and viewer.can(Verb.WORK)
    return Waiting(written, viewer.can(Verb.DECIDE), mine or viewer.can(Verb.DECIDE))
