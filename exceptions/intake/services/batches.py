"""A batch of events by the REST API: each item is judged by itself at once, and stored whatever the verdict."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from exceptions.intake.adapters import Adapter, Unreadable, adapter_for
from exceptions.intake.adapters.json_items import JsonItem, item_envelope
from exceptions.intake.services.storing import Item, Origin, dedupe_key, lane_of, lanes_enqueue, messages_store
from exceptions.intake.services.tracing import refused_at_once
from exceptions.parties.models import Partner

BATCH_ADAPTERS: Final = ("canonical", "cloudevents")
ACCEPTED, DUPLICATE, REFUSED = "accepted", "duplicate", "refused"
_NO_OBJECT: Final = Unreadable("an object was expected")


@dataclass(frozen=True, slots=True)
class Verdict:
    """On one item. `where` is a JSON pointer into the item; it and `reason` are empty unless it was refused."""

    status: str
    message_id: int
    reason: str = ""
    where: str = ""

    def as_json(self, index: int) -> dict[str, Any]:
        said = {"index": index, "status": self.status, "message": self.message_id}
        return {**said, "where": self.where, "reason": self.reason} if self.status == REFUSED else said


def batch_accept(partner: Partner, items: Sequence[JsonItem], *, content_type: str, now: datetime) -> list[Verdict]:
    """Store a batch in the caller's transaction and enqueue the understanding of what is good; a verdict for each item.

    The batch itself is no message: every byte that says something stands in an item. What is refused becomes a dead
    letter, so that somebody sees it who can correct the mapping.
    """
    adapter = adapter_for(partner.adapter)
    headers = {"content-type": content_type}
    read = _once_each([_read(item, adapter, headers, partner) for item in items], [item.where for item in items])
    origin = Origin(partner, now, content_type)
    accepted = messages_store(read, origin)
    stored = list(zip(read, accepted, strict=True))
    lanes_enqueue(
        (one.message_id, len(item.body), item.lane)
        for item, one in stored
        if item.refused is None and not one.duplicate
    )
    refused_at_once(stored, origin)
    verdicts = []
    for item, one in stored:
        if item.refused is not None:
            verdicts.append(Verdict(REFUSED, one.message_id, item.refused.reason, item.refused.where))
        else:
            verdicts.append(Verdict(DUPLICATE if one.duplicate else ACCEPTED, one.message_id))
    return verdicts


def batch_answer(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """What the sender is told: how many of each, and every item's verdict in the order of the items."""
    counted = Counter(verdict.status for verdict in verdicts)
    return {
        "accepted": counted[ACCEPTED],
        "duplicates": counted[DUPLICATE],
        "refused": counted[REFUSED],
        "results": [verdict.as_json(index) for index, verdict in enumerate(verdicts)],
    }


def _once_each(read: Sequence[Item], places: Sequence[str]) -> list[Item]:
    """The items, where an id that stands twice in the batch for different content is refused the second time: stored as
    the first is, it would be taken for a repeat of it and nobody would hear. After one that is refused anyway it is a
    correction."""
    first: dict[str, tuple[str, str]] = {}
    told = []
    for item, where in zip(read, places, strict=True):
        if item.refused is None:
            sha256, there = first.setdefault(item.key, (item.sha256, where))
            if sha256 != item.sha256:
                item = replace(
                    item, refused=Unreadable(f"the event at {there} has the same id and says something else")
                )
        told.append(item)
    return told


def _read(item: JsonItem, adapter: Adapter, headers: dict[str, str], partner: Partner) -> Item:
    key = dedupe_key("", item_envelope(item.body, headers, adapter.open))
    if item.body.startswith(b"["):
        return Item(item.body, key, _NO_OBJECT)
    result = adapter.read(item.body, headers, partner.mapping)
    if isinstance(result, Unreadable):
        return Item(item.body, key, result)
    return Item(item.body, key, lane=lane_of(result))
