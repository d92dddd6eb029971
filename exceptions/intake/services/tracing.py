"""What the trail says of messages, and what is counted of those that were refused as they came."""

from collections.abc import Sequence
from datetime import datetime

from controltower.audit import Actor, record
from exceptions.intake.adapters import Unreadable
from exceptions.intake.models import MessageState
from exceptions.intake.services.storing import Accepted, Item, Origin, partner_actor
from exceptions.intake.services.tally import Outcome, outcomes_tally


def buried(message_id: int, sha256: str, why: Unreadable, *, actor: Actor, now: datetime) -> None:
    """Say in the trail that a message became a dead letter, and why."""
    after = {"state": MessageState.DEAD, "sha256": sha256, "reason": why.reason[:500], "where": why.where[:200]}
    record(verb="message.buried", subject=f"message:{message_id}", actor=actor, after=after, now=now)


def refused_at_once(stored: Sequence[tuple[Item, Accepted]], origin: Origin) -> None:
    """Account for items that were dead letters as they were stored: in the trail, and in what is counted by the hour."""
    outcomes = []
    for item, one in stored:
        if item.refused is not None and not one.duplicate:
            actor = partner_actor(origin.partner)
            buried(one.message_id, item.sha256, item.refused, actor=actor, now=origin.now)
            outcomes.append(Outcome(origin.partner.pk, one.message_id, origin.now, refused=True, repeated=False))
    if outcomes:
        outcomes_tally(outcomes)
