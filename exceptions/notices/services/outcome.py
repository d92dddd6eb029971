"""What a person decides about a notice that failed or whose fate nobody knows."""

from __future__ import annotations

from datetime import datetime

from controltower.audit import Actor
from controltower.errors import Conflict
from exceptions.cases.services.authority import approver, approver_within_limit
from exceptions.notices.models import AttemptState, Notice, NoticeState
from exceptions.notices.services.scheduling import audit, locked, say, send_at


def notice_resend(notice: Notice, *, actor: Actor, now: datetime) -> Notice:
    """Send again what failed, or what may or may not have gone out. The Message-ID stays: it is the same mail."""
    notice = locked(notice)
    approver_within_limit(actor, notice.case, now=now)
    if notice.state not in (NoticeState.UNKNOWN, NoticeState.FAILED):
        raise _nothing_to_decide(notice)
    before = notice.state
    notice.attempts.filter(state=AttemptState.UNKNOWN).update(state=AttemptState.SET_ASIDE)
    notice.state, notice.hold_until = NoticeState.HELD, now
    notice.save(update_fields=["state", "hold_until"])
    send_at(notice, now)
    say(notice, f"Notice to be sent again: {notice.subject}", actor=actor, now=now)
    audit(notice, "notice.resent", actor=actor, now=now, before=before)
    return notice


def notice_mark_sent(notice: Notice, *, actor: Actor, now: datetime) -> Notice:
    """Record that a notice of unknown fate did go out: the recipient confirmed it, or the mail server's log says so."""
    approver(actor)
    notice = locked(notice)
    if notice.state != NoticeState.UNKNOWN:
        raise _nothing_to_decide(notice)
    attempt = notice.attempts.filter(state=AttemptState.UNKNOWN).order_by("-number").first()
    notice.state, notice.sent_at = NoticeState.SENT, attempt.claimed_at if attempt else now
    notice.save(update_fields=["state", "sent_at"])
    notice.attempts.filter(state=AttemptState.UNKNOWN).update(state=AttemptState.ACCEPTED)
    say(notice, f"Notice confirmed as sent: {notice.subject}", actor=actor, now=now)
    audit(notice, "notice.marked_sent", actor=actor, now=now, before=NoticeState.UNKNOWN)
    return notice


def _nothing_to_decide(notice: Notice) -> Conflict:
    return Conflict(
        f"There is nothing to decide: this notice is {notice.get_state_display().lower()}.",
        code="notice_decided",
        details={"state": notice.state},
    )
