"""What people do to a case: named, guarded transitions.

Each takes the version that the person saw and raises Conflict when the case changed since, or when its state does not
allow the step. Reversible ones name their counterpart in `UNDO`; the screen offers it with the new version.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from controltower.audit import Actor, record
from controltower.errors import Conflict, Invalid
from controltower.tenancy.models import Member
from exceptions.cases.models import OPEN_STATES, Case, CaseState, EntryKind, SnoozedFor, TimelineEntry
from exceptions.cases.services.recording import case_change, case_locked, case_news, on_the_clock, person, timeline_add
from exceptions.cases.taxonomy import UNKNOWN_REASON, reason_label
from exceptions.parties.selectors import member_sees

SAME_WORDS: Final = timedelta(minutes=1)
# Who takes a case and gives it back this soon, without a word to anybody, has not answered.
TAKEN_BACK: Final = timedelta(minutes=1)
# What takes a transition back, by the names that screens use for actions.
UNDO = {
    "take": "release",
    "release": "take",
    "snooze": "unsnooze",
    "unsnooze": "snooze",
    "resolve": "reopen",
    "not_an_exception": "reopen",
    "pin": "unpin",
    "unpin": "pin",
}


def case_take(case: Case, *, actor: Actor, now: datetime, version: int | None = None) -> Case:
    """The person makes the case theirs; the first to do so answers the first-response promise."""
    case, member = _taken_up(case, version, actor)
    if case.owner_id == member.pk:
        return case
    if case.owner is not None:
        raise Conflict(f"{case.owner.name} has taken {case.number} already.", code="case_taken")
    changes = {"owner": member, "state": CaseState.OPEN, **first_response(case, now)}
    return case_change(case, changes, verb="case.taken", actor=actor, now=now, text=f"Taken by {actor.name}")


def case_release(case: Case, *, actor: Actor, now: datetime, version: int | None = None) -> Case:
    """Nobody's again; the first response is still owed when taking the case a moment ago was all of it."""
    case, _ = _taken_up(case, version, actor)
    if case.owner is None:
        return case
    text = f"Released by {actor.name}"
    changes: dict[str, object] = {"owner": None, "state": CaseState.NEW}
    answered = case.first_response_at
    if answered and abs(now - answered) < TAKEN_BACK and not case.interactions.exists():
        changes["first_response_at"] = None
    return case_change(case, changes, verb="case.released", actor=actor, now=now, text=text)


def case_assign(case: Case, *, to: Member, actor: Actor, now: datetime, version: int | None = None) -> Case:
    """Give the case to a member who sees its customer, whoever had it."""
    case, _ = _taken_up(case, version, actor)
    if not to.is_active:
        raise Invalid(f"{to.name} does not work here any more. Choose somebody else.", code="member_inactive")
    if not member_sees(to, case.account_id):
        raise Invalid(f"{to.name} does not see {case.number}. Choose somebody else.", code="member_limited")
    changes = {"owner": to, "state": CaseState.OPEN, **first_response(case, now)}
    return case_change(case, changes, verb="case.assigned", actor=actor, now=now, text=f"Given to {to.name}")


def case_snooze(
    case: Case, *, until: datetime, actor: Actor, now: datetime, version: int | None = None, wakes_on: str = ""
) -> Case:
    """Out of the queue until then, or until something new is found; `wakes_on` (SnoozedFor) names what else wakes it."""
    case, _ = _taken_up(case, version, actor)
    if until <= now:
        raise Invalid("Choose a time that is still ahead.", code="until_passed", details={"until": "is in the past"})
    if wakes_on and wakes_on not in SnoozedFor.values:
        raise Invalid("A case sleeps until a time, the next milestone or a reply.", code="wakes_on_unknown")
    changes = {"snoozed_until": until, "snoozed_for": wakes_on, "state": CaseState.WAITING}
    clock = on_the_clock(case, until)
    text = (
        f"Snoozed until {SnoozedFor(wakes_on).label}, at the latest {clock}" if wakes_on else f"Snoozed until {clock}"
    )
    return case_change(case, changes, verb="case.snoozed", actor=actor, now=now, text=text)


def case_unsnooze(case: Case, *, actor: Actor, now: datetime, version: int | None = None, why: str = "") -> Case:
    """Back into the queue; also what the sweeper and new findings do."""
    case = _open_case(case, version)
    if case.snoozed_until is None:
        return case
    changes = {"snoozed_until": None, "snoozed_for": "", "state": CaseState.OPEN if case.owner_id else CaseState.NEW}
    return case_change(case, changes, verb="case.woken", actor=actor, now=now, text=why or "Back in the queue")


def case_resolve(
    case: Case,
    *,
    actor: Actor,
    now: datetime,
    version: int | None = None,
    resolution: str = "",
    reason_unknown: bool = False,
) -> Case:
    """The person says it is dealt with. A reason must be known, or `reason_unknown` said outright."""
    case, _ = _taken_up(case, version, actor)
    if case.reason == UNKNOWN_REASON and not reason_unknown:
        raise Invalid(
            "Say why it happened before you resolve it, or say that the reason stays unknown.",
            code="reason_needed",
            details={"reason": "is not known yet"},
        )
    changes = {"resolution": resolution[:300], **_ended(CaseState.RESOLVED, now), **first_response(case, now)}
    text = f"Resolved by {actor.name}: {resolution}" if resolution else f"Resolved by {actor.name}"
    data = {"reason": reason_label(case.reason), **_pin(case)}
    return case_change(case, changes, verb="case.resolved", actor=actor, now=now, text=text, data=data)


def case_mark_not_exception(
    case: Case, *, actor: Actor, now: datetime, version: int | None = None, why: str = ""
) -> Case:
    """A false alarm. Kept, so that the rule that raised it can be judged."""
    case, _ = _taken_up(case, version, actor)
    changes = {"resolution": why[:300], **_ended(CaseState.NOT_EXCEPTION, now), **first_response(case, now)}
    text = f"Not an exception: {why}" if why else "Not an exception"
    return case_change(case, changes, verb="case.dismissed", actor=actor, now=now, text=text, data=_pin(case))


def case_reopen(case: Case, *, actor: Actor, now: datetime, version: int | None = None, why: str = "") -> Case:
    """Open again under the same number; pinned, where a person takes back that somebody ended a pinned one. Conflict when
    another case about the same thing is open meanwhile."""
    case = case_locked(case, version=version)
    if case.is_open:
        return case
    if case.state == CaseState.MERGED:
        raise Conflict(f"{case.number} was merged into another case.", code="case_merged")
    twin = Case.objects.filter(fingerprint=case.fingerprint, state__in=OPEN_STATES).first()
    if twin is not None:
        raise Conflict(f"{twin.number} is open about the same thing. Work on that one.", code="case_open_elsewhere")
    changes = {
        "state": CaseState.OPEN if case.owner_id else CaseState.NEW,
        "resolved_at": None,
        "closed_at": None,
        "resolution": "",
        "next_change_at": now,
        **(_pin_before(case) if actor.is_person else {}),
    }
    return case_change(
        case, changes, verb="case.reopened", actor=actor, now=now, text=why or f"Reopened by {actor.name}"
    )


def case_pin(case: Case, *, actor: Actor, now: datetime, version: int | None = None) -> Case:
    """To the top, with name and time. Automation leaves pins alone."""
    case, member = _taken_up(case, version, actor)
    changes = {"pinned": True, "pinned_by": member, "pinned_at": now}
    return case_change(case, changes, verb="case.pinned", actor=actor, now=now, text=f"Pinned by {actor.name}")


def case_unpin(case: Case, *, actor: Actor, now: datetime, version: int | None = None) -> Case:
    """Back to its place by money."""
    person(actor)
    case = case_locked(case, version=version)
    changes = {"pinned": False, "pinned_by": None, "pinned_at": None}
    return case_change(case, changes, verb="case.unpinned", actor=actor, now=now, text=f"Unpinned by {actor.name}")


def case_note(case: Case, *, text: str, actor: Actor, now: datetime) -> Case:
    """A remark for colleagues. It changes nothing else, so it needs no version and conflicts with nobody. The same
    words of the same person within a minute are one remark: the second of a double click, or of an answer that was lost.
    """
    person(actor)
    if not text.strip():
        raise Invalid("Write something before you save the note.", code="note_empty", details={"text": "is empty"})
    case = case_locked(case)
    said = TimelineEntry.objects.filter(case=case, kind=EntryKind.NOTE, actor_id=actor.id, actor_kind=actor.kind)
    if said.filter(text=text.strip(), at__gt=now - SAME_WORDS, at__lt=now + SAME_WORDS).exists():
        return case
    if not case.touched_by_human:
        case.touched_by_human = True
        case.save(update_fields=["touched_by_human"])
    entry = timeline_add(case, EntryKind.NOTE, text.strip(), actor=actor, now=now)
    case_news(case, {"note"}, now=now)
    record(verb="case.noted", subject=f"case:{case.pk}", actor=actor, after={"entry": entry.pk}, now=now)
    return case


def case_recover(case: Case, *, why: str, actor: Actor, now: datetime) -> Case:
    """The rules say it is over and nobody had touched it."""
    case = case_locked(case)
    changes = {"resolution": f"recovered: {why}"[:300], **_ended(CaseState.RESOLVED, now)}
    return case_change(case, changes, verb="case.recovered", actor=actor, now=now, text=f"Recovered by itself: {why}")


def first_response(case: Case, now: datetime) -> dict[str, datetime]:
    """The change that answers the first-response promise, if nothing has answered it before."""
    return {} if case.first_response_at else {"first_response_at": now}


def _ended(state: CaseState, now: datetime) -> dict[str, object]:
    return {
        "state": state,
        "resolved_at": now,
        "closed_at": now,
        "snoozed_until": None,
        "snoozed_for": "",
        "pinned": False,
        "pinned_by": None,
        "pinned_at": None,
        "next_change_at": None,
    }


def _pin(case: Case) -> dict[str, Any]:
    """The pin that ending a case takes off, as its entry on the timeline keeps it."""
    if case.pinned_at is None:
        return {}
    return {"pinned_by": case.pinned_by_id, "pinned_at": case.pinned_at.isoformat()}


def _pin_before(case: Case) -> dict[str, Any]:
    """The change that puts back the pin which the case had when it was ended."""
    ended = TimelineEntry.objects.filter(case=case, data__version=case.version, data__has_key="pinned_at").first()
    by = Member.objects.filter(pk=ended.data["pinned_by"]).first() if ended else None
    if ended is None or by is None:
        return {}
    return {"pinned": True, "pinned_by": by, "pinned_at": datetime.fromisoformat(ended.data["pinned_at"])}


def _taken_up(case: Case, version: int | None, actor: Actor) -> tuple[Case, Member]:
    member = person(actor)
    return _open_case(case, version), member


def _open_case(case: Case, version: int | None) -> Case:
    locked = case_locked(case, version=version)
    if not locked.is_open:
        state = locked.get_state_display().lower()
        raise Conflict(f"{locked.number} is {state} already. Reopen it first.", code="case_not_open")
    return locked
