"""Contracts from YAML: all of it or nothing, as a draft that a person looks at before it holds."""

from __future__ import annotations

from datetime import datetime

from controltower.audit import Actor, record
from controltower.errors import Conflict, Invalid
from exceptions.parties.models import Account
from exceptions.sla.checking import check_contract
from exceptions.sla.drafts import ContractDraft, Problem, regime_key
from exceptions.sla.models import Calendar, ClaimRegime, Contract, ContractVersion, Term, VersionState
from exceptions.sla.selectors.drafts import SAME, contract_world
from exceptions.sla.services.contracts import contract_change, only_house
from exceptions.sla.services.editing import person
from exceptions.sla.yaml_form import contract_from_yaml

# More than these many mistakes nobody reads at once.
TOLD = 100


def contract_import(text: str, *, actor: Actor, now: datetime) -> ContractVersion:
    """Make a draft version of what the text says; the contract too, when there is none of this code.

    `Invalid` with details["problems"], each {"line", "place", "sentence"}, when anything of it cannot be: then nothing
    is saved. `Conflict` when the contract has a draft already.
    """
    member = person(actor)
    draft, problems = contract_read(text)
    if draft is None or problems:
        raise _invalid(problems)
    contract = Contract.objects.select_for_update(no_key=True, of=("self",)).filter(code=draft.code).first()
    if contract is None:
        account = Account.objects.get(code=draft.account) if draft.account else None
        only_house(account)
        contract = Contract.objects.create(
            side=draft.side, account=account, code=draft.code, name=draft.name, currency=draft.currency
        )
    was = contract.name, contract.currency
    contract_change(contract, name=draft.name, currency=contract.currency, before=was, actor=actor, now=now)
    numbers = list(contract.versions.values_list("number", "state"))
    if any(state == VersionState.DRAFT for _, state in numbers):
        raise Conflict(f"{draft.code} has a draft already: let it hold or discard it first.", code="draft_exists")
    version = ContractVersion.objects.create(
        contract=contract,
        number=max((number for number, _ in numbers), default=0) + 1,
        effective_from=draft.effective_from,
        effective_to=draft.effective_to,
        note=draft.note,
        changed_by_id=member,
        changed_at=now,
    )
    Term.objects.bulk_create(_terms(version, draft))
    after = {"number": version.number, "terms": [term.name for term in draft.terms], "imported": True}
    record(verb="contract.drafted", subject=f"contract:{contract.pk}", actor=actor, after=after, now=now)
    return version


def contract_read(text: str) -> tuple[ContractDraft | None, list[Problem]]:
    """What the text says, None when it cannot be read, and all that keeps it from being saved. Nothing is written."""
    reading = contract_from_yaml(text)
    draft = reading.draft
    if draft is None or reading.problems:
        return None, list(reading.problems)
    contract = Contract.objects.select_related("account").filter(code=draft.code).first()
    problems = check_contract(draft, contract_world(draft)) + (_differences(contract, draft) if contract else [])
    return draft, reading.placed(problems)


def _differences(contract: Contract, draft: ContractDraft) -> list[Problem]:
    """Another version changes terms and dates; who agreed with whom, and in which currency, stays."""
    account = contract.account.code if contract.account else ""
    return [
        Problem((name,), f"{draft.code} is {had or 'the house itself'}, not {wanted or 'the house itself'}")
        for name, had, wanted in (
            ("side", contract.side, draft.side),
            ("account", account, draft.account),
            ("currency", contract.currency, draft.currency),
        )
        if had != wanted
    ]


def _terms(version: ContractVersion, draft: ContractDraft) -> list[Term]:
    accounts = {row.code: row for row in Account.objects.filter(code__in={term.account for term in draft.terms})}
    calendars = {row.name: row for row in Calendar.objects.filter(name__in={term.calendar for term in draft.terms})}
    regimes = {regime_key(row.code, row.step, row.case_type): row for row in ClaimRegime.objects.all()}
    return [
        Term(
            version=version,
            **{name: getattr(term, name) for name in SAME},
            account=accounts[term.account] if term.account else None,
            calendar=calendars[term.calendar] if term.calendar else None,
            regime=regimes[term.regime] if term.regime else None,
        )
        for term in draft.terms
    ]


def _invalid(problems: list[Problem]) -> Invalid:
    first = problems[0]
    more = f" {len(problems) - 1} more follow." if len(problems) > 1 else ""
    told = [{"line": one.line, "place": one.place, "sentence": one.sentence} for one in problems[:TOLD]]
    return Invalid(
        f"{str(first)[0].upper()}{str(first)[1:]}.{more}", code="contract_unreadable", details={"problems": told}
    )
