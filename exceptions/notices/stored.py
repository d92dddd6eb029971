"""The facts that a notice stood on, kept with it, and what has changed since."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from exceptions.cases.facts import fact_label
from exceptions.notices.drafts import FactLike, Locale
from exceptions.notices.rendering import show
from exceptions.notices.values import UnreadableFact, value_of

# What makes a kept fact the same fact. Its source may be confirmed by another system without changing what is true.
_SAME = ("key", "value", "type", "audience", "state")


@dataclass(frozen=True)
class StoredFact:
    """A fact as it was. `source` says who held it to be true."""

    key: str
    value: Any
    type: str
    source: str
    audience: str
    state: str

    @property
    def label(self) -> str:
        """The key as people read it."""
        return fact_label(self.key)

    @property
    def shown(self) -> str:
        """The value for people inside, in English; readable also when the fact is not."""
        try:
            return show(value_of(self), Locale.EN)
        except UnreadableFact:
            return str(self.value.get("label", self.value) if isinstance(self.value, dict) else self.value)


def store(facts: Iterable[FactLike], keys: Iterable[str]) -> list[dict[str, Any]]:
    """The facts with `keys` as JSON, in the order of `facts`."""
    wanted = set(keys)
    return [
        {
            "key": fact.key,
            "value": json.loads(json.dumps(fact.value, default=_as_json)),
            "type": str(fact.type),
            "source": str(getattr(fact, "source", "")),
            "audience": str(fact.audience),
            "state": str(fact.state),
        }
        for fact in facts
        if fact.key in wanted
    ]


def _as_json(value: object) -> object:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def read_back(stored: Iterable[Mapping[str, Any]]) -> tuple[StoredFact, ...]:
    return tuple(
        StoredFact(**{name: fact[name] for name in ("key", "value", "type", "source", "audience", "state")})
        for fact in stored
    )


def changes(stored: Iterable[Mapping[str, Any]], facts: Iterable[FactLike]) -> list[str]:
    """One sentence for each kept fact that does not hold any more; empty when everything still does."""
    facts = tuple(facts)
    holds = {fact["key"]: fact for fact in store(facts, [fact.key for fact in facts])}
    found = []
    for before in stored:
        after = holds.get(before["key"])
        name = fact_label(before["key"])
        if after is None:
            found.append(f"{name} is not known any more.")
        elif any(before[field] != after[field] for field in _SAME):
            was, now = (read_back([fact])[0].shown for fact in (before, after))
            moved = (
                f"{name} changed from {was} to {now}." if was != now else f"{name} was judged anew: {after['state']}."
            )
            found.append(moved)
    return found
