"""What stops the contract's clock: a cause with its evidence, noted by a person and accepted by one who may.

Noting moves nothing. The customer's own clock is never stopped by any of this.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from controltower.audit import Actor, record
from controltower.errors import Conflict, Invalid, NotFound
from exceptions.cases.models import Case, CasePause, Commitment, CommitmentState, EntryKind
from exceptions.cases.services.authority import approver_within_limit
from exceptions.cases.services.recording import case_change, case_locked, digest, on_the_clock, person, prices_soon
from exceptions.cases.taxonomy import UNKNOWN_REASON, is_reason, reason_label

EVIDENCE_LENGTH = 300
WHY_LENGTH = 300
# A cause from farther back is a slip of the hand.
EARLIEST = timedelta(days=366)
NAMES = {
    "reason": "The cause",
    "evidence": "Evidence",
    "started_at": "The beginning",
    "notified_at": "The time at which the other side was told",
}


def pause_note(
    case: Case,
    *,
    reason: str,
    evidence: str,
    started_at: datetime,
    notified_at: datetime | None,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> CasePause:
    """Note a cause since when nothing can be done, on what evidence, and when the other side was told (None: not yet).

    Nothing moves until `pause_accept`. `Invalid` names the field; `Conflict` when another cause is noted and goes on.
    """
    member = person(actor)
    case = _open(case, version)
    _check(reason, evidence, started_at, notified_at, now)
    if (open_one := CasePause.objects.filter(case=case, ended_at=None, withdrawn_at=None).first()) is not None:
        raise Conflict(
            f"{reason_label(open_one.reason)} is noted already since {on_the_clock(case, open_one.started_at)}. "
            "End that one first.",
            code="paused_already",
        )
    pause = CasePause.objects.create(
        case=case,
        reason=reason,
        evidence=evidence.strip(),
        started_at=started_at,
        notified_at=notified_at,
        noted_by=member,
        noted_at=now,
    )
    since = on_the_clock(case, started_at)
    _changed(case, pause, "noted", f"Noted: {reason_label(reason)} since {since}, not accepted yet", actor, now)
    return pause


def pause_accept(
    pause: CasePause, *, notified_at: datetime | None = None, actor: Actor, now: datetime, version: int | None = None
) -> CasePause:
    """Accept a cause: from its beginning on it stops the contract's clock.

    That takes an approver whose limit covers the case, Forbidden otherwise. notified_at: when the other side was told,
    where that was not noted before.
    """
    case = case_locked(pause.case_id, version=version)
    pause = _standing(pause)
    if pause.accepted_at is not None:
        return pause
    member = approver_within_limit(actor, case, now=now, settled=True)
    if notified_at is not None and pause.notified_at is None:
        _check(pause.reason, pause.evidence, pause.started_at, notified_at, now)
        pause.notified_at = notified_at
    pause.accepted_by, pause.accepted_at = member, now
    pause.save(update_fields=["accepted_by", "accepted_at", "notified_at"])
    since = on_the_clock(case, pause.started_at)
    text = f"Accepted: {reason_label(pause.reason)} stops the contract's clock since {since}"
    _changed(case, pause, "accepted", text, actor, now)
    return pause


def pause_told(
    pause: CasePause, *, notified_at: datetime, actor: Actor, now: datetime, version: int | None = None
) -> CasePause:
    """The other side was told of the cause, then. What was told once stays so.

    Where the cause is accepted already, this may make it count, and takes who may accept.
    """
    person(actor)
    case = case_locked(pause.case_id, version=version)
    pause = _standing(pause)
    if pause.notified_at is not None:
        return pause
    if pause.accepted_at is not None:
        approver_within_limit(actor, case, settled=True, now=now)
    _check(pause.reason, pause.evidence, pause.started_at, notified_at, now)
    pause.notified_at = notified_at
    pause.save(update_fields=["notified_at"])
    text = f"The other side was told {on_the_clock(case, notified_at)}: {reason_label(pause.reason)}"
    _changed(case, pause, "told", text, actor, now)
    return pause


def pause_end(
    pause: CasePause, *, ended_at: datetime, actor: Actor, now: datetime, version: int | None = None
) -> CasePause:
    """The cause is over: where it was accepted, the contract's clock runs on with what was left. `Invalid` for an end
    before its beginning or in the future."""
    person(actor)
    case = case_locked(pause.case_id, version=version)
    pause = _standing(pause)
    if pause.ended_at is not None:
        return pause
    if not pause.started_at <= ended_at <= now:
        raise Invalid(
            "It ended after it began and not in the future.", code="pause_end", details={"ended_at": "is not between"}
        )
    pause.ended_at = ended_at
    pause.save(update_fields=["ended_at"])
    follows = "the contract's clock runs on" if pause.accepted_at else "nobody accepted it, so it moved nothing"
    text = f"{reason_label(pause.reason)} ended {on_the_clock(case, ended_at)}: {follows}"
    _changed(case, pause, "ended", text, actor, now)
    return pause


def pause_withdraw(pause: CasePause, *, why: str, actor: Actor, now: datetime, version: int | None = None) -> CasePause:
    """Take back a cause that was noted or accepted wrongly: the contract's clock runs as if nothing had stopped it.

    What falls due by that may be lost at once. One that was accepted takes an approver whose limit covers the case, as
    accepting did; Forbidden otherwise. `Invalid` without a reason. It stays on the record; withdrawn once is enough.
    """
    person(actor)
    case = case_locked(pause.case_id)
    pause = _locked(pause)
    if pause.withdrawn_at is not None:
        return pause
    case = case_locked(case, version=version)
    member = approver_within_limit(actor, _top(case), settled=True, now=now) if pause.accepted_at else person(actor)
    if not why.strip() or len(why.strip()) > WHY_LENGTH:
        told = "is missing" if not why.strip() else f"is longer than {WHY_LENGTH} characters"
        raise Invalid(f"The reason for withdrawing it {told}.", code="pause_why", details={"why": told})
    pause.withdrawn_by, pause.withdrawn_at, pause.withdrawn_why = member, now, why.strip()
    pause.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_why"])
    # Whether the other side was told of it in time is nobody's question any more, answered or not.
    asked = Commitment.objects.filter(case=_top(case), key__startswith=f"told:{pause.pk}:")
    asked.exclude(state=CommitmentState.VOID).update(state=CommitmentState.VOID, settled_at=now)
    follows = "stops the contract's clock no longer" if pause.accepted_at else "nobody had accepted it"
    text = f"Withdrawn: {reason_label(pause.reason)} since {on_the_clock(case, pause.started_at)}, {follows}. "
    _changed(case, pause, "withdrawn", text + pause.withdrawn_why, actor, now)
    return pause


def _check(reason: str, evidence: str, started_at: datetime, notified_at: datetime | None, now: datetime) -> None:
    problems = {}
    if not is_reason(reason) or reason in (UNKNOWN_REASON, "none"):
        problems["reason"] = "is no cause"
    if not evidence.strip():
        problems["evidence"] = "is missing: say on what it stands"
    if len(evidence.strip()) > EVIDENCE_LENGTH:
        problems["evidence"] = "is longer than 300 characters"
    if started_at > now:
        problems["started_at"] = "is in the future"
    if started_at < now - EARLIEST:
        problems["started_at"] = "is more than a year ago"
    if notified_at is not None and notified_at > now:
        problems["notified_at"] = "is in the future"
    if problems:
        name, sentence = next(iter(problems.items()))
        raise Invalid(f"{NAMES[name]} {sentence}.", code="pause_unfit", details=problems)


def _open(case: Case, version: int | None) -> Case:
    case = case_locked(case, version=version)
    if not case.is_open:
        raise Conflict(f"{case.number} is not open any more.", code="case_not_open")
    return case


def _locked(pause: CasePause) -> CasePause:
    found = CasePause.objects.select_for_update(no_key=True).filter(pk=pause.pk).first()
    if found is None:
        raise NotFound("This cause does not exist.")
    return found


def _standing(pause: CasePause) -> CasePause:
    """The locked one; `Conflict` when it was withdrawn: nothing more is said of that."""
    pause = _locked(pause)
    if pause.withdrawn_at is not None:
        raise Conflict(f"{reason_label(pause.reason)} was withdrawn. Note it anew.", code="pause_withdrawn")
    return pause


def _top(case: Case) -> Case:
    """The case that the promises of a merged one stand in."""
    return case.merged_into or case


def _changed(case: Case, pause: CasePause, verb: str, text: str, actor: Actor, now: datetime) -> None:
    case_change(
        case,
        {"touched_by_human": True},
        verb=f"case.pause_{verb}",
        actor=actor,
        now=now,
        kind=EntryKind.STATE,
        text=text,
    )
    after = {
        name: value.isoformat() if isinstance(value := getattr(pause, name), datetime) else value
        for name in ("reason", "started_at", "ended_at", "notified_at", "accepted_by_id", "withdrawn_by_id")
    }
    if pause.withdrawn_why:
        after["withdrawn_why"] = digest(pause.withdrawn_why)
    record(verb=f"pause.{verb}", subject=f"case:{case.pk}", actor=actor, after=after, now=now)
    prices_soon({case.pk, _top(case).pk})
