"""E-mail as it stands in a mailbox: RFC 5322 with MIME. Pure.

Every mail about freight is one `mail.received` for each shipment it names. What it claims beyond that moves a shipment
only when the sender is one that the partner's mapping trusts and the receiving server vouches for the address; a claim
of anybody else is kept with the mail for a person to read. Automatic replies and bounces say nothing about freight.
See docs/adapters/mail.md.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

from exceptions.intake.adapters.base import Adapter, Attachment, Envelope, Headers, Mapped, Unreadable
from exceptions.intake.adapters.mail.authenticity import is_trusted, verdict
from exceptions.intake.adapters.mail.kinds import kind_of_mail
from exceptions.intake.adapters.mail.message import Mail, looks_like_mail, message_id_of, read_mail
from exceptions.intake.adapters.mail.statements import Statement, statements
from exceptions.parties.zones import is_zone
from exceptions.shipments.canonical import JSON, CanonicalEvent, EventType

MAX_TOLD: Final = 4000
_POD: Final = ("pod", "proof of delivery", "delivery receipt", "ablieferbeleg", "preuve de livraison")
# What a mail may say by itself. Plans, money and telemetry do not come by mail.
_TOLD: Final = frozenset(value for value in EventType.values if value.startswith("shipment.")) - {
    EventType.SHIPMENT_BOOKED,
    EventType.SHIPMENT_COUNTED,
    EventType.SHIPMENT_TEMPERATURE_READ,
}


def open_mail(body: bytes, headers: Headers) -> Envelope | Unreadable:
    """Refuse what is no mail. The Message-ID makes a repeat a repeat."""
    if not looks_like_mail(body):
        return Unreadable("this does not begin with the headers of an e-mail", "line 1")
    found = message_id_of(body)
    return Envelope(found) if found else Envelope(content=body)


def read(body: bytes, headers: Headers, mapping: Mapped) -> list[CanonicalEvent] | Unreadable:
    mail = read_mail(body)
    if isinstance(mail, Unreadable):
        return mail
    if kind_of_mail(mail) != "message":
        return []
    sent_at = mail.sent_at
    if sent_at is None:
        return Unreadable("the mail does not say when it was sent", "Date and Received headers")
    trusted = is_trusted(mail, mapping)
    events = list(_events(mail, sent_at, mapping, trusted=trusted, authenticity=verdict(mail, mapping)))
    for inner in mail.nested:
        # The one who forwards does not vouch for what is forwarded, and its headers prove nothing any more.
        events += _events(inner, inner.sent_at or sent_at, mapping, trusted=False, authenticity="none")
    if not events and not attachments(body):
        return Unreadable("the mail names no freight: no PRO, BOL, container, order or other number", "body")
    return events


def attachments(body: bytes) -> list[Attachment]:
    """The files in a mail and in the mails inside it. Signatures and pictures that belong to the text are none."""
    mail = read_mail(body)
    if isinstance(mail, Unreadable) or kind_of_mail(mail) != "message":
        return []
    return [each for part in (mail, *mail.nested) for each in part.attachments if each.content and _is_file(each)]


def _is_file(attachment: Attachment) -> bool:
    return attachment.content_type == "application/pdf" or bool(attachment.name)


def _events(
    mail: Mail, sent_at: datetime, mapping: Mapped, *, trusted: bool, authenticity: str
) -> Iterator[CanonicalEvent]:
    zone = _zone(mapping, sent_at)
    day_first = mapping.get("day_first") if isinstance(mapping.get("day_first"), bool) else None
    for said in statements(mail.subject, mail.text, sent_at=sent_at, zone=zone, day_first=day_first):
        if not said.references:
            continue
        yield _received(mail, said, sent_at, authenticity)
        if trusted:
            yield from _claimed(mail, said, sent_at)


def _received(mail: Mail, said: Statement, sent_at: datetime, authenticity: str) -> CanonicalEvent:
    data: dict[str, JSON] = {
        "kind": "message",
        "sender": mail.sender,
        "subject": mail.subject,
        "text": mail.text[:MAX_TOLD],
        "authenticity": authenticity,
    }
    if said.event_type:
        data["status"] = EventType(said.event_type).label
    if said.reason:
        data["reason"] = said.reason
    if said.estimate:
        data["detail"] = f"ETA {said.estimate.at:%Y-%m-%d %H:%M} UTC"
    return _event(EventType.MAIL_RECEIVED, sent_at, said, data, mail, sent_at)


def _claimed(mail: Mail, said: Statement, sent_at: datetime) -> Iterator[CanonicalEvent]:
    reason: dict[str, JSON] = {"reason": said.reason} if said.reason else {}
    if said.event_type in (EventType.SHIPMENT_DELAYED, EventType.LOAD_BROKEN_DOWN):
        estimated: dict[str, JSON] = {"estimated": said.estimate.at.isoformat()} if said.estimate else {}
        yield _event(EventType.SHIPMENT_DELAYED, said.at, said, {**reason, **estimated}, mail, sent_at)
    elif said.event_type in _TOLD:
        yield _event(str(said.event_type), said.at, said, _reasoned(str(said.event_type), reason), mail, sent_at)
    if said.estimate and said.event_type not in (EventType.SHIPMENT_DELAYED, EventType.LOAD_BROKEN_DOWN):
        data: dict[str, JSON] = {"estimated": said.estimate.at.isoformat(), **reason}
        if said.estimate.date_only:
            data["detail"] = "date only"
        yield _event(EventType.SHIPMENT_ETA_CHANGED, sent_at, said, data, mail, sent_at)
    if said.wanted:
        yield _event(
            EventType.CUSTOMER_REQUESTED_CHANGE,
            sent_at,
            said,
            {"kind": said.wanted, "by": mail.sender[:200]},
            mail,
            sent_at,
        )
    if mail.attachments and _speaks_of_pod(mail):
        yield _event(EventType.DOCUMENT_RECEIVED, sent_at, said, {"kind": "pod"}, mail, sent_at)


def _reasoned(event_type: str, reason: dict[str, JSON]) -> dict[str, JSON]:
    fine = event_type in (EventType.SHIPMENT_DELIVERED, EventType.SHIPMENT_PICKED_UP, EventType.SHIPMENT_RELEASED)
    return {} if fine else reason


def _event(
    kind: str, at: datetime, said: Statement, data: Mapping[str, JSON], mail: Mail, sent_at: datetime
) -> CanonicalEvent:
    return CanonicalEvent(
        kind,
        at.astimezone(UTC),
        said.references,
        data=data,
        source_text=" ".join(said.text.split())[:500],
        event_id=f"{mail.message_id} {kind} {said.references[0].value}"[:200] if mail.message_id else "",
        reported_at=sent_at.astimezone(UTC),
    )


def _speaks_of_pod(mail: Mail) -> bool:
    words = " ".join([mail.subject, mail.text[:500], *(each.name for each in mail.attachments)]).lower()
    return any(name in words.replace("_", " ") for name in _POD)


def _zone(mapping: Mapped, sent_at: datetime) -> tzinfo:
    """The partner's zone, else that of the mail's own clock."""
    name: Any = mapping.get("zone")
    if isinstance(name, str) and is_zone(name):
        return ZoneInfo(name)
    return sent_at.tzinfo or UTC


ADAPTER = Adapter(
    key="mail",
    label="E-mail",
    content_types=frozenset({"message/rfc822", "application/octet-stream", "text/plain"}),
    read=read,
    open=open_mail,
    attachments=attachments,
)
