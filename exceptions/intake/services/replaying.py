"""Dead letters, put back in line."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db.models.functions import Length

from controltower.audit import Actor, record
from controltower.errors import NotFound
from exceptions.intake.models import Message, MessageState
from exceptions.intake.services.storing import chunks_enqueue

MAX_REPLAYED: Final = 500


def message_replay(message_ids: Iterable[int], *, actor: Actor, now: datetime) -> int:
    """Put dead letters back in line, at most 500 at a time. Returns how many; those not dead any more are left alone.

    An item that has no body of its own is read again with its whole delivery, of which everything else counts once.
    """
    wanted = sorted(set(message_ids))[:MAX_REPLAYED]
    dead = list(
        Message.objects.select_for_update(no_key=True)
        .filter(pk__in=wanted, state=MessageState.DEAD)
        .annotate(size=Length("raw"))
        .order_by("pk")
        .values_list("pk", "size", "parent")
    )
    if not dead:
        raise NotFound("None of these messages is a dead letter any more: somebody may have replayed them already.")
    again = {pk: size for pk, size, parent in dead if size or parent is None}
    whole = {parent for pk, _, parent in dead if parent is not None and pk not in again}
    Message.objects.filter(pk__in=again).update(state=MessageState.RECEIVED, reason="", where="")
    chunks_enqueue(again.items())
    whole_ones = Message.objects.filter(pk__in=whole, state=MessageState.SPLIT)
    for pk in sorted(whole_ones.select_for_update(no_key=True).values_list("pk", flat=True)):
        Message.objects.filter(pk=pk).update(state=MessageState.RECEIVED)
        chunks_enqueue([(pk, 0)])
    ids = [pk for pk, _, _ in dead]
    record(verb="message.replayed", subject=f"message:{ids[0]}", actor=actor, after={"messages": ids}, now=now)
    return len(ids)
