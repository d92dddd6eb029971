"""Does the chain of the organisation acted for hold, against itself and against what was signed?"""

from collections.abc import Sequence
from dataclasses import dataclass

from controltower.audit import reading
from controltower.audit.chain import Break, Walk
from controltower.audit.checkpoints import Checkpoint, genuine


@dataclass(frozen=True)
class Report:
    """`count` good entries from the start; `broken` is the first bad one, None when all is well."""

    count: int
    broken: Break | None


def verify(organisation_id: int, checkpoints: Sequence[Checkpoint], public_key: str) -> Report:
    """Walk the chain, then hold it against its head and its signed checkpoints."""
    walk = Walk(watch=frozenset(checkpoint.seq for checkpoint in checkpoints))
    broken = walk.run(reading.entries(organisation_id))
    if broken is None:
        broken = _cut(organisation_id, walk) or _against_checkpoints(walk, checkpoints, public_key)
    return Report(walk.count, broken)


def _cut(organisation_id: int, walk: Walk) -> Break | None:
    seq, entry_hash = reading.head(organisation_id)
    if (seq, entry_hash) == (walk.count, walk.head):
        return None
    return Break(walk.count + 1, f"the head says {seq} entries, the trail ends after {walk.count}")


def _against_checkpoints(walk: Walk, checkpoints: Sequence[Checkpoint], public_key: str) -> Break | None:
    for checkpoint in checkpoints:
        if not genuine(checkpoint, public_key):
            return Break(checkpoint.seq, "a checkpoint for this entry carries a wrong signature")
        if checkpoint.seq > walk.count:
            return Break(walk.count + 1, f"entry {checkpoint.seq} was signed at {checkpoint.at} and is gone")
        if walk.hash_at[checkpoint.seq] != checkpoint.hash:
            return Break(checkpoint.seq, f"is not the entry that was signed at {checkpoint.at}")
    return None
