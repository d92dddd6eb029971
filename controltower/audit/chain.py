"""The hash chain, as pure functions: the definition that the database function and the offline verifier repeat.

An entry's hash is SHA-256 over its fields in `FIELDS` order, each as `<length in bytes>:<UTF-8 bytes>`. The length
prefix makes the form injective: no two different entries share one. `prev_hash` of the first entry is 64 zeros.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

FIELDS = ("organisation_id", "seq", "at", "actor", "verb", "subject", "before", "after", "request_id", "prev_hash")
GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the trail, every field as the exact text that was hashed. `at` is `2026-11-20T09:30:00.000000Z`."""

    organisation_id: str
    seq: str
    at: str
    actor: str
    verb: str
    subject: str
    before: str
    after: str
    request_id: str
    prev_hash: str
    hash: str


@dataclass(frozen=True)
class Break:
    """The first bad entry of a chain: its sequence number and what is wrong with it."""

    seq: int
    why: str


def entry_hash(entry: Entry) -> str:
    """The hash that `entry` should carry, in hex."""
    digest = hashlib.sha256()
    for name in FIELDS:
        value = getattr(entry, name).encode()
        digest.update(b"%d:%s" % (len(value), value))
    return digest.hexdigest()


def first_break(entries: Iterable[Entry]) -> Break | None:
    """Walk a whole chain from its first entry. None when it holds."""
    return Walk().run(entries)


class Walk:
    """Walks a chain once and remembers where it got to: `count` good entries ending at `head`, and watched hashes."""

    def __init__(self, watch: frozenset[int] = frozenset()) -> None:
        self.count = 0
        self.head = GENESIS
        self.watch = watch
        self.hash_at: dict[int, str] = {}

    def run(self, entries: Iterable[Entry]) -> Break | None:
        for entry in entries:
            broken = self._check(entry)
            if broken is not None:
                return broken
            self.count, self.head = self.count + 1, entry.hash
            if self.count in self.watch:
                self.hash_at[self.count] = entry.hash
        return None

    def _check(self, entry: Entry) -> Break | None:
        expected = self.count + 1
        if entry.seq != str(expected):
            return Break(expected, f"entry {expected} is missing, {entry.seq} follows")
        if entry.prev_hash != self.head:
            return Break(expected, "does not follow from the entry before it")
        if entry_hash(entry) != entry.hash:
            return Break(expected, "its content does not match its hash")
        return None
