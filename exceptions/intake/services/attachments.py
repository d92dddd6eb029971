"""Files that came along with a message become documents, read like any other."""

from datetime import datetime

from controltower.errors import DomainError
from controltower.jobs import enqueue
from documents.services import document_upload
from exceptions.intake.adapters import adapter_for
from exceptions.intake.models import Message, MessageState
from exceptions.intake.services.storing import partner_actor
from exceptions.shipments.models import EventSubject

MAX_FILES = 30


def attachments_file(message_id: int, *, now: datetime) -> int:
    """Keep the files of a message that was understood, and propose the shipments it names for each. Returns how many.

    A file that is no document (a calendar entry, a key) is left in the message.
    """
    message = Message.objects.select_related("partner").get(pk=message_id)
    adapter = adapter_for(message.partner.adapter)
    if adapter.attachments is None or message.sandbox or message.state not in _UNDERSTOOD:
        return 0
    named = EventSubject.objects.filter(event__message_events__message=message, shipment__isnull=False)
    shipments = sorted(set(named.values_list("shipment_id", flat=True)))
    kept = 0
    for file in list(adapter.attachments(bytes(message.raw)))[:MAX_FILES]:
        try:
            document = document_upload(
                content=file.content, filename=file.name, actor=partner_actor(message.partner), now=now
            )
        except DomainError:
            continue
        kept += 1
        if shipments:
            enqueue(
                "reconciliation.came_with", {"document": document.pk, "shipments": shipments, "message": message.pk}
            )
    return kept


_UNDERSTOOD = (MessageState.PROCESSED, MessageState.DUPLICATE)
