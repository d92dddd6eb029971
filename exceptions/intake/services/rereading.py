"""Reading understood messages again, after somebody said what a code in them means.

Each event that was recorded with the unknown code is replaced by what the same words of the same message say now; what the
mapping does not change stays as it is. So shipments and cases stand as if the meaning had been known from the beginning,
and the first reading stays on record.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from django.db import transaction

from controltower.audit import Actor, record
from controltower.jobs import enqueue
from exceptions.cases.services import detection_run
from exceptions.intake.adapters import Unreadable, adapter_for
from exceptions.intake.models import Message, MessageEvent, MessageState, UnmappedCode
from exceptions.intake.services.storing import partner_actor
from exceptions.intake.services.tally import unmapped_name
from exceptions.parties.models import Partner
from exceptions.shipments.canonical import CanonicalEvent, SourceRank
from exceptions.shipments.models import Event
from exceptions.shipments.services import EventRefused, Incoming, Recorded, events_record

CHUNK: Final = 50
MOST: Final = 20_000  # messages read again after one code was mapped: the latest
# Messages of one moment may be stored in another order than they came in.
EARLIER: Final = timedelta(minutes=1)
KIND: Final = "intake.reread"

Words: TypeAlias = tuple[datetime, str, frozenset[tuple[str, str, str]]]
"""What stays the same of an event whatever its codes mean: when, the sender's id of it, and of which freight."""


def code_reread(code: UnmappedCode, partners: Iterable[Partner], *, actor: Actor, now: datetime) -> None:
    """Enqueue the reading again of what these partners sent with `code`."""
    seen = UnmappedCode.objects.filter(partner__in=list(partners), system=code.system, code=code.code)
    for partner, since in seen.order_by("partner").values_list("partner_id", "first_seen"):
        wanted = {"partner": partner, "system": code.system, "code": code.code, "since": since.isoformat()}
        enqueue(KIND, wanted)
        record(
            verb="message.reread",
            subject=f"partner:{partner}",
            actor=actor,
            after={"code": f"{code.system}.{code.code}"},
            now=now,
        )


def messages_reread(payload: dict[str, Any], *, now: datetime) -> int:
    """One step of it: find the messages, or read some of them. How many events were replaced."""
    if "messages" not in payload:
        _find(payload)
        return 0
    found = Message.objects.select_for_update(no_key=True, of=("self",)).select_related("partner")
    states = (MessageState.PROCESSED, MessageState.DUPLICATE)
    messages = list(found.filter(pk__in=payload["messages"], state__in=states, sandbox=False).order_by("pk"))
    known = _recorded_with(payload, [message.pk for message in messages])
    incoming = [item for message in messages for item in _said_now(message, known)]
    done = _replace(incoming, now)
    return sum(one.created for one in done)


def _find(payload: dict[str, Any]) -> None:
    since = datetime.fromisoformat(payload["since"]) - EARLIER
    first = Message.objects.filter(received_at__gte=since).order_by("received_at", "id").values_list("id", flat=True)
    oldest = first.first()
    if oldest is None:
        return
    told = _unmapped(payload).filter(message_id__gte=oldest).order_by("-message_id")
    ids = sorted({event.message_id or 0 for event in told.iterator() if _is_it(event, payload)})[-MOST:]
    for begin in range(0, len(ids), CHUNK):
        enqueue(KIND, {**payload, "messages": ids[begin : begin + CHUNK]})


def _unmapped(payload: dict[str, Any]) -> Any:
    """Events that count, of the partner, with this code; of texts all that are unknown."""
    text = payload["system"] == UnmappedCode.TEXT
    name = UnmappedCode.TEXT if text else f"{payload['system']}.{payload['code']}"
    return Event.objects.filter(partner=payload["partner"], data__unmapped=name, retracted_by=None)


def _is_it(event: Event, payload: dict[str, Any]) -> bool:
    said = CanonicalEvent(event.type, event.occurred_at, data=event.data, source_text=event.source_text)
    return unmapped_name(said) == (payload["system"], payload["code"])


def _recorded_with(payload: dict[str, Any], messages: Sequence[int]) -> dict[Words, int]:
    told = _unmapped(payload).filter(message_events__message__in=messages).distinct()
    known = {}
    for event in told.prefetch_related("event_references"):
        if _is_it(event, payload):
            refs = frozenset((ref.type, ref.value_key, ref.issuer_key) for ref in event.event_references.all())
            known[event.occurred_at, event.sender_event_id, refs] = event.pk
    return known


def _said_now(message: Message, known: dict[Words, int]) -> list[Incoming]:
    partner = message.partner
    headers = {**message.headers, "content-type": message.content_type}
    result = adapter_for(partner.adapter).read(bytes(message.raw), headers, partner.mapping)
    if isinstance(result, Unreadable):
        return []  # the mapping makes nothing unreadable that was read; then the first reading stands
    found = []
    for event in result:
        words = (event.occurred_at, event.event_id[:200], frozenset(ref.key for ref in event.references))
        if words in known:
            rank = SourceRank(partner.source_rank)
            actor = partner_actor(partner)
            found.append(Incoming(event, message.pk, partner, rank, actor, partner.adapter, replaces=known[words]))
    return found


def _replace(incoming: list[Incoming], now: datetime) -> list[Recorded]:
    """Record what is said now; what would not be recorded leaves its first reading as it stands."""
    while incoming:
        try:
            with transaction.atomic():
                recorded = events_record(incoming, now=now)
        except EventRefused as refused:
            incoming = [item for index, item in enumerate(incoming) if index not in refused.reasons]
            continue
        heard = {event.pk: event for one in recorded for event in (*one.rebound, one.event)}
        detection_run(events=list(heard.values()), now=now)
        MessageEvent.objects.bulk_create(
            [
                MessageEvent(message_id=item.message_id or 0, event=one.event)
                for item, one in zip(incoming, recorded, strict=True)
            ],
            ignore_conflicts=True,
        )
        return recorded
    return []
