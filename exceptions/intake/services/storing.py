"""Messages into their table, many at a time, and the jobs that will understand them."""

import hashlib
import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from controltower.audit import Actor, record
from controltower.db import rows
from controltower.jobs import enqueue_all
from controltower.tenancy.context import current_organisation_id
from exceptions.intake.adapters import Envelope, Unreadable
from exceptions.intake.models import Message, MessageState
from exceptions.parties.models import Partner
from exceptions.shipments.canonical import CanonicalEvent
from exceptions.shipments.services.names import SHIPMENT_TYPES, key_of

SANDBOX: Final = "sandbox/"  # before the key of what was only rehearsed: the same thing sent in earnest is no repeat
KEY_LENGTH: Final = 200 - len(SANDBOX)  # Message.dedupe_key has 200
CHUNK: Final = 200  # messages that one job understands in one transaction
CHUNK_BYTES: Final = 4 * 1024 * 1024  # and no more than this of them, so that a worker's memory stays flat
# Recording keeps what it names to the commit. Two workers that take chunks of different lanes seldom name the same.
LANES: Final = 3
SMALL: Final = 16 * 1024  # a job whose messages are up to this size, and not many, may be done together with others

# Each key is looked up by itself, through the unique index: as one join it reads all of a partner's messages while their
# statistics lag behind.
INSERT = """
INSERT INTO intake_message (organisation_id, partner_id, channel, raw, headers, content_type, sha256, dedupe_key,
    received_at, state, attempts, reason, "where", events_read, processed_at, sandbox, parent_id, position, within, items)
SELECT %(organisation)s, %(partner)s, %(channel)s, given.raw, %(headers)s::jsonb, %(content_type)s, given.sha256, given.key,
    %(now)s, given.state, 0, given.reason, given.place, 0, CASE WHEN given.state = 'dead' THEN %(now)s END, %(sandbox)s,
    %(parent)s, given.position, given.within, 0
  FROM unnest(%(raw)s::bytea[], %(sha256)s::text[], %(key)s::text[], %(state)s::text[], %(reason)s::text[],
              %(place)s::text[], %(position)s::int[], %(within)s::text[])
       WITH ORDINALITY AS given(raw, sha256, key, state, reason, place, position, within, ordinal)
 CROSS JOIN LATERAL (
       SELECT bool_or(known.state IN ('processed', 'duplicate', 'split')) AS understood FROM intake_message AS known
        WHERE known.organisation_id = %(organisation)s AND known.partner_id = %(partner)s AND known.dedupe_key = given.key
       ) AS twin
 WHERE twin.understood IS NOT TRUE
 ORDER BY given.ordinal
    ON CONFLICT (organisation_id, partner_id, dedupe_key, sha256) DO NOTHING
RETURNING id, dedupe_key, sha256
"""
# Of several under one key the one with the same content, else the one that was understood.
KNOWN = """
SELECT dedupe_key, sha256, id, state FROM intake_message
 WHERE organisation_id = %s AND partner_id = %s AND dedupe_key = ANY(%s)
 ORDER BY state IN ('processed', 'duplicate', 'split'), id DESC
"""
REVIVE = """
UPDATE intake_message SET state = 'received', reason = '', "where" = '' WHERE id = ANY(%s) AND state = 'dead' RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Item:
    """One message to be stored. `refused` makes it a dead letter at once; `position` and `within` are its place in the
    delivery it is taken from. `lane`: see `lane_of`."""

    body: bytes
    key: str
    refused: Unreadable | None = None
    position: int | None = None
    within: str = ""
    lane: int = 0

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class Origin:
    """What the items of one delivery have in common."""

    partner: Partner
    now: datetime
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    parent: Message | None = None

    @property
    def sandbox(self) -> bool:
        return self.partner.sandbox if self.parent is None else self.parent.sandbox


@dataclass(frozen=True, slots=True)
class Accepted:
    """`duplicate` means that the message was here before and there is nothing new to be done."""

    message_id: int
    duplicate: bool


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


def stored_key(key: str, *, sandbox: bool) -> str:
    """A key as it stands in the table."""
    return f"{SANDBOX}{key}" if sandbox else key


def partner_actor(partner: Partner) -> Actor:
    return Actor("partner", partner.pk, partner.name)


def messages_store(items: Sequence[Item], origin: Origin) -> list[Accepted]:
    """Store the items of one delivery in one statement; one answer for each, in their order.

    A repeat adds nothing: the same content under the same key, or any content under the key of a message that was
    understood. The statement also waits for a twin that is just committing, which a look before the leap would not. A dead
    letter that comes again as it was is put back in line and is no repeat: whoever sends it again expects it to be read.
    """
    digests = [item.sha256 for item in items]
    asked = [
        (stored_key(item.key, sandbox=origin.sandbox), digest) for item, digest in zip(items, digests, strict=True)
    ]
    fresh = {(key, sha256): int(pk) for pk, key, sha256 in rows(INSERT, _values(items, asked, origin))}
    missing = [key for key, sha256 in asked if (key, sha256) not in fresh]
    known, dead = _known(origin.partner, missing) if missing else ({}, set())
    again = {pair: known[pair] for pair, item in zip(asked, items, strict=True) if pair in dead and not item.refused}
    fresh |= _revived(again, origin) if again else {}
    accepted, seen = [], set()
    for key, sha256 in asked:
        pk = fresh.get((key, sha256))
        if pk is not None:
            accepted.append(Accepted(pk, duplicate=pk in seen))
            seen.add(pk)
        else:
            accepted.append(Accepted(known.get((key, sha256)) or known[key, ""], duplicate=True))
    return accepted


def chunks_enqueue(sized: Iterable[tuple[int, int]], *, run_after: datetime | None = None) -> None:
    """Jobs for messages given as (id, bytes), each with as many as one transaction should take."""
    enqueue_all("intake.process", [(payload, "") for payload in _payloads(sized)], run_after=run_after)


def lanes_enqueue(laned: Iterable[tuple[int, int, int]]) -> None:
    """The same for messages given as (id, bytes, lane): those of one lane meet in a chunk."""
    lanes: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for pk, size, lane in laned:
        lanes[lane].append((pk, size))
    jobs = [{**payload, "lane": lane} for lane, sized in sorted(lanes.items()) for payload in _payloads(sized)]
    enqueue_all("intake.process", [(payload, "") for payload in jobs])


def lane_of(events: Sequence[CanonicalEvent]) -> int:
    """One of LANES by what the first of these events names: the shipment, where it names one."""
    references = [ref for event in events[:1] for ref in event.references]
    main = next((ref for ref in references if ref.type in SHIPMENT_TYPES), references[0] if references else None)
    return 0 if main is None else zlib.crc32(" ".join(key_of(main)).encode()) % LANES


def _payloads(sized: Iterable[tuple[int, int]]) -> Iterator[dict[str, Any]]:
    for ids, size in _chunks(sized):
        payload: dict[str, Any] = {"messages": ids}
        if len(ids) <= CHUNK // 2 and size <= SMALL * len(ids):
            payload["small"] = True
            if len(ids) > 1:
                payload["weight"] = len(ids)
        yield payload


def _chunks(sized: Iterable[tuple[int, int]]) -> Iterator[tuple[list[int], int]]:
    ids: list[int] = []
    total = 0
    for pk, size in sized:
        if ids and (len(ids) == CHUNK or total + size > CHUNK_BYTES):
            yield ids, total
            ids, total = [], 0
        ids.append(pk)
        total += size
    if ids:
        yield ids, total


def _values(items: Sequence[Item], asked: Sequence[tuple[str, str]], origin: Origin) -> dict[str, Any]:
    def stated(item: Item) -> str:
        return MessageState.RECEIVED if item.refused is None else MessageState.DEAD

    partner, parent = origin.partner, origin.parent
    return {
        "organisation": current_organisation_id(),
        "partner": partner.pk,
        "channel": partner.channel,
        "headers": json.dumps(dict(origin.headers)),
        "content_type": origin.content_type[:100],
        "now": origin.now,
        "sandbox": origin.sandbox,
        "parent": parent.pk if parent else None,
        "raw": [item.body for item in items],
        "sha256": [sha256 for _, sha256 in asked],
        "key": [key for key, _ in asked],
        "state": [str(stated(item)) for item in items],
        "reason": [item.refused.reason[:500] if item.refused else "" for item in items],
        "place": [item.refused.where[:200] if item.refused else "" for item in items],
        "position": [item.position for item in items],
        "within": [item.within[:200] for item in items],
    }


def _revived(again: Mapping[tuple[str, str], int], origin: Origin) -> dict[tuple[str, str], int]:
    """Put dead letters back in line: what they failed for may have been corrected since."""
    ids = sorted(int(pk) for (pk,) in rows(REVIVE, [sorted(set(again.values()))]))
    if ids:
        actor, after = partner_actor(origin.partner), {"messages": ids, "sent_again": True}
        record(verb="message.replayed", subject=f"message:{ids[0]}", actor=actor, after=after, now=origin.now)
    return {pair: pk for pair, pk in again.items() if pk in ids}


def _known(partner: Partner, keys: list[str]) -> tuple[dict[tuple[str, str], int], set[tuple[str, str]]]:
    """Ids by key and content, and by key alone (with an empty digest): there the one that was understood. And which are
    dead letters, of those under whose key nothing was understood."""
    found: dict[tuple[str, str], int] = {}
    dead, understood = set(), set()
    for key, sha256, pk, state in rows(KNOWN, [current_organisation_id(), partner.pk, sorted(set(keys))]):
        found[key, sha256] = found[key, ""] = int(pk)
        if state == MessageState.DEAD:
            dead.add((key, sha256))
        elif state != MessageState.RECEIVED:
            understood.add(key)
    return found, {pair for pair in dead if pair[0] not in understood}
