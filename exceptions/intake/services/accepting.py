"""Taking one delivery in: stored byte for byte, with the job that will understand it, in the caller's transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from controltower.errors import BadRequest
from controltower.jobs import enqueue
from exceptions.intake.adapters import Unreadable, adapter_for
from exceptions.intake.models import Message, MessageState
from exceptions.intake.services.replaying import MAX_REPLAYED, message_replay
from exceptions.intake.services.storing import (
    Accepted,
    Item,
    Origin,
    chunks_enqueue,
    dedupe_key,
    messages_store,
    partner_actor,
)
from exceptions.intake.signatures import Scheme
from exceptions.parties.models import Partner

KEPT_HEADERS: Final = ("webhook-id", "webhook-timestamp", "user-agent")
MAX_HEADER: Final = 1000
SPLIT_APART: Final = 64 * 1024  # a delivery larger than this is taken apart by a job of its own


def message_accept(
    partner: Partner, *, body: bytes, headers: Mapping[str, str], content_type: str, now: datetime
) -> Accepted:
    """Store one delivery and enqueue its understanding, in the caller's transaction; a repeat changes nothing.

    Header names are in lower case. Raises `BadRequest` with the place when the body is not of the partner's format at
    all; what it means is found out later, when the sender has long had its answer. A delivery that was taken apart and
    comes again as it was has its dead items read again, and is no repeat when there are any.
    """
    item, kept = delivery_item(partner, body=body, headers=headers)
    (accepted,) = messages_store([item], Origin(partner, now, content_type, kept))
    if accepted.duplicate:
        again = _dead_items(accepted.message_id, item.sha256)
        for begin in range(0, len(again), MAX_REPLAYED):
            message_replay(again[begin : begin + MAX_REPLAYED], actor=partner_actor(partner), now=now)
        return Accepted(accepted.message_id, duplicate=not again)
    if is_big(partner, body):
        enqueue("intake.split", {"message": accepted.message_id})
    else:
        chunks_enqueue([(accepted.message_id, len(body))])
    return accepted


def _dead_items(message_id: int, sha256: str) -> list[int]:
    """Ids of the dead letters that a delivery of this content was taken apart into, locked: the same delivery may come
    a second time at once, and finds none then."""
    whole = Message.objects.filter(pk=message_id, sha256=sha256, state=MessageState.SPLIT)
    dead = Message.objects.filter(parent__in=whole, state=MessageState.DEAD).select_for_update(no_key=True)
    return list(dead.order_by("pk").values_list("pk", flat=True))


def is_big(partner: Partner, body: bytes) -> bool:
    """Whether taking it apart is a job of its own."""
    return len(body) > SPLIT_APART and adapter_for(partner.adapter).split is not None


def delivery_item(partner: Partner, *, body: bytes, headers: Mapping[str, str]) -> tuple[Item, dict[str, str]]:
    """The message that a delivery is, with the headers that are kept. Raises `BadRequest` as `message_accept` does."""
    adapter = adapter_for(partner.adapter)
    envelope = adapter.open(body, headers)
    if isinstance(envelope, Unreadable):
        raise BadRequest(
            f"The body cannot be read: {envelope.reason}. Correct it and send it again.",
            code="unreadable",
            details={"where": envelope.where},
        )
    kept = {
        name: value[:MAX_HEADER]
        for name, value in headers.items()
        if (name in KEPT_HEADERS or name.startswith(adapter.header_prefixes)) and value.isprintable()
    }
    # Under other schemes nobody signed that header, and a captured body with another id each time would be new each time.
    delivery_id = headers.get("webhook-id", "") if partner.signature == Scheme.STANDARD_WEBHOOKS else ""
    return Item(body, dedupe_key(delivery_id, envelope)), kept
