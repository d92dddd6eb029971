"""Putting many dead letters back in line: the first at once, the others chunk by chunk in the background."""

from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from controltower.audit import Actor
from controltower.errors import NotFound
from controltower.jobs import enqueue
from exceptions.intake.models import Message, MessageState
from exceptions.intake.services.replaying import message_replay

CHUNK: Final = 200


def messages_replay_all(
    *, partner_id: int | None, reason: str, between: tuple[datetime, datetime] | None, actor: Actor, now: datetime
) -> tuple[int, int]:
    """Replay every dead letter that matches. How many are back in line now, and how many follow in the background.

    What dies anew meanwhile is not taken again: only messages that are here now are.
    """
    wanted = {
        "partner": partner_id,
        "reason": reason,
        "between": [moment.isoformat() for moment in between] if between else None,
        "actor": [actor.kind, actor.id, actor.name],
    }
    newest = _matching(wanted).order_by("-id").values_list("id", flat=True).first()
    if newest is None:
        raise NotFound("Nothing matches any more: somebody may have replayed these messages already.")
    wanted |= {"after": 0, "upto": newest}
    matching = _matching(wanted).count()
    done = _step(wanted, now)
    return done, matching - done


def messages_replay_on(payload: dict[str, Any], *, now: datetime) -> int:
    """The next chunk of what `messages_replay_all` began. How many were put back in line."""
    return _step(payload, now)


def _step(wanted: dict[str, Any], now: datetime) -> int:
    ids = list(_matching(wanted).order_by("id").values_list("id", flat=True)[:CHUNK])
    if not ids:
        return 0
    if len(ids) == CHUNK:
        enqueue("intake.replay", {**wanted, "after": ids[-1]})
    try:
        return message_replay(ids, actor=Actor(*wanted["actor"]), now=now)
    except NotFound:  # somebody replayed exactly these meanwhile
        return 0


def _matching(wanted: dict[str, Any]) -> QuerySet[Message]:
    found = Message.objects.filter(state=MessageState.DEAD)
    if wanted["partner"] is not None:
        found = found.filter(partner=wanted["partner"])
    if wanted["reason"]:
        found = found.filter(reason=wanted["reason"])
    if wanted["between"]:
        start, end = (datetime.fromisoformat(moment) for moment in wanted["between"])
        found = found.filter(received_at__gte=start, received_at__lt=end)
    if "upto" in wanted:
        found = found.filter(pk__gt=wanted["after"], pk__lte=wanted["upto"])
    return found
