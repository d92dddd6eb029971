"""What stops the contract's clock of a case, and what that moved: read as columns of the case's own query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, Value
from django.db.models.functions import Coalesce, JSONObject, NullIf

from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer
from exceptions.cases.models import Case, CasePause, Commitment, CommitmentState
from exceptions.cases.selectors.parts import instant
from exceptions.cases.selectors.rows import ClockRow, MovedRow, PauseRow
from exceptions.cases.taxonomy import reason_label

SHOWN = 20
# How commitments to tell the other side of a cause in time are keyed.
NOTICE = "told:"


def _named(member: str) -> Coalesce:
    """A member's name, or the address of one who gave none."""
    return Coalesce(NullIf(f"{member}__user__name", Value("")), f"{member}__user__email")


_PAUSE = {
    "id": "pk",
    "reason": "reason",
    "evidence": "evidence",
    "started_at": "started_at",
    "ended_at": "ended_at",
    "notified_at": "notified_at",
    "noted_by": _named("noted_by"),
    "accepted_by": _named("accepted_by"),
    "accepted_at": "accepted_at",
    "withdrawn_by": _named("withdrawn_by"),
    "withdrawn_at": "withdrawn_at",
    "withdrawn_why": "withdrawn_why",
}
_MOVED = {
    "promise": "promise",
    "due_at": "due_at",
    "felt_due_at": "felt_due_at",
    "is_paused": "is_paused",
    "state": "state",
    "zone": "stop__zone",
    "key": "key",
}


def pause_columns() -> dict[str, ArraySubquery]:
    """The causes noted on a case, the newest first, and the promises they moved or may only move when told in time."""
    mine = OuterRef("pk")
    causes = CasePause.objects.filter(case=mine).order_by("-started_at", "-pk")
    touched = Q(is_paused=True) | ~Q(due_at=F("felt_due_at")) | Q(key__startswith=NOTICE)
    moved = Commitment.objects.filter(touched, case=mine).exclude(state=CommitmentState.VOID).order_by("felt_due_at")
    return {
        "pause_parts": ArraySubquery(causes.values(parts=JSONObject(**_PAUSE))[:SHOWN]),
        "moved_parts": ArraySubquery(moved.values(parts=JSONObject(**_MOVED))[:SHOWN]),
    }


def clock_row(viewer: Viewer, case: Any) -> ClockRow:
    """The contract's clock of a case that was read with `pause_columns`."""
    may_work = viewer.can(Verb.WORK) and case.is_open
    pauses = [_pause(viewer, parts, case.is_open) for parts in case.pause_parts]
    touched = [pause for pause in pauses if pause.accepted_at is not None]
    accepted = [pause for pause in touched if pause.withdrawn_at is None]
    moved = [_moved(parts) for parts in case.moved_parts if not parts["key"].startswith(NOTICE)]
    return ClockRow(
        pauses=pauses,
        moved=moved,
        notices=[_moved(parts) for parts in case.moved_parts if parts["key"].startswith(NOTICE)] if accepted else [],
        is_accepted=bool(accepted),
        is_stopped=bool(accepted) and any(row.is_paused for row in moved),
        is_reckoned=not touched or not _is_behind(case, touched),
        may_note=may_work and all(pause.ended_at or pause.withdrawn_at for pause in pauses),
    )


def _is_behind(case: Case, accepted: Sequence[PauseRow]) -> bool:
    """Whether a cause was accepted, ended or withdrawn after the case was priced last."""
    moments = [at for pause in accepted for at in (pause.accepted_at, pause.ended_at, pause.withdrawn_at)]
    known = [at for at in moments if at is not None]
    return case.priced_at is None or case.priced_at < max(known)


def _pause(viewer: Viewer, parts: Mapping[str, Any], is_open: bool) -> PauseRow:
    """What ends it or takes it back may be said of a case that is closed, or merged into another, too."""
    is_accepted = parts["accepted_at"] is not None
    decides, may_work = viewer.can(Verb.DECIDE), viewer.can(Verb.WORK) and parts["withdrawn_at"] is None
    acts = {
        "pause_accept": not is_accepted and decides and is_open,
        "pause_told": parts["notified_at"] is None and (decides or not is_accepted) and is_open,
        "pause_end": parts["ended_at"] is None,
        "pause_withdraw": decides or not is_accepted,
    }
    return PauseRow(
        id=parts["id"],
        reason_label=reason_label(parts["reason"]),
        evidence=parts["evidence"],
        started_at=instant(parts["started_at"]),
        ended_at=_instant(parts["ended_at"]),
        notified_at=_instant(parts["notified_at"]),
        noted_by=parts["noted_by"] or "",
        accepted_by=parts["accepted_by"] or "",
        accepted_at=_instant(parts["accepted_at"]),
        acts=tuple(name for name, may in acts.items() if may and may_work),
        withdrawn_by=parts["withdrawn_by"] or "",
        withdrawn_at=_instant(parts["withdrawn_at"]),
        withdrawn_why=parts["withdrawn_why"],
    )


def _moved(parts: Mapping[str, Any]) -> MovedRow:
    return MovedRow(
        promise=parts["promise"],
        due_at=instant(parts["due_at"]),
        felt_due_at=instant(parts["felt_due_at"]),
        is_paused=parts["is_paused"],
        state=parts["state"],
        zone=parts["zone"] or "",
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else instant(text)
