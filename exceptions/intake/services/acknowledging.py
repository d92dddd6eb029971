"""What a format answers to a delivery (X12 997), written once and kept with it."""

import logging
from collections.abc import Sequence
from datetime import datetime

from billiard.exceptions import SoftTimeLimitExceeded

from exceptions.intake.adapters import ADAPTERS
from exceptions.intake.models import Message

log = logging.getLogger(__name__)


def acknowledgements_store(messages: Sequence[Message], now: datetime) -> None:
    """Write the answers of whole deliveries whose format has one. An answer that is there stays: it may have been sent."""
    for message in messages:
        partner = message.partner
        adapter = ADAPTERS.get(partner.adapter)
        if adapter is None or adapter.acknowledge is None or message.acknowledgement is not None:
            continue
        headers = {**message.headers, "content-type": message.content_type}
        try:
            answer = adapter.acknowledge(bytes(message.raw), headers, partner.mapping, now)
        except SoftTimeLimitExceeded:
            raise
        except Exception:  # the message itself is sound: it must not be lost for its receipt
            log.exception("no acknowledgement could be written", extra={"message_id": message.pk})
            continue
        if answer:
            Message.objects.filter(pk=message.pk).update(acknowledgement=answer)
