"""A delivery of several items, taken apart: each item is a message of its own."""

from collections.abc import Sequence
from typing import Final

from exceptions.intake.adapters import Part, Unreadable, adapter_for
from exceptions.intake.models import Message, MessageState
from exceptions.intake.services.storing import Item, Origin, chunks_enqueue, dedupe_key, messages_store, stored_key
from exceptions.intake.services.tracing import refused_at_once

# Items that are stored in one statement.
AT_ONCE: Final = 1000
AGAIN: Final = "The delivery was taken apart again; see the item at the same place."


def parts_store(message: Message, parts: Sequence[Part | Unreadable]) -> None:
    """Store the items of a delivery, in its transaction, and enqueue their understanding.

    An item that was sent before adds nothing. One that the format cannot tell from its neighbours is a dead letter without
    a body of its own: the delivery has it. Taking the same delivery apart again, after its mapping was corrected, adds what
    was missing.
    """
    adapter, partner = adapter_for(message.partner.adapter), message.partner
    kept = {name: value for name, value in message.headers.items() if name.startswith(adapter.header_prefixes)}
    origin = Origin(partner, message.received_at, message.content_type, kept, message)
    items = [_item(message, position, part) for position, part in enumerate(parts, start=1)]
    for begin in range(0, len(items), AT_ONCE):
        some = items[begin : begin + AT_ONCE]
        accepted = messages_store(some, origin)
        fresh = [(item, one) for item, one in zip(some, accepted, strict=True) if not one.duplicate]
        chunks_enqueue((one.message_id, len(item.body)) for item, one in fresh if item.refused is None)
        refused_at_once(fresh, origin)
    if message.attempts:
        read_now = [item.position for item in items if item.refused is None]
        left = Message.objects.filter(parent=message, state=MessageState.DEAD, position__in=read_now)
        no_body = stored_key(_no_body(message, ""), sandbox=message.sandbox)
        left.filter(dedupe_key__startswith=no_body).update(state=MessageState.DUPLICATE, reason=AGAIN)


def _item(message: Message, position: int, part: Part | Unreadable) -> Item:
    if isinstance(part, Unreadable):
        return Item(b"", _no_body(message, str(position)), part, position, part.where)
    return Item(part.body, dedupe_key("", part.envelope), None, position, part.where)


def _no_body(message: Message, position: str) -> str:
    return f"item:{message.pk}:{position}"
