"""What the page of a contract shows, put together once: versions, terms in words, and whom it holds for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from controltower.errors import NotFound
from controltower.tenancy.viewer import Viewer
from exceptions.contracts.kinds import ORDER
from exceptions.contracts.words import allowed_words, matches_words, price_words, promise_words
from exceptions.sla.models import Contract, ContractVersion, Term, TermKind, VersionState
from exceptions.sla.pricing import PRECEDENCE
from exceptions.sla.selectors.contracts import (
    Family,
    contract_get,
    family_of,
    terms_of,
    version_that_holds,
    versions_of,
)


@dataclass(frozen=True)
class TermRow:
    """A term in words. kind: of which kind it is, where the promise's own words do not say so."""

    term: Term
    promise: str
    kind: str
    matches: list[str]
    allowed: str
    price: str


@dataclass(frozen=True)
class VersionRow:
    """state: "draft", "holds", "coming", "over" or "withdrawn" on the day asked for."""

    version: ContractVersion
    state: str
    terms: int


@dataclass(frozen=True)
class ContractPage:
    contract: Contract
    version: ContractVersion | None
    state: str
    versions: list[VersionRow]
    terms: list[TermRow]
    family: Family
    draft: ContractVersion | None

    @property
    def has_held(self) -> bool:
        """Whether anything of it was ever let hold."""
        return any(row.version.state != VersionState.DRAFT for row in self.versions)


def contract_page(viewer: Viewer, pk: int, number: int | None, *, today: date) -> ContractPage:
    """One contract with one of its versions: the named one, else what holds, else the draft, else the newest."""
    contract = contract_get(viewer, pk)
    versions = versions_of(contract)
    draft = next((row for row in versions if row.state == VersionState.DRAFT), None)
    if number is None:
        chosen = version_that_holds(versions, today) or draft or next(iter(versions), None)
    else:
        chosen = next((row for row in versions if row.number == number), None)
        if chosen is None:
            raise NotFound(f"{contract.code} has no version {number}.")
    if chosen is not None:
        chosen.contract = contract
    return ContractPage(
        contract=contract,
        version=chosen,
        state=version_state(chosen, today) if chosen else "",
        versions=[VersionRow(row, version_state(row, today), getattr(row, "term_count", 0)) for row in versions],
        terms=term_rows(chosen) if chosen else [],
        family=family_of(viewer, contract),
        draft=draft,
    )


def term_rows(version: ContractVersion) -> list[TermRow]:
    """Its terms in the order of the trade's table, in words."""
    rows = sorted(terms_of(version), key=lambda term: (ORDER.get(term.kind, 99), term.pk))
    found = []
    for term in rows:
        term.version = version
        promise, kind = promise_words(term), str(TermKind(term.kind).label)
        found.append(
            TermRow(
                term,
                promise,
                kind if kind != promise else "",
                matches_words(term),
                allowed_words(term),
                price_words(term.price),
            )
        )
    return found


def version_state(version: ContractVersion, today: date) -> str:
    """What a version is on a day."""
    if version.state == VersionState.DRAFT:
        return "draft"
    if version.state == VersionState.WITHDRAWN:
        return "withdrawn"
    if version.effective_from > today:
        return "coming"
    return "over" if version.effective_to is not None and version.effective_to <= today else "holds"


def precedence_words() -> list[str]:
    """In which order one matching term beats another, as `pricing.best_term` decides it."""
    named = ", then ".join(f"the {name.replace('_', ' ')}" for name in PRECEDENCE)
    return [
        "The nearest account wins: the customer's own contract before its parent's, its parent's before the house's.",
        f"Of one account's terms wins the one that names {named}.",
        "Of those that name the same, the newer version wins.",
    ]
