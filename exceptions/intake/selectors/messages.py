"""Messages as people may read them: as received, and what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Count

from controltower.errors import Forbidden, NotFound
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer, require
from exceptions.intake.models import Message
from exceptions.intake.raw_view import RawView, raw_view
from exceptions.parties.models import Partner

RECENT: Final = 12


PARTS: Final = 50


@dataclass(frozen=True, slots=True)
class MessageView:
    """`answer` is what the format was answered, such as a 997; `parts` the items of a delivery, a page of them."""

    message: Message
    raw: RawView
    answer: RawView | None
    parts: list[Message]
    next_after: int | None
    states: Mapping[str, int]


def recent_messages(viewer: Viewer, partner: Partner) -> list[Message]:
    require(viewer, Verb.OPERATE)
    return list(Message.objects.filter(partner=partner).defer("raw").order_by("-received_at", "-id")[:RECENT])


def raw_message(viewer: Viewer, message_id: int, *, partner: Partner | None = None) -> Message:
    """A message with its bytes, of this partner where one is given. Raises `NotFound`."""
    operates_all(viewer)
    message = Message.objects.select_related("partner", "parent").filter(pk=message_id).first()
    if message is None or (partner is not None and message.partner_id != partner.pk):
        raise NotFound("There is no such message, or it belongs to another organisation.")
    return message


def message_view(viewer: Viewer, message_id: int, *, state: str = "", after: int = 0) -> MessageView:
    """A message with its bytes drawn for people, the place at which reading stopped marked.

    Of a delivery its items in order, 50 a page, those in `state` where one is given; `after` is a position.
    """
    message = raw_message(viewer, message_id)
    answer = raw_view(bytes(message.acknowledgement)) if message.acknowledgement else None
    drawn = raw_view(bytes(message.raw), message.where)
    if message.parent_id is not None and not message.raw and message.parent is not None:
        drawn = raw_view(bytes(message.parent.raw), message.where)  # an item without a body of its own
    if not message.items:
        return MessageView(message, drawn, answer, [], None, {})
    inside = Message.objects.filter(parent=message)
    states = dict(inside.values_list("state").annotate(Count("id")))
    shown = inside.filter(position__gt=after).defer("raw").order_by("position")
    parts = list((shown.filter(state=state) if state else shown)[: PARTS + 1])
    more = parts[PARTS - 1].position if len(parts) > PARTS else None
    return MessageView(message, drawn, answer, parts[:PARTS], more, states)


def operates_all(viewer: Viewer) -> None:
    """Nobody knows of which account a message speaks that was not understood."""
    require(viewer, Verb.OPERATE)
    if viewer.member.restricted:
        raise Forbidden(
            "Messages may speak of any account, and you see some of them only. Ask a colleague who sees all."
        )
