"""Sending at most once: a claim is on record before the mail server hears anything.

held -> sending -> sent | failed | unknown. An attempt that is found in flight when the job comes round again died there:
whether the server took the mail cannot be known, so a person is asked and nothing is sent by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from controltower.audit import SYSTEM
from controltower.tenancy.context import current_organisation_id
from controltower.tenancy.models import Organisation
from exceptions.cases.facts import facts_for
from exceptions.notices.mail import build, sender_address
from exceptions.notices.models import AttemptState, Notice, NoticeAttempt, NoticeState
from exceptions.notices.services.scheduling import audit, locked, say
from exceptions.notices.stored import changes
from exceptions.notices.transport import How, Outcome


@dataclass(frozen=True)
class Claimed:
    """A mail that exactly this attempt may hand over."""

    notice_id: int
    attempt_id: int
    mail: bytes
    sender: str
    recipient: str


def attempt_claim(notice_id: int, *, now: datetime) -> Claimed | None:
    """Claim the right to send, to be committed before sending. None when there is nothing to send (any more)."""
    notice = locked(notice_id)
    if notice.state == NoticeState.SENDING:
        _died_in_flight(notice, now=now)
        return None
    if notice.state != NoticeState.HELD:
        return None
    stale = changes(notice.facts, facts_for(notice.case, now=now))
    if stale:
        _end(
            notice,
            NoticeState.FAILED,
            "Not sent, because a fact changed after it was approved. " + " ".join(stale),
            now=now,
        )
        return None
    organisation = Organisation.objects.get(pk=current_organisation_id())
    reply_to = organisation.reply_to or (notice.approved_by.user.email if notice.approved_by.user else "")
    try:
        mail = build(notice, organisation, reply_to=reply_to)
    except ValueError as error:
        _end(notice, NoticeState.FAILED, f"The mail could not be put together: {error}.", now=now)
        return None
    notice.state = NoticeState.SENDING
    notice.save(update_fields=["state"])
    attempt = NoticeAttempt.objects.create(notice=notice, number=notice.attempts.count() + 1, claimed_at=now)
    audit(notice, "notice.claimed", actor=SYSTEM, now=now, before=NoticeState.HELD)
    return Claimed(notice.pk, attempt.pk, mail, sender_address(), notice.address)


def notice_stranded(notice_id: int, *, now: datetime) -> bool:
    """Its job is dead and will not come round again: whether it went out is asked, or it is said that it did not."""
    notice = locked(notice_id)
    if notice.state == NoticeState.SENDING:
        _died_in_flight(notice, now=now)
    elif notice.state == NoticeState.HELD:
        _end(notice, NoticeState.FAILED, "Not sent: its job failed for good, the list of jobs says why.", now=now)
    else:
        return False
    return True


def attempt_finish(claimed: Claimed, outcome: Outcome, *, again: bool, now: datetime) -> None:
    """Put on record how the attempt ended. `again` says that a temporary failure will be tried once more."""
    notice = locked(claimed.notice_id)
    attempt = NoticeAttempt.objects.select_for_update(no_key=True).get(pk=claimed.attempt_id)
    if attempt.state != AttemptState.CLAIMED:
        return  # another worker found this one dead in the meantime, and a person has been asked
    attempt.state, attempt.finished_at, attempt.answer = _ENDS[outcome.how], now, outcome.answer
    attempt.save(update_fields=["state", "finished_at", "answer"])
    if outcome.how is How.ACCEPTED:
        notice.sent_at = now
        _end(notice, NoticeState.SENT, "", now=now)
    elif outcome.how is How.UNKNOWN:
        _end(notice, NoticeState.UNKNOWN, outcome.answer, now=now)
    elif outcome.how is How.TEMPORARY and again:
        notice.state, notice.failure = NoticeState.HELD, outcome.answer
        notice.save(update_fields=["state", "failure"])
        audit(notice, "notice.deferred", actor=SYSTEM, now=now, before=NoticeState.SENDING)
    else:
        _end(notice, NoticeState.FAILED, outcome.answer, now=now)


_ENDS = {
    How.ACCEPTED: AttemptState.ACCEPTED,
    How.TEMPORARY: AttemptState.REFUSED,
    How.PERMANENT: AttemptState.REFUSED,
    How.UNKNOWN: AttemptState.UNKNOWN,
}


def _died_in_flight(notice: Notice, *, now: datetime) -> None:
    notice.attempts.filter(state=AttemptState.CLAIMED).update(
        state=AttemptState.UNKNOWN, finished_at=now, answer="The worker died while it was sending."
    )
    _end(notice, NoticeState.UNKNOWN, "The worker died while it was sending.", now=now)


_SENTENCES = {
    NoticeState.SENT: "Notice sent to {address}: {subject}",
    NoticeState.FAILED: "Notice not sent: {subject}. {failure}",
    NoticeState.UNKNOWN: "Nobody knows whether this notice went out: {subject}. Decide on the notice what to do.",
}


def _end(notice: Notice, state: NoticeState, failure: str, *, now: datetime) -> None:
    before = notice.state
    notice.state, notice.failure = state, failure[:500]
    notice.save(update_fields=["state", "failure", "sent_at"])
    text = _SENTENCES[state].format(address=notice.address, subject=notice.subject, failure=notice.failure)
    say(notice, text, actor=SYSTEM, now=now)
    audit(
        notice,
        f"notice.{'left_unknown' if state == NoticeState.UNKNOWN else state.value}",
        actor=SYSTEM,
        now=now,
        before=before,
    )
