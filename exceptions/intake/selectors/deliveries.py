"""What became of a delivery, for the program that sent it."""

from dataclasses import dataclass
from typing import Final

from django.db.models import Count

from controltower.errors import NotFound
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer, require
from exceptions.intake.models import Message

ITEMS_SHOWN: Final = 1000


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery, how many of its items are in which state, and some of them by position. None stands for an item that
    was sent before: it has no row here. `next_after` is where to go on."""

    message: Message
    states: dict[str, int]
    items: list[tuple[int, Message | None]]
    next_after: int | None

    @property
    def repeated(self) -> int:
        return max(0, self.message.items - sum(self.states.values()))


def delivery_of(viewer: Viewer, slug: str, message_id: int, *, after: int = 0) -> Delivery:
    """What became of one delivery to a partner, with its items beyond position `after`, for who may deliver there."""
    require(viewer, Verb.INGEST)
    found = Message.objects.filter(pk=message_id, parent=None, partner__slug=slug).defer("raw")
    message = found.select_related("partner").first()
    if message is None:
        raise NotFound("There is no such message of this partner.")
    states = Message.objects.filter(parent=message).values_list("state").annotate(Count("id"))
    last = max(after, min(after + ITEMS_SHOWN, message.items))
    parts = Message.objects.filter(parent=message, position__gt=after, position__lte=last).defer("raw")
    here = {part.position: part for part in parts.order_by("position", "id")}
    items = [(position, here.get(position)) for position in range(after + 1, last + 1)]
    return Delivery(message, dict(states), items, last if last < message.items else None)
