"""A broken promise of a contract goes up: to the case's owner, to the supervisors, to the contact that is named.

Each step is a row that exists once for a commitment and the deadline that it missed, and is done once. Members are told
by the timeline of the case and by mail: they are our own people, and a mail to them commits nobody. The named contact
stands outside; nothing leaves for them by itself. That step tells the supervisors whom to call, and what is written to
them goes the way of every notice, through a person's approval.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from controltower.audit import SYSTEM, Actor, record
from controltower.db import rows
from controltower.errors import Invalid
from controltower.jobs import enqueue
from controltower.tenancy.context import current_organisation_id
from controltower.tenancy.models import Member, Role
from controltower.tenancy.viewer import Viewer
from controltower.web import live
from exceptions.cases.models import (
    CommitmentState,
    EntryKind,
    Escalation,
    EscalationOutcome,
    EscalationRule,
    EscalationStep,
)
from exceptions.cases.services.assessing import Breach
from exceptions.cases.services.recording import person, timelines_add
from exceptions.parties.models import Contact
from exceptions.parties.selectors import account_is_visible, member_sees
from exceptions.sla.models import Contract

# Minutes after the break, where the organisation and the contract say nothing: ours, a start to correct.
SHIPPED: Final = {EscalationStep.OWNER: 0, EscalationStep.SUPERVISOR: 30, EscalationStep.CONTACT: 120}

LATEST_MINUTES: Final = 31 * 24 * 60

BEGIN = """
INSERT INTO cases_escalation (
       organisation_id, case_id, commitment_id, step, contact_id, missed_at, due_at, outcome, told)
SELECT broken.organisation_id, broken.case_id, broken.id, new.step, new.contact, broken.due_at, new.due_at, '', ''
  FROM jsonb_to_recordset(%(rows)s::jsonb) AS new(
       "case" bigint, commitment text, step text, contact bigint, due_at timestamptz)
  JOIN cases_commitment AS broken
    ON broken.organisation_id = %(organisation)s AND broken.case_id = new."case" AND broken.key = new.commitment
ON CONFLICT (organisation_id, commitment_id, step, missed_at) DO NOTHING RETURNING 1
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
    """Set when a step is due for a contract, or with None for all that say nothing themselves.

    It holds for promises that break from then on. after_minutes None: the step is not taken. `Invalid` names the field.
    """
    person(actor)
    if step not in EscalationStep.values:
        raise _unfit("A step is owner, supervisor or contact.", "step", "step_unknown")
    if after_minutes is not None and after_minutes < 0:
        raise _unfit("A step comes after the break, not before.", "after_minutes", "minutes_negative")
    if after_minutes is not None and after_minutes > LATEST_MINUTES:
        raise _unfit("A step comes within 31 days of the break.", "after_minutes", "minutes_too_many")
    if contact is not None and step != EscalationStep.CONTACT:
        raise _unfit("Only the last step names a contact.", "contact", "contact_elsewhere")
    if contact is not None and after_minutes is None:
        raise _unfit("A step that is not taken names no contact.", "contact", "contact_of_nothing")
    fields = {"after_minutes": after_minutes, "contact": contact}
    found = EscalationRule.objects.select_for_update(no_key=True).filter(contract=contract, step=step).first()
    before = None if found is None else _audited(found)
    rule, _ = EscalationRule.objects.update_or_create(contract=contract, step=step, defaults=fields)
    subject = f"escalation_rule:{rule.pk}"
    record(verb="escalation_rule.saved", subject=subject, actor=actor, before=before, after=_audited(rule), now=now)
    return rule


def escalation_rule_remove(rule: EscalationRule, *, actor: Actor, now: datetime) -> None:
    """Leave the step to what holds for all contracts, or to what is shipped."""
    person(actor)
    subject = f"escalation_rule:{rule.pk}"
    record(verb="escalation_rule.removed", subject=subject, actor=actor, before=_audited(rule), now=now)
    rule.delete()


def escalation_timings(rules: Iterable[EscalationRule]) -> dict[str, Timing]:
    """When each step is due where these rules say so, a later one before an earlier one, and the shipped ones else."""
    found = {step.value: Timing(timedelta(minutes=minutes), None) for step, minutes in SHIPPED.items()}
    for rule in rules:
        after = None if rule.after_minutes is None else timedelta(minutes=rule.after_minutes)
        found[rule.step] = Timing(after, rule.contact_id)
    return found


def _audited(rule: EscalationRule) -> dict[str, Any]:
    return {
        "contract": rule.contract_id, "step": rule.step, "after_minutes": rule.after_minutes,
        "contact": rule.contact_id,
    }  # fmt: skip


def _unfit(sentence: str, field: str, code: str) -> Invalid:
    return Invalid(sentence, code=code, details={field: sentence})


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
    taken = list(
        due.select_related(
            "case__owner__user", "case__owner__organisation", "case__account", "commitment", "contact"
        ).order_by("pk")
    )
    if not taken:
        return 0
    active = Member.objects.filter(role=Role.SUPERVISOR, is_active=True)
    supervisors = [
        Viewer.of(member, member.organisation)
        for member in active.select_related("user", "organisation").order_by("pk")
    ]
    ladder = _ladder({row.case.account_id for row in taken if row.case.account_id})
    mails: dict[int, list[int]] = defaultdict(list)
    lines = []
    for row in taken:
        members, text = _whom(row, supervisors, ladder)
        row.done_at = now
        row.told = ", ".join(member.name for member in members)[:300]
        row.outcome = _outcome(row, members)
        if row.outcome != EscalationOutcome.OVER:
            lines.append((row.case_id, text, {"commitment": row.commitment_id, "step": row.step}))
        for member in members if row.outcome == EscalationOutcome.TOLD else ():
            mails[member.pk].append(row.pk)
        after = {"commitment": row.commitment_id, "step": row.step, "outcome": row.outcome}
        record(verb="case.escalated", subject=f"case:{row.case_id}", actor=SYSTEM, after=after, now=now)
    Escalation.objects.bulk_update(taken, ["done_at", "told", "outcome"])
    timelines_add(EntryKind.ESCALATION, lines, now=now)
    for member_id, about in sorted(mails.items()):
        enqueue("cases.escalation_mail", {"member": member_id, "escalations": about})
    live.changed(current_organisation_id())
    return len(taken)


def _timings(contracts: Collection[int | None]) -> dict[int | None, dict[str, Timing]]:
    """For each contract: its own rules before the organisation's before the shipped ones; for None those for all."""
    rules: dict[int | None, list[EscalationRule]] = defaultdict(list)
    for rule in EscalationRule.objects.all():
        rules[rule.contract_id].append(rule)
    return {contract: escalation_timings([*rules[None], *rules[contract]]) for contract in contracts}


def _ladder(accounts: Collection[int]) -> dict[int, Contact]:
    """The next in each account's ladder after whom one speaks to anyway."""
    contacts = Contact.objects.filter(account__in=accounts, escalation_step__gt=1)
    return {contact.account_id: contact for contact in contacts.order_by("-escalation_step", "-pk")}


def _whom(
    row: Escalation, supervisors: Sequence[Viewer], ladder: Mapping[int, Contact]
) -> tuple[Sequence[Member], str]:
    """Which members are told, of those who see the case, and what the timeline says."""
    about = f"{row.commitment.promise} is broken"
    if row.step == EscalationStep.OWNER:
        owner = row.case.owner
        if owner is None or not owner.is_active:
            return (), f"{about}; nobody has taken the case"
        if not member_sees(owner, row.case.account_id):
            return (), f"{about}; its owner does not see it any more"
        return (owner,), f"{owner.name} was told as its owner: {about}"
    told = [viewer.member for viewer in supervisors if account_is_visible(viewer, row.case.account_id)]
    names = ", ".join(member.name for member in told)
    if row.step == EscalationStep.SUPERVISOR:
        return told, f"{names} told as supervisor: {about}" if names else f"{about}; there is no supervisor"
    contact = row.contact or ladder.get(row.case.account_id or 0)
    if contact is None:
        return (), f"{about}; no contact is named to escalate to"
    return told, f"Escalate to {contact}: {about}. Nothing was sent to them."


def _outcome(row: Escalation, members: Sequence[Member]) -> EscalationOutcome:
    missed = row.commitment
    if not row.case.is_open or missed.state != CommitmentState.BROKEN or missed.due_at != row.missed_at:
        return EscalationOutcome.OVER
    return EscalationOutcome.TOLD if members else EscalationOutcome.NOBODY
