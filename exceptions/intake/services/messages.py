"""A message: accepted once, understood in the background, replayed when it was not."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from controltower.audit import Actor, record
from controltower.errors import BadRequest, DomainError, NotFound
from controltower.jobs import enqueue
from controltower.tenancy.context import current_organisation_id
from exceptions.cases.services import detection_run
from exceptions.intake.adapters import Envelope, Unreadable, adapter_for
from exceptions.intake.models import Message, MessageEvent, MessageState
from exceptions.intake.signatures import Scheme
from exceptions.parties.models import Partner
from exceptions.shipments.canonical import CanonicalEvent, SourceRank
from exceptions.shipments.services import event_record, events_lock

KEY_LENGTH = 200  # of Message.dedupe_key
KEPT_HEADERS = ("webhook-id", "webhook-timestamp", "user-agent")
MAX_HEADER = 1000
SIGNAL_EVERY = timedelta(seconds=10)
MAX_REPLAYED = 500


@dataclass(frozen=True, slots=True)
class Accepted:
    """`duplicate` means that the message was here before and nothing new was stored."""

    message_id: int
    duplicate: bool


def message_accept(
    partner: Partner, *, body: bytes, headers: Mapping[str, str], content_type: str, now: datetime
) -> Accepted:
    """Store one delivery and enqueue its understanding, in the caller's transaction; a repeat changes nothing.

    Header names are in lower case. Raises `BadRequest` with the place when the body is not of the partner's format at
    all; what it means is found out later, when the sender has long had its answer.
    """
    adapter = adapter_for(partner.adapter)
    envelope = adapter.open(body, headers)
    if isinstance(envelope, Unreadable):
        raise BadRequest(
            f"The body cannot be read: {envelope.reason}. Correct it and send it again.",
            code="unreadable",
            details={"where": envelope.where},
        )
    kept = {
        name: value[:MAX_HEADER]
        for name, value in headers.items()
        if (name in KEPT_HEADERS or name.startswith(adapter.header_prefixes)) and value.isprintable()
    }
    # Under other schemes nobody signed that header, and a captured body with another id each time would be new each time.
    delivery_id = headers.get("webhook-id", "") if partner.signature == Scheme.STANDARD_WEBHOOKS else ""
    key = dedupe_key(delivery_id, envelope)
    message_id = _insert(partner, body, kept, content_type, key, now)
    if message_id is not None:
        enqueue("intake.process", {"message": message_id})
        return Accepted(message_id, duplicate=False)
    known = Message.objects.values_list("id", flat=True).get(partner=partner, dedupe_key=key)
    return Accepted(known, duplicate=True)


def dedupe_key(delivery_id: str, envelope: Envelope) -> str:
    """What makes two deliveries one: the signed delivery id, else the sender's event id, else the canonical content.

    The prefix keeps the three apart; an id that the column cannot hold stands as its digest.
    """
    if delivery_id:
        key = f"webhook:{delivery_id}"
    elif envelope.sender_id:
        key = f"event:{envelope.sender_id}"
    else:
        return f"content:{hashlib.sha256(envelope.content).hexdigest()}"
    if len(key) <= KEY_LENGTH and key.isprintable():
        return key
    kind = key.partition(":")[0]
    return f"{kind}#{hashlib.sha256(key.encode(errors='surrogatepass')).hexdigest()}"


def _insert(
    partner: Partner, body: bytes, headers: Mapping[str, str], content_type: str, key: str, now: datetime
) -> int | None:
    """The new row's id, None when the key is taken. One statement: it also waits for a twin that is just committing,
    which a look before the leap would not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO intake_message (organisation_id, partner_id, channel, raw, headers, content_type, sha256,"
            ' dedupe_key, received_at, state, attempts, reason, "where", events_read, sandbox)'
            " VALUES (%s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s, %s, 0, '', '', 0, %s)"
            " ON CONFLICT (organisation_id, partner_id, dedupe_key) DO NOTHING RETURNING id",
            [
                current_organisation_id(),
                partner.pk,
                partner.channel,
                body,
                json.dumps(headers),
                content_type[:100],
                hashlib.sha256(body).hexdigest(),
                key,
                now,
                MessageState.RECEIVED,
                partner.sandbox,
            ],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else None


def message_process(message_id: int, *, now: datetime) -> MessageState:
    """Understand a message that waits: its events are recorded and detected on, all of them or none.

    What cannot be understood becomes a dead letter with reason and place. A message that does not wait is left alone,
    so a second run of the same job changes nothing.
    """
    message = Message.objects.select_for_update(no_key=True, of=("self",)).select_related("partner").get(pk=message_id)
    if message.state != MessageState.RECEIVED:
        return MessageState(message.state)
    partner = message.partner
    message.attempts += 1
    message.processed_at = now
    result = adapter_for(partner.adapter).read(
        bytes(message.raw), {**message.headers, "content-type": message.content_type}, partner.mapping
    )
    if isinstance(result, Unreadable):
        _bury(message, result)
    else:
        message.events_read = len(result)
        try:
            with transaction.atomic():
                fresh, problem = (0, "") if message.sandbox else _record_all(message, result, now)
        except DomainError as error:
            _bury(message, Unreadable(error.message, str(error.details.get("where", ""))))
        else:
            said_nothing_new = bool(result) and fresh == 0 and not message.sandbox
            message.state = MessageState.DUPLICATE if said_nothing_new else MessageState.PROCESSED
            message.reason, message.where = problem[:500], ""
    message.save(update_fields=["state", "attempts", "processed_at", "events_read", "reason", "where"])
    _signal_seen(partner, message.received_at)
    record(
        verb="message.buried" if message.state == MessageState.DEAD else "message.understood",
        subject=f"message:{message.pk}",
        actor=partner_actor(partner),
        after={
            "state": message.state,
            "sha256": message.sha256,
            "events": message.events_read,
            "sandbox": message.sandbox,
        },
        now=now,
    )
    return MessageState(message.state)


def message_replay(message_ids: Iterable[int], *, actor: Actor, now: datetime) -> int:
    """Put dead letters back in line, at most 500 at a time. Returns how many; those not dead any more are left alone."""
    wanted = sorted(set(message_ids))[:MAX_REPLAYED]
    dead = list(
        Message.objects.select_for_update(no_key=True)
        .filter(pk__in=wanted, state=MessageState.DEAD)
        .values_list("pk", flat=True)
    )
    if not dead:
        raise NotFound("None of these messages is a dead letter any more: somebody may have replayed them already.")
    Message.objects.filter(pk__in=dead).update(state=MessageState.RECEIVED, reason="", where="")
    for pk in dead:
        enqueue("intake.process", {"message": pk})
    record(verb="message.replayed", subject=f"message:{dead[0]}", actor=actor, after={"messages": dead}, now=now)
    return len(dead)


def partner_actor(partner: Partner) -> Actor:
    return Actor("partner", partner.pk, partner.name)


def _record_all(message: Message, events: list[CanonicalEvent], now: datetime) -> tuple[int, str]:
    """Record events in the order in which they happened. How many were new, and what the first one lacks that speaks of
    nothing known yet: it waits, and applies when the shipment becomes known."""
    fresh, problem = 0, ""
    said: list[MessageEvent] = []
    partner = message.partner
    events_lock(events)
    for event in sorted(events, key=lambda event: event.occurred_at):
        recorded = event_record(
            event,
            message_id=message.pk,
            partner=partner,
            source_rank=SourceRank(partner.source_rank),
            actor=partner_actor(partner),
            now=now,
            adapter=partner.adapter,
        )
        said.append(MessageEvent(message=message, event=recorded.event))
        problem = problem or recorded.problem
        if recorded.created:
            fresh += 1
            detection_run(events=[*recorded.rebound, recorded.event], now=now)
    MessageEvent.objects.bulk_create(said, ignore_conflicts=True)
    return fresh, problem


def _bury(message: Message, why: Unreadable) -> None:
    message.state = MessageState.DEAD
    message.reason, message.where = why.reason[:500], why.where[:200]


def _signal_seen(partner: Partner, at: datetime) -> None:
    """Not for every message: the row would be where all of a partner's messages wait for each other."""
    if partner.last_signal_at is None or at - partner.last_signal_at > SIGNAL_EVERY:
        Partner.objects.filter(pk=partner.pk).update(last_signal_at=at)
