"""Facts as a proposal keeps them, what changed since, and the digest that binds an approval to all of it. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Stored = dict[str, Any]


class FactLike(Protocol):
    """What is kept of a fact; `exceptions.cases.facts.Fact` has it."""

    @property
    def key(self) -> str: ...
    @property
    def value(self) -> Any: ...
    @property
    def type(self) -> str: ...
    @property
    def source(self) -> Any: ...
    @property
    def audience(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def digest(self) -> str: ...


@dataclass(frozen=True)
class KeptFact:
    """A fact read back from a proposal."""

    key: str
    value: Any
    type: str
    source: str
    audience: str
    state: str
    digest: str


@dataclass(frozen=True)
class Change:
    """One fact that is no longer what it was. `after` is None when it is gone, `before` None when it is new."""

    key: str
    before: Stored | None
    after: Stored | None
    material: bool


def kept(facts: Iterable[FactLike], keys: Iterable[str] | None = None) -> list[Stored]:
    """Facts as JSON in the given order; only those with `keys` when given."""
    wanted = None if keys is None else set(keys)
    return [
        {
            "key": fact.key,
            "value": json.loads(json.dumps(fact.value, default=str)),
            "type": str(fact.type),
            "source": str(fact.source),
            "audience": str(fact.audience),
            "state": str(fact.state),
            "digest": fact.digest,
        }
        for fact in facts
        if wanted is None or fact.key in wanted
    ]


def read_back(stored: Iterable[Mapping[str, Any]]) -> tuple[KeptFact, ...]:
    return tuple(KeptFact(**fact) for fact in stored)


def changes(stored: Sequence[Stored], material: Iterable[str], current: Iterable[FactLike]) -> tuple[Change, ...]:
    """How the facts of a proposal differ from what holds now, in the order in which they were kept."""
    now = {fact.key: fact for fact in current}
    weighty = set(material)
    found: list[Change] = []
    for fact in stored:
        held = now.get(fact["key"])
        if held is None:
            found.append(Change(fact["key"], fact, None, fact["key"] in weighty))
        elif held.digest != fact["digest"]:
            found.append(Change(fact["key"], fact, kept([held])[0], fact["key"] in weighty))
    return tuple(found)


def in_words(change: Change, show: Callable[[Stored], str], label: Callable[[str], str]) -> str:
    """ "Expected arrival moved from 14:00 to 17:30 after this was drafted." `show` renders a kept fact's value."""
    name = label(change.key)
    if change.after is None and change.before is not None:
        return f"{name} was {show(change.before)} and is not known any more."
    if change.before is None and change.after is not None:
        return f"{name} is now known: {show(change.after)}."
    assert change.before is not None and change.after is not None
    before, after = show(change.before), show(change.after)
    if before == after:
        return f"{name} ({after}) now has another source or standing."
    return f"{name} changed from {before} to {after} after this was drafted."


def digest(
    *, kind: str, subject: str, payload: Mapping[str, Any], facts: Iterable[Stored], policy: str, rendered: Any
) -> str:
    """SHA-256, hexadecimal, over everything that an approval stands for. The order of facts does not matter."""
    bound = {
        "kind": kind,
        "subject": subject,
        "payload": payload,
        "facts": sorted([fact["key"], fact["digest"]] for fact in facts),
        "policy": policy,
        "rendered": rendered,
    }
    text = json.dumps(bound, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
