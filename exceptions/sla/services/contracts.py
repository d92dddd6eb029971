"""Contracts and their versions: drafts that are written at leisure, and what holds from a day on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Q

from controltower.audit import Actor, record
from controltower.errors import Conflict, Invalid
from exceptions.parties.models import Account
from exceptions.sla.checking import check_contract
from exceptions.sla.models import Contract, ContractVersion, Side, Term, VersionState
from exceptions.sla.selectors.drafts import contract_draft, contract_world
from exceptions.sla.services.editing import draft_locked, person, same_revision, tell_changed, version_locked
from exceptions.sla.services.terms import COLUMNS, term_values


def contract_create(
    *,
    side: str,
    account: Account | None,
    code: str,
    name: str,
    currency: str,
    effective_from: date,
    actor: Actor,
    now: datetime,
) -> ContractVersion:
    """A contract with its first, empty draft. Without an account it holds the house's own rates, which we owe nobody.

    `Invalid` names the field: a code that is used, a second contract for the house, a house contract on their side.
    """
    member = person(actor)
    if Contract.objects.filter(code=code).exists():
        raise Invalid(f"{code} is another contract's code.", code="code_taken", details={"code": "is used"})
    if account is None and side != Side.PAYABLE:
        raise Invalid(
            "Choose who owes us: the house's own rates are on our side.", code="no_party", details={"account": "lacks"}
        )
    only_house(account)
    contract = Contract.objects.create(side=side, account=account, code=code, name=name, currency=currency)
    version = _draft(contract, 1, effective_from, member, now)
    after = {
        "code": code,
        "name": name,
        "side": side,
        "account": account.pk if account else None,
        "currency": currency,
    }
    record(verb="contract.made", subject=f"contract:{contract.pk}", actor=actor, after=after, now=now)
    return version


def contract_change(
    contract: Contract, *, name: str, currency: str, before: tuple[str, str], actor: Actor, now: datetime
) -> Contract:
    """Give a contract another name, or another currency as long as nothing of it ever held.

    before: name and currency as they were read; `Conflict` when they are others now. Terms keep the currency of their
    own prices. `Invalid` for another currency once a version held: what was promised in it is not retold in another.
    """
    person(actor)
    row = Contract.objects.select_for_update(no_key=True, of=("self",)).get(pk=contract.pk)
    told = {"name": row.name, "currency": row.currency}
    if before != (row.name, row.currency):
        raise Conflict(
            f"It is {row.name}, in {row.currency}, by now. Look again, then save.",
            code="changed_meanwhile",
            details=told,
        )
    if currency != row.currency and has_held(row):
        raise Invalid(
            f"A version of it held in {row.currency}. For another currency make a contract of its own.",
            code="currency_held",
            details={"currency": "is held"},
        )
    row.name, row.currency = name, currency
    after = {"name": name, "currency": currency}
    if after != told:
        row.save(update_fields=["name", "currency"])
        subject = f"contract:{row.pk}"
        record(verb="contract.changed", subject=subject, actor=actor, before=told, after=after, now=now)
    return row


def has_held(contract: Contract) -> bool:
    """Whether any version of it was ever let hold."""
    return ContractVersion.objects.filter(contract=contract).exclude(state=VersionState.DRAFT).exists()


def only_house(account: Account | None) -> None:
    """`Invalid` when a new contract would be a second one for the house itself."""
    if account is None and (own := Contract.objects.filter(account=None).first()):
        raise Invalid(
            f"The house's own rates are in {own.code} already. Write a new version of it.",
            code="house_exists",
            details={"account": "exists"},
        )


def draft_create(contract: Contract, *, effective_from: date, actor: Actor, now: datetime) -> ContractVersion:
    """The next version as a draft, with the terms of the newest one that holds or held. One draft at a time."""
    member = person(actor)
    Contract.objects.select_for_update(no_key=True, of=("self",)).get(pk=contract.pk)
    versions = ContractVersion.objects.filter(contract=contract)
    if draft := versions.filter(state=VersionState.DRAFT).first():
        raise Conflict(
            f"Version {draft.number} is a draft already. Go on with that one, or discard it.",
            code="draft_exists",
            details={"number": draft.number},
        )
    number = (versions.aggregate(last=Max("number"))["last"] or 0) + 1
    source = (
        versions.filter(state=VersionState.ACTIVE).order_by("-effective_from").first()
        or versions.order_by("-number").first()
    )
    version = _draft(contract, number, effective_from, member, now)
    if source is not None:
        rows = Term.objects.filter(version=source).select_related("account", "calendar", "regime").order_by("pk")
        Term.objects.bulk_create(
            Term(version=version, **{name: getattr(row, name) for name in COLUMNS}) for row in rows
        )
    after = {"number": number, "copied_from": source.number if source else None}
    record(verb="contract.drafted", subject=f"contract:{contract.pk}", actor=actor, after=after, now=now)
    return version


def draft_change(
    version: ContractVersion,
    *,
    effective_from: date,
    effective_to: date | None,
    note: str,
    revision: int,
    actor: Actor,
    now: datetime,
) -> ContractVersion:
    """From when to when a draft is to hold (`effective_to`: the first day on which it does not), and why it is made."""
    member = person(actor)
    row = draft_locked(version)
    same_revision(row, revision)
    if effective_to is not None and effective_to <= effective_from:
        raise Invalid(
            "It would end before it begins.", code="dates_in_disorder", details={"effective_to": "is not after"}
        )
    values = {"effective_from": effective_from, "effective_to": effective_to, "note": note}
    before = {name: _said(getattr(row, name)) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=[*values, *row.changed(member, now)])
    after = {name: _said(value) for name, value in values.items()}
    record(verb="contract.draft_changed", subject=_subject(row), actor=actor, before=before, after=after, now=now)
    return row


def draft_discard(version: ContractVersion, *, revision: int, actor: Actor, now: datetime) -> None:
    """Throw a draft away. Its terms were never anybody's promise."""
    person(actor)
    row = draft_locked(version)
    same_revision(row, revision)
    before = {"number": row.number, "terms": [term_values(term) for term in row.terms.order_by("pk")]}
    record(verb="contract.draft_discarded", subject=_subject(row), actor=actor, before=before, now=now)
    row.delete()


def version_activate(version: ContractVersion, *, revision: int, actor: Actor, now: datetime) -> ContractVersion:
    """Let a draft hold from its day on. The version that holds on that day ends there; the open cases are priced anew.

    `Invalid` when something in it cannot be (details["problems"]: one sentence each), `Conflict` when a version that
    begins later stands in its way or the draft was changed since `revision` was read.
    """
    member = person(actor)
    Contract.objects.select_for_update(no_key=True, of=("self",)).get(pk=version.contract_id)
    row = draft_locked(version)
    same_revision(row, revision)
    problems = version_problems(row)
    if problems:
        raise Invalid("It cannot hold as it is.", code="contract_unfit", details={"problems": problems})
    ended = _make_room(row)
    row.state, row.activated_at, row.activated_by_id = VersionState.ACTIVE, now, member
    row.save(update_fields=["state", "activated_at", "activated_by", *row.changed(member, now)])
    after = {
        "number": row.number,
        "effective_from": _said(row.effective_from),
        "effective_to": _said(row.effective_to),
        "ended": [other.number for other in ended],
        "terms": [term_values(term) for term in row.terms.order_by("pk")],
    }
    record(verb="contract.activated", subject=_subject(row), actor=actor, after=after, now=now)
    tell_changed(f"{row} was activated", actor=actor, now=now, account=_customer(row.contract))
    return row


def version_withdraw(version: ContractVersion, *, revision: int, actor: Actor, now: datetime) -> ContractVersion:
    """Take a version back that holds: nothing of it counts any more, for no day. The open cases are priced anew."""
    member = person(actor)
    row = version_locked(version)
    same_revision(row, revision)
    if row.state != VersionState.ACTIVE:
        raise Conflict("Only a version that is active can be withdrawn.", code="not_active")
    row.state = VersionState.WITHDRAWN
    row.save(update_fields=["state", *row.changed(member, now)])
    record(verb="contract.withdrawn", subject=_subject(row), actor=actor, after={"number": row.number}, now=now)
    tell_changed(f"{row} was withdrawn", actor=actor, now=now, account=_customer(row.contract))
    return row


def version_problems(version: ContractVersion) -> list[str]:
    """Why this version cannot hold, one sentence each; empty when it can."""
    draft = contract_draft(version)
    if not draft.terms:
        return ["It promises nothing yet: add a term first."]
    # Versions that stand in its way have words of their own, and an earlier one ends where this one begins.
    world = replace(contract_world(draft), in_force=())
    return [f"{str(problem)[0].upper()}{str(problem)[1:]}." for problem in check_contract(draft, world)]


def _make_room(row: ContractVersion) -> list[ContractVersion]:
    """End the active version that holds on this one's first day. What begins later than that is in the way."""
    others = ContractVersion.objects.filter(contract=row.contract_id, state=VersionState.ACTIVE).filter(
        Q(effective_to=None) | Q(effective_to__gt=row.effective_from)
    )
    if row.effective_to is not None:
        others = others.filter(effective_from__lt=row.effective_to)
    found = list(others.order_by("effective_from"))
    for other in found:
        if other.effective_from >= row.effective_from:
            raise Conflict(
                f"Version {other.number} holds from {other.effective_from:%-d %B %Y} on. Let this one end by then or "
                "begin later, or withdraw that one.",
                code="versions_overlap",
                details={"number": other.number},
            )
        other.effective_to = row.effective_from
        other.save(update_fields=["effective_to"])
    return found


def _customer(contract: Contract) -> Account | None:
    """Whose cases it prices; what others owe us may be owed for anybody's freight."""
    return contract.account if contract.side == Side.PAYABLE else None


def _draft(contract: Contract, number: int, effective_from: date, member: int, now: datetime) -> ContractVersion:
    return ContractVersion.objects.create(
        contract=contract, number=number, effective_from=effective_from, changed_by_id=member, changed_at=now
    )


def _subject(version: ContractVersion) -> str:
    return f"contract:{version.contract_id}"


def _said(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
