"""An approved notice waits out its hold, and can be called back until it starts."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from controltower.audit import Actor, record
from controltower.errors import Conflict, Invalid, NotFound
from controltower.jobs import enqueue
from controltower.tenancy.context import current_organisation_id
from controltower.tenancy.models import Member, Organisation
from exceptions.cases.models import Case, EntryKind
from exceptions.cases.services.authority import approver
from exceptions.cases.services.known_clocks import NEXT
from exceptions.cases.services.recording import case_news, person, timeline_add
from exceptions.cases.services.updates import heard_at, update_heard_soon
from exceptions.notices.drafts import Draft, FactLike
from exceptions.notices.mail import body_html, body_text, message_id
from exceptions.notices.models import Audience, Notice, NoticeState
from exceptions.notices.rendering import Rendered
from exceptions.notices.signals import notice_changed
from exceptions.notices.stored import store
from exceptions.parties.models import Account, AccountKind, Contact

_AUDIENCES = {
    AccountKind.CUSTOMER: Audience.CUSTOMER,
    AccountKind.CONSIGNEE: Audience.CONSIGNEE,
    AccountKind.CARRIER: Audience.CARRIER,
    AccountKind.TERMINAL: Audience.TERMINAL,
    AccountKind.WAREHOUSE: Audience.TERMINAL,
    AccountKind.BROKER: Audience.BROKER,
    AccountKind.THREE_PL: Audience.BROKER,
}


def audience_of(account: Account) -> Audience:
    """What this party may read. Raises Invalid for kinds of parties that notices do not go to."""
    try:
        return _AUDIENCES[AccountKind(account.kind)]
    except KeyError:
        kind = account.get_kind_display().lower()
        raise Invalid(f"Notices do not go to an {kind}. Choose another contact.", code="no_notices_to_kind") from None


def notice_schedule(
    *,
    case: Case,
    recipient_contact: Contact,
    draft: Draft,
    facts: Iterable[FactLike],
    rendered: Rendered,
    actor: Actor,
    approval: int | None,
    now: datetime,
    written_by: Member | None = None,
    override: str = "",
) -> Notice:
    """Put an approved notice on hold and its sending in line.

    `actor` is the person who approved; `approval` the id of the decision of a proposal, None for a notice written by
    hand. `facts` are those that the notice stands on, `rendered` the words that were approved: exactly these go out.
    """
    member = approver(actor)
    audience = audience_of(recipient_contact.account)
    if not recipient_contact.email:
        raise Invalid(f"{recipient_contact.name} has no e-mail address. Choose another contact.", code="no_address")
    organisation = Organisation.objects.get(pk=current_organisation_id())
    facts = tuple(facts)
    notice = Notice.objects.create(
        case=case,
        kind=draft.notice_kind,
        audience=audience,
        recipient=recipient_contact,
        address=recipient_contact.email,
        locale=rendered.locale,
        subject=rendered.subject,
        body_text=body_text(rendered, organisation),
        body_html=body_html(rendered, organisation),
        draft=draft.to_json(),
        facts=store(facts, [fact.key for fact in facts]),
        spans=rendered.as_json()["spans"],
        digest=rendered.digest,
        override=override,
        created_at=now,
        hold_until=now + timedelta(seconds=organisation.hold_seconds),
        message_id=message_id(uuid.uuid4().hex),
        created_by=written_by,
        approved_by=member,
        decision_id=approval,
    )
    send_at(notice, notice.hold_until)
    say(notice, f"Notice to {recipient_contact.name} approved: {notice.subject}", actor=actor, now=now)
    audit(notice, "notice.scheduled", actor=actor, now=now, before=None)
    return notice


def notice_cancel(notice: Notice, *, actor: Actor, now: datetime) -> Notice:
    """Call a held notice back. Raises Conflict when its sending has begun or it is over."""
    member = person(actor)
    notice = locked(notice)
    if notice.state != NoticeState.HELD:
        raise Conflict(
            f"This notice cannot be called back any more: it is {notice.get_state_display().lower()}.",
            code="notice_not_held",
            details={"state": notice.state},
        )
    notice.state, notice.cancelled_by = NoticeState.CANCELLED, member
    notice.save(update_fields=["state", "cancelled_by"])
    say(notice, f"Notice called back before it was sent: {notice.subject}", actor=actor, now=now)
    audit(notice, "notice.cancelled", actor=actor, now=now, before=NoticeState.HELD)
    return notice


def locked(notice: Notice | int) -> Notice:
    """The notice as it is now, locked to the end of the transaction."""
    key = notice if isinstance(notice, int) else notice.pk
    found = Notice.objects.select_for_update(no_key=True, of=("self",)).select_related("case").filter(pk=key).first()
    if found is None:
        raise NotFound("This notice does not exist.")
    return found


def send_at(notice: Notice, moment: datetime) -> None:
    enqueue(
        "notices.send",
        {"notice": notice.pk, "case": notice.case.number},
        dedupe_key=f"notice:{notice.pk}",
        run_after=moment,
    )


def say(notice: Notice, text: str, *, actor: Actor, now: datetime) -> None:
    """Tell people on the case, open screens and upper layers. Of one that went out to the customer, that they heard."""
    data: dict[str, object] = {"notice": notice.pk}
    heard = notice.sent_at if notice.audience == Audience.CUSTOMER and notice.state == NoticeState.SENT else None
    if heard is not None:
        data |= heard_at(heard)
    timeline_add(notice.case, EntryKind.NOTICE, text, actor=actor, now=now, data=data)
    if heard is not None:
        told = next((datetime.fromisoformat(fact["value"]["at"]) for fact in notice.facts if fact["key"] == NEXT), None)
        update_heard_soon(notice.case_id, at=heard, told=told, now=now)
    notice_changed.send(sender=Notice, notice=notice, now=now)
    case_news(notice.case, {"notice"}, now=now)


def audit(notice: Notice, verb: str, *, actor: Actor, now: datetime, before: str | None) -> None:
    """Ids and digests only: who it went to is in the notice, which can be erased."""
    after = {
        "state": str(notice.state),
        "case": notice.case_id,
        "digest": notice.digest,
        "approved_by": notice.approved_by_id,
    }
    record(
        verb=verb,
        subject=f"notice:{notice.pk}",
        actor=actor,
        before={"state": str(before)} if before else None,
        after=after,
        now=now,
    )
