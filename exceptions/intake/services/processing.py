"""From stored messages to events and cases, many in one transaction; one that cannot be understood takes none along."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from billiard.exceptions import SoftTimeLimitExceeded
from django.db import connection, transaction

from controltower.audit import record
from controltower.db import is_passing, rows
from controltower.errors import DomainError
from controltower.jobs import enqueue
from controltower.tenancy.context import current_organisation_id
from exceptions.cases.services import detection_run
from exceptions.intake.adapters import Part, Unreadable, adapter_for
from exceptions.intake.models import Message, MessageState
from exceptions.intake.services.acknowledging import acknowledgements_store
from exceptions.intake.services.splitting import parts_store
from exceptions.intake.services.storing import chunks_enqueue, partner_actor
from exceptions.intake.services.tally import Outcome, outcomes_tally
from exceptions.intake.services.thinning import readings_thin
from exceptions.intake.services.tracing import buried
from exceptions.shipments.canonical import CanonicalEvent, SourceRank
from exceptions.shipments.services import EventRefused, Incoming, events_record

log = logging.getLogger(__name__)

SIGNAL_EVERY: Final = timedelta(seconds=10)
ASK_AGAIN: Final = (timedelta(seconds=1), timedelta(minutes=1))  # at least, at most

# Under one key the first that is understood counts. (message, whether another one was understood)
# Asked for each message by itself, through the unique index: while a table grows fast its statistics lag behind, and as
# one join this reads all of it.
TWINS = """
SELECT message.id, twin.understood
  FROM intake_message AS message
 CROSS JOIN LATERAL (
       SELECT bool_or(other.state <> 'received') AS understood
         FROM intake_message AS other
        WHERE other.organisation_id = message.organisation_id AND other.partner_id = message.partner_id
          AND other.dedupe_key = message.dedupe_key AND other.id <> message.id
          AND (other.state IN ('processed', 'duplicate', 'split') OR other.state = 'received' AND other.id < message.id)
       ) AS twin
 WHERE message.id = ANY(%s) AND twin.understood IS NOT NULL
"""
UPDATE = """
UPDATE intake_message AS message
   SET state = done.state, attempts = message.attempts + 1, processed_at = %s, events_read = done.events,
       reason = done.reason, "where" = done.place, items = done.items
  FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::text[], %s::text[], %s::int[])
       AS done(id, state, events, reason, place, items)
 WHERE message.id = done.id RETURNING message.id
"""
SAID = """
INSERT INTO intake_messageevent (organisation_id, message_id, event_id)
SELECT %s, said.* FROM unnest(%s::bigint[], %s::bigint[]) AS said ON CONFLICT DO NOTHING RETURNING id
"""
# Not for every chunk, and never waiting: the row would be where all of a partner's messages wait for each other.
SEEN = """
UPDATE parties_partner SET last_signal_at = %s
 WHERE id IN (SELECT id FROM parties_partner WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED) RETURNING id
"""


@dataclass(slots=True)
class Work:
    """One message on its way. What it became stands here until all are written at once."""

    message: Message
    events: Sequence[CanonicalEvent] = ()
    parts: Sequence[Part | Unreadable] = ()
    refused: Unreadable | None = None
    repeated: bool = False
    problem: str = ""

    @property
    def state(self) -> MessageState:
        if self.refused is not None:
            return MessageState.DEAD
        if self.parts:
            return MessageState.SPLIT
        return MessageState.DUPLICATE if self.repeated else MessageState.PROCESSED

    @property
    def values(self) -> tuple[int, str, int, str, str, int]:
        reason, where = (self.refused.reason, self.refused.where) if self.refused else (self.problem, "")
        return self.message.pk, str(self.state), len(self.events), reason[:500], where[:200], len(self.parts)


def message_process(message_id: int, *, now: datetime) -> MessageState:
    """Understand one message and answer its state; see `messages_process`."""
    messages_process([message_id], now=now)
    return MessageState(Message.objects.values_list("state", flat=True).get(pk=message_id))


def messages_process(message_ids: Sequence[int], *, now: datetime) -> None:
    """Understand messages that wait, in the caller's transaction: their events are recorded and detected on.

    Of each message all events count or none. What cannot be understood becomes a dead letter with reason and place, also
    where it is our code that fails. A message that does not wait is left alone, so a second run changes nothing. Raises
    only what passes by itself (`is_passing`), and that the job's time is over; then nothing was done and the caller tries
    again.
    """
    waiting = _locked(message_ids)
    repeats, early = _twins(waiting)
    works = [_read(message) for message in waiting if message.pk not in repeats | early]
    thin = readings_thin([(work.message.partner, work.events) for work in works])
    for work, events in zip(works, thin, strict=True):
        work.events = events
    _understand([work for work in works if work.events and not work.message.sandbox], now)
    works += [Work(message, repeated=True) for message in waiting if message.pk in repeats]
    for work in works:
        if work.parts and work.refused is None:
            parts_store(work.message, work.parts)
    _finish(works, now)
    held = [message for message in waiting if message.pk in early]
    if held:
        waited = now - min(message.received_at for message in held)
        chunks_enqueue(
            [(message.pk, len(message.raw)) for message in held],
            run_after=now + min(max(waited, ASK_AGAIN[0]), ASK_AGAIN[1]),
        )


def message_give_up(message_id: int, why: str, *, now: datetime) -> None:
    """Bury a message that waits without another look at it: reading it is what ends the process."""
    _finish([Work(message, refused=Unreadable(why)) for message in _locked([message_id])], now)


def _locked(message_ids: Sequence[int]) -> list[Message]:
    found = Message.objects.select_for_update(no_key=True, of=("self",)).select_related("partner")
    return list(found.filter(pk__in=message_ids, state=MessageState.RECEIVED).order_by("pk"))


def _twins(waiting: Sequence[Message]) -> tuple[set[int], set[int]]:
    """(repeats of something understood, those before which another of the same key must be read)."""
    found = rows(TWINS, [[message.pk for message in waiting]]) if waiting else []
    return {pk for pk, understood in found if understood}, {pk for pk, understood in found if not understood}


def _read(message: Message) -> Work:
    partner = message.partner
    body, headers = bytes(message.raw), {**message.headers, "content-type": message.content_type}
    work = Work(message)
    try:
        adapter = adapter_for(partner.adapter)
        if adapter.split is not None and message.parent_id is None:
            parts = adapter.split(body, headers, partner.mapping)
            if isinstance(parts, Unreadable):
                work.refused = parts
                return work
            if len(parts) > 1:
                work.parts = parts
                return work
        result = adapter.read(body, headers, partner.mapping)
    except SoftTimeLimitExceeded:  # the job has had its time; that says nothing of the message that is in hand
        raise
    except Exception as error:  # noqa: BLE001  # an adapter should not raise; when one does, its message alone waits
        work.refused = _our_failure(error, message)
        return work
    if isinstance(result, Unreadable):
        work.refused = result
    else:
        work.events = result
    return work


def _understand(works: list[Work], now: datetime) -> None:
    """Record all together; who is to blame for a failure is left out, by name where it is known, else by halves."""
    while works:
        owners = [work for work in works for _ in work.events]
        try:
            with transaction.atomic():
                _record(works, now)
            return
        except EventRefused as refused:
            for index, reason in refused.reasons.items():
                owners[index].refused = owners[index].refused or _unreadable(reason)
            works = [work for work in works if work.refused is None]
        except Exception as error:
            if is_passing(error) or isinstance(error, SoftTimeLimitExceeded):
                raise
            if len(works) == 1:
                works[0].refused = _our_failure(error, works[0].message)
                return
            middle = len(works) // 2
            _understand(works[:middle], now)
            works = works[middle:]


def _record(works: Sequence[Work], now: datetime) -> None:
    incoming = [
        Incoming(
            event,
            work.message.pk,
            work.message.partner,
            SourceRank(work.message.partner.source_rank),
            partner_actor(work.message.partner),
            work.message.partner.adapter,
        )
        for work in works
        for event in work.events
    ]
    recorded = events_record(incoming, now=now)
    new = sorted((one for one in recorded if one.created), key=lambda one: one.event.occurred_at)
    heard = {event.pk: event for one in new for event in (*one.rebound, one.event)}
    if heard:
        detection_run(events=list(heard.values()), now=now, histories=recorded[0].histories)
    said = [(item.message_id, one.event.pk) for item, one in zip(incoming, recorded, strict=True)]
    rows(SAID, [current_organisation_id(), [message for message, _ in said], [event for _, event in said]])
    answers = iter(recorded)
    for work in works:
        mine = [next(answers) for _ in work.events]
        work.repeated = not any(one.created for one in mine)
        work.problem = next((one.problem for one in mine if one.problem), "")


def _finish(works: Sequence[Work], now: datetime) -> None:
    """Write what became of them: the rows, what the format answers, the trail, and what is counted."""
    if not works:
        return
    rows(UPDATE, [now, *(list(column) for column in zip(*(work.values for work in works), strict=True))])
    for work in works:
        if work.refused is None and not work.message.sandbox and adapter_for(work.message.partner.adapter).attachments:
            enqueue("intake.attachments", {"message": work.message.pk})
    acknowledgements_store([work.message for work in works if work.message.parent_id is None], now)
    by_partner: dict[int, list[Work]] = {}
    for work in works:
        by_partner.setdefault(work.message.partner_id, []).append(work)
    for _, of_partner in sorted(by_partner.items()):
        _trace(of_partner, now)
        _signal_seen(of_partner)
    # What refers to what is checked here and not by the commit: the counts and the trail, which come last, are where all
    # that understand messages wait for each other.
    connection.check_constraints()
    outcomes_tally(
        [
            Outcome(
                partner_id=work.message.partner_id,
                message_id=work.message.pk,
                received_at=work.message.received_at,
                refused=work.refused is not None,
                repeated=work.repeated,
                events=() if work.refused else work.events,
                first=not work.message.attempts,
            )
            for work in works
            if not work.parts or work.refused
        ]
    )


def _trace(works: Sequence[Work], now: datetime) -> None:
    """One entry for what was understood together, one for each dead letter."""
    actor = partner_actor(works[0].message.partner)
    understood = [work for work in works if work.refused is None]
    if understood:
        record(
            verb="message.understood",
            subject=f"message:{understood[0].message.pk}",
            actor=actor,
            after={"messages": [_after(work) for work in understood]},
            now=now,
        )
    for work in works:
        if work.refused is not None:
            buried(work.message.pk, work.message.sha256, work.refused, actor=actor, now=now)


def _after(work: Work) -> Mapping[str, object]:
    message = work.message
    after: dict[str, object] = {"message": message.pk, "state": work.state, "sha256": message.sha256}
    after["events"] = len(work.events)
    if message.sandbox:
        after["sandbox"] = True
    return after


def _signal_seen(works: Sequence[Work]) -> None:
    at, partner = max(work.message.received_at for work in works), works[0].message.partner
    if partner.last_signal_at is None or at - partner.last_signal_at > SIGNAL_EVERY:
        rows(SEEN, [at, partner.pk])


def _unreadable(error: DomainError) -> Unreadable:
    return Unreadable(error.message, str(error.details.get("where", "")))


def _our_failure(error: Exception, message: Message) -> Unreadable:
    """For what no sender can correct. The words are for people who operate this; the trace is in the log."""
    if isinstance(error, DomainError):
        return _unreadable(error)
    log.error("a message could not be understood", exc_info=error, extra={"message_id": message.pk})
    return Unreadable(
        f"our own code failed on it ({type(error).__name__}); the log of the worker says where. Replay it once that is mended"
    )
