"""Who is told how long after a broken promise, for all contracts and for those that differ."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from django.db.models import QuerySet

from controltower.errors import NotFound
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer, require
from exceptions.cases.models import EscalationRule, EscalationStep
from exceptions.cases.services.escalating import escalation_timings
from exceptions.parties.models import Contact
from exceptions.parties.selectors import account_list, account_scope
from exceptions.sla.models import Contract, Side

SUGGESTED = 200


@dataclass(frozen=True)
class StepRow:
    """One step of a row. `rule` is the id of what the row says itself, None where the wider one holds."""

    step: str
    label: str
    after: timedelta | None
    contact: str
    rule: int | None


@dataclass(frozen=True)
class TimingRow:
    """What holds for a contract, or for all the others (`contract` None)."""

    contract: int | None
    name: str
    account: str
    steps: list[StepRow]
    early: str
    """A sentence when somebody is told before who stands below them, else ""."""


def escalation_rows(viewer: Viewer) -> list[TimingRow]:
    """All contracts first, then each that says something itself and whose account the viewer may see."""
    require(viewer, Verb.VIEW)
    rules: dict[int | None, list[EscalationRule]] = defaultdict(list)
    for rule in EscalationRule.objects.select_related("contact__account").order_by("pk"):
        rules[rule.contract_id].append(rule)
    own = [pk for pk in rules if pk is not None]
    rows = [_row(None, "All contracts", "", rules[None], rules[None])]
    for contract in contracts_visible(viewer).filter(pk__in=own):
        account = contract.account.name if contract.account else ""
        rows.append(_row(contract.pk, str(contract), account, [*rules[None], *rules[contract.pk]], rules[contract.pk]))
    return rows


def contracts_visible(viewer: Viewer) -> QuerySet[Contract]:
    """Contracts that promise something to customers whom the viewer may see."""
    require(viewer, Verb.VIEW)
    found = Contract.objects.filter(side=Side.PAYABLE, account__isnull=False).select_related("account").order_by("code")
    scope = account_scope(viewer)
    return found if scope is None else found.filter(account__in=scope)


def escalation_rule_get(viewer: Viewer, pk: int) -> EscalationRule:
    """A rule of all contracts, or of one that the viewer may see; NotFound else."""
    require(viewer, Verb.VIEW)
    rule = EscalationRule.objects.filter(pk=pk).first()
    if rule is None or (
        rule.contract_id is not None and not contracts_visible(viewer).filter(pk=rule.contract_id).exists()
    ):
        raise NotFound("This timing is not there any more.")
    return rule


def contacts_suggested(viewer: Viewer) -> list[str]:
    """Contacts as the form takes them: those above the first step of a ladder."""
    found = _contacts(viewer).filter(escalation_step__gt=1).order_by("account__name", "name")
    return [contact_words(contact) for contact in found[:SUGGESTED]]


def contacts_called(viewer: Viewer, text: str) -> list[Contact]:
    """Those whom a text means: "name, account", a name alone, or an address. At most three, to tell one from many."""
    name, _, account = (part.strip() for part in text.rpartition(", "))
    visible = _contacts(viewer).order_by("pk")
    exact = visible.filter(name__iexact=name, account__name__iexact=account) if name else visible.none()
    return list(exact[:3]) or list((visible.filter(name__iexact=text) | visible.filter(email__iexact=text))[:3])


def contact_words(contact: Contact) -> str:
    return f"{contact.name}, {contact.account.name}"


def _contacts(viewer: Viewer) -> QuerySet[Contact]:
    return Contact.objects.filter(account__in=account_list(viewer).order_by()).select_related("account")


def _row(
    contract: int | None, name: str, account: str, rules: list[EscalationRule], own: list[EscalationRule]
) -> TimingRow:
    timings = escalation_timings(rules)
    contacts = {rule.contact_id: contact_words(rule.contact) for rule in rules if rule.contact is not None}
    said = {rule.step: rule.pk for rule in own}
    steps = [
        StepRow(
            step.value, step.label, timings[step].after, contacts.get(timings[step].contact, ""), said.get(step.value)
        )
        for step in EscalationStep
    ]
    return TimingRow(contract, name, account, steps, _early(steps))


def _early(steps: list[StepRow]) -> str:
    taken = [(step, step.after) for step in steps if step.after is not None]
    for (below, sooner), (above, later) in pairwise(taken):
        if later < sooner:
            return f"It reaches {_lower(above.label)} before {_lower(below.label)}."
    return ""


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]
