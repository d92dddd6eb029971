"""From recorded events, or expectations that ran out, to open, repeated and recovered cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from exceptions.cases.detection import judge
from exceptions.cases.models import Case, Expectation, Suppressed, Suppression
from exceptions.cases.services.correlation import findings_apply
from exceptions.cases.services.expectations import expectations_claim, expectations_update
from exceptions.cases.services.gaps import Gaps
from exceptions.cases.services.histories import shipment_histories
from exceptions.cases.services.holding import orders_hold
from exceptions.cases.services.scope import Scope, scope_of_events, scope_of_expired, widened
from exceptions.cases.services.settings import settings_load
from exceptions.cases.services.suppression import suppressed_clear, windows_of
from exceptions.cases.services.waking import sleepers_wake
from exceptions.cases.services.wholes import load_histories, order_histories
from exceptions.shipments.canonical import Ref, RefType
from exceptions.shipments.histories import History
from exceptions.shipments.models import Event, Order, Shipment
from exceptions.shipments.services.names import references_lock

__all__ = ["detection_run", "expectation_run", "expectations_claim", "suppression_settle"]

# How much of what a suppression kept down is judged in one transaction.
SETTLED: Final = 200


def detection_run(
    *, events: Sequence[Event], now: datetime, histories: Mapping[int, History] | None = None
) -> list[Case]:
    """Everything that follows from events: expectations, findings, recoveries. Returns the cases they opened or added to.

    What is judged is the whole history of what they speak of, so neither their order nor their number in a call matters,
    and the same events again add nothing. A fixed number of queries when nothing is wrong.

    histories: those that recording read and brought up to date just now, in the same transaction.
    """
    if not events:
        return []
    scope = scope_of_events(events)
    _lock_names(scope)
    cases = _run(scope, now, read=histories)
    sleepers_wake(events, scope.cases, now=now)
    return cases


def expectation_run(*, expectations: Sequence[Expectation], now: datetime, as_of: datetime | None = None) -> list[Case]:
    """What follows when something expected did not come. Nothing, where it was heard of after all.

    as_of: when they were found to have run out; what ran out since then is another round's.
    """
    scope = scope_of_expired(expectations)
    _lock(scope)
    return _run(scope, now, as_of)


def suppression_settle(suppression_id: int, *, now: datetime, after: int | None = None) -> int | None:
    """Once it is over: open what still stands wrong of what it kept down, the next SETTLED of it. Idempotent.

    after: where the last call ended, None for the first. Returns where to go on, None when that was all.
    """
    row = Suppression.objects.select_for_update(no_key=True).filter(pk=suppression_id, ends_at__lte=now).first()
    if row is None or (after is None and row.settled_at is not None):
        return None
    if row.settled_at is None:
        row.settled_at = now
        row.save(update_fields=["settled_at"])
    scope = Scope()
    kept = Suppressed.objects.filter(suppression=row, cleared_at=None, pk__gt=after or 0).order_by("pk")[:SETTLED]
    last = [0]
    for pk, shipments, loads, orders in kept.values_list("pk", "shipments", "loads", "orders"):
        scope.told |= {*shipments}
        scope.loads |= {*loads}
        scope.orders |= {*orders}
        last.append(pk)
    widened(scope)
    _lock(scope)
    _run(scope, now)
    return last[-1] if len(last) > SETTLED else None


def _lock(scope: Scope) -> None:
    """Keep what is judged as it is, in the order in which recording locks: names, then shipments.

    A signal that is being recorded holds the rows of its shipments: it is waited for, and then seen.
    """
    _lock_names(scope)
    locked = Shipment.objects.select_for_update(no_key=True).filter(pk__in=scope.shipments).order_by("pk")
    list(locked.values_list("pk", flat=True))


def _lock_names(scope: Scope) -> None:
    """Orders may be held or let go in the end: their names are locked before any case is."""
    if scope.orders:
        numbers = Order.objects.filter(pk__in=scope.orders).values_list("number", flat=True)
        references_lock(Ref(RefType.ORDER, number) for number in numbers)


def _run(
    scope: Scope, now: datetime, as_of: datetime | None = None, *, read: Mapping[int, History] | None = None
) -> list[Case]:
    histories = shipment_histories(scope.shipments, Gaps.load(), read) if scope.shipments else {}
    judged = {*scope.shipments, *histories}
    loads, orders = load_histories(scope.loads), order_histories(scope.orders)
    judgement = judge(histories.values(), loads, orders, settings=settings_load(), now=as_of or now)
    ran_out = expectations_update(judgement, scope, judged, now=now)
    windows = windows_of(histories, now=now)
    cases = findings_apply(judgement, scope, judged=judged, ran_out=ran_out, windows=windows, now=now)
    if windows:
        suppressed_clear(judgement, judged, now=now)
    orders_hold(judgement, orders, kept_down={name for window in windows for name in window.kept}, now=now)
    return cases
