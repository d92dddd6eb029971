"""What wakes a case that sleeps until the next milestone, or until somebody answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from controltower.audit import SYSTEM
from exceptions.cases.models import OPEN_STATES, Case, CaseOrder, CaseShipment, SnoozedFor
from exceptions.cases.services.lifecycle import case_unsnooze
from exceptions.cases.services.recording import case_locked
from exceptions.cases.services.scope import Scope, scope_of_events
from exceptions.shipments.canonical import EventType
from exceptions.shipments.models import Event
from exceptions.shipments.projection import ACTUALS

# A milestone is what happened to the freight, not what somebody now expects. A reply is anybody's word to us.
WAKES: Final[dict[str, frozenset[str]]] = {
    SnoozedFor.MILESTONE: frozenset(ACTUALS),
    SnoozedFor.REPLY: frozenset({EventType.MAIL_RECEIVED, EventType.CUSTOMER_REQUESTED_CHANGE}),
}


def sleepers_wake(events: Sequence[Event], touched: Collection[int], *, now: datetime) -> list[Case]:
    """Wake the cases that slept until what these events say; returns them.

    touched: ids of the open cases that the events may concern, those of the same load included. Only those wake whose
    own freight is spoken of. Nothing is asked where no event can wake anybody, one question where nobody sleeps so.
    """
    telling = {
        kind: [event for event in events if event.type in types and event.retracted_by_id is None]
        for kind, types in WAKES.items()
    }
    wanted = [kind for kind, told in telling.items() if told]
    if not wanted or not touched:
        return []
    sleepers = list(
        Case.objects.filter(pk__in=touched, state__in=OPEN_STATES, snoozed_for__in=wanted).order_by("pk").only("pk")
    )
    scopes = {kind: scope_of_events(telling[kind]) for kind in wanted} if sleepers else {}
    woken = []
    for sleeper in sleepers:
        case = case_locked(sleeper)
        kind = case.snoozed_for
        if kind in scopes and (said := _told(case, scopes[kind], telling[kind])) is not None:
            woken.append(case_unsnooze(case, actor=SYSTEM, now=now, why=f"Woken: {said}"))
    return woken


def _told(case: Case, scope: Scope, events: Sequence[Event]) -> str | None:
    """The last of the events that speaks of what the case affects, in words; None where none does."""
    affected = CaseShipment.objects.filter(case=case, shipment__in=scope.told).values_list("shipment_id", flat=True)
    last = max((scope.last[pk] for pk in affected), key=lambda event: event.occurred_at, default=None)
    if last is not None:
        return str(EventType(last.type).label)
    if scope.orders and CaseOrder.objects.filter(case=case, order__in=scope.orders).exists():
        return str(EventType(events[-1].type).label)
    return None
