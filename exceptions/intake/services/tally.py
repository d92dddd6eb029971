"""What is counted as messages are understood: how each partner's signals do by the hour, and what no table knows.

Both are counted in two statements for any number of messages, at the end of the transaction that understood them: the
rows are shared by everything a partner sends, so they are locked late, in one order, and not for long.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.db import connection

from controltower.tenancy.context import current_organisation_id
from exceptions.intake.mapping.carrier_text import folded, shortened
from exceptions.intake.models import UnmappedCode
from exceptions.shipments.canonical import CanonicalEvent

# A sender that writes a new text each time must not fill the table: beyond this many only known rows are counted on.
MAX_CODES: Final = 2000
SYSTEM_LENGTH, CODE_LENGTH, WORDS_LENGTH, TYPE_LENGTH = 60, 200, 300, 40  # of the columns of UnmappedCode


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message. `first` is false for one that was read before, as after a replay: it is counted
    once, but what its events say that no table knows is noted each time."""

    partner_id: int
    message_id: int
    received_at: datetime
    refused: bool
    repeated: bool
    events: Sequence[CanonicalEvent] = ()
    first: bool = True


@dataclass(slots=True)
class _Seen:
    words: str
    taken_for: str
    count: int
    first: datetime
    last: datetime
    example: int


def outcomes_tally(outcomes: Sequence[Outcome]) -> None:
    """Count what became of messages, in the caller's transaction, of which it should be the last act."""
    _count_hours(outcomes)
    _note_unmapped(outcomes)


def _count_hours(outcomes: Sequence[Outcome]) -> None:
    hours: dict[tuple[int, datetime], list[int]] = {}
    for outcome in outcomes:
        if outcome.first:
            hour = outcome.received_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
            counted = hours.setdefault((outcome.partner_id, hour), [0, 0, 0])
            counted[0] += 1
            counted[1] += outcome.refused
            counted[2] += outcome.repeated
    if not hours:
        return
    rows = [(*key, *counted) for key, counted in sorted(hours.items())]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO intake_signalhour AS kept (organisation_id, partner_id, hour, messages, refused, repeated)"
            " SELECT %s, counted.* FROM unnest(%s::bigint[], %s::timestamptz[], %s::int[], %s::int[], %s::int[]) AS counted"
            " ON CONFLICT (organisation_id, partner_id, hour) DO UPDATE SET messages = kept.messages + excluded.messages,"
            " refused = kept.refused + excluded.refused, repeated = kept.repeated + excluded.repeated",
            [current_organisation_id(), *(list(column) for column in zip(*rows, strict=True))],
        )


def _note_unmapped(outcomes: Sequence[Outcome]) -> None:
    seen: dict[tuple[int, str, str], _Seen] = {}
    for outcome in outcomes:
        for event in outcome.events:
            name = unmapped_name(event)
            if name is not None:
                _see(seen, (outcome.partner_id, *name), event, outcome)
    if not seen:
        return
    # A new row needs room; a known one is always counted on. What is seen again unmapped is open again.
    rows = [
        (*key, one.words, one.taken_for, one.count, one.first, one.last, one.example)
        for key, one in sorted(seen.items())
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO intake_unmappedcode AS kept"
            " (organisation_id, partner_id, system, code, words, taken_for, count, first_seen, last_seen, example_id)"
            " SELECT %(organisation)s, seen.* FROM unnest(%(partner)s::bigint[], %(system)s::text[], %(code)s::text[],"
            " %(words)s::text[], %(type)s::text[], %(count)s::bigint[], %(first)s::timestamptz[],"
            " %(last)s::timestamptz[], %(example)s::bigint[]) AS seen (partner, system, code)"
            " WHERE %(most)s > (SELECT count(*) FROM intake_unmappedcode AS there WHERE there.partner_id = seen.partner)"
            " OR EXISTS (SELECT 1 FROM intake_unmappedcode AS there WHERE there.partner_id = seen.partner"
            " AND there.system = seen.system AND there.code = seen.code)"
            " ON CONFLICT (organisation_id, partner_id, system, code) DO UPDATE SET count = kept.count + excluded.count,"
            " words = excluded.words, taken_for = excluded.taken_for, example_id = excluded.example_id, mapped_at = NULL,"
            " first_seen = least(kept.first_seen, excluded.first_seen),"
            " last_seen = greatest(kept.last_seen, excluded.last_seen)",
            dict(
                zip(
                    ("partner", "system", "code", "words", "type", "count", "first", "last", "example"),
                    (list(column) for column in zip(*rows, strict=True)),
                    strict=True,
                ),
                organisation=current_organisation_id(),
                most=MAX_CODES,
            ),
        )


def unmapped_name(event: CanonicalEvent) -> tuple[str, str] | None:
    """The list and code that no table knows, `("text", <folded text>)` for words; None where everything is known."""
    said = event.data.get("unmapped")
    if not isinstance(said, str) or not said:
        return None
    if said == UnmappedCode.TEXT:
        words = shortened(folded(event.source_text))
        return (UnmappedCode.TEXT, words) if words else None
    system, _, code = said.rpartition(".")
    return (system[:SYSTEM_LENGTH], code[:CODE_LENGTH]) if system and code else None


def _see(
    seen: dict[tuple[int, str, str], _Seen], key: tuple[int, str, str], event: CanonicalEvent, outcome: Outcome
) -> None:
    words, taken_for = event.source_text[:WORDS_LENGTH].replace("\x00", ""), event.type[:TYPE_LENGTH]
    at = outcome.received_at
    known = seen.get(key)
    if known is None:
        seen[key] = _Seen(words, taken_for, 1, at, at, outcome.message_id)
        return
    known.count += 1
    known.first = min(known.first, at)
    if at >= known.last:
        known.last, known.words, known.taken_for, known.example = at, words, taken_for, outcome.message_id
