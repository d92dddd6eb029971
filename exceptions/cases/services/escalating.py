"""A broken promise of a contract goes up: to the case's owner, to the supervisors, to the contact that is named.

Each step is a row that exists once for a commitment and is done once. Members are told by the timeline of the case and
by mail: they are our own people, and a mail to them commits nobody. The named contact stands outside; nothing leaves for
them by itself. That step tells the supervisors whom to call, and what is written to them goes the way of every notice,
through a person's approval.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from controltower.audit import SYSTEM, Actor, record
from controltower.db import rows
from controltower.errors import Invalid
from controltower.jobs import enqueue
from controltower.tenancy.context import current_organisation_id
from controltower.tenancy.models import Member, Role
from controltower.web import live
from exceptions.cases.models import (
    CommitmentState,
    EntryKind,
    Escalation,
    EscalationOutcome,
    EscalationRule,
    EscalationStep,
    TimelineEntry,
)
from exceptions.cases.services.assessing import Breach
from exceptions.parties.models import Contact
from exceptions.sla.models import Contract

# Minutes after the break, where the organisation and the contract say nothing: ours, a start to correct.
SHIPPED: Final = {EscalationStep.OWNER: 0, EscalationStep.SUPERVISOR: 30, EscalationStep.CONTACT: 120}

BEGIN = """
INSERT INTO cases_escalation (organisation_id, case_id, commitment_id, step, contact_id, due_at, outcome, told)
SELECT broken.organisation_id, broken.case_id, broken.id, new.step, new.contact, new.due_at, '', ''
  FROM jsonb_to_recordset(%(rows)s::jsonb) AS new(
       "case" bigint, commitment text, step text, contact bigint, due_at timestamptz)
  JOIN cases_commitment AS broken
    ON broken.organisation_id = %(organisation)s AND broken.case_id = new."case" AND broken.key = new.commitment
ON CONFLICT (organisation_id, commitment_id, step) DO NOTHING RETURNING 1
"""


@dataclass(frozen=True)
class Timing:
    """When a step is due after the break; None: never. contact: the id of whom the rule names."""

    after: timedelta | None
    contact: int | None


def escalation_rule_save(
    *,
    contract: Contract | None,
    step: str,
    after_minutes: int | None,
    contact: Contact | None = None,
    actor: Actor,
    now: datetime,
) -> EscalationRule:
    """Set when a step is due for a contract, or with None for all that say nothing themselves."""
    if step not in EscalationStep.values:
        raise Invalid("A step is owner, supervisor or contact.", code="step_unknown")
    if after_minutes is not None and after_minutes < 0:
        raise Invalid("A step comes after the break, not before.", code="minutes_negative")
    if contact is not None and step != EscalationStep.CONTACT:
        raise Invalid("Only the last step names a contact.", code="contact_elsewhere")
    fields = {"after_minutes": after_minutes, "contact": contact}
    rule, _ = EscalationRule.objects.update_or_create(contract=contract, step=step, defaults=fields)
    after = {"contract": rule.contract_id, "step": step, "after_minutes": after_minutes, "contact": rule.contact_id}
    record(verb="escalation_rule.saved", subject=f"escalation_rule:{rule.pk}", actor=actor, after=after, now=now)
    return rule


def escalations_begin(breaches: Sequence[Breach], *, now: datetime) -> None:
    """Put the steps about promises that broke in line; those that are there already stay as they are."""
    if not breaches:
        return
    timings = _timings({breach.contract for breach in breaches})
    wanted = [
        {
            "case": breach.case,
            "commitment": breach.commitment,
            "step": step,
            "contact": timing.contact,
            "due_at": (now + timing.after).isoformat(),
        }
        for breach in breaches
        for step, timing in timings[breach.contract].items()
        if timing.after is not None
    ]
    rows(BEGIN, {"organisation": current_organisation_id(), "rows": json.dumps(wanted)})


def escalations_take(ids: Iterable[int], *, now: datetime) -> int:
    """Do the steps that are due, of those that nobody else is doing now. Returns how many."""
    due = Escalation.objects.select_for_update(no_key=True, skip_locked=True, of=("self",)).filter(
        pk__in=list(ids), done_at=None, due_at__lte=now
    )
    taken = list(due.select_related("case__owner__user", "case__account", "commitment", "contact").order_by("pk"))
    if not taken:
        return 0
    supervisors = list(
        Member.objects.filter(role=Role.SUPERVISOR, is_active=True, restricted=False)
        .select_related("user")
        .order_by("pk")
    )
    ladder = _ladder({row.case.account_id for row in taken if row.case.account_id})
    mails: dict[int, list[int]] = defaultdict(list)
    entries = []
    for row in taken:
        members, text = _whom(row, supervisors, ladder)
        row.done_at = now
        row.told = ", ".join(member.name for member in members)[:300]
        row.outcome = _outcome(row, members)
        if row.outcome != EscalationOutcome.OVER:
            entries.append(_entry(row, text, now))
        for member in members if row.outcome == EscalationOutcome.TOLD else ():
            mails[member.pk].append(row.pk)
        after = {"commitment": row.commitment_id, "step": row.step, "outcome": row.outcome}
        record(verb="case.escalated", subject=f"case:{row.case_id}", actor=SYSTEM, after=after, now=now)
    Escalation.objects.bulk_update(taken, ["done_at", "told", "outcome"])
    TimelineEntry.objects.bulk_create(entries)
    for member_id, about in sorted(mails.items()):
        enqueue("cases.escalation_mail", {"member": member_id, "escalations": about})
    live.changed(current_organisation_id())
    return len(taken)


def _timings(contracts: Collection[int]) -> dict[int, dict[str, Timing]]:
    """For each contract: its own rules before the organisation's before the shipped ones."""
    rules: dict[int | None, dict[str, Timing]] = defaultdict(dict)
    for rule in EscalationRule.objects.all():
        after = None if rule.after_minutes is None else timedelta(minutes=rule.after_minutes)
        rules[rule.contract_id][rule.step] = Timing(after, rule.contact_id)
    shipped = {step.value: Timing(timedelta(minutes=minutes), None) for step, minutes in SHIPPED.items()}
    return {contract: {**shipped, **rules[None], **rules[contract]} for contract in contracts}


def _ladder(accounts: Collection[int]) -> dict[int, Contact]:
    """The next in each account's ladder after whom one speaks to anyway."""
    contacts = Contact.objects.filter(account__in=accounts, escalation_step__gt=1)
    return {contact.account_id: contact for contact in contacts.order_by("-escalation_step", "-pk")}


def _whom(
    row: Escalation, supervisors: Sequence[Member], ladder: Mapping[int, Contact]
) -> tuple[Sequence[Member], str]:
    """Which members are told, and what the timeline says."""
    about = f"{row.commitment.promise} is broken"
    if row.step == EscalationStep.OWNER:
        owner = row.case.owner
        if owner is None or not owner.is_active:
            return (), f"{about}; nobody has taken the case"
        return (owner,), f"{owner.name} was told as its owner: {about}"
    names = ", ".join(member.name for member in supervisors)
    if row.step == EscalationStep.SUPERVISOR:
        return supervisors, f"{names} told as supervisor: {about}" if names else f"{about}; there is no supervisor"
    contact = row.contact or ladder.get(row.case.account_id or 0)
    if contact is None:
        return (), f"{about}; no contact is named to escalate to"
    return supervisors, f"Escalate to {contact}: {about}. Nothing was sent to them."


def _outcome(row: Escalation, members: Sequence[Member]) -> EscalationOutcome:
    if not row.case.is_open or row.commitment.state != CommitmentState.BROKEN:
        return EscalationOutcome.OVER
    return EscalationOutcome.TOLD if members else EscalationOutcome.NOBODY


def _entry(row: Escalation, text: str, now: datetime) -> TimelineEntry:
    return TimelineEntry(
        case=row.case,
        at=now,
        kind=EntryKind.ESCALATION,
        text=text,
        actor_kind=SYSTEM.kind,
        actor_id=SYSTEM.id,
        actor_name=SYSTEM.name,
        data={"commitment": row.commitment_id, "step": row.step},
    )
