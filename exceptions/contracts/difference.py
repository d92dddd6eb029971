"""What differs between two versions of a contract, in the trade's words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from exceptions.contracts.words import price_words
from exceptions.sla.drafts import ContractDraft, TermDraft


@dataclass(frozen=True)
class Changed:
    """One field: what it is called, and what it says before and after ("" for nothing)."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class TermDifference:
    """what: "added", "removed" or "changed"."""

    what: str
    name: str
    price: str
    changes: list[Changed]


@dataclass(frozen=True)
class Difference:
    """head: of the contract itself. same: how many terms stay as they are."""

    head: list[Changed]
    terms: list[TermDifference]
    same: int


def contract_difference(before: ContractDraft | None, after: ContractDraft) -> Difference:
    """What `after` changes. Terms are the same term when they have one name and kind."""
    had = {_identity(term): term for term in before.terms} if before else {}
    has = {_identity(term): term for term in after.terms}
    terms = []
    for key, term in has.items():
        old = had.get(key)
        changes = _changes(old, term) if old else []
        if old is None:
            terms.append(TermDifference("added", term.name, price_words(term.price), []))
        elif changes:
            terms.append(TermDifference("changed", term.name, "", changes))
    terms += [
        TermDifference("removed", term.name, price_words(term.price), []) for key, term in had.items() if key not in has
    ]
    head = _changes(before, after) if before else []
    return Difference(head, terms, len(after.terms) - sum(one.what != "removed" for one in terms))


def _identity(term: TermDraft) -> tuple[str, str, str]:
    return term.kind, term.subkind, term.name


def _changes(before: Any, after: Any) -> list[Changed]:
    found = []
    for one in fields(after):
        was, will = getattr(before, one.name), getattr(after, one.name)
        if one.name != "terms" and was != will:
            found.append(Changed(one.name.replace("_", " "), _told(was), _told(will)))
    return found


def _told(value: Any) -> str:
    if isinstance(value, Mapping):
        return price_words(value)
    return "" if value is None else str(value)
