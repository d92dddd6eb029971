"""A case whose cause became something worse goes on as that: silence as the late delivery that it was the first sign of."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from controltower.audit import SYSTEM
from exceptions.cases.detection import BECOMES, Finding
from exceptions.cases.models import SUBJECT_COLUMNS, Case, EntryKind
from exceptions.cases.services.board import Board
from exceptions.cases.services.recording import case_change, case_locked
from exceptions.cases.taxonomy import Subject, type_label
from exceptions.shipments.models import Load, Stop


def case_continuing(board: Board, finding: Finding, standing: Collection[str]) -> Case | None:
    """The open case that is about nothing but what this finding is about, and of a type that becomes its type.

    standing: fingerprints of all findings; what is still found by itself becomes nothing else.
    """
    wanted = {*finding.shipments}
    return next(
        (
            case
            for case in sorted(board.cases.values(), key=lambda case: case.pk)
            if BECOMES.get(case.type) == finding.type
            and case.is_open
            and case.fingerprint not in standing
            and board.shipments[case.pk]
            and board.shipments[case.pk] <= wanted
        ),
        None,
    )


def case_continue(case: Case, finding: Finding, *, now: datetime) -> Case:
    """Give the case the type and the subject of the finding; its number, owner, clocks and trail stay."""
    case = case_locked(case)
    about = Load if finding.subject.kind == Subject.LOAD else Stop
    changes = {
        **dict.fromkeys(SUBJECT_COLUMNS),
        f"subject_{finding.subject.kind}": about.objects.get(pk=finding.subject.id),
        "type": finding.type,
        "subject_key": finding.subject.key,
        "fingerprint": finding.fingerprint,
    }
    text = f"{type_label(case.type)} goes on as {type_label(finding.type).lower()}"
    return case_change(case, changes, verb="case.continued", actor=SYSTEM, now=now, kind=EntryKind.SIGNAL, text=text)
