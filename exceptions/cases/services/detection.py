"""From a recorded event, or an expectation that ran out, to open, repeated and recovered cases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain

from exceptions.cases.detection import Clear, Finding, SubjectState, Verdict, delivery_late, detect
from exceptions.cases.models import OPEN_STATES, Case, CaseShipment, Expectation
from exceptions.cases.services.correlation import Cause, clear_apply, finding_apply
from exceptions.cases.services.expectations import expectations_update, expired, heard_since
from exceptions.cases.services.recording import case_news, price_soon
from exceptions.cases.services.state import Known, event_view, known_shipments
from exceptions.cases.taxonomy import Subject
from exceptions.shipments.models import Equipment, Event, EventSubject, LoadShipment


def detection_run(*, events: Sequence[Event], now: datetime) -> list[Case]:
    """Everything that follows from events: expectations, findings, recoveries. Returns the cases they opened or added to.

    Idempotent: the same events again add nothing. Open cases of the shipments they speak of are priced anew.
    """
    cases = {case.pk: case for event in events for case in _event_run(event, now)}
    return list(cases.values())


def _event_run(event: Event, now: datetime) -> list[Case]:
    loads, shipments = _spoken_of(event)
    troubled = _riders(_troubled_loads(shipments) - set(loads))
    unit = event.data.get("unit") if isinstance(event.data.get("unit"), int) else None
    everything = known_shipments(
        {*shipments, *chain.from_iterable(loads.values()), *chain.from_iterable(troubled.values())}, unit=unit
    )
    expectations_update(everything, event=event)
    states = {known.shipment.pk: known.state for known in everything}
    signal, cause = event_view(event), Cause(event=event)
    verdicts = [
        verdict for key in shipments if key in states for verdict in detect(SubjectState((states[key],)), signal)
    ]
    for load_id, riders in loads.items():
        verdicts += detect(SubjectState(tuple(states[key] for key in riders if key in states), load_id), signal)
    # What happens to one shipment may end the trouble of its load; it says nothing else about the others on it.
    for load_id, riders in troubled.items():
        late = SubjectState(tuple(states[key] for key in riders if key in states), load_id)
        verdicts += detect(late, signal, rules=(delivery_late,))
    cases = _apply(verdicts, cause, everything, now)
    _facts_changed(everything, besides={case.pk for case in cases}, now=now)
    return cases


def expectation_claim(expectation_id: int, *, now: datetime) -> bool:
    """Mark an expectation as run out, if it still is; the caller enqueues what follows in the same transaction."""
    due = Expectation.objects.filter(pk=expectation_id, cleared_at=None, expired_at=None, due_at__lte=now)
    return bool(due.update(expired_at=now))


def expectation_run(expectation: Expectation, *, now: datetime) -> list[Case]:
    """What follows when something expected did not come. Nothing, when it was heard of after all."""
    everything = known_shipments([expectation.shipment_id])
    if any(heard_since(known, expectation) for known in everything):
        return []
    signal = expired(expectation)
    verdicts = [verdict for known in everything for verdict in detect(SubjectState((known.state,)), signal)]
    return _apply(verdicts, Cause(expectation=expectation), everything, now)


def _apply(verdicts: Iterable[Verdict], cause: Cause, known: list[Known], now: datetime) -> list[Case]:
    """Findings first: a silence that closes into a late delivery closes after that case is there.

    A case stands on the shipments it touches, so there is nothing to clear where none of them has one of that type. A
    load is asked about itself: what rides it may have changed since.
    """
    cases: dict[int, Case] = {}
    covered = frozenset(chain.from_iterable(one.state.covered for one in known))
    for verdict in sorted(verdicts, key=lambda verdict: isinstance(verdict, Clear)):
        if isinstance(verdict, Finding):
            case = finding_apply(verdict, cause=cause, known=known, now=now)
            cases[case.pk] = case
        elif verdict.type in covered or verdict.subject.kind == Subject.LOAD:
            clear_apply(verdict, now=now)
    return list(cases.values())


def _spoken_of(event: Event) -> tuple[dict[int, list[int]], list[int]]:
    """(loads with their shipments, shipments) of an event.

    A load is one thing only when several shipments ride it and the event names none of them.
    """
    subjects = EventSubject.objects.filter(event=event)
    shipments = [subject.shipment_id for subject in subjects if subject.shipment_id is not None]
    named = {subject.load_id for subject in subjects if subject.load_id is not None} if not shipments else set()
    shipments += _of_equipment([subject.equipment_id for subject in subjects if subject.equipment_id is not None])
    loads = _riders(named)
    for load_id in [load_id for load_id, riders in loads.items() if len(riders) == 1]:
        shipments += loads.pop(load_id)
    return loads, sorted(set(shipments))


def _troubled_loads(shipments: list[int]) -> set[int]:
    """Loads with an open case that touches one of these shipments."""
    cases = Case.objects.filter(
        state__in=OPEN_STATES, subject_load__isnull=False, case_shipments__shipment__in=shipments
    )
    return set(cases.values_list("subject_load_id", flat=True))


def _riders(load_ids: set[int]) -> dict[int, list[int]]:
    riders: dict[int, list[int]] = {}
    riding = LoadShipment.objects.filter(load__in=load_ids).order_by("shipment_id")
    for load_id, shipment_id in riding.values_list("load_id", "shipment_id"):
        riders.setdefault(load_id, []).append(shipment_id)
    return riders


def _of_equipment(ids: list[int]) -> list[int]:
    """Shipments in or on pieces of equipment, directly or by the load."""
    if not ids:
        return []
    pieces = list(Equipment.objects.filter(pk__in=ids).values_list("shipment_id", "load_id"))
    riding = LoadShipment.objects.filter(load__in=[load for _, load in pieces if load is not None])
    return [key for key, _ in pieces if key is not None] + list(riding.values_list("shipment_id", flat=True))


def _facts_changed(known: list[Known], *, besides: set[int], now: datetime) -> None:
    """Open cases of these shipments stand on facts that may have changed: price them and let drafts be checked."""
    if not any(one.state.covered for one in known):
        return  # a case opened just now is among `besides`
    touched = CaseShipment.objects.filter(
        shipment__in=[one.shipment.pk for one in known], case__state__in=OPEN_STATES
    ).exclude(case__in=besides)
    for case in Case.objects.filter(pk__in=touched.values("case")):
        price_soon(case)
        case_news(case, {"facts"}, now=now)
