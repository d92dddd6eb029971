"""Messages as people may read them: as received, and what became of them."""

from dataclasses import dataclass
from typing import Final

from controltower.errors import Forbidden, NotFound
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer, require
from exceptions.intake.models import Message
from exceptions.intake.raw_view import RawView, raw_view
from exceptions.parties.models import Partner

RECENT: Final = 12


@dataclass(frozen=True, slots=True)
class MessageView:
    message: Message
    raw: RawView


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


def message_view(viewer: Viewer, message_id: int) -> MessageView:
    """A message with its bytes drawn for people, the place at which reading stopped marked."""
    message = raw_message(viewer, message_id)
    return MessageView(message, raw_view(bytes(message.raw), message.where))


def operates_all(viewer: Viewer) -> None:
    """Nobody knows of which account a message speaks that was not understood."""
    require(viewer, Verb.OPERATE)
    if viewer.member.restricted:
        raise Forbidden(
            "Messages may speak of any account, and you see some of them only. Ask a colleague who sees all."
        )
