"""Contracts as one viewer may see them: those of the accounts whose freight they see, and for who sees all the house's."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, QuerySet

from controltower.errors import NotFound
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer, require
from exceptions.parties.models import Account
from exceptions.parties.selectors import account_ancestry, account_scope
from exceptions.sla.models import Contract, ContractVersion, Term, VersionState

SHOWN_BELOW = 12


@dataclass(frozen=True)
class ContractRow:
    """A contract with the version that holds `today`, the one that will, and the draft, where there are such."""

    contract: Contract
    holds: ContractVersion | None = None
    coming: ContractVersion | None = None
    draft: ContractVersion | None = None

    @property
    def terms(self) -> int:
        """How many terms the version that counts most has."""
        told = self.holds or self.coming or self.draft
        return getattr(told, "term_count", 0)


@dataclass(frozen=True)
class Family:
    """Whom else a contract holds for, and what holds where it says nothing. below: children of the account with
    whether they have a contract of their own on the same side; more_below: how many are not listed."""

    below: list[tuple[Account, bool]] = field(default_factory=list)
    more_below: int = 0
    above: list[Contract] = field(default_factory=list)
    house: Contract | None = None


def contracts_visible(viewer: Viewer) -> QuerySet[Contract]:
    require(viewer, Verb.VIEW)
    found = Contract.objects.select_related("account")
    scope = account_scope(viewer)
    return found if scope is None else found.filter(account__in=scope)


def contracts_list(viewer: Viewer, *, today: date) -> list[ContractRow]:
    """Ours to customers first, then what others owe us, each by name of the party; the house's own last."""
    contracts = list(contracts_visible(viewer))
    versions: dict[int, list[ContractVersion]] = defaultdict(list)
    for version in (
        ContractVersion.objects.filter(contract__in=[row.pk for row in contracts])
        .exclude(state=VersionState.WITHDRAWN)
        .annotate(term_count=Count("terms"))
        .order_by("effective_from", "number")
    ):
        versions[version.contract_id].append(version)
    rows = [_row(contract, versions[contract.pk], today) for contract in contracts]
    return sorted(
        rows, key=lambda row: (row.contract.account is None, row.contract.side, str(row.contract.account or ""))
    )


def contract_get(viewer: Viewer, pk: int) -> Contract:
    found = contracts_visible(viewer).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such contract, or it is not yours to see.")
    return found


def versions_of(contract: Contract) -> list[ContractVersion]:
    """All versions, the newest first, with how many terms each has."""
    return list(
        ContractVersion.objects.filter(contract=contract)
        .select_related("activated_by__user", "changed_by__user")
        .annotate(term_count=Count("terms"))
        .order_by("-number")
    )


def version_get(viewer: Viewer, pk: int, number: int) -> ContractVersion:
    contract = contract_get(viewer, pk)
    found = (
        ContractVersion.objects.filter(contract=contract, number=number)
        .select_related("contract__account", "activated_by__user", "changed_by__user")
        .first()
    )
    if found is None:
        raise NotFound(f"{contract.code} has no version {number}.")
    return found


def terms_of(version: ContractVersion) -> list[Term]:
    """In the order of the trade's table of kinds, then as they were written."""
    return list(Term.objects.filter(version=version).select_related("account", "calendar", "regime").order_by("pk"))


def term_get(version: ContractVersion, pk: int) -> Term:
    found = Term.objects.select_related("version", "account", "calendar").filter(version=version, pk=pk).first()
    if found is None:
        raise NotFound("This term does not exist, or not any more.")
    return found


def version_that_holds(versions: list[ContractVersion], today: date) -> ContractVersion | None:
    """The active version whose days include `today`."""
    return next(
        (
            row
            for row in versions
            if row.state == VersionState.ACTIVE
            and row.effective_from <= today
            and (row.effective_to is None or row.effective_to > today)
        ),
        None,
    )


def family_of(viewer: Viewer, contract: Contract) -> Family:
    """Along the account's tree. What the viewer may not see is not named."""
    account = contract.account
    if account is None:
        return Family()
    children = list(
        Account.objects.filter(path__startswith=account.path).exclude(pk=account.pk).order_by("path")[: SHOWN_BELOW + 1]
        if account.path
        else []
    )
    more = 0
    if len(children) > SHOWN_BELOW:
        more = Account.objects.filter(path__startswith=account.path).count() - 1 - SHOWN_BELOW
        children = children[:SHOWN_BELOW]
    ancestors = [pk for pk in account_ancestry(account) if pk != account.pk]
    others = list(
        contracts_visible(viewer).filter(
            side=contract.side, account__in=[*ancestors, *(child.pk for child in children)]
        )
    )
    own = {row.account_id for row in others}
    house = contracts_visible(viewer).filter(account=None, side=contract.side).first()
    return Family(
        below=[(child, child.pk in own) for child in children],
        more_below=more,
        above=sorted(
            (row for row in others if row.account_id in ancestors), key=lambda row: ancestors.index(row.account_id or 0)
        ),
        house=house,
    )


def _row(contract: Contract, versions: list[ContractVersion], today: date) -> ContractRow:
    coming = (row for row in versions if row.state == VersionState.ACTIVE and row.effective_from > today)
    return ContractRow(
        contract,
        holds=version_that_holds(versions, today),
        coming=next(coming, None),
        draft=next((row for row in versions if row.state == VersionState.DRAFT), None),
    )
