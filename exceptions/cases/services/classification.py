"""What a case is and why it happened, as people (or decisions of people) set it."""

from __future__ import annotations

from datetime import datetime

from controltower.audit import Actor
from controltower.errors import Conflict, Invalid
from exceptions.cases.detection import SubjectRef, fingerprint
from exceptions.cases.models import OPEN_STATES, Case, EntryKind
from exceptions.cases.services.authority import approver_within_limit
from exceptions.cases.services.recording import case_change, case_locked, member_of
from exceptions.cases.taxonomy import (
    UNKNOWN_REASON,
    Excusable,
    Party,
    Severity,
    Subject,
    is_reason,
    is_type,
    reason_label,
    type_label,
)


def classification_set(
    case: Case,
    *,
    type: str,  # the word of the trade; proposals name their fields like this
    reason: str,
    responsible_party: str,
    excusable: str,
    severity: str,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Case:
    """Set what is wrong, why, and who answers for it.

    Only when a person does it, or approved it, is the reason accepted and may move money; `actor` is that person. To
    call it excusable stops the contract clock: that takes an approver whose limit covers the case, Forbidden otherwise.
    Raises Invalid for codes outside the taxonomy and Conflict when another open case is of that type already.
    """
    case = case_locked(case, version=version)
    _check_codes(type, reason, responsible_party, excusable, severity)
    member = member_of(actor) if reason != UNKNOWN_REASON else None
    if member is not None and excusable != Excusable.NO:
        approver_within_limit(actor, case, now=now, settled=True)
    changes: dict[str, object] = {
        "type": type,
        "reason": reason,
        "responsible_party": responsible_party,
        "excusable": excusable,
        "severity": severity,
        "reason_accepted_by": member,
        "reason_accepted_at": now if member else None,
    }
    if type != case.type:
        kind, _, number = case.subject_key.partition(":")
        changes["fingerprint"] = fingerprint(type, SubjectRef(Subject(kind), int(number)))
        twin = (
            Case.objects.filter(fingerprint=changes["fingerprint"], state__in=OPEN_STATES).exclude(pk=case.pk).first()
        )
        if twin is not None and case.is_open:
            raise Conflict(f"{twin.number} is open as {type_label(type)} already.", code="case_open_elsewhere")
    text = f"{type_label(type)}: {reason_label(reason)}, {Party(responsible_party).label.lower()} responsible"
    return case_change(
        case, changes, verb="case.classified", actor=actor, now=now, kind=EntryKind.CLASSIFIED, text=text
    )


def _check_codes(type_code: str, reason: str, party: str, excusable: str, severity: str) -> None:
    problems = {}
    if not is_type(type_code):
        problems["type"] = "is not a type of case"
    if not is_reason(reason):
        problems["reason"] = "is not a reason"
    for name, value, choices in (
        ("responsible_party", party, Party),
        ("excusable", excusable, Excusable),
        ("severity", severity, Severity),
    ):
        if value not in choices.values:
            problems[name] = f"is none of {', '.join(choices.values)}"
    if problems:
        raise Invalid("The classification names codes that do not exist.", code="unknown_code", details=problems)
