"""Facts, changes and amounts in words, for cards and refusals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from agents.proposals.snapshots import Change, KeptFact, in_words
from exceptions.cases.facts import fact_label as key_label
from exceptions.notices.drafts import Locale
from exceptions.notices.rendering import show
from exceptions.notices.values import UnreadableFact, value_of


def fact_label(key: str) -> str:
    """A fact's key as people say it."""
    return key_label(key.removeprefix("current_"))


def fact_shown(stored: Mapping[str, Any]) -> str:
    """A kept fact's value in plain English, for staff."""
    fact = KeptFact(**stored)
    try:
        return show(value_of(fact), Locale.EN)
    except UnreadableFact:
        value = fact.value
        if isinstance(value, dict):
            return str(value.get("label") or value.get("name") or value.get("code") or value.get("value") or "unknown")
        return str(value)


def changes_in_words(changes: Iterable[Change]) -> list[str]:
    """One sentence for each change."""
    return [in_words(change, fact_shown, fact_label) for change in changes]


def amount_in_words(amount: Decimal, currency: str) -> str:
    return f"{amount:,.0f} {currency}"
