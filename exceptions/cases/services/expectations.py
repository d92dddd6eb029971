"""Makes absence visible: what must happen gets a row with a due time, and events move or clear it. In bulk."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from django.db.models import Q

from controltower.db import rows
from exceptions.cases.detection import Expected, Judgement
from exceptions.cases.models import Expectation
from exceptions.cases.services.scope import Scope

Overdue: TypeAlias = tuple[str, datetime]
"""Key and due time of something expected that ran out."""

# Only rows that still wait: the sweep, or another chunk, may have been faster.
MOVE = """
UPDATE cases_expectation AS held SET due_at = new.due_at
FROM unnest(%s::bigint[], %s::timestamptz[]) AS new(id, due_at)
WHERE held.id = new.id AND held.cleared_at IS NULL AND held.expired_at IS NULL RETURNING held.id
"""
EXPIRE = """
UPDATE cases_expectation AS held SET due_at = new.due_at, expired_at = %s
FROM unnest(%s::bigint[], %s::timestamptz[]) AS new(id, due_at)
WHERE held.id = new.id AND held.cleared_at IS NULL AND held.expired_at IS NULL RETURNING held.id
"""
CLEAR = """
UPDATE cases_expectation AS held SET cleared_at = %s, cleared_by_id = new.event
FROM unnest(%s::bigint[], %s::bigint[]) AS new(id, event)
WHERE held.id = new.id AND held.cleared_at IS NULL AND held.expired_at IS NULL RETURNING held.id
"""
CLAIM = """
UPDATE cases_expectation AS held SET expired_at = %s
WHERE held.id = ANY(%s) AND held.due_at <= %s AND held.cleared_at IS NULL AND held.expired_at IS NULL RETURNING held.id
"""


def expectations_update(
    judgement: Judgement, scope: Scope, judged: Collection[int], *, now: datetime
) -> dict[Overdue, int]:
    """Bring the rows of what was judged in line with what is expected now. Returns the rows of what ran out.

    Most signals change little of it, so what stands is read first and only what differs is written.
    """
    waiting: dict[str, tuple[int, datetime, int | None]] = {}
    ran_out: dict[Overdue, int] = {}
    for pk, key, due_at, expired_at, shipment_id in _standing(scope, judged):
        if expired_at is None:
            waiting[key] = (pk, due_at, shipment_id)
        else:
            ran_out[key, due_at] = pk
    overdue = {(expected.key, expected.due_at): expected for expected in judgement.overdue}
    late_keys = {key for key, _ in overdue}
    _clear(waiting, {*judgement.expected, *late_keys}, scope, now)
    _move(waiting, judgement.expected)
    _expire([overdue[mark] for mark in overdue if mark not in ran_out], waiting, ran_out, now)
    new = [_row(expected) for key, expected in judgement.expected.items() if key not in waiting]
    # Another signal may have made one in the meantime; the next one settles when it is due.
    Expectation.objects.bulk_create(new, ignore_conflicts=True)
    return {mark: ran_out[mark] for mark in overdue if mark in ran_out}


def expectations_claim(ids: Sequence[int], *, now: datetime) -> list[int]:
    """Mark what ran out as such, where it still is; the caller enqueues what follows in the same transaction."""
    return sorted(pk for (pk,) in rows(CLAIM, [now, list(ids), now]))


def _standing(scope: Scope, judged: Collection[int]) -> Iterable[tuple[Any, ...]]:
    about = Q(shipment__in=list(judged))
    if scope.loads:
        about |= Q(load__in=list(scope.loads))
    if scope.orders:
        about |= Q(order__in=list(scope.orders))
    held = Expectation.objects.filter(about, cleared_at=None)
    return held.values_list("pk", "key", "due_at", "expired_at", "shipment_id")


def _clear(
    waiting: Mapping[str, tuple[int, datetime, int | None]], wanted: Collection[str], scope: Scope, now: datetime
) -> None:
    gone = [(pk, scope.last.get(shipment or 0)) for key, (pk, _, shipment) in waiting.items() if key not in wanted]
    if gone:
        rows(CLEAR, [now, [pk for pk, _ in gone], [event.pk if event else None for _, event in gone]])


def _move(waiting: Mapping[str, tuple[int, datetime, int | None]], expected: Mapping[str, Expected]) -> None:
    moved = [
        (row[0], one.due_at) for key, one in expected.items() if (row := waiting.get(key)) and row[1] != one.due_at
    ]
    if moved:
        rows(MOVE, [[pk for pk, _ in moved], [due_at for _, due_at in moved]])


def _expire(
    late: Sequence[Expected],
    waiting: Mapping[str, tuple[int, datetime, int | None]],
    ran_out: dict[Overdue, int],
    now: datetime,
) -> None:
    """What ran out while nobody looked: its row expires now, one that never was is made as what it has become."""
    held = [(waiting[one.key][0], one) for one in late if one.key in waiting]
    if held:
        values = [now, [pk for pk, _ in held], [one.due_at for _, one in held]]
        expired = {pk for (pk,) in rows(EXPIRE, values)}
        ran_out.update({(one.key, one.due_at): pk for pk, one in held if pk in expired})
    missing = [one for one in late if (one.key, one.due_at) not in ran_out]
    made = Expectation.objects.bulk_create([_row(one, expired_at=now) for one in missing])
    ran_out.update({(row.key, row.due_at): row.pk for row in made})


def _row(expected: Expected, expired_at: datetime | None = None) -> Expectation:
    return Expectation(
        shipment_id=expected.shipment,
        load_id=expected.load,
        order_id=expected.order,
        stop_id=expected.stop,
        leg_id=expected.leg,
        kind=expected.kind,
        code=expected.code[:20],
        key=expected.key,
        due_at=expected.due_at,
        expired_at=expired_at,
    )
