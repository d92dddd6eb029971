"""Calls, texts and mails that people made about a case, and when somebody looks again."""

from __future__ import annotations

from datetime import datetime

from controltower.audit import SYSTEM, Actor, record
from controltower.errors import Invalid
from exceptions.cases.models import (
    Case,
    EntryKind,
    Interaction,
    InteractionChannel,
    InteractionOutcome,
    NextCheck,
    SnoozedFor,
)
from exceptions.cases.services.lifecycle import case_unsnooze, first_response
from exceptions.cases.services.recording import case_change, case_locked, case_news, on_the_clock, person, timeline_add
from exceptions.cases.services.updates import heard_at, update_heard
from exceptions.parties.models import AccountKind, Contact


def interaction_log(
    case: Case,
    *,
    channel: str,
    outcome: str,
    actor: Actor,
    now: datetime,
    contact: Contact | None = None,
    with_whom: str = "",
    text: str = "",
    inbound: bool = False,
) -> Interaction:
    """Put a contact on record, one that found nobody too. The first one answers the first-response promise; one that
    reached the customer keeps the update that they were owed."""
    member = person(actor)
    if channel not in InteractionChannel.values or outcome not in InteractionOutcome.values:
        raise Invalid("Say how you tried to reach them, and whether you did.", code="interaction_incomplete")
    if contact is None and not with_whom.strip():
        raise Invalid("Say whom you tried to reach.", code="interaction_incomplete", details={"with_whom": "is empty"})
    case = case_locked(case)
    interaction = Interaction.objects.create(
        case=case,
        at=now,
        channel=channel,
        inbound=inbound,
        outcome=outcome,
        account_id=contact.account_id if contact else None,
        contact=contact,
        with_whom=(with_whom or (contact.name if contact else "")).strip(),
        text=text.strip(),
        member=member,
    )
    told = f"{interaction.get_channel_display()}: {interaction.with_whom}, {interaction.get_outcome_display().lower()}"
    is_heard = (
        outcome == InteractionOutcome.REACHED and contact is not None and contact.account.kind == AccountKind.CUSTOMER
    )
    case_change(
        case,
        first_response(case, now),
        verb="interaction.logged",
        actor=actor,
        now=now,
        kind=EntryKind.INTERACTION,
        text=f"{told}. {interaction.text}" if interaction.text else told,
        data={"interaction": interaction.pk, **(heard_at(now) if is_heard else {})},
    )
    if is_heard:
        update_heard(case, at=now, actor=actor, now=now)
    if inbound and case.snoozed_for == SnoozedFor.REPLY:
        case_unsnooze(case, actor=actor, now=now, why=f"Woken: {interaction.with_whom} answered")
    return interaction


def next_check_set(case: Case, *, due_at: datetime, expecting: str = "", actor: Actor, now: datetime) -> NextCheck:
    """Look again then. There is one open check for each case; a new one replaces it."""
    member = person(actor)
    if due_at <= now:
        raise Invalid("Choose a time that is still ahead.", code="due_passed", details={"due_at": "is in the past"})
    case = case_locked(case)
    NextCheck.objects.filter(case=case, done_at=None).update(done_at=now)
    check = NextCheck.objects.create(
        case=case, due_at=due_at, expecting=expecting.strip()[:300], member=member, created_at=now
    )
    told = f"Next check {on_the_clock(case, due_at)}"
    told = f"{told}: {check.expecting}" if check.expecting else told
    case_change(case, {}, verb="check.set", actor=actor, now=now, text=told, data={"check": check.pk})
    return check


def next_check_done(check: NextCheck, *, actor: Actor, now: datetime) -> NextCheck:
    """Somebody looked. A check that is done already stays as it was."""
    person(actor)
    case = case_locked(check.case_id)
    check = NextCheck.objects.get(pk=check.pk)
    if check.done_at is None:
        check.done_at = now
        check.save(update_fields=["done_at"])
        case_change(case, {}, verb="check.done", actor=actor, now=now, text="Checked", data={"check": check.pk})
    return check


def next_check_remind(check: NextCheck, *, now: datetime) -> bool:
    """The time to look again has come: a line on the timeline, once. It wakes nobody else and opens no case."""
    due = NextCheck.objects.filter(pk=check.pk, done_at=None, reminded_at=None, due_at__lte=now)
    if not due.update(reminded_at=now):
        return False
    case = case_locked(check.case_id)
    told = f"Time to look again: {check.expecting}" if check.expecting else "Time to look again"
    timeline_add(case, EntryKind.ESCALATION, told, actor=SYSTEM, now=now, data={"check": check.pk})
    case_news(case, {"next_check"}, now=now)
    record(verb="check.reminded", subject=f"case:{case.pk}", actor=SYSTEM, after={"check": check.pk}, now=now)
    return True
